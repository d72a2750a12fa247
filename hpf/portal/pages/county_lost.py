"""Points lost, item by item: whose marks made them, with which files, and who may open those."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, request

from hpf.portal.access import me, needs
from hpf.portal.database import desk, session
from hpf.portal.issued import pressing
from hpf.portal.language import language
from hpf.portal.pages.county_desk import County, opened, pages, posted_results
from hpf.portal.pages.county_papers import issue_of
from hpf.portal.pages.mine import download
from hpf.portal.rights import Act, may
from hpf.reports.cards.letter import letter
from hpf.reports.documents import pdf
from hpf.storage.models import Evidence, Mark
from hpf.workflow.assessments_people import expert_of, unit_of
from hpf.workflow.assessments_results import Results
from hpf.workflow.evidence import FOLDER, EvidenceFiles, media_type, of_objects
from hpf.workflow.marks import MARK, Marked, marks_of

PICTURES = frozenset({"image/jpeg", "image/png"})  # what a page may show of evidence


@dataclass(frozen=True, slots=True)
class Lost:
    """An item that lost points. marks: what the experts took off; files: their evidence; review:
    what a review said of it, '' where none changed it."""

    id: str
    name: str
    topic: str
    points: Decimal
    score: Decimal
    lost: Decimal
    way: str
    told: str
    marks: tuple[Marked, ...]
    files: tuple[Evidence, ...]
    review: str


def lost_items(one: County, found: Results, unit: str) -> list[Lost]:
    """What a hospital lost, the largest loss first."""
    marks = marks_of(session(), one.at.row.id, unit=unit)
    papers = of_objects(session(), desk().hospital, MARK, (str(m.id) for m in marks))
    by: dict[str, list[Marked]] = {}
    for mark in marks:
        by.setdefault(mark.item, []).append(mark)
    reviews = {e.detail["item"]: e.text for e in one.at.all("review", "city_review")
               if e.detail["deduction"] is not None}  # fmt: skip
    lines = []
    for i in found.items_of(unit):
        if not i.lost or i.score is None:
            continue
        mine = by.get(i.id, [])
        files = tuple(f for m in mine for f in papers.get(str(m.id), ()))
        lines.append(Lost(i.id, i.name, i.topic, i.points, i.score, i.lost, i.way, i.evidence,
                          tuple(mine), files, reviews.get(i.id, "")))  # fmt: skip
    return sorted(lines, key=lambda x: (-x.lost, x.id))


def files() -> EvidenceFiles:
    """Where evidence lies: in the home, which no server hands out."""
    return EvidenceFiles(desk().settings.home.folder / FOLDER)


@pages.get("/evidence/<int:number>")
@needs(Act.ASSESSMENT)
def evidence(number: int) -> Any:
    """A file, for whom it is open: the group; the expert whose mark it is; the hospital it is
    about, once results hang. For everybody else it is not there. `?view=1` shows a picture."""
    one = session().get(Evidence, number)
    if one is None or one.hospital_id != desk().hospital or one.object != MARK:
        abort(404)
    mark = session().get(Mark, int(one.object_id))
    if mark is None or not _open_to(mark):
        abort(404)
    name = f"evidence-{one.id}.{one.file.rpartition('.')[2]}"
    kind = media_type(one.file)
    answer = download(files().read(one), name, kind)
    if "view" in request.args and kind in PICTURES:
        answer.headers["Content-Disposition"] = "inline"
    return answer


def _open_to(mark: Mark) -> bool:
    who, at = me(), desk().hospital
    if may(who, Act.COUNTY):
        return True
    if may(who, Act.MARK):
        own = expert_of(session(), at, who.login)
        if own is not None and own.code == mark.expert:
            return True
    if may(who, Act.ASSESSED) and unit_of(session(), at, who.login) == mark.unit:
        return opened().at.last("posted") is not None
    return False


@pages.get("/letter/<unit>")
@needs(Act.ASSESSMENT)
def letter_pdf(unit: str) -> Any:
    """The letter to a hospital: for the group, and for that hospital once results hang."""
    one, who = opened(), me()
    own = may(who, Act.ASSESSED) and unit_of(session(), desk().hospital, who.login) == unit
    if not may(who, Act.COUNTY) and not (own and posted_results() is not None):
        abort(404)
    return _drawn(one, unit)


def _drawn(one: County, unit: str) -> Any:
    issue = issue_of(session(), desk().settings.home, desk().hospital, one.at,
                     desk().declared.report_sections)  # fmt: skip
    try:
        paper = letter(issue, unit, language())
    except (KeyError, ValueError):
        abort(404)
    with pressing() as turn:
        if not turn:
            abort(503)
        body = pdf(paper)
    return download(body, f"letter-{one.period}-{unit}.pdf", "application/pdf")
