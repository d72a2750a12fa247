"""A backup made as it should be: entered, signed, written, read through once, and noted.

    made = make_backup(home, engine, by="甲")       # into home/backups, whole or not at all
    latest(home)                                     # what was made and read through last

What was read through is noted beside the backups and not in the audit chain: an entry made after
the backup would make the chain of every backup older than the head that is kept with the keys.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from hpf.intake.atomic import atomic_write, write_text
from hpf.storage.audit import record
from hpf.storage.audit_heads import sign
from hpf.storage.backup import back_up
from hpf.storage.backup_reading import Backup, read_through
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.types import utc_text

FOLDER, SUFFIX = "backups", ".hpfbackup"
_NOTES = "checked.jsonl"
_MOST = 400  # notes that are kept: more than a year of nights
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """A backup that was read through. at: when, in UTC; place: of the file; files: how many kept
    files are in it; left_out: how many were not what they were handed in as."""

    at: str
    place: str
    size: int
    rows: int
    files: int
    left_out: int
    encrypted: bool
    by: str

    @property
    def moment(self) -> dt.datetime:
        """When it was read through."""
        return dt.datetime.fromisoformat(self.at)

    @property
    def there(self) -> bool:
        """Whether the file still lies where it was put, with its size."""
        try:
            return Path(self.place).stat().st_size == self.size
        except OSError:
            return False


def make_backup(
    home: Home,
    engine: Engine,
    place: Path | None = None,
    *,
    by: str,
    passphrase: str = "",
    tell: Tell | None = None,
) -> tuple[Path, Backup]:
    """Back up database and kept files to `place`, or under a new name in the home's folder.

    Raises StorageError, also where what was written does not read as it should, and OSError; then
    there is no file.
    """
    to = place or place_of(home)
    with writing(engine) as session:
        detail = {"file": to.name, "encrypted": bool(passphrase)}
        record(session, by, "backup.made", "database", detail, hospital=home.hospital_code)
        session.commit()
    head = sign(engine, home.keys)
    steps = [0]

    def writing_on(done: int, total: int) -> None:
        steps[0] = total
        if tell:
            tell(done, 2 * total)

    def reading_on(done: int, _: int) -> None:
        if tell:
            tell(min(steps[0] + done, 2 * steps[0]), 2 * steps[0])

    with atomic_write(to) as beside:
        beside.chmod(0o600)
        made = back_up(engine, beside, head=head, passphrase=passphrase, about=about(home),
                       home=home.folder, tell=writing_on)  # fmt: skip
        read_through(beside, passphrase, reading_on)
    _note(home, to, made, by, bool(passphrase))
    return to, made


def place_of(home: Home) -> Path:
    """A new name in the home's folder of backups, which is made if need be."""
    folder = home.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%d-%H%M%S-%f")
    return folder / f"{home.hospital_code}-{now}{SUFFIX}"


def about(home: Home) -> dict[str, Any]:
    """What a restored home needs to know of the old one."""
    return {
        "code": home.hospital_code,
        "name": home.hospital_name,
        "plugins": list(home.plugins),
        "language": home.language,
    }


def checked(home: Home) -> list[Checked]:
    """What was read through, the latest first. A note that cannot be read is passed over."""
    return list(_notes(home))[::-1]


def latest(home: Home) -> Checked | None:
    """The latest of them; None where there is none."""
    return next(iter(checked(home)), None)


def _notes(home: Home) -> Iterator[Checked]:
    try:
        lines = (home.folder / FOLDER / _NOTES).read_text("utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        with contextlib.suppress(ValueError, TypeError):
            yield Checked(**json.loads(line))


def _note(home: Home, place: Path, made: Backup, by: str, encrypted: bool) -> None:
    one = Checked(
        utc_text(dt.datetime.now(dt.UTC)), str(place.absolute()), place.stat().st_size,
        sum(made.rows.values()), made.files, len(made.left_out), encrypted, by,
    )  # fmt: skip
    folder = home.folder / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    notes = [*list(_notes(home))[1 - _MOST :], one]
    text = "".join(json.dumps(asdict(n), ensure_ascii=False) + "\n" for n in notes)
    write_text(folder / _NOTES, text)
    (folder / _NOTES).chmod(0o600)
