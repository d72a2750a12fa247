"""A manager's bounded adjustment of a standard's points, for their department, from a day on.

What lies outside the bounds is refused, not clipped. It never reaches back: whatever is booked
keeps its points, and events before its first day keep the old ones.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from hpf.core.errors import Problem
from hpf.core.facts import decimal_of
from hpf.core.results import plain
from hpf.storage.ledgers import adjustments_of
from hpf.storage.models import LedgerAdjustment, LedgerBook
from hpf.workflow.acting import Act, actor
from hpf.workflow.ledgers import Rules, Standard, open_row, problem, refuse, stop, within
from hpf.workflow.roles import Role


def adjust(
    act: Act,
    book: LedgerBook,
    department: str,
    standard: str,
    after: Decimal,
    since: dt.date,
    reason: str,
) -> LedgerAdjustment:
    """Change a standard's points in a department from a day of the period on, today or later.

    Raises HpfError with every reason: a standard that may not be adjusted, beyond the limit (which
    is inclusive) or the manager's budget, a day that lies back or outside, an adjustment that
    begins later already, no change, no reason.
    """
    book = open_row(act, book)
    rules = Rules.of(book)
    if rules.limit is None or rules.budget is None:
        raise refuse("no_adjusting", "这本账不允许负责人调整标准",
                     "managers may not adjust standards of this ledger")  # fmt: skip
    one = rules.standard(standard)
    who = actor(act, (Role.DEPARTMENTS,), department=department)
    made = adjustments_of(act.session, book.id, who.department)
    before = _value(made, one, since)[0]
    stop(_wrong(act, book, rules, one, made, before, after, since, reason))
    change = LedgerAdjustment(
        book_id=book.id, department=who.department, standard=standard, before=before,
        after=after, decided=act.today, since=since, reason=reason.strip(), by=act.account,
        at=act.at,
    )  # fmt: skip
    act.session.add(change)
    act.session.flush()
    told = {"department": who.department, "standard": standard, "before": plain(before),
            "after": plain(after), "since": str(since), "reason": reason.strip()}  # fmt: skip
    act.audit("ledger.adjusted", f"ledger:{book.ledger}:{book.period}", told)
    return change


def points_on(
    act: Act, book: LedgerBook, standard: Standard, department: str, day: dt.date
) -> tuple[Decimal, int | None]:
    """A standard's points in a department on a day, with the adjustment that they come from."""
    return _value(adjustments_of(act.session, book.id, department), standard, day)


def spent(made: Sequence[LedgerAdjustment]) -> Decimal:
    """The points that adjustments have moved, up or down."""
    return sum((abs(a.after - a.before) for a in made), Decimal(0))


def bounds(rules: Rules, standard: Standard) -> tuple[Decimal, Decimal]:
    """Between which points a manager may set a standard, both included."""
    room = Fraction(standard.worth) * (rules.limit or 0) if standard.adjustable else Fraction(0)
    low, high = Fraction(standard.worth) - room, Fraction(standard.worth) + room
    return decimal_of(low), decimal_of(high)


def _value(
    made: Sequence[LedgerAdjustment], standard: Standard, day: dt.date
) -> tuple[Decimal, int | None]:
    held = [a for a in made if a.standard == standard.id and a.since <= day]
    if not held:
        return standard.worth, None
    last = max(held, key=lambda a: (a.since, a.id))
    return last.after, last.id


def _wrong(
    act: Act,
    book: LedgerBook,
    rules: Rules,
    one: Standard,
    made: Sequence[LedgerAdjustment],
    before: Decimal,
    after: Decimal,
    since: dt.date,
    reason: str,
) -> Iterator[Problem]:
    where = f"{book.ledger} {book.period} {one.id}"
    assert rules.limit is not None, "asked before"
    assert rules.budget is not None, "asked before"
    low, high = Fraction(one.worth) * (1 - rules.limit), Fraction(one.worth) * (1 + rules.limit)
    if not one.adjustable:
        yield problem(
            "fixed",
            f"标准 {one.id} 不允许调整",
            f"standard '{one.id}' may not be adjusted",
            ("由医院决定哪些标准可调整", "The hospital decides which may be"),
            where,
        )
    elif not low <= Fraction(after) <= high or after < 0:
        shown = f"{plain(decimal_of(low))}–{plain(decimal_of(high))}"
        yield problem(
            "limit",
            f"{plain(after)} 分超出可调范围 {shown}",
            f"{plain(after)} points lie outside {shown}",
            ("超出的不截取，请改在范围之内", "It is refused, not clipped: stay within"),
            where,
        )
    if after == before:
        yield problem("same", f"现在就是 {plain(before)} 分", f"it is {plain(before)} points now",
                      place=where)  # fmt: skip
    left = rules.budget - spent(made)
    if abs(after - before) > left:
        yield problem(
            "budget",
            f"本期额度还剩 {plain(left)} 分，这次要 {plain(abs(after - before))} 分",
            f"{plain(left)} points are left of the period's budget; this takes "
            f"{plain(abs(after - before))}",
            ("请减小幅度，或等下一期", "Change it by less, or in the next period"),
            where,
        )
    if since < act.today:
        yield problem(
            "back",
            f"{since} 已过，调整不溯及既往",
            f"{since} lies back: no adjustment does",
            ("请改为今天或以后", "Choose today or later"),
            where,
        )
    if not within(book, since):
        first, last = book.period.first_day, book.period.last_day
        yield problem(
            "day",
            f"{since} 不在 {first} 至 {last}",
            f"{since} is not in {first} … {last}",
            place=where,
        )
    later = [a for a in made if a.standard == one.id and a.since > since]
    if later:
        yield problem(
            "later",
            f"{later[0].since} 起另有调整",
            f"another one begins on {later[0].since}",
            ("请从那天或之后起", "Begin on that day or later"),
            where,
        )
    if not reason.strip():
        yield problem("why", "没有写理由", "there is no reason",
                      ("请写明为什么", "Say why"), where)  # fmt: skip
