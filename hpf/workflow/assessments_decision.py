"""What follows of a settled result: subsidy decision, report upward, letters, correction.

Amounts are the scheme's rules and the county's parameters (S4.5-4.3.a–c); a decision only says that
they hold, for which hospitals, and until when the unqualified correct what was found.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.core.results import plain
from hpf.storage.models import AssessmentEntry
from hpf.workflow.acting import Act
from hpf.workflow.assessments import Standing, enter, stop, undecided
from hpf.workflow.assessments_people import of_group
from hpf.workflow.assessments_publicity import unsettled
from hpf.workflow.assessments_results import Results, Unit
from hpf.workflow.visits import concentrated

_NAMED = 6  # hospitals that a sentence names


def decide(act: Act, at: Standing, results: Results, text: str) -> AssessmentEntry:
    """The subsidy decision over all hospitals, as the posted run has it. Once, for good.

    Refused while the result is not settled, or without its ground (a minute, a document).
    """
    of_group(act)
    wrong = [*undecided(at), *unsettled(act.session, at, act.today)]
    if not text.strip():
        message = Text("没有写依据", "it is not said on what ground")
        cure = Text("如会议纪要的编号", "Such as the number of the minutes")
        wrong.append(Problem("decision.text", message, cure))
    stop(wrong)
    posted = at.last("posted")
    assert posted is not None
    by = act.today + dt.timedelta(days=at.rules.correction)
    units = [_decided(u, by) for u in sorted(results.units, key=lambda u: u.id)]
    detail = {"run": posted.detail["run"], "seal": posted.detail["seal"], "units": units}
    return enter(act, at, "decision", text=text, detail=detail)


def _decided(unit: Unit, by: dt.date) -> dict[str, Any]:
    def said(value: Any) -> Any:
        return None if value is None else plain(value)

    return {
        "unit": unit.id, "grade": unit.grade, "full": said(unit.full), "paid": said(unit.paid),
        "taken": said(unit.taken), "removal": unit.removal,
        "correct_by": by.isoformat() if unit.bad else None,
    }  # fmt: skip


def report(
    act: Act, at: Standing, to: str, digest: str, day: dt.date | None = None
) -> tuple[AssessmentEntry, list[Problem]]:
    """That the summary went up, to whom and when; a day too late is a notice, and stays on file.

    digest: SHA-256 of the workbook that was sent. Refused while the result is not settled, to
    somebody the plan does not name, level by level: the lower one first.
    """
    of_group(act)
    sent = day or act.today
    wrong = unsettled(act.session, at, act.today)
    order = [name for level in at.plan.report_to for name in level]
    level = next((n for n, x in enumerate(at.plan.report_to) if to in x), None)
    if level is None:
        message = Text(f"不上报给“{to}”", f"the report does not go to '{to}'")
        wrong.append(Problem("report.to", message, did_you_mean(to, order), to))
    done = {e.unit for e in at.all("report")}
    for below in at.plan.report_to[: level or 0]:
        if below.en not in done:
            message = Text(f"还没有报{below.zh}", f"not yet reported to: {below.en}")
            cure = Text("逐级上报", "Level by level")
            wrong.append(Problem("report.level", message, cure, to))
    if sent > act.today:
        message = Text(f"上报日 {sent} 还没到", f"{sent} is still to come")
        wrong.append(Problem("report.day", message, place=to))
    stop(wrong)
    late = sent > at.rules.report_by
    detail = {"digest": digest, "late": late, "by": at.rules.report_by.isoformat()}
    unit = at.plan.report_to[level or 0].en
    made = enter(act, at, "report", unit=unit, day=sent, text=to, detail=detail)
    told = []
    if late:
        message = Text(f"{sent} 才上报，应在 {at.rules.report_by} 前",
                       f"reported on {sent}, due by {at.rules.report_by}")  # fmt: skip
        cure = Text("已登记，请说明原因", "It is entered: give the reason")
        told.append(Problem("report.late", message, cure, to, severity="notice"))
    return made, told


def told(act: Act, at: Standing, units: Iterable[str], how: str) -> AssessmentEntry:
    """That the hospitals were told theirs: letters, to whom and how."""
    of_group(act)
    wrong = []
    if at.last("posted") is None:
        message = Text("结果还没有公示", "nothing is posted")
        wrong.append(Problem("final.posted", message, place=at.place))
    if not how.strip():
        message = Text("没有写怎样反馈", "it is not said how")
        wrong.append(Problem("letters.how", message, Text("如：反馈函", "Such as a letter")))
    stop(wrong)
    return enter(act, at, "letters", text=how, detail={"units": sorted(units)})


def corrected(act: Act, at: Standing, unit: str, text: str) -> tuple[AssessmentEntry, bool]:
    """That an unqualified hospital corrected what was found; and whether it was too late."""
    of_group(act)
    due = corrections(at)
    wrong = []
    if unit not in due:
        message = Text(f"{unit} 没有要整改的", f"'{unit}' has nothing to correct")
        wrong.append(Problem("correction.unit", message, did_you_mean(unit, due), unit))
    elif at.last("correction", unit) is not None:
        message = Text(f"{unit} 已经整改", f"'{unit}' has corrected it already")
        wrong.append(Problem("correction.twice", message, place=unit))
    if not text.strip():
        message = Text("没有写整改结果", "it is not said what came of it")
        wrong.append(Problem("correction.text", message, place=unit))
    stop(wrong)
    late = act.today > due[unit]
    return enter(act, at, "correction", unit=unit, text=text, detail={"late": late}), late


def corrections(at: Standing) -> dict[str, dt.date]:
    """Until when the unqualified hospitals correct, by id; none before the decision."""
    decision = at.last("decision")
    if decision is None:
        return {}
    return {u["unit"]: dt.date.fromisoformat(u["correct_by"])
            for u in decision.detail["units"] if u["correct_by"]}  # fmt: skip


def overdue(at: Standing, today: dt.date, known: Collection[str] = ()) -> list[Problem]:
    """What is late on a day: visits, reviews of objections, the report, corrections.

    known: the hospitals there are; without them nothing is said of visits.
    """
    found = []
    last = at.rules.window[1]
    unseen = sorted(set(known) - concentrated(at).keys())
    if today > last and unseen and at.last("closed") is None:
        listed = "、".join(unseen[:_NAMED]) + ("……" if len(unseen) > _NAMED else "")
        message = Text(f"{last} 已过，{len(unseen)} 家还没有集中考核：{listed}",
                       f"{last} is past; {len(unseen)} without their visit: {listed}")  # fmt: skip
        found.append(Problem("visit.late", message, place=at.place, severity="notice"))
    answered = at.answers("review")
    for one in at.all("objection"):
        due = dt.date.fromisoformat(one.detail["due"])
        if today > due and one.id not in answered:
            message = Text(f"{one.id} 号异议（{one.unit}）应在 {due} 前复核",
                           f"objection {one.id} ({one.unit}) was due by {due}")  # fmt: skip
            found.append(Problem("review.late", message, place=one.unit, severity="notice"))
    if today > at.rules.report_by and not at.all("report"):
        message = Text(f"应在 {at.rules.report_by} 前上报，还没有报",
                       f"the report was due by {at.rules.report_by}")  # fmt: skip
        found.append(Problem("report.missing", message, place=at.place, severity="notice"))
    for unit, day in sorted(corrections(at).items()):
        if today > day and at.last("correction", unit) is None:
            message = Text(f"{unit} 应在 {day} 前整改", f"'{unit}' had to correct it by {day}")
            found.append(Problem("correction.late", message, place=unit, severity="notice"))
    return found
