"""Opening a year's assessment: the group and its rules, seen as they will hold, then confirmed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from hpf.core.errors import Problem, Text
from hpf.core.kit.assessing import OutsideAssessment
from hpf.core.periods import Period
from hpf.portal.access import needs
from hpf.portal.clock import today
from hpf.portal.database import desk, session, writing
from hpf.portal.language import language, say
from hpf.portal.pages.county_desk import deed, pages
from hpf.portal.pages.county_home import plan_of, to_open
from hpf.portal.rights import Act
from hpf.reports import figures
from hpf.storage.facts import facts_at
from hpf.workflow.assessments import open_assessment, wrong_opening
from hpf.workflow.assessments_rules import RULES, Rule, Rules, read_rules
from hpf.workflow.assessments_table import items, table_digest, units
from hpf.workflow.marks_merge import Merge

_YES = (("yes", Text("计入", "Yes")), ("no", Text("不计入", "No")))
_HINTS = {
    "merge_step": Text("如 0.01", "Such as 0.01"),
    "window": Text("如 10-11..10-20", "As 10-11..10-20"),
    "report_by": Text("如 11-30", "As 11-30"),
}


@dataclass(frozen=True, slots=True)
class Field:
    """A rule as the form asks for it. usual: what holds where it is left blank."""

    rule: Rule
    label: str
    hint: str
    value: str
    choices: tuple[tuple[str, str], ...]
    usual: str
    wrong: str


@pages.route("/open", methods=["GET", "POST"], endpoint="opening")
@needs(Act.ASSESS)
def opening() -> Any:
    """The form; then what it comes to; then it is opened. Refused with everything that is wrong,
    each at its field, and nothing is written."""
    plan = plan_of()
    if plan is None:
        return render_template("county/nothing.html", plans=())
    ready = to_open(plan)
    asked = request.values.get("period", "")
    if not ready:
        return render_template("county/open_none.html", plan=plan)
    period = next((p for p in ready if str(p) == asked), None) or (None if asked else ready[0])
    if period is None:
        abort(404)
    parties, settings = _given(plan)
    if request.method == "GET":
        return _form(plan, period, ready, parties, settings, [])
    wrong = wrong_opening(session(), desk().hospital, plan, period, parties, settings)
    if wrong:
        return _form(plan, period, ready, parties, settings, wrong), 422
    digest = table_digest(session(), desk().hospital, plan, desk().programs[plan.scheme], period)
    if request.form.get("sure") != digest:  # not looked at yet, or the table is another one now
        moved = bool(request.form.get("sure"))
        return _preview(plan, period, parties, settings, digest, moved), 409 if moved else 200
    with writing() as changing:
        open_assessment(deed(changing), plan, desk().programs[plan.scheme], period, parties,
                        settings)  # fmt: skip
    told = Text(f"{period} 的考核已建立", f"The assessment of {period} is opened")
    flash(say(told), "ok")
    return redirect(url_for("county.index", scheme=plan.scheme, period=str(period)))


def _given(plan: OutsideAssessment) -> tuple[dict[str, str], dict[str, str]]:
    form = request.form
    parties = {party.zh: form.get(f"party-{n}", "").strip() for n, party in enumerate(plan.parties)}
    if (name := form.get("other", "").strip()) and (who := form.get("other-who", "").strip()):
        parties[name] = who
    settings = {n: v for n in RULES if (v := form.get(n, "").strip())}
    return parties, settings


def _form(
    plan: OutsideAssessment,
    period: Period,
    ready: list[Period],
    parties: dict[str, str],
    settings: dict[str, str],
    wrong: list[Problem],
) -> str:
    fields = [_field(plan, rule, settings, wrong) for rule in RULES.values()]
    at_fields = {f.rule.name for f in fields if f.wrong} | {party.en for party in plan.parties}
    return render_template(
        "county/open.html", plan=plan, period=period, ready=ready,
        parties=[(n, say(party), parties.get(party.zh, ""), _said(party.en, wrong))
                 for n, party in enumerate(plan.parties)],
        fields=fields, wrong=[p for p in wrong if p.name not in at_fields], many=len(wrong),
        other=request.form.get("other", ""), other_who=request.form.get("other-who", ""),
    )  # fmt: skip


def _field(
    plan: OutsideAssessment, rule: Rule, settings: dict[str, str], wrong: list[Problem]
) -> Field:
    label = say(rule.names).partition("：" if language() == "zh" else ":")[0]
    choices: tuple[tuple[str, str], ...] = ()
    if rule.name == "merge":
        choices = tuple((str(m), say(m.names)) for m in Merge)
    elif rule.name == "count_posting_day":
        choices = tuple((value, say(names)) for value, names in _YES)
    (first, last), due = plan.window, plan.report_by
    usual = {
        "publicity_days": str(plan.publicity), "count_posting_day": say(_YES[1][1]),
        "window": f"{first[0]:02}-{first[1]:02}..{last[0]:02}-{last[1]:02}",
        "report_by": f"{due[0]:02}-{due[1]:02}",
        "calendar": say(("国务院公布的工作日", "the published working days")),
    }.get(rule.name, "")  # fmt: skip
    hint = say(_HINTS[rule.name]) if rule.name in _HINTS else ""
    return Field(rule, label.partition("，如")[0].partition(", such as")[0], hint,
                 settings.get(rule.name, ""), choices, usual, _said(rule.name, wrong))  # fmt: skip


def _said(name: str, wrong: list[Problem]) -> str:
    return say(("；", "; ")).join(say(p.message) for p in wrong if p.name == name)


def _preview(
    plan: OutsideAssessment,
    period: Period,
    parties: dict[str, str],
    settings: dict[str, str],
    digest: str,
    moved: bool,
) -> str:
    """What will hold: who, which rules in words, which table."""
    rules, program = read_rules(plan, settings, period), desk().programs[plan.scheme]
    facts = facts_at(session(), desk().hospital, program, period)
    table = items(facts, plan, program)
    return render_template(
        "county/open_preview.html", plan=plan, period=period, parties=parties, settings=settings,
        lines=_lines(rules), digest=digest, moved=moved, count=len(units(facts, plan, program)),
        lines_count=len({i.line for i in table.values()}),
        judged=len({i.line for i in table.values() if i.judged}),
        points=figures.points, full=_full(table), form=request.form, today=today(),
    )  # fmt: skip


def _full(table: Any) -> Any:
    """The points of the table: each line once."""
    return sum({i.line: i.points for i in table.values()}.values())


def _lines(rules: Rules) -> list[tuple[str, str]]:
    """The rules as they will hold, in words."""
    first, last = rules.window
    days = Text("个工作日", "working days")
    return [
        (say(("合并评分", "Marks are merged by")),
         say(rules.merge.names) + say((f"，取到 {rules.step} 分", f", to {rules.step} points"))),
        (say(("每项至少", "Each item is marked by")),
         say((f"{rules.marks_least} 名专家", f"{rules.marks_least} experts at least"))),
        (say(("集中考核", "Concentrated visit")),
         say((f"{first} 至 {last}", f"{first} to {last}"))),
        (say(("公示", "Publicity")), f"{rules.publicity.days} {say(days)}"),
        (say(("提出异议", "Objections")), f"{rules.objection.days} {say(days)}"),
        (say(("复核", "Review")), f"{rules.review.days} {say(days)}"),
        (say(("限期整改", "Correction")),
         say((f"{rules.correction} 日", f"{rules.correction} days"))),
        (say(("最迟上报", "Reported by")), str(rules.report_by)),
    ]  # fmt: skip
