"""My tasks: votes, tasks of one's party, appeals to recheck, and what one may put on file.

The page of whoever has something to do in the cycle without looking at everybody's results: members
of a committee, heads, the IT desk. It shows nobody's pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Text
from hpf.portal.access import me, needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.appeals import Rechecked, deed, rechecked
from hpf.portal.place import here, place
from hpf.portal.rights import Act, Viewer, may
from hpf.portal.tasks import duties, parties, rechecks, votes_wanted
from hpf.portal.track import cycle_at
from hpf.portal.waiting import onward
from hpf.reports import figures
from hpf.storage import cycles as kept
from hpf.storage.models import Filing
from hpf.workflow.duties import Purpose
from hpf.workflow.files import KINDS, Kind
from hpf.workflow.records import put_on_file
from hpf.workflow.roles import Role
from hpf.workflow.situation import draw

pages = Blueprint("tasks", __name__, url_prefix="/tasks")
_ELSEWHERE: Final = frozenset({"posting", "feedback", "improvement", "result", "response"})
_READ: Final = frozenset({"goal", "focus", "request", "answer"})  # by every party
_DETAILS: Final = {
    "purpose": Text("宗旨", "What it serves"),
    "goals": Text("对应的总目标", "Goals it takes up"),
    "feature": Text("本科室的特色", "What is the department's own"),
    "of": Text("答复哪一条需求（编号）", "Which request it answers (number)"),
    "asked": Text("被调查人数", "People asked"),
    "accepting": Text("认同人数", "People accepting"),
    "version": Text("版本", "Version"),
    "owner": Text("负责人", "Owner"),
}
_PURPOSES: Final = {
    Purpose.EFFICIENCY: Text("效率", "efficiency"),
    Purpose.QUALITY: Text("质量", "quality"),
    Purpose.SUSTAINABILITY: Text("可持续", "sustainability"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A detail of a filing. choices: values and words, () for free text; many: several of them."""

    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    many: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of filing that the viewer may make. roles: to choose from, where several fit."""

    kind: Kind
    name: str
    fields: tuple[Field, ...]
    roles: tuple[tuple[str, str], ...]
    units: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filed:
    """Something on file, as it is listed."""

    id: int
    kind: str
    clause: str
    subject: str
    text: str
    detail: str
    by: str
    day: str


@pages.get("/")
@needs(Act.CYCLE)
def index() -> Any:
    """What waits for the viewer, the nearest first; then what is on file."""
    who, at = me(), place()
    votes = votes_wanted(who)
    appeals: list[Rechecked] = [rechecked(a) for a in rechecks(who)]
    row = cycle_at(at) if at else None
    shown: dict[str, Any] = {"mine": [], "rest": [], "ready": [], "stage": ""}
    filed: list[Filing] = []
    if at is not None and row is not None and parties(who):
        drawn = draw(session(), desk().hospital, desk().programs, row, today())
        found = duties(drawn)
        shown = {
            "mine": [d for d in found if d.mine],
            "rest": [d for d in found if not d.mine and (not d.unit or d.unit in who.departments)],
            "ready": [m for m in onward(drawn, who) if m.mine and not m.stops],
            "stage": say(drawn.cycle.stage.names),
        }
        filed = [*drawn.filed, *kept.filings(session(), desk().hospital)]
    forms = _forms(who, filed, row is not None)
    return render_template(
        "tasks/index.html", at=at, votes=votes, appeals=appeals, forms=forms,
        listed=_listed(who, filed), count=len(votes) + len(appeals) + len(shown["mine"]),
        period=figures.period(at.period, language()) if at else "", planned=row is not None,
        **shown,
    )  # fmt: skip


@pages.post("/file")
@needs(Act.CYCLE)
def file() -> Any:
    """Put something on file, in one's own party's name; refused with every reason."""
    who, form = me(), request.form
    code, unit = form.get("kind", ""), form.get("department", "")
    kind = KINDS.get(code)
    if kind is None or code in _ELSEWHERE or not kind.roles & parties(who):
        abort(404)
    if unit and unit not in who.departments:
        abort(404)
    detail = {n: ",".join(x.strip() for x in form.getlist(f"with-{n}")) for n in kind.wants}
    with writing() as changing:
        row = None
        if kind.cycle:
            at = here()
            row = kept.find_cycle(changing, desk().hospital, at.scheme, at.period, hold=True)
        put_on_file(
            deed(changing), code, form.get("text", ""), cycle=row,
            subject=form.get("subject", "").strip(), detail=detail,
            role=form.get("role") or None, department=unit,
        )  # fmt: skip
    flash(say(Text(f"已登记：{kind.names.zh}", f"On file: {kind.names.en}")), "ok")
    return redirect(url_for("tasks.index", _anchor="files"))


def _forms(who: Viewer, filed: list[Filing], planned: bool) -> list[Form]:
    """The kinds that the viewer's parties may file; those of a cycle only while there is one."""
    found = []
    for kind in KINDS.values():
        fits = [r for r in Role if r in kind.roles & parties(who)]
        if not fits or kind.code in _ELSEWHERE or (kind.cycle and not planned):
            continue
        several = len(fits) > 1 and fits != [Role.MANAGEMENT, Role.HR]
        units = sorted(who.departments) if Role.DEPARTMENTS in fits else []
        found.append(
            Form(
                kind, say(kind.names), tuple(_field(n, filed) for n in kind.wants),
                tuple((r.value, say(r.names)) for r in fits) if several else (), tuple(units),
            )
        )  # fmt: skip
    return found


def _field(name: str, filed: list[Filing]) -> Field:
    label = say(_DETAILS[name])
    if name == "purpose":
        return Field(name, label, tuple((p.value, say(w)) for p, w in _PURPOSES.items()))
    if name == "goals":
        goals = tuple((str(f.id), f.text) for f in filed if f.kind == "goal")
        return Field(name, label, goals, many=True)
    return Field(name, label)


def _listed(who: Viewer, filed: list[Filing]) -> list[Filed]:
    """What the viewer may read of what is on file, the latest first."""
    office = may(who, Act.PUBLISH)
    found = []
    for f in sorted(filed, key=lambda one: -one.id):
        kind = KINDS.get(f.kind)
        if kind is None or f.kind in _ELSEWHERE:
            continue
        if office or f.kind in _READ or f.by == who.login or f.subject in who.departments:
            found.append(
                Filed(
                    f.id, say(kind.names), kind.clause, f.subject, f.text, _said(f), f.by,
                    kept.local_day(f.at).isoformat(),
                )
            )  # fmt: skip
    return found


def _said(one: Filing) -> str:
    """The details of a filing, each with its name."""
    words = []
    for name, value in one.detail.items():
        if name in _DETAILS and value:
            purpose = name == "purpose" and value in set(Purpose)
            text = say(_PURPOSES[Purpose(value)]) if purpose else str(value)
            words.append(say(_DETAILS[name]) + say(("：", ": ")) + text)
    return say(("；", "; ")).join(words)
