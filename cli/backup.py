"""`hpf backup`: the whole database in one file, while others work."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, home_of, who
from hpf_cli.import_ import working
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.storage.home import Home

SUFFIX = ".hpfbackup"
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
        "备份整个数据库，不必停用。备份里没有密钥：密钥请另外保存。",
        "Back up the whole database while it is in use. The keys are not in it: keep them apart.",
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
    from hpf.intake.atomic import atomic_write
    from hpf.storage.audit import record
    from hpf.storage.audit_heads import sign
    from hpf.storage.backup import back_up
    from hpf.storage.engine import writing
    from hpf_cli.secret import passphrase

    lang = language()
    at = home_of(home)
    secret = passphrase(new=True) if encrypt else ""
    engine = at.engine(check=False)
    try:
        place = Path(path) if path else place_of(at)
        with writing(engine) as session:
            detail = {"file": place.name, "encrypted": encrypt}
            record(session, who(by), "backup.made", "database", detail, hospital=at.hospital_code)
            session.commit()
        head = sign(engine, at.keys)
        with working(Words("正在备份…", "Backing up…"), lang), atomic_write(place) as beside:
            beside.chmod(0o600)
            made = back_up(engine, beside, head=head, passphrase=secret, about=about(at))
    finally:
        engine.dispose()
    rows = sum(made.rows.values())
    words = Words(
        f"已备份 {rows} 行：{place}。密钥不在其中，请另外保存：{at.keys}",
        f"Backed up {rows} rows: {place}. The keys are not in it, keep them apart: {at.keys}",
    )
    click.echo(words.say(lang))


def place_of(at: Home) -> Path:
    """A new name in the home's folder of backups, which is made if need be."""
    folder = at.folder / "backups"
    folder.mkdir(mode=0o700, exist_ok=True)
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S-%f")
    return folder / f"{at.hospital_code}-{now}{SUFFIX}"


def about(at: Home) -> dict[str, Any]:
    """What a restored home needs to know of the old one."""
    return {
        "code": at.hospital_code,
        "name": at.hospital_name,
        "plugins": list(at.plugins),
        "language": at.language,
    }


command_backup = backup
