"""Bank accounts that somebody entered, until somebody else approves them.

    enter(session, keys, hospital, {"A17": "6222…"}, by="出纳甲", source="账号.xlsx")
    approve(session, keys, hospital, [41, 42], by="出纳乙")

What waits is encrypted for its owner, as a person's account is, and goes from the entry once it is
answered. Nobody approves their own, and nothing is approved that was compared with another number
than the one that stands now. The audit trail has the last four digits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hpf.core.errors import BadValue, Problem
from hpf.storage.audit import record
from hpf.storage.engine import lock
from hpf.storage.models import AccountEntry, Hospital, Staff
from hpf.storage.secrets import AccountKeys, account_number, masked, owner_of
from hpf.storage.troubles import StorageError, trouble

_LOCK = 4_850_022  # entries are made and answered one after the other


def enter(
    session: Session,
    keys: AccountKeys,
    hospital: int,
    given: Mapping[str, str],
    *,
    by: str,
    source: str = "",
    places: Mapping[str, str] | None = None,
) -> list[AccountEntry]:
    """Enter account numbers, to be approved by somebody else; '' takes one away.

    given: person's code -> number as people write it. What stands there already makes no entry; a
    later entry takes the place of one that waits. source: the file they came from; places: their
    cells, for problems. Raises StorageError with everything that is wrong; then nothing is entered.
    """
    lock(session.connection(), _LOCK)
    code = session.get_one(Hospital, hospital).code
    people = _people(session, hospital, given)
    wrong: list[Problem] = []
    numbers: dict[str, str] = {}
    for id, text in given.items():
        place = (places or {}).get(id, "")
        if id not in people:
            wrong.append(unknown(id, place))
            continue
        try:
            numbers[id] = account_number(text) if text else ""
        except BadValue as error:
            words = (error.text.zh, error.text.en)
            wrong.append(trouble("account", words, ("", ""), place, "staff", id))
    if wrong:
        raise StorageError(wrong)
    made = []
    for id, number in numbers.items():
        person = people[id]
        now = number_of(keys, code, person)
        for one in waiting_for(session, person.id):
            _answer(one, "replaced", by, "")
            record(session, by, "account.replaced", f"staff:{id}", {"entry": one.id}, hospital=code)
        if number == now:
            continue
        entry = AccountEntry(
            hospital_id=hospital, staff_id=person.id,
            sealed=keys.seal(number, owner_of(code, id)) if number else None,
            ends=masked(number), before=masked(now), basis=basis_of(person.account),
            source=source, state="waiting", by=by, at=_now(), answered_by="", answered_at=None,
            reason="",
        )  # fmt: skip
        session.add(entry)
        session.flush()
        detail = {"entry": entry.id, "ends": entry.ends, "before": entry.before, "source": source}
        record(session, by, "account.entered", f"staff:{id}", detail, hospital=code)
        made.append(entry)
    return made


def approve(
    session: Session,
    keys: AccountKeys,
    hospital: int,
    numbers: Collection[int],
    *,
    by: str,
    typed: str = "",
) -> list[AccountEntry]:
    """Put what waits in its place. typed: the number once more, from the paper, for one entry.

    Raises StorageError with every reason: one's own, answered already, the account has changed
    since, what was typed is another. Then nothing is approved.
    """
    lock(session.connection(), _LOCK)
    code = session.get_one(Hospital, hospital).code
    wrong: list[Problem] = []
    found: list[tuple[AccountEntry, Staff]] = []
    for number in numbers:
        one, person = _waiting(session, hospital, number)
        place = f"entry:{number}"
        if one.by == by:
            words = ("不能批准自己登记的账号", "nobody approves an account that they entered")
            cure = ("请由另一个账号批准", "Let another account approve it")
            wrong.append(trouble("own_entry", words, cure, place, "staff", person.code))
        if basis_of(person.account) != one.basis:
            words = ("登记之后，账号已被改过", "the account was changed since it was entered")
            cure = ("请退回，核对后重新登记", "Send it back; check it and enter it again")
            wrong.append(trouble("account_moved", words, cure, place, "staff", person.code))
        if typed and not _same(keys, code, person, one, typed):
            words = ("与登记的账号不同", "this is not the number that was entered")
            cure = ("请看凭证，弄清哪一个对", "Look at the paper: which one is right")
            wrong.append(trouble("account_differs", words, cure, place, "staff", person.code))
        found.append((one, person))
    if wrong:
        raise StorageError(wrong)
    for one, person in found:
        person.account = one.sealed
        detail = {"entry": one.id, "ends": one.ends, "before": one.before, "entered_by": one.by}
        _answer(one, "approved", by, "")
        record(session, by, "account.approved", f"staff:{person.code}", detail, hospital=code)
    return [one for one, _ in found]


def send_back(
    session: Session, hospital: int, numbers: Collection[int], *, by: str, reason: str
) -> list[AccountEntry]:
    """Refuse what waits, with the reason; its author may take it back this way as well."""
    lock(session.connection(), _LOCK)
    if not reason.strip():
        words = ("退回要写明理由", "sending it back wants a reason")
        raise StorageError([trouble("no_reason", words)])
    code = session.get_one(Hospital, hospital).code
    found = [_waiting(session, hospital, number) for number in numbers]
    for one, person in found:
        _answer(one, "returned", by, reason.strip())
        detail = {"entry": one.id, "ends": one.ends, "entered_by": one.by, "reason": one.reason}
        record(session, by, "account.returned", f"staff:{person.code}", detail, hospital=code)
    return [one for one, _ in found]


def entries(
    session: Session, hospital: int, *, waiting: bool, most: int = 1000
) -> Sequence[tuple[AccountEntry, Staff]]:
    """What waits, the first one first; or what was answered, the latest first."""
    asked = (
        select(AccountEntry, Staff)
        .join(Staff, Staff.id == AccountEntry.staff_id)
        .where(AccountEntry.hospital_id == hospital)
    )
    if waiting:
        asked = asked.where(AccountEntry.state == "waiting").order_by(AccountEntry.id)
    else:
        asked = asked.where(AccountEntry.state != "waiting").order_by(AccountEntry.id.desc())
    return [(one, person) for one, person in session.execute(asked.limit(most))]


def others_waiting(session: Session, hospital: int, login: str) -> int:
    """How many wait that an account may approve: those that it did not enter."""
    asked = select(func.count()).where(
        AccountEntry.hospital_id == hospital,
        AccountEntry.state == "waiting",
        AccountEntry.by != login,
    )
    return int(session.scalar(asked.select_from(AccountEntry)) or 0)


def waiting_for(session: Session, staff: int) -> Sequence[AccountEntry]:
    """What waits for one person."""
    mine = (AccountEntry.staff_id == staff, AccountEntry.state == "waiting")
    return session.scalars(select(AccountEntry).where(*mine)).all()


def number_of(keys: AccountKeys, hospital: str, person: Staff) -> str:
    """A person's account number in the clear, '' for none: to compare, never to show."""
    return keys.open(person.account, owner_of(hospital, person.code)) if person.account else ""


def basis_of(sealed: bytes | None) -> str:
    """What tells the stored account from another one; it gives nothing away."""
    return hashlib.sha256(sealed).hexdigest() if sealed else ""


def unknown(id: str, place: str = "") -> Problem:
    """That nobody in the register has a code."""
    words = ("不在人员名册里", "is not in the register")
    cure = ("请先用 hpf register 登记", "Register them with hpf register")
    return trouble("unknown_person", words, cure, place, "staff", id)


def _people(session: Session, hospital: int, codes: Collection[str]) -> dict[str, Staff]:
    wanted = sorted(codes)
    found: dict[str, Staff] = {}
    for start in range(0, len(wanted), 500):  # a statement takes so many values
        asked = select(Staff).where(
            Staff.hospital_id == hospital, Staff.code.in_(wanted[start : start + 500])
        )
        found |= {one.code: one for one in session.scalars(asked)}
    return found


def _waiting(session: Session, hospital: int, number: int) -> tuple[AccountEntry, Staff]:
    one = session.get(AccountEntry, number)
    if one is None or one.hospital_id != hospital or one.state != "waiting":
        words = ("这一项已经处理过，或者没有", "it was answered already, or there is none")
        cure = ("请刷新页面", "Load the page again")
        raise StorageError([trouble("account_answered", words, cure, f"entry:{number}")])
    return one, session.get_one(Staff, one.staff_id)


def _answer(one: AccountEntry, state: str, by: str, reason: str) -> None:
    one.state, one.sealed = state, None  # the number stays nowhere but where it holds
    one.answered_by, one.answered_at, one.reason = by, _now(), reason


def _same(keys: AccountKeys, code: str, person: Staff, one: AccountEntry, typed: str) -> bool:
    try:
        given = account_number(typed)
    except BadValue:
        return False
    held = keys.open(one.sealed, owner_of(code, person.code)) if one.sealed else ""
    return hmac.compare_digest(given, held)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
