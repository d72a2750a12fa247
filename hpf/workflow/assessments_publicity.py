"""Publicity and objections: posted in the hospitals, contested in time, reviewed by the group, then
by the city (S4.5-3.5.a, 3.5.b; reading S4.5-AMB-08).

What a review corrects becomes a fact that names the review; the result is calculated and posted
anew, and hangs its days again.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.core.program import Program
from hpf.core.results import plain
from hpf.storage.facts import facts_at, latest_import
from hpf.storage.imports import preview, save_import
from hpf.storage.models import AssessmentEntry
from hpf.storage.runs import latest_run
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, enter, stop, undecided
from hpf.workflow.assessments_people import ASSESSED, holds, of_group, unit_of
from hpf.workflow.assessments_table import Item, items
from hpf.workflow.marks_closed import item_facts

LEVELS = {"review": Text("考核小组", "the group"), "city_review": Text("市级主管部门", "the city")}


def post(
    act: Act, at: Standing, where: str, day: dt.date | None = None
) -> tuple[AssessmentEntry, dt.date, dt.date]:
    """Post the newest sealed run; with the last days of publicity and of objections.

    Refused: marks not closed, no run that has seen all facts, a day in the future or before the
    run, the same run twice, no place.
    """
    of_group(act)
    posted = day or act.today
    wrong = undecided(at)
    if at.last("closed") is None:
        message = Text("评分还没有汇总", "the marks are not closed")
        cure = Text("先汇总：hpf assess close", "Close them first: hpf assess close")
        wrong.append(Problem("post.open", message, cure, at.place))
    run = latest_run(act.session, at.row.hospital_id, at.row.scheme, at.row.period)
    last = latest_import(act.session, at.row.hospital_id, at.row.scheme, at.row.period)
    if run is None or run.facts_upto != last:
        message = Text("还没有按现有数据计算", "what stands now is not calculated")
        cure = Text("请先计算：hpf calculate", "Calculate first: hpf calculate")
        wrong.append(Problem("post.stale", message, cure, at.place))
    before = at.last("posted")
    if run is not None and before is not None and before.detail["run"] == run.id:
        message = Text("这次结果已经公示过", "that run is posted already")
        wrong.append(Problem("post.twice", message, place=at.place))
    closed = at.last("closed")
    if posted > act.today or (closed is not None and posted < closed.day):
        message = Text(f"公示日 {posted} 不对", f"{posted} cannot be the day of posting")
        wrong.append(Problem("post.day", message, place=at.place))
    if not where.strip():
        message = Text("没有写在哪里公示", "it is not said where they hang")
        cure = Text("如：三家医院公示栏", "For instance the boards of the hospitals")
        wrong.append(Problem("post.where", message, cure))
    stop(wrong)
    assert run is not None
    until, objections = at.rules.publicity.last_day(posted), at.rules.objection.last_day(posted)
    detail = {"run": run.id, "seal": run.seal, "until": until.isoformat(),
              "objections_until": objections.isoformat()}  # fmt: skip
    return enter(act, at, "posted", day=posted, text=where, detail=detail), until, objections


def object_to(
    act: Act, at: Standing, table: Mapping[str, Item], text: str, *, item: str = "", unit: str = ""
) -> AssessmentEntry:
    """A hospital objects, to an item or to its whole result. unit: for whom the group enters it.

    An account of an assessed hospital objects for that hospital alone. Refused: not posted, too
    late, another hospital's item, the same item twice while it is open, no ground.
    """
    own = unit_of(act.session, act.hospital, act.account)
    if own and holds(act.session, act.hospital, act.account, ASSESSED):
        about = own
    else:
        of_group(act)
        about = unit
    wrong = undecided(at)
    posted = at.last("posted")
    if posted is None:
        message = Text("结果还没有公示", "nothing is posted")
        wrong.append(Problem("objection.early", message, place=at.place))
    elif act.today > (last := dt.date.fromisoformat(posted.detail["objections_until"])):
        message = Text(f"异议期到 {last} 为止", f"objections were taken through {last}")
        wrong.append(Problem("objection.late", message, place=about))
    known = {i.unit for i in table.values()}
    if about not in known:
        message = Text(f"没有医院 {about}", f"there is no hospital '{about}'")
        wrong.append(Problem("objection.unit", message, did_you_mean(about, known), about))
    if item and (item not in table or table[item].unit != about):
        message = Text(f"{about} 没有指标项 {item}", f"'{about}' has no item '{item}'")
        wrong.append(Problem("objection.item", message, place=about))
    if not text.strip():
        message = Text("没有写异议的理由", "no ground is given")
        wrong.append(
            Problem("objection.text", message, Text("请写明哪里不对", "Say what is wrong"))
        )
    settled = at.answers("review")
    if any(e.unit == about and e.detail["item"] == item and e.id not in settled
           for e in at.all("objection")):  # fmt: skip
        message = Text("这一项已有异议未复核", "an objection to it is open already")
        wrong.append(Problem("objection.twice", message, place=item or about))
    stop(wrong)
    assert posted is not None
    due = at.rules.review.last_day(act.today)
    detail = {"item": item, "run": posted.detail["run"], "due": due.isoformat()}
    return enter(act, at, "objection", unit=about, text=text, detail=detail)


def escalate(act: Act, at: Standing, objection: int, text: str) -> AssessmentEntry:
    """Take a review that did not help to the city's department; once, by whom it concerns."""
    one = _objection(at, objection)
    own = unit_of(act.session, act.hospital, act.account)
    if own != one.unit or not holds(act.session, act.hospital, act.account, ASSESSED):
        of_group(act)
    wrong = undecided(at)
    review = at.answers("review").get(objection)
    if review is None:
        message = Text(f"{objection} 号异议考核小组还没有复核",
                       f"the group has not reviewed objection {objection}")  # fmt: skip
        wrong.append(Problem("objection.unreviewed", message, place=one.unit))
    elif review.detail["upheld"]:
        message = Text(f"{objection} 号异议已经成立", f"objection {objection} was upheld")
        wrong.append(Problem("objection.upheld", message, place=one.unit))
    elif act.today > (last := at.rules.objection.last_day(review.day)):
        message = Text(f"到 {last} 为止可申请市级复核", f"it could be taken there through {last}")
        wrong.append(Problem("objection.late", message, place=one.unit))
    if objection in at.answers("escalation"):
        message = Text(f"{objection} 号异议已报市级", f"objection {objection} is there already")
        wrong.append(Problem("objection.twice", message, place=one.unit))
    stop(wrong)
    return enter(act, at, "escalation", unit=one.unit, text=text, of=objection)


def review(
    act: Act,
    at: Standing,
    program: Program,
    objection: int,
    upheld: bool,
    text: str,
    *,
    deduction: Decimal | None = None,
    city: bool = False,
) -> AssessmentEntry:
    """What a review found. deduction: what the item loses from now on, where it is a judged one.

    city: by the city's department, for an objection that was taken there. What the group decided it
    does not decide again, and who marked the item does not review it. Refused: settled already, not
    taken to the city, no reason, a deduction above the item's points or of a rejected objection.
    """
    of_group(act)
    one = _objection(at, objection)
    level = "city_review" if city else "review"
    wrong = undecided(at)
    if objection in at.answers(level):
        who = LEVELS[level]
        message = Text(f"{who.zh}已经复核过 {objection} 号异议",
                       f"{who.en} has reviewed objection {objection} already")  # fmt: skip
        wrong.append(Problem("review.settled", message, place=one.unit))
    if city and objection not in at.answers("escalation"):
        message = Text(f"{objection} 号异议没有报市级", f"objection {objection} is not there")
        wrong.append(Problem("review.not_taken", message, place=one.unit))
    group = at.answers("review").get(objection)
    if city and group is not None and group.by == act.account:
        message = Text("市级复核不能由小组复核的同一账号登记",
                       "the account that reviewed for the group does not review again")  # fmt: skip
        cure = Text("请换一个账号（S4.5-AMB-08）", "Let another account enter it (S4.5-AMB-08)")
        wrong.append(Problem("review.own", message, cure, act.account))
    if not text.strip():
        message = Text("没有写复核的理由", "the review gives no reason")
        wrong.append(Problem("review.text", message, Text("请写明", "Say why")))
    item = one.detail["item"]
    facts = facts_at(act.session, act.hospital, program, at.row.period)
    about = items(facts, at.plan, program).get(item)
    if deduction is not None:
        wrong += _wrong_deduction(about, upheld, deduction)
    stop(wrong)
    due = dt.date.fromisoformat(one.detail["due"])
    detail = {
        "upheld": upheld, "item": item, "late": not city and act.today > due,
        "deduction": None if deduction is None else plain(deduction),
    }  # fmt: skip
    made = enter(act, at, level, unit=one.unit, text=text, detail=detail, of=objection)
    if deduction is not None:
        told = f"{LEVELS[level].zh}复核（{made.id} 号）：扣{plain(deduction)}"
        part = item_facts(at, program, [item], [deduction], None, [told], [str(made.id)], "reviews")
        shown = preview(act.session, act.hospital, program, part, extent="part")
        save_import(act.session, shown, by=act.account, at=act.at,
                    reason=f"assessment:{at.row.id}:{level} {made.id}")  # fmt: skip
    return made


def unsettled(session: Session, at: Standing, today: dt.date) -> list[Problem]:
    """Why the result is not final yet: publicity, objections, corrections; empty when it is."""
    found = []
    posted = at.last("posted")
    if posted is None:
        message = Text("结果还没有公示", "nothing is posted")
        return [Problem("final.posted", message, place=at.place)]
    span = at.rules.publicity
    passed = span.passed(posted.day, today)
    if passed < span.days:
        until = posted.detail["until"]
        message = Text(
            f"公示到 {until}，才过 {passed} 个工作日，应有 {span.days} 个",
            f"posted through {until}: {passed} of {span.days} working days have passed",
        )
        found.append(Problem("final.publicity", message, place=at.place))
    if today <= (last_day := dt.date.fromisoformat(posted.detail["objections_until"])):
        message = Text(f"异议期到 {last_day} 为止", f"objections are taken through {last_day}")
        found.append(Problem("final.objection_time", message, place=at.place))
    reviews, taken, city = at.answers("review"), at.answers("escalation"), at.answers("city_review")
    for one in at.all("objection"):
        if one.id not in reviews:
            message = Text(f"{one.id} 号异议（{one.unit}）还没有复核",
                           f"objection {one.id} ('{one.unit}') is not reviewed")  # fmt: skip
            found.append(Problem("final.objection", message, place=one.unit))
        elif one.id in taken and one.id not in city:
            message = Text(f"{one.id} 号异议在市级复核中",
                           f"objection {one.id} is with the city")  # fmt: skip
            found.append(Problem("final.city", message, place=one.unit))
    run = latest_run(session, at.row.hospital_id, at.row.scheme, at.row.period)
    last = latest_import(session, at.row.hospital_id, at.row.scheme, at.row.period)
    if run is None or run.id != posted.detail["run"] or run.facts_upto != last:
        message = Text("公示之后数据或结果有变", "facts or results changed after the posting")
        cure = Text("请重新计算，再公示", "Calculate again, and post it")
        found.append(Problem("final.changed", message, cure, at.place))
    return found


def _objection(at: Standing, number: int) -> AssessmentEntry:
    one = next((e for e in at.all("objection") if e.id == number), None)
    if one is None:
        message = Text(f"没有 {number} 号异议", f"there is no objection {number}")
        stop([Problem("objection.unknown", message, place=at.place)])
    assert one is not None
    return one


def _wrong_deduction(about: Item | None, upheld: bool, deduction: Decimal) -> list[Problem]:
    if about is None or not about.judged:
        message = Text("只有定性指标项按扣分更正", "only an item that is judged loses points so")
        cure = Text("定量指标请重新导入更正后的数据", "Import the corrected figures instead")
        return [Problem("review.figures", message, cure)]
    if not upheld:
        message = Text("异议不成立，扣分不变", "a rejected objection changes nothing")
        return [Problem("review.effect", message, place=about.id)]
    if not 0 <= deduction <= about.points:
        message = Text(f"扣分应在 0 至 {plain(about.points)} 之间",
                       f"it loses 0 to {plain(about.points)} points")  # fmt: skip
        return [Problem("mark.above", message, place=about.id)]
    return []
