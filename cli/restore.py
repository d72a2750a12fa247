"""`hpf restore`: a hospital from its backup, into an empty place, verified before it counts."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.import_ import working
from hpf_cli.init import _made
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.storage.backup_reading import Backup
    from hpf.storage.home import Home


@command(
    Words(
        "把备份恢复到一个空文件夹（和空数据库），核对摘要、审计链和封印后才算数。",
        "Restore a backup into an empty folder and an empty database. It counts once digests, "
        "audit chain and seals have been verified.",
    ),
    Argument("path", metavar="FILE", words=Words("备份文件", "The backup")),
    Argument("folder", metavar="DIR", words=Words("空文件夹", "An empty folder")),
    Option(
        "--keys",
        metavar="DIR",
        words=Words("另外保存的密钥文件夹，一并放回", "The keys, kept apart: put them back, too"),
    ),
    Option(
        "--database",
        metavar="URL",
        words=Words(
            "恢复到哪个空数据库（默认该文件夹里的 hpf.db）",
            "Which empty database (hpf.db in the folder, if not said)",
        ),
    ),
)
def restore(path: str, folder: str, keys: str | None, database: str | None) -> None:
    """All of it or nothing: what a failed attempt made is taken away again."""
    from hpf.intake.atomic import write_text
    from hpf.storage.backup_reading import is_encrypted, peek
    from hpf.storage.home import DATABASE, KEYS, Home, absolute_url, write_toml
    from hpf_cli.secret import passphrase

    lang, source, place = language(), Path(path), Path(folder).absolute()
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise problem(
            "not_empty", "这里不是空的", "the place is not empty",
            ("请给一个空文件夹", "Name an empty folder"), str(place),
        )  # fmt: skip
    secret = passphrase(new=False) if is_encrypted(source) else ""
    about = peek(source, secret)["about"]
    url = database or DATABASE
    home = Home(
        place,
        about.get("code", "H01"),
        about.get("name", ""),
        tuple(about.get("plugins", ())),
        absolute_url(url, place),
        place / KEYS,
        about.get("language", "zh"),
    )
    with _made(place) as made, working(Words("正在恢复…", "Restoring…"), lang):
        if keys is not None:
            made.append(home.keys)
            shutil.copytree(keys, home.keys)
            home.keys.chmod(0o700)
        done = _database(home, source, secret, made)
        write_text(home.file, write_toml(home, url))
    _say(home, done, keys is not None, lang)


def _database(home: Home, source: Path, secret: str, made: list[Path]) -> Backup:
    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

    from hpf.core.errors import Problem
    from hpf.storage.audit_heads import kept_heads, public_key
    from hpf.storage.backup import restore as fill
    from hpf.storage.backup_files import FOLDERS
    from hpf.storage.engine import connect
    from hpf.storage.migrations import newest, revision_of
    from hpf.storage.soundness import unsound

    key, kept = "", []
    if home.keys.exists():
        key, kept = public_key(home.keys), kept_heads(home.keys)

    def check(connection: Connection) -> list[Problem]:
        # one from before an upgrade is read by models that it does not have yet: its tables are
        # compared with their digests, and `hpf upgrade` looks at the rest
        if revision_of(connection) != newest():
            return []
        with Session(connection, join_transaction_mode="rollback_only") as session:
            return unsound(session, key, kept)

    file = home.database_file()
    if file is not None:
        made += [file, *(file.with_name(file.name + end) for end in ("-wal", "-shm"))]
    made += [home.folder / name for name in FOLDERS]
    engine = connect(home.url)
    try:
        done = fill(engine, source, passphrase=secret, check=check, home=home.folder)
    finally:
        engine.dispose()
    if file is not None:
        file.chmod(0o600)
    return done


def _say(home: Home, done: Backup, keys: bool, lang: str) -> None:
    rows = sum(done.rows.values())
    name, files = f"{home.hospital_name}（{home.hospital_code}）", done.files
    words = Words(
        f"已恢复 {name}{rows} 行、{files} 个文件：{home.folder}",
        f"Restored {home.hospital_name} ({home.hospital_code}), {rows} rows and {files} files: "
        f"{home.folder}",
    )
    click.echo(words.say(lang))
    if not keys:
        words = Words(
            f"密钥还没有放回：请把另外保存的密钥放到 {home.keys}，再运行 hpf audit verify",
            f"The keys are not back yet: put them into {home.keys}, then run hpf audit verify",
        )
        click.echo(words.say(lang))


command_restore = restore
