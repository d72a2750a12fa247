"""The ledger of points for those who book: entries, what is taken back, adjustments, the close.

A head sees and books for the people of the departments it heads; the office for everybody.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core import Ledger
from hpf.core.errors import HpfError, Text
from hpf.portal.access import me, needs
from hpf.portal.asked import number as row_number
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.pages.ledger_papers import folder, handed_in, papers_of
from hpf.portal.pages.rooms import people_names, room, unit_names
from hpf.portal.place import Place
from hpf.portal.rights import Act, Role, Viewer, may
from hpf.reports import figures
from hpf.storage.ledgers import adjustments_of, book_of, find_entry
from hpf.storage.models import LedgerBook
from hpf.storage.organisation import register_of
from hpf.workflow.consensus import agree, consensus_stops
from hpf.workflow.consents import LEVELS
from hpf.workflow.ledgers import Rules, Standard, open_book, problem
from hpf.workflow.ledgers_adjust import adjust as change_standard
from hpf.workflow.ledgers_adjust import bounds, spent
from hpf.workflow.ledgers_close import close_book
from hpf.workflow.ledgers_entries import Line, book_points, late, lines_of
from hpf.workflow.ledgers_entries import reverse as take_back

pages = Blueprint("ledger", __name__, url_prefix="/ledger")
SHOWN: Final = 50  # entries on a page


@dataclass(frozen=True, slots=True)
class Choice:
    """A standard to choose. worth: in words, with its sign; low, high: a manager's bounds."""

    standard: Standard
    worth: str
    low: str = ""
    high: str = ""


@pages.get("/")
@needs(Act.POINTS)
def index() -> Any:
    """What was booked, by whom and why; what may be booked; what waits for the office."""
    ledger, at = room(desk().declared.ledgers)
    who = me()
    book = book_of(session(), desk().hospital, ledger.code, at.period) if at else None
    if at is None or book is None:
        stops = []
        if at is not None:
            stops = consensus_stops(session(), desk().hospital, ledger.scheme, at.period)
        return render_template(
            "ledger/closed.html", ledger=ledger, at=at, stops=stops, name=say(ledger.names),
            levels=_levels(who), units=unit_names(),
            period=figures.period(at.period, language()) if at else "",
        )  # fmt: skip
    rules = Rules.of(book)
    lines = [line for line in lines_of(deed(session()), book) if _sees(who, line)]
    lines.reverse()
    number = row_number(request.args.get("page")) or 0
    made = [a for a in adjustments_of(session(), book.id) if who.sees_department(a.department)]
    shown = lines[number * SHOWN : (number + 1) * SHOWN]
    return render_template(
        "ledger/index.html",
        ledger=ledger,
        at=at,
        book=book,
        rules=rules,
        lines=shown,
        papers=papers_of(shown),
        many=len(lines),
        number=number,
        shown=SHOWN,
        late=late(lines, rules.seen_within, min(today(), at.period.last_day)),
        people=_choosable(who, book),
        names=people_names(),
        units=unit_names(),
        choices=_choices(rules),
        adjustable=_adjustable(who, rules),
        made=made,
        budgets=[
            (u, spent([a for a in made if a.department == u])) for u in sorted(who.departments)
        ],
        day=min(today(), at.period.last_day),
        now=today(),
        figures=figures,
        period=figures.period(at.period, language()),
        name=say(ledger.names),
        over=today() > at.period.last_day,
    )


@pages.post("/book")
@needs(Act.BOOK)
def book() -> Any:
    """Book one occurrence; refused with every reason."""
    form, (ledger, at) = request.form, _here()
    with writing() as changing:
        act = deed(changing)
        made = book_points(
            act, _book(changing, ledger, at), form.get("person", ""), form.get("standard", ""),
            day_of(form.get("day", "")), form.get("reason", ""), handed_in(), folder(),
        )  # fmt: skip
        told = Text(f"已记 {made.id} 号", f"Booked as {made.id}")
    flash(say(told), "ok")
    return redirect(url_for("ledger.index"))


@pages.post("/<int:number>/reverse")
@needs(Act.BOOK)
def reverse(number: int) -> Any:
    """Take an entry back. One that the viewer may not see looks like one that is not there."""
    who = me()
    first, _ = find_entry(session(), desk().hospital, number)
    if not who.sees_department(first.department):
        abort(404)
    with writing() as changing:
        made = take_back(deed(changing), number, request.form.get("reason", ""))
        told = Text(f"{number} 号已由 {made.id} 号冲销", f"Entry {made.id} takes {number} back")
    flash(say(told), "ok")
    return redirect(url_for("ledger.index"))


@pages.post("/adjust")
@needs(Act.ALLOCATE)
def adjust() -> Any:
    """A manager's adjustment, within the bounds; outside them it is refused."""
    form, (ledger, at) = request.form, _here()
    try:
        after = Decimal(form.get("after", "").strip())
    except InvalidOperation:
        after = Decimal("NaN")
    if not after.is_finite():
        raise HpfError([problem("number", "分值要写数字", "points are a number")])
    with writing() as changing:
        change_standard(
            deed(changing), _book(changing, ledger, at), form.get("department", ""),
            form.get("standard", ""), after, day_of(form.get("since", "")), form.get("reason", ""),
        )  # fmt: skip
    flash(say(("已调整，职工可以看到", "Adjusted; the staff can see it")), "ok")
    return redirect(url_for("ledger.index", _anchor="adjustments"))


@pages.post("/open")
@needs(Act.COLLECT)
def open_() -> Any:
    """Open the period's ledger, with the standards in force."""
    ledger, at = _here()
    with writing() as changing:
        open_book(deed(changing), ledger, at.program, at.period)
    flash(say(("账已打开，本期标准不再变", "Open; the period's standards hold still")), "ok")
    return redirect(url_for("ledger.index"))


@pages.post("/consent")
@needs(Act.POINTS)
def consent() -> Any:
    """Record that a level agrees to the period's objectives; whoever may, the workflow says."""
    form, (ledger, at) = request.form, _here()
    with writing() as changing:
        agree(deed(changing), ledger.scheme, at.period, form.get("level", ""),
              form.get("text", ""), department=form.get("department", ""))  # fmt: skip
    flash(say(("已登记同意", "The agreement is recorded")), "ok")
    return redirect(url_for("ledger.index"))


@pages.post("/close")
@needs(Act.COLLECT)
def close() -> Any:
    """Close it: its entries become facts."""
    ledger, at = _here()
    with writing() as changing:
        close_book(deed(changing), ledger, at.program, _book(changing, ledger, at))
    flash(say(("账已结清，分录成为本期数据", "Closed; its entries are facts now")), "ok")
    return redirect(url_for("ledger.index"))


def _here() -> tuple[Ledger, Place]:
    ledger, at = room(desk().declared.ledgers)
    if at is None:
        abort(404)
    return ledger, at


def _book(changing: Any, ledger: Ledger, at: Place) -> LedgerBook:
    found = book_of(changing, desk().hospital, ledger.code, at.period)
    if found is None:
        abort(404)
    return found


def _levels(who: Viewer) -> list[tuple[str, str]]:
    """The levels whose agreement a viewer may record."""
    mine = set()
    if Role.PRESIDENT in who.roles:
        mine.add("hospital")
    if Role.PERFORMANCE_OFFICE in who.roles:
        mine |= {"department", "staff"}
    if Role.HEAD in who.roles:
        mine.add("department")
    return [(code, say(names)) for code, names in LEVELS.items() if code in mine]


def _sees(who: Viewer, line: Line) -> bool:
    return who.sees_person(line.entry.person, {line.entry.department})


def _choosable(who: Viewer, book: LedgerBook) -> list[tuple[str, str]]:
    """People whom the viewer may book to: not themselves."""
    if book.digest is not None or not may(who, Act.BOOK):
        return []
    day = min(max(today(), book.period.first_day), book.period.last_day)
    register = register_of(session(), desk().hospital, day)
    whole = Role.PERFORMANCE_OFFICE in who.roles
    codes = sorted({
        p.person for p in register.placements
        if (whole or p.department in who.departments) and p.person != who.staff
    })  # fmt: skip
    return [(c, register.people[c].name) for c in codes]


def _choices(rules: Rules) -> list[Choice]:
    return [
        Choice(s, ("+" if s.bonus else figures.MINUS) + figures.points(s.worth))
        for s in rules.standards.values()
    ]


def _adjustable(who: Viewer, rules: Rules) -> list[Choice]:
    """Standards that a manager may adjust, with the bounds; none for others."""
    if rules.limit is None or not may(who, Act.ALLOCATE):
        return []
    found = []
    for s in rules.standards.values():
        if s.adjustable:
            low, high = bounds(rules, s)
            found.append(Choice(s, figures.points(s.worth), figures.points(low),
                                figures.points(high)))  # fmt: skip
    return found


def day_of(text: str) -> dt.date:
    """A day as a form sends it. HpfError where it is none."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise HpfError(
            [
                problem(
                    "day",
                    f"{text} 不是日期",
                    f"'{text}' is no day",
                    ("请写成 2026-07-10", "Write it as 2026-07-10"),
                )
            ]
        ) from None
