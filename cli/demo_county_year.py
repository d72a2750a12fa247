"""The year of `hpf demo county`, step by step: table, draw, visits, marks, publicity, objections,
decision, report. Every step is the workflow's own; nothing is written past it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.results import plain
from hpf.runs import seal_period
from hpf.storage.engine import reading
from hpf.storage.runs import latest_run, load_run
from hpf.storage.secrets import AccountKeys
from hpf.workflow import assessments_decision as decision
from hpf.workflow import assessments_publicity as publicity
from hpf.workflow import draws_held, visits
from hpf.workflow.assessments import Standing, open_assessment, standing
from hpf.workflow.assessments_results import Results
from hpf.workflow.evidence import FOLDER, EvidenceFiles
from hpf.workflow.marks import put_marks
from hpf.workflow.marks_closed import close_marks
from hpf_cli.demo_county_acts import act_on, items_of, markings, step, units_of, ways_of
from hpf_cli.demo_county_home import (
    CARE,
    CITY,
    CLINICAL,
    GROUP,
    LAST_YEAR,
    MANAGING,
    SCHEME,
    YEAR,
    County,
)
from hpf_cli.demo_story import Step

DRAW = "第一组"
SETTLED = {
    "merge": "median", "merge_step": "0.01", "marks_least": "3", "objection_days": "5",
    "review_days": "5", "correction_days": "90",
}  # fmt: skip
CONTESTED = "H3-C01"  # what the third hospital objects to
VISITS = (("H1", "2026-10-13"), ("H2", "2026-10-14"), ("H3", "2026-10-15"))


@dataclass(frozen=True, slots=True)
class Year:
    """What the year came to. results: as posted in the end; at: the assessment as it stands."""

    results: Results
    at: Standing


def tell_year(county: County, tell: Callable[[Step], None]) -> Year:
    """Take the county through its year. tell: called after each step."""
    for one in _told(county):
        tell(one)
    with reading(county.engine) as session:
        at = standing(session, county.hospital, county.plan, YEAR)
        return Year(results_of(county), at)


def told_until(county: County, day: str = "") -> None:
    """The year's steps up to and with a day; all of them where none is named."""
    for one in _told(county):
        if day and one.day.isoformat() >= day:
            return


def results_of(county: County) -> Results:
    """The newest results, beside last year's."""
    with reading(county.engine) as session:
        now, before = (latest_run(session, county.hospital, SCHEME, p) for p in (YEAR, LAST_YEAR))
        assert now is not None
        return Results(county.plan, load_run(session, now.id),
                       load_run(session, before.id) if before else None)  # fmt: skip


def _told(county: County) -> Iterator[Step]:
    yield from _prepared(county)
    yield from _marked(county)
    yield from _posted(county)
    yield from _decided(county)


def _prepared(county: County) -> Iterator[Step]:
    """Opened, visited in between, experts drawn."""
    parties = {party.zh: f"示例{party.zh}" for party in county.plan.parties}
    with act_on(county, "2026-03-02") as (act, _):
        open_assessment(act, county.plan, county.program, YEAR, parties, SETTLED)
    yield step("2026-03-02", GROUP, ("建立考核", "Open the assessment"),
                (f"{len(parties)} 个部门", f"{len(parties)} departments"))  # fmt: skip
    known = units_of(county)
    with act_on(county, "2026-05-13") as (act, at):
        visits.visit(act, at(), "H3", visits.IRREGULAR, dt.date(2026, 5, 13), (),
                     "不定期检查（合成）", known)  # fmt: skip
    yield step("2026-05-13", GROUP, ("不定期检查 H3", "Irregular visit of H3"),
                ("已登记", "on file"))  # fmt: skip
    keys = AccountKeys.read(county.home.keys)
    wanted = {CLINICAL: 1, CARE: 1, MANAGING: 1}
    with act_on(county, "2026-09-28") as (act, at):
        entry = draws_held.commit_seed(act, at(), keys, DRAW, sorted(known), wanted, known)
    short = entry.detail["commitment"][:12]
    yield step("2026-09-28", GROUP, ("承诺抽取种子", "Commit to the seed"), (short, short))
    with act_on(county, "2026-09-29") as (act, at):
        entry = draws_held.fix_pool(act, at(), DRAW)
    count = entry.detail["experts"]
    yield step("2026-09-29", GROUP, ("确定专家库", "Fix the pool"),
                (f"{count} 名专家", f"{count} experts"))  # fmt: skip
    with act_on(county, "2026-10-09") as (act, at):
        entry = draws_held.hold_draw(act, at(), keys, DRAW)
    drawn, out = entry.detail["members"], len(entry.detail["document"]["excluded"])
    yield step(
        "2026-10-09",
        GROUP,
        ("抽取专家", "Draw the experts"),
        (f"{'、'.join(drawn)}；回避 {out} 名", f"{', '.join(drawn)}; {out} excluded"),
    )
    with act_on(county, "2026-10-10") as (act, at):
        away = next(e for t in draws_held.teams(at()) for e, s in t.experts.items()
                    if s == CLINICAL)  # fmt: skip
        entry = draws_held.substitute(act, at(), DRAW, away, "因病不能参加（合成）")
    came = entry.detail["in"]
    yield step("2026-10-10", GROUP, (f"{away} 不能来", f"{away} cannot come"),
                (f"候补 {came} 递补", f"substitute {came} is called"))  # fmt: skip


def _marked(county: County) -> Iterator[Step]:
    """Visits in October; each expert marks each judged item; marks become facts."""
    known, files = units_of(county), EvidenceFiles(county.home.folder / FOLDER)
    with act_on(county, "2026-10-09") as (_, at):
        team = sorted(draws_held.team_of(at())["H1"].experts)
    for unit, day in VISITS:
        with act_on(county, day) as (act, at):
            entry, _ = visits.visit(
                act,
                at(),
                unit,
                visits.CONCENTRATED,
                dt.date.fromisoformat(day),
                team,
                "集中考核（合成）",
                known,
            )
            number = entry.id
        for n, expert in enumerate(team):
            with act_on(county, day, expert.lower()) as (act, at):
                table = items_of(county)
                given = list(markings(county, table, unit, n, expert, number))
                put_marks(act, at(), files, table, ways_of(county), given)
        count = len(team) * sum(i.unit == unit and i.judged for i in table.values())
        yield step(
            day,
            GROUP,
            (f"集中考核 {unit}", f"Concentrated visit of {unit}"),
            (f"{count} 个评分，扣分都有佐证", f"{count} marks, evidence for each point off"),
        )
    with act_on(county, "2026-10-22") as (act, at):
        entry = close_marks(act, at(), county.program)
    told = entry.detail
    yield step(
        "2026-10-22",
        GROUP,
        ("汇总评分", "Close the marks"),
        (
            f"{told['marks']} 个评分按中位数合并成 {told['items']} 项",
            f"{told['marks']} marks, by median, make {told['items']} items",
        ),
    )


def _posted(county: County) -> Iterator[Step]:
    """Calculated, posted, contested, reviewed by the group and then the city, posted again."""
    yield _calculated(county, "2026-10-22")
    with act_on(county, "2026-10-23") as (act, at):
        _, until, _ = publicity.post(act, at(), "三家医院公示栏（合成）")
    yield step("2026-10-23", GROUP, ("公示", "Post the results"),
                (f"到 {until}", f"through {until}"))  # fmt: skip
    with act_on(county, "2026-10-26", "h3") as (act, at):
        entry = publicity.object_to(act, at(), items_of(county), "公开内容已补齐（合成）",
                                    item=CONTESTED)  # fmt: skip
        number = entry.id
    yield step("2026-10-26", "h3", (f"对 {CONTESTED} 提出异议", f"Objects to {CONTESTED}"),
                (f"{number} 号", f"No. {number}"))  # fmt: skip
    with act_on(county, "2026-10-28") as (act, at):
        publicity.review(act, at(), county.program, number, False, "现场记录无误（合成）")
    yield step("2026-10-28", GROUP, ("小组复核", "The group reviews"),
                ("不成立", "rejected"))  # fmt: skip
    with act_on(county, "2026-10-29", "h3") as (act, at):
        publicity.escalate(act, at(), number, "申请市级复核（合成）")
    yield step("2026-10-29", "h3", ("申请市级复核", "Takes it to the city"), ("已报", "there"))
    less = Decimal(county.judged[CONTESTED][0]) - Decimal("0.1")
    with act_on(county, "2026-11-02", CITY) as (act, at):
        publicity.review(act, at(), county.program, number, True, "一处已公开（合成）",
                         deduction=less, city=True)  # fmt: skip
    yield step(
        "2026-11-02",
        CITY,
        ("市级复核", "The city reviews"),
        (f"部分成立，改扣 {plain(less)} 分", f"upheld in part: {plain(less)} points off"),
    )
    yield _calculated(county, "2026-11-02")
    with act_on(county, "2026-11-03") as (act, at):
        _, until, _ = publicity.post(act, at(), "三家医院公示栏（合成）")
    yield step("2026-11-03", GROUP, ("重新公示", "Post again"),
                (f"到 {until}", f"through {until}"))  # fmt: skip


def _decided(county: County) -> Iterator[Step]:
    """The subsidy decision, over what hung its days unchanged."""
    results = results_of(county)
    with act_on(county, "2026-11-11") as (act, at):
        entry = decision.decide(act, at(), results, "示例会议纪要〔2026〕1 号（合成）")
    taken = [u["unit"] for u in entry.detail["units"] if u["taken"]]
    gone = [u["unit"] for u in entry.detail["units"] if u["removal"]]
    yield step(
        "2026-11-11",
        GROUP,
        ("补助决定", "Subsidy decision"),
        (
            f"扣减：{'、'.join(taken)}；连续两年不合格：{'、'.join(gone)}",
            f"reduced: {', '.join(taken)}; two unqualified years: {', '.join(gone)}",
        ),
    )


def report_and_tell(county: County, digest: str, units: list[str]) -> Iterator[Step]:
    """The summary goes up, level by level; the hospitals have their letters."""
    for day, level in zip(("2026-11-12", "2026-11-13"), county.plan.report_to, strict=True):
        with act_on(county, day) as (act, at):
            decision.report(act, at(), level.zh, digest)
        yield step(day, GROUP, (f"汇总上报{level.zh}", f"Report to: {level.en}"),
                    (digest[:12], digest[:12]))  # fmt: skip
    with act_on(county, "2026-11-16") as (act, at):
        decision.told(act, at(), units, "反馈函（合成）")
    yield step("2026-11-16", GROUP, ("反馈医院", "Letters to the hospitals"),
                (f"{len(units)} 份", f"{len(units)} letters"))  # fmt: skip


def _calculated(county: County, day: str) -> Step:
    sealed = seal_period(county.engine, county.programs, county.hospital, SCHEME, YEAR, by=GROUP)
    one = sealed[SCHEME]
    return step(
        day,
        GROUP,
        ("计算并封印", "Calculate and seal"),
        (f"第 {one.id} 次，印 {one.seal[:12]}", f"run {one.id}, seal {one.seal[:12]}"),
    )
