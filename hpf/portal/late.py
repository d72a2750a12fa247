"""What is late of a period, or due in the next days: reports, the stage itself, answers to appeals.

Days count as on the stage track, and only for those to whom the hospital's totals are open. What a
sealed run has settled is not asked for any more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from flask import url_for
from sqlalchemy import select

from hpf.core.errors import Text
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.pages.collect_reports import Report, reports
from hpf.portal.place import Place
from hpf.portal.rights import Act, Viewer, may
from hpf.portal.track import Mark
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.models import Appeal, Cycle
from hpf.storage.runs import latest_run

SOON: Final = 5  # days ahead that are told of


@dataclass(frozen=True, slots=True)
class Late:
    """One thing. days: how late it is, below nothing where it is due in so many days."""

    who: str
    what: str
    due: dt.date
    days: int
    href: str = ""

    @property
    def kind(self) -> str:
        """Its mark."""
        return "error" if self.days > 0 else "warning" if self.days == 0 else ""

    @property
    def said(self) -> str:
        """How late, in words."""
        if self.days > 0:
            return f"逾期 {self.days} 天" if language() == "zh" else f"{self.days} d late"
        if self.days == 0:
            return say(("今天", "today"))
        return f"还有 {-self.days} 天" if language() == "zh" else f"in {-self.days} d"


def late(at: Place, row: Cycle | None, track: tuple[Mark, ...], who: Viewer) -> list[Late]:
    """The latest first."""
    found = [*_stage(row, track), *_reports(at, who), *_appeals(row, who)]
    return sorted(found, key=lambda one: (-one.days, one.who))


def _of(due: dt.date, who: str, what: Text, href: str) -> Late:
    return Late(who, say(what), due, (today() - due).days, href)


def _stage(row: Cycle | None, track: tuple[Mark, ...]) -> Iterator[Late]:
    """The stage the period is in, once its day has passed."""
    now = next((m for m in track if m.kind == "now"), None)
    if row is None or now is None or now.due is None or now.due >= today():
        return
    words = Text(f"{now.name}还没有完成", f"{now.name} is not finished")
    yield _of(now.due, say(("本期流程", "This period")), words, "")


def _reports(at: Place, who: Viewer) -> Iterator[Late]:
    """Who has not reported, while nothing is calculated."""
    if latest_run(session(), desk().hospital, at.scheme, at.period) is not None:
        return
    known = latest_import(session(), desk().hospital, at.scheme, at.period)
    facts = None if known is None else facts_at(session(), desk().hospital, at.program, at.period)
    href = url_for("collect.index") if may(who, Act.COLLECT) else ""
    for one in reports(at.program, at.period, facts):
        if not one.complete and one.due is not None and (one.due - today()).days <= SOON:
            yield _of(one.due, say(one.reporter), _owes(one), href)


def _owes(one: Report) -> Text:
    n = len(one.missing)
    zh, en = ("、".join(t.zh for t in one.missing[:2]), ", ".join(t.en for t in one.missing[:2]))
    if n > 2:
        return Text(f"还差 {n} 项：{zh}等", f"{n} missing: {en} and more")
    return Text(f"还差 {n} 项：{zh}", f"{n} missing: {en}")


def _appeals(row: Cycle | None, who: Viewer) -> Iterator[Late]:
    """Appeals that nobody has answered by their day."""
    if row is None:
        return
    asked = select(Appeal).where(
        Appeal.cycle_id == row.id, Appeal.state == "open", Appeal.decide_by < today()
    )
    href = url_for("appeals.index") if may(who, Act.REVIEW) else ""
    for one in session().scalars(asked.order_by(Appeal.decide_by, Appeal.id)):
        words = Text("还没有答复", "is not answered")
        yield _of(one.decide_by, say((f"{one.id} 号申诉", f"Appeal {one.id}")), words, href)
