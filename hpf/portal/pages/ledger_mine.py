"""My points: what was booked to me, by whom and why; the standards, with every adjustment.

Opening the page is what 'seen by the person' means: the first time is noted.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import deed
from hpf.portal.pages.ledger_papers import papers_of
from hpf.portal.pages.rooms import room, unit_names
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.storage.ledgers import adjustments_of, book_of
from hpf.storage.models import LedgerAdjustment, LedgerBook
from hpf.workflow.ledgers import Rules
from hpf.workflow.ledgers_entries import department_on, lines_of, see, sum_of, unseen

pages = Blueprint("ledger_mine", __name__, url_prefix="/ledger/mine")
standards_pages = Blueprint("ledger_standards", __name__, url_prefix="/ledger/standards")


@pages.get("/")
@needs(Act.MY_POINTS)
def index() -> Any:
    """One's own entries of the period, the latest first."""
    ledger, at = room(desk().declared.ledgers)
    fresh = 0
    if unseen(deed(session()), me().staff):  # whoever looks again writes nothing
        with writing() as changing:
            fresh = see(deed(changing))
    book = book_of(session(), desk().hospital, ledger.code, at.period) if at else None
    if at is None or book is None:
        return render_template(
            "ledger/mine.html",
            ledger=ledger,
            at=at,
            book=None,
            name=say(ledger.names),
            period=figures.period(at.period, language()) if at else "",
        )
    lines = lines_of(deed(session()), book, [me().staff])
    total = sum_of([one.entry for one in lines])
    unit = department_on(deed(session()), me().staff, min(today(), at.period.last_day))
    return render_template(
        "ledger/mine.html", ledger=ledger, at=at, book=book, lines=list(reversed(lines)),
        papers=papers_of(lines),
        total=figures.change(total), fresh=fresh, name=say(ledger.names), figures=figures,
        standards=standing(book, unit), unit=unit_names().get(unit, unit),
        period=figures.period(at.period, language()),
    )  # fmt: skip


@standards_pages.get("/")
@needs(Act.BOARD)
def index_standards() -> Any:
    """The period's standards, and how managers adjusted them: for everybody to see."""
    ledger, at = room(desk().declared.ledgers)
    book = book_of(session(), desk().hospital, ledger.code, at.period) if at else None
    names = unit_names()
    made = adjustments_of(session(), book.id) if book else []
    return render_template(
        "ledger/standards.html", ledger=ledger, at=at, book=book, made=made, units=names,
        rules=Rules.of(book) if book else None, figures=figures, name=say(ledger.names),
        standards=standing(book, "") if book else [],
        period=figures.period(at.period, language()) if at else "",
    )  # fmt: skip


def standing(book: LedgerBook, unit: str) -> list[dict[str, Any]]:
    """Each standard with its points in a department today, and what was changed there."""
    made = adjustments_of(session(), book.id, unit) if unit else []
    found = []
    for one in Rules.of(book).standards.values():
        mine: list[LedgerAdjustment] = [a for a in made if a.standard == one.id]
        now = [a for a in mine if a.since <= today()]
        found.append({
            "standard": one,
            "sign": "+" if one.bonus else figures.MINUS,
            "worth": figures.points(one.worth),
            "now": figures.points(max(now, key=lambda a: (a.since, a.id)).after) if now else "",
            "changes": mine,
        })  # fmt: skip
    return found
