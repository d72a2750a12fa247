"""`hpf backup`: the whole database, evidence and originals in one file, while others work."""

from __future__ import annotations

from pathlib import Path

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, home_of, who
from hpf_cli.import_ import working
from hpf_cli.speech import Words

ENCRYPT = Option(
    "--encrypt",
    is_flag=True,
    words=Words(
        "用口令加密（口令取自 HPF_PASSPHRASE 或键盘）",
        "Encrypt it with a passphrase, from HPF_PASSPHRASE or the keyboard",
    ),
)


@command(
    Words(
        "备份整个数据库、佐证和导入的原件，不必停用，写完读回核对。备份里没有密钥：密钥请另外保存。",
        "Back up the whole database, evidence and the originals of imports while it is in use; it "
        "is read back once. The keys are not in it: keep them apart.",
    ),
    Argument(
        "path",
        metavar="[FILE]",
        required=False,
        words=Words(
            "写到哪里（默认 backups 文件夹）", "Where to (the folder backups, if not said)"
        ),
    ),
    ENCRYPT,
    BY,
    HOME,
)
def backup(path: str | None, encrypt: bool, by: str | None, home: str | None) -> None:
    """A database of an older revision can be backed up too."""
    from hpf.workflow.backups import make_backup
    from hpf_cli.secret import passphrase

    lang = language()
    at = home_of(home)
    secret = passphrase(new=True) if encrypt else ""
    engine = at.engine(check=False)
    try:
        with working(Words("正在备份…", "Backing up…"), lang):
            to = Path(path) if path else None
            place, made = make_backup(at, engine, to, by=who(by), passphrase=secret)
    finally:
        engine.dispose()
    rows, files = sum(made.rows.values()), made.files
    words = Words(
        f"已备份并读回核对 {rows} 行、{files} 个文件：{place}。密钥不在其中，请另外保存：{at.keys}",
        f"Backed up and read back {rows} rows and {files} files: {place}. The keys are not in it, "
        f"keep them apart: {at.keys}",
    )
    click.echo(words.say(lang))
    for name in made.left_out:
        words = Words(
            f"不在备份里：{name}，它已不是交来时的内容",
            f"Not in it: {name}, which is no longer what was handed in",
        )
        click.echo(words.say(lang))


command_backup = backup
