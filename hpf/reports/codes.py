"""The code on a slip: tied to the run's seal and the person by a key that only the hospital has.

    code = code_of(key, run.seal["seal"], "staff", "A17")      # K7Q4-9XMD-2HVT
    found = confirm(session, hospital, key, code)

The seal is printed on every slip. A code that anybody could compute from it would let anybody look
up a colleague's pay; with the key it proves that this hospital printed this slip.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Text
from hpf.core.lines import pay_lines
from hpf.core.periods import Period
from hpf.storage.keys import SLIPS
from hpf.storage.models import RunRow, StoredRun
from hpf.storage.programs import load_program
from hpf.storage.runs import load_run

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing to mistake for another
_LOOKS = str.maketrans({"O": "0", "I": "1", "L": "1"})
_SIGNS = 12  # 60 bits: nobody finds one by trying


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a genuine code stands for: the figures of that slip, and nobody's name.

    later: whether a later run of the same period stands beside this one.
    """

    period: Period
    scheme: Text
    run: int
    seal: str
    total: Decimal
    lines: tuple[tuple[Text, Decimal], ...]
    later: bool


def slip_key(keys: Path) -> bytes:
    """The hospital's key for codes. Raises FileNotFoundError where it is missing."""
    return (keys / SLIPS).read_bytes()


def code_of(key: bytes, seal: str, entity: str, id: str) -> str:
    """The code of one row's slip under a run's seal, in three groups of four."""
    message = f"hpf-slip-1\0{seal}\0{entity}\0{id}".encode()
    number = int.from_bytes(hmac.digest(key, message, hashlib.sha256)[:8], "big") >> 4
    signs = ""
    for _ in range(_SIGNS):
        number, at = divmod(number, len(_ALPHABET))
        signs = _ALPHABET[at] + signs
    return "-".join(signs[i : i + 4] for i in range(0, _SIGNS, 4))


def normal(code: str) -> str:
    """A code as it was typed, put right: case, separators, O for 0, I and L for 1.

    Raises ValueError for what cannot be a code.

    >>> normal(" k7q4 9xmd-2hvt "), normal("K7Q49XMD2HVT"), normal("O7QL-9XMD-2HVT")
    ('K7Q4-9XMD-2HVT', 'K7Q4-9XMD-2HVT', '07Q1-9XMD-2HVT')
    """
    signs = "".join(c for c in code.upper() if c.isalnum()).translate(_LOOKS)
    if len(signs) != _SIGNS or not set(signs) <= set(_ALPHABET):
        raise ValueError(f"'{code}' is no code")
    return "-".join(signs[i : i + 4] for i in range(0, _SIGNS, 4))


def confirm(session: Session, hospital: int, key: bytes, code: str) -> Confirmed | None:
    """The slip that a code belongs to; None where this hospital printed no such slip.

    Raises ValueError for what cannot be a code.
    """
    wanted = normal(code)
    for stored, entity, id in _candidates(session, hospital):
        if hmac.compare_digest(code_of(key, stored.seal or "", entity, id), wanted):
            return _confirmed(session, stored, id)
    return None


def _candidates(session: Session, hospital: int) -> Iterator[tuple[StoredRun, str, str]]:
    """Every slip that could have been printed, the latest runs first."""
    runs = session.scalars(
        select(StoredRun)
        .where(StoredRun.hospital_id == hospital, StoredRun.seal.is_not(None))
        .order_by(StoredRun.id.desc())
    ).all()
    for stored in runs:
        paid = load_program(session, stored.program_digest).payout
        if paid is not None:
            ids = select(RunRow.id).where(RunRow.run_id == stored.id, RunRow.entity == paid.entity)
            for id in session.scalars(ids):
                yield stored, paid.entity, id


def _confirmed(session: Session, stored: StoredRun, id: str) -> Confirmed | None:
    run = load_run(session, stored.id)
    paid = run.program.payout
    assert paid is not None
    total = run.value(paid.entity, id, paid.name)
    if not isinstance(total, Decimal):
        return None
    later = session.scalar(
        select(StoredRun.id).where(
            StoredRun.hospital_id == stored.hospital_id,
            StoredRun.scheme == stored.scheme,
            StoredRun.period == stored.period,
            StoredRun.seal.is_not(None),
            StoredRun.id > stored.id,
        )
    )
    lines = tuple((x.rule.names, x.amount) for x in pay_lines(run, id) if x.amount)
    return Confirmed(
        stored.period, run.program.names, stored.id, stored.seal or "", total, lines,
        later is not None,
    )  # fmt: skip
