"""What the commands of an assessment share: its plan, how it stands, its hospitals and items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hpf_cli.finding import period_of
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.core.kit.assessing import OutsideAssessment
    from hpf.workflow.acting import Act
    from hpf.workflow.assessments import Standing
    from hpf.workflow.assessments_results import Results
    from hpf.workflow.assessments_table import Item
    from hpf_cli.home import Opened


def plan_at(at: Opened, scheme: str) -> OutsideAssessment:
    """What the scheme's plugin declares of its assessment. HpfError where it declares none."""
    program = at.programs.find(scheme)
    found = next((a for a in at.home.loaded().assessments if a.scheme == program.code), None)
    if found is None:
        raise problem(
            "no_assessment",
            f"方案 {program.code} 没有外部考核",
            f"scheme '{program.code}' has no assessment from outside",
            ("hpf schemes 列出方案", "hpf schemes lists them"),
        )
    return found


def standing_at(at: Opened, act: Act, scheme: str, period: str) -> Standing:
    """How an assessment stands, for an act that adds to it."""
    from hpf.workflow.assessments import standing

    plan = plan_at(at, scheme)
    when = period_of(period, at.programs[plan.scheme])
    return standing(act.session, act.hospital, plan, when, hold=True)


def items_at(at: Opened, act: Act, now: Standing) -> dict[str, Item]:
    """The items of the table, by id."""
    from hpf.storage.facts import facts_at
    from hpf.workflow.assessments_table import items

    program = at.programs[now.row.scheme]
    facts = facts_at(act.session, act.hospital, program, now.row.period)
    return items(facts, now.plan, program)


def units_at(at: Opened, act: Act, now: Standing) -> dict[str, str]:
    """The assessed hospitals: id -> name."""
    from hpf.storage.facts import facts_at
    from hpf.workflow.assessments_table import units

    program = at.programs[now.row.scheme]
    facts = facts_at(act.session, act.hospital, program, now.row.period)
    return units(facts, now.plan, program)


def results_at(at: Opened, act: Act, now: Standing) -> Results:
    """The newest sealed results, beside last year's. HpfError where nothing is calculated."""
    from hpf.storage.runs import latest_run, load_run
    from hpf.workflow.assessments_results import Results

    period = now.row.period
    run = latest_run(act.session, act.hospital, now.row.scheme, period)
    if run is None:
        raise problem(
            "no_run",
            f"{period} 还没有计算",
            f"nothing is calculated of {period}",
            ("请先运行 hpf calculate", "Run hpf calculate first"),
        )
    last = latest_run(act.session, act.hospital, now.row.scheme, period.earlier(1))
    before = load_run(act.session, last.id) if last is not None else None
    return Results(now.plan, load_run(act.session, run.id), before)
