"""Entries of a ledger: booked under a standard, taken back by a counter-entry, seen by the person.

An entry stays as it was booked. Its points are those of the standard in the person's department on
the event's day; nobody chooses them, and nobody books to themselves.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from hpf.core.errors import Problem
from hpf.core.results import plain
from hpf.storage.cycles import local_day
from hpf.storage.engine import lock
from hpf.storage.ledgers import (
    LOCK,
    books_of,
    entries_of,
    find_entry,
    sightings_of,
    taken_back,
)
from hpf.storage.models import LedgerBook, LedgerEntry, LedgerSighting
from hpf.storage.organisation import register_of
from hpf.workflow.acting import Act
from hpf.workflow.evidence import EvidenceFiles, Given, file_problems
from hpf.workflow.evidence import keep as keep_files
from hpf.workflow.ledgers import (
    Rules,
    Standard,
    in_charge,
    open_row,
    person_of,
    problem,
    refuse,
    stop,
    within,
)
from hpf.workflow.ledgers_adjust import points_on

PAPERS = "ledger_entry"  # as what evidence knows an entry
_OTHER = {"plus": "minus", "minus": "plus"}


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as people read it. by_entry: the number of the entry that takes it back; seen: the
    day on which the person first saw it; effect: its points with their sign."""

    entry: LedgerEntry
    standard: Standard
    seen: dt.date | None
    by_entry: int | None

    @property
    def effect(self) -> Decimal:
        """What it does to the person's points."""
        return signed(self.entry)

    def waited(self, today: dt.date) -> int:
        """Days from the event until it was seen, or until today."""
        return ((self.seen or today) - self.entry.day).days


def signed(entry: LedgerEntry) -> Decimal:
    """An entry's points, negative where they are taken off."""
    return entry.points if entry.sign == "plus" else -entry.points


def book_points(
    act: Act,
    book: LedgerBook,
    person: str,
    standard: str,
    day: dt.date,
    reason: str,
    papers: Given = (),
    files: EvidenceFiles | None = None,
) -> LedgerEntry:
    """Book one occurrence under a standard to a person.

    Raises HpfError with every reason: no such standard or person, a day outside the period or
    still to come, neither reason nor evidence, one's own, another's people, booked already.
    """
    book = open_row(act, book)
    rule = Rules.of(book).standard(standard)
    unit = department_on(act, person, day)
    stop(_wrong(act, book, person, unit, rule, day, reason, papers))
    points, adjustment = points_on(act, book, rule, unit, day)
    made = LedgerEntry(
        book_id=book.id, person=person, department=unit, standard=standard,
        sign="plus" if rule.bonus else "minus", points=points, day=day, reason=reason.strip(),
        reverses_id=None, adjustment_id=adjustment, by=act.account, at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    if papers and files is not None:
        keep_files(act, files, PAPERS, str(made.id), papers)
    _audit(act, "ledger.booked", book, made, papers=[name for name, _ in papers])
    return made


def reverse(act: Act, number: int, reason: str) -> LedgerEntry:
    """Take an entry back, in its own ledger or, where that is closed, in the next one open.

    Raises HpfError: a counter-entry itself, taken back already, no reason, one's own, another's
    people, no ledger open to take it.
    """
    lock(act.session.connection(), LOCK + act.hospital)
    first, book = find_entry(act.session, act.hospital, number)
    where = f"entry {number}"
    wrong = list(in_charge(act, first.department))
    if first.reverses_id is not None:
        cure = ("需要时另记一条", "Book anew where it is needed")
        wrong.append(problem("counter", f"{number} 号本身是冲销分录",
                             f"entry {number} is a counter-entry itself", cure, where))  # fmt: skip
    if (other := taken_back(act.session, [number]).get(number)) is not None:
        wrong.append(
            problem(
                "reversed",
                f"{number} 号已由 {other.id} 号冲销",
                f"entry {number} is taken back by {other.id}",
                place=where,
            )
        )
    if person_of(act) == first.person:
        wrong.append(_own(act))
    if not reason.strip():
        wrong.append(_why(where))
    stop(wrong)
    book = open_row(act, _taker(act, book))
    day = min(max(act.today, book.period.first_day), book.period.last_day)
    made = LedgerEntry(
        book_id=book.id, person=first.person, department=first.department,
        standard=first.standard, sign=_OTHER[first.sign], points=first.points, day=day,
        reason=reason.strip(), reverses_id=number, adjustment_id=None, by=act.account, at=act.at,
    )  # fmt: skip
    act.session.add(made)
    act.session.flush()
    _audit(act, "ledger.reversed", book, made, reverses=number)
    return made


def _taker(act: Act, book: LedgerBook) -> LedgerBook:
    """The ledger that takes a counter-entry: the entry's own, or the next one that is open."""
    if book.digest is None:
        return book
    later = [b for b in books_of(act.session, act.hospital, book.ledger)
             if b.digest is None and b.period.last_day > book.period.last_day]  # fmt: skip
    if not later:
        raise refuse("no_open", f"{book.period} 的账已结清，后面没有打开的账",
                     f"the ledger of {book.period} is closed, and no later one is open",
                     ("请先打开下一期的账", "Open the next period's ledger first"))  # fmt: skip
    return later[0]


def see(act: Act) -> int:
    """Note that the person has seen the entries about them, each the first time; how many."""
    person = person_of(act)
    if not person:
        return 0
    lock(act.session.connection(), LOCK + act.hospital)
    fresh = unseen(act, person)
    act.session.add_all(LedgerSighting(entry_id=one.id, by=act.account, at=act.at) for one in fresh)
    if fresh:
        act.audit("ledger.seen", f"ledger:{person}", {"entries": [one.id for one in fresh]})
    return len(fresh)


def unseen(act: Act, person: str) -> Sequence[LedgerEntry]:
    """The entries about a person that they have not seen, in the order they were booked."""
    return act.session.scalars(
        select(LedgerEntry)
        .join(LedgerBook, LedgerBook.id == LedgerEntry.book_id)
        .outerjoin(LedgerSighting, LedgerSighting.entry_id == LedgerEntry.id)
        .where(
            LedgerBook.hospital_id == act.hospital,
            LedgerEntry.person == person,
            LedgerSighting.id.is_(None),
        )
        .order_by(LedgerEntry.id)
    ).all()


def lines_of(act: Act, book: LedgerBook, people: Iterable[str] | None = None) -> list[Line]:
    """The entries of a ledger as people read them, those of some people alone where asked."""
    where = [] if people is None else [LedgerEntry.person.in_(sorted(people))]
    entries = entries_of(act.session, book.id, *where)
    seen, back = sightings_of(act.session, book.id), taken_back(
        act.session, [e.id for e in entries]
    )  # fmt: skip
    rules = Rules.of(book)
    earlier: dict[str, Standard] = {}

    def standard(id: str) -> Standard:
        # an entry of an earlier period may be taken back under a standard that is no more
        return rules.standards.get(id) or earlier.setdefault(
            id, Standard(id, id, False, Decimal(0), False)
        )

    return [
        Line(
            e, standard(e.standard),
            local_day(seen[e.id].at) if e.id in seen else None,
            back[e.id].id if e.id in back else None,
        )
        for e in entries
    ]  # fmt: skip


def sum_of(entries: Sequence[LedgerEntry]) -> Decimal:
    """What entries come to, without base or caps."""
    return sum(map(signed, entries), Decimal(0))


def late(lines: Iterable[Line], limit: int, today: dt.date) -> list[Line]:
    """Entries that were seen too late, or are not seen though the days have run."""
    return [one for one in lines if one.waited(today) > limit]


def department_on(act: Act, person: str, day: dt.date) -> str:
    """Where a person works on a day, with most of themselves; '' where the register has none."""
    placed = [p for p in register_of(act.session, act.hospital, day).placements
              if p.person == person]  # fmt: skip
    best = sorted(placed, key=lambda p: (-p.share, p.department))
    return best[0].department if best else ""


def _wrong(
    act: Act,
    book: LedgerBook,
    person: str,
    unit: str,
    standard: Standard,
    day: dt.date,
    reason: str,
    papers: Given,
) -> Iterator[Problem]:
    where = f"{book.ledger} {book.period}"
    if not unit:
        yield problem("person", f"{day} 名册里没有 {person}",
                      f"the register of {day} has no '{person}'",
                      ("请核对工号和日期", "Check the code and the day"), person)  # fmt: skip
    else:
        yield from in_charge(act, unit)
    if person == person_of(act):
        yield _own(act)
    if not within(book, day):
        first, last = book.period.first_day, book.period.last_day
        yield problem("day", f"{day} 不在 {first} 至 {last}", f"{day} is not in {first} … {last}",
                      ("请记入它所属的周期", "Book it in its own period"), where)  # fmt: skip
    elif day > act.today:
        yield problem("future", f"{day} 还没有到", f"{day} is still to come",
                      ("发生之后再记", "Book it once it has happened"), where)  # fmt: skip
    if not reason.strip() and not papers:
        yield _why(where)
    yield from file_problems(papers)
    twins = entries_of(
        act.session, book.id, LedgerEntry.person == person, LedgerEntry.standard == standard.id,
        LedgerEntry.day == day, LedgerEntry.reason == reason.strip(),
        LedgerEntry.reverses_id.is_(None),
    )  # fmt: skip
    gone = taken_back(act.session, [t.id for t in twins])
    for twin in twins:
        if twin.id not in gone:
            yield problem(
                "twin",
                f"同样的一条已记为 {twin.id} 号",
                f"it is booked as {twin.id}",
                ("同日再次发生的，请在事由里写清", "If it happened twice, say so in the reason"),
                where,
            )


def _own(act: Act) -> Problem:
    return problem("own", "不能给自己记分或冲销", "nobody books to themselves, nor takes it back",
                   ("请由上级或绩效办操作", "Leave it to a superior or the office"),
                   act.account)  # fmt: skip


def _why(where: str) -> Problem:
    return problem(
        "why",
        "没有写事由，也没有佐证",
        "there is neither a reason nor evidence",
        ("请写一句话，或附文件", "Say it in a line, or hand in a file"),
        where,
    )


def _audit(act: Act, action: str, book: LedgerBook, one: LedgerEntry, **more: object) -> None:
    told = {
        "entry": one.id,
        "person": one.person,
        "standard": one.standard,
        "sign": one.sign,
        "points": plain(one.points),
        "day": str(one.day),
        "reason": one.reason,
        **more,
    }
    act.audit(action, f"ledger:{book.ledger}:{book.period}", told)
