"""A database brought to this version: backed up, migrated and verified, or left as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem
from hpf.storage.audit import record
from hpf.storage.audit_heads import kept_heads, public_key, sign
from hpf.storage.backup import back_up
from hpf.storage.backup_reading import Backup
from hpf.storage.migrations import current, newest, upgrade
from hpf.storage.outages import outage
from hpf.storage.soundness import unsound
from hpf.storage.troubles import StorageError, trouble


@dataclass(frozen=True, slots=True)
class Upgraded:
    """From which revision to which; the same where there was nothing to do."""

    before: str
    after: str
    backup: Backup | None


def upgrade_database(
    engine: Engine,
    keys: Path,
    backup: Path,
    *,
    by: str,
    more: Sequence[Path] = (),
    passphrase: str = "",
    about: Mapping[str, Any] | None = None,
    home: Path | None = None,
) -> Upgraded:
    """Back up to `backup`, migrate, verify every sealed run and the audit chain, then commit.

    more: further folders of revisions. home: whose kept files go into the backup. Raises
    StorageError where a step fails or something no longer holds: the database is then at the
    revision it was at, and the backup is kept.
    """
    before, wanted = current(engine), newest(more)
    if before is None:
        words = ("数据库还是空的", "the database is empty")
        raise StorageError([trouble("revision", words, ("请运行 hpf init", "Run hpf init"))])
    if before == wanted:
        return Upgraded(before, before, None)
    if before > wanted:
        words = (f"数据库是较新版本 {before}", f"the database is at revision {before}, a newer one")
        cure = ("请安装新版 HPF", "Install a newer version of HPF")
        raise StorageError([trouble("revision", words, cure)])
    key = public_key(keys)
    made = _backed_up(engine, backup, passphrase, about or {}, home)

    def check(connection: Connection) -> None:
        with Session(connection, join_transaction_mode="rollback_only") as session:
            problems = unsound(session, key, kept_heads(keys))
            if problems:
                raise StorageError(problems)
            detail = {"from": before, "to": wanted}
            record(session, by, "database.upgraded", "database", detail)
            session.flush()

    try:
        upgrade(engine, more=more, check=check)
    except HpfError as error:
        raise StorageError([_undone(engine, before, ""), *error.problems]) from error
    except Exception as error:  # whatever a revision does wrong, the state is told
        known = outage(engine.url, error) if isinstance(error, DBAPIError) else None
        why = "" if known else " ".join(str(error).split())[:200]
        undone = _undone(engine, before, why)
        raise StorageError([undone, known] if known else [undone]) from error
    sign(engine, keys)
    return Upgraded(before, wanted, made)


def _backed_up(
    engine: Engine, path: Path, passphrase: str, about: Mapping[str, Any], home: Path | None
) -> Backup:
    """A whole file, for its owner alone, or none."""
    part = path.with_name(f".{path.name}.part")
    try:
        part.touch(0o600)
        made = back_up(engine, part, head=None, passphrase=passphrase, about=about,
                       home=home)  # fmt: skip
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return made


def _undone(engine: Engine, before: str, why: str) -> Problem:
    now = current(engine)
    said = f"（{why}）" if why else ""
    if now == before:
        words = (
            f"升级没有成功，数据库仍是 {before}，内容未动{said}",
            f"the upgrade failed; the database is still at {before}, and untouched"
            + (f" ({why})" if why else ""),
        )
        cure = ("请把这条消息告知维护者", "Tell the maintainers of this message")
    else:
        words = (f"升级没有成功，数据库停在 {now}", f"the upgrade failed, and left it at {now}")
        cure = ("请用 hpf restore 恢复升级前的备份", "Restore the backup with hpf restore")
    return trouble("upgrade", words, cure)
