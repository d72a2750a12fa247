"""Account numbers at rest: AES-256-GCM, with keys that are not in the database.

A number is bound to its owner (hospital and person): moved to another's row, it does not open. Each
ciphertext names its key, so that keys can be changed: `rotate` encrypts all anew with a new one,
and the old one stays beside it for the sake of older backups.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import BadValue
from hpf.storage.audit import record
from hpf.storage.keys import ACCOUNTS, key_problems, write_key
from hpf.storage.models import AccountEntry, Hospital, PayoutLine, Staff
from hpf.storage.troubles import StorageError, TamperError, trouble

NEXT = "accounts.next.key"  # the key that is being changed to
_VERSION = b"\x01"
_NONCE, _ID = 12, 4
_BLANKS = re.compile(r"[\s-]+")
_ACCOUNT = re.compile(r"[0-9]{8,32}")


@dataclass(frozen=True)
class AccountKeys:
    """The current key, and older ones by their id (the first bytes of their SHA-256)."""

    current: bytes = field(repr=False)
    known: Mapping[bytes, bytes] = field(repr=False)

    @classmethod
    def read(cls, folder: Path) -> AccountKeys:
        """The keys in a folder. StorageError where the current one is missing or wrong."""
        file = folder / ACCOUNTS
        problems = [p for p in key_problems(folder) if p.place in (str(file), str(folder))]
        if problems:
            raise StorageError(problems)
        found = {}
        for path in sorted(folder.glob("accounts*.key")):
            key = path.read_bytes()
            if len(key) == 32:
                found[_key_id(key)] = key
        return cls(file.read_bytes(), found)

    def seal(self, number: str, owner: str) -> bytes:
        """An account number, encrypted for its owner (`hospital/person`)."""
        nonce = secrets.token_bytes(_NONCE)
        head = _VERSION + _key_id(self.current)
        body = AESGCM(self.current).encrypt(nonce, number.encode(), head + owner.encode())
        return head + nonce + body

    def open(self, sealed: bytes, owner: str) -> str:
        """The number. TamperError where it was altered, is another's, or the key is not there."""
        head, rest = sealed[: 1 + _ID], sealed[1 + _ID :]
        key = self.known.get(head[1:]) if head[:1] == _VERSION else None
        if key is None:
            words = ("账号所用的密钥不在这里", "the key of the account number is not here")
            cure = ("请放回当时的 accounts*.key", "Put back the accounts*.key of that time")
            raise TamperError([trouble("account_key", words, cure, owner)])
        try:
            body = AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], head + owner.encode())
        except (InvalidTag, ValueError) as error:
            words = (
                "存储的账号被改过，或是别人的",
                "the stored account number was altered, or is somebody else's",
            )
            cure = ("请核对后重新登记账号", "Check it, and enter the account again")
            raise TamperError([trouble("account", words, cure, owner)]) from error
        return body.decode()


def account_number(text: str) -> str:
    """The digits of an account number as people write it, with blanks and dashes.

    Raises BadValue, which does not repeat the number: problems are shown and written to logs.
    """
    digits = _BLANKS.sub("", text)
    if not _ACCOUNT.fullmatch(digits):
        raise BadValue("银行账号应为 8 至 32 位数字", "an account number has 8 to 32 digits")
    return digits


def masked(number: str) -> str:
    """The last four digits, for lists that people see."""
    return f"****{number[-4:]}" if number else ""


def owner_of(hospital: str, staff: str) -> str:
    """What a number is bound to: codes of the hospital and the person."""
    return f"{hospital}/{staff}"


def set_account(session: Session, keys: AccountKeys, staff: Staff, number: str, by: str) -> None:
    """Give a person an account ('' takes it away). The audit says that, and not the number.

    Raises BadValue where it is no account number.
    """
    hospital = session.get_one(Hospital, staff.hospital_id).code
    owner = owner_of(hospital, staff.code)
    digits = account_number(number) if number else ""
    staff.account = keys.seal(digits, owner) if digits else None
    detail = {"ends": masked(digits)}
    record(session, by, "account.set", f"staff:{staff.code}", detail, hospital=hospital)


def rotate(session: Session, folder: Path, by: str) -> int:
    """Encrypt every number anew with the key NEXT, which is made if it is not there.

    Returns how many. Commit, then call `finish_rotation`; until then both keys are read, so that
    a process that dies in between leaves nothing unreadable.
    """
    if not (folder / NEXT).exists():
        write_key(folder / NEXT, secrets.token_bytes(32))
    keys = AccountKeys.read(folder)
    keys = AccountKeys((folder / NEXT).read_bytes(), keys.known)
    count, after = 0, dict[str, str]()
    codes = {h.id: h.code for h in session.scalars(select(Hospital))}
    for person in session.scalars(select(Staff).where(Staff.account.is_not(None))):
        owner = owner_of(codes[person.hospital_id], person.code)
        before = hashlib.sha256(person.account or b"").hexdigest()
        person.account = keys.seal(keys.open(person.account or b"", owner), owner)
        after[before] = hashlib.sha256(person.account).hexdigest()
        count += 1
    for entry in session.scalars(select(AccountEntry).where(AccountEntry.state == "waiting")):
        person = session.get_one(Staff, entry.staff_id)
        owner = owner_of(codes[entry.hospital_id], person.code)
        entry.basis = after.get(entry.basis, entry.basis)  # it was compared with the same number
        if entry.sealed is not None:
            entry.sealed = keys.seal(keys.open(entry.sealed, owner), owner)
            count += 1
    for line in session.scalars(select(PayoutLine).where(PayoutLine.account.is_not(None))):
        owner = owner_of(codes[line.hospital_id], line.row_id)
        line.account = keys.seal(keys.open(line.account or b"", owner), owner)
        count += 1
    session.flush()
    record(session, by, "accounts.rotated", "accounts", {"numbers": count})
    return count


def finish_rotation(folder: Path) -> None:
    """Put the new key in the place of the old one, which stays under its id."""
    old = (folder / ACCOUNTS).read_bytes()
    kept = folder / f"accounts.{_key_id(old).hex()}.key"
    if not kept.exists():
        write_key(kept, old)
    (folder / NEXT).replace(folder / ACCOUNTS)


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"hpf account key " + key).digest()[:_ID]
