"""Why a hospital's total changed: parts that add up to the difference, to the fen.

By cause where the scheme adds the total up itself (`hpf.core.change`); else by people: who came,
who left, and what each department's people have more or less.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.change import Kind, why
from hpf.core.entities import HOSPITAL
from hpf.core.errors import Text
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.units import CNY
from hpf.reports.figures import change
from hpf.reports.issue import Issue

_KINDS = {
    Kind.INPUTS: Text("全院数据", "figures of the hospital"),
    Kind.COEFFICIENTS: Text("系数与身份", "coefficients and posts"),
    Kind.SCORES: Text("考核得分", "scores"),
    Kind.RATES: Text("参数调整", "changed parameters"),
    Kind.POOL: Text("科室数据", "figures of departments"),
    Kind.OTHERS: Text("科室与个人数据", "figures of departments and people"),
    Kind.HEADCOUNT: Text("人员增减与调动", "people who came, left or moved"),
    Kind.TRANSFER: Text("调动", "transfers"),
    Kind.RULES: Text("规则修订", "revised rules"),
    Kind.EARLIER: Text("日期与往期", "dates and earlier periods"),
}
_NOWHERE = Text("不属科室", "no department")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the difference. note: of how many people."""

    name: Text
    amount: Decimal
    note: Text = Text("", "")


def parts(issue: Issue) -> list[Part]:
    """What the difference to last period is made of, the largest first; [] without one to compare.

    They add up to it exactly.
    """
    if not issue.payouts_before:
        return []
    rule = total_rule(issue)
    found = by_cause(issue, rule) if rule is not None else by_people(issue)
    return sorted((p for p in found if p.amount), key=lambda p: -abs(p.amount))


def total_rule(issue: Issue) -> Rule | None:
    """The hospital's own total of what is paid, where the scheme has one in both periods."""
    if issue.before is None:
        return None
    now, before = total(issue.payouts.values()), total(issue.payouts_before.values())
    for rule in issue.run.program.rules:
        if rule.entity != HOSPITAL.code or not rule.type.is_number or rule.unit != CNY:
            continue
        if _only(issue.run, rule) == now and _only(issue.before, rule) == before:
            return rule
    return None


def _only(run: Run, rule: Rule) -> Decimal | None:
    """The rule's value of the one hospital."""
    column = run.evaluated.values.get(rule.entity, {}).get(rule.qualified)
    if column is None or len(column) != 1:
        return None
    value = column[0]
    return value if isinstance(value, Decimal) else None


def by_cause(issue: Issue, rule: Rule) -> list[Part]:
    """By what changed: data, scores, parameters, people."""
    assert issue.before is not None
    id = issue.run.checked.rows[rule.entity].ids[0]
    kinds: dict[Kind, list[Part]] = {}
    for part in why(issue.before, issue.run, rule.entity, id, rule.name).parts:
        kinds.setdefault(part.kind, []).append(Part(part.names, part.amount))
    found = []
    for kind, several in kinds.items():
        most = max(several, key=lambda p: abs(p.amount))
        zh, en = f"其中{most.name.zh} ", f"{most.name.en} "
        said = change(most.amount)
        note = Text(zh + said, en + said) if len(several) > 1 else most.name
        found.append(Part(_KINDS[kind], total(p.amount for p in several), note))
    return found


def by_people(issue: Issue) -> list[Part]:
    """Who came, who left, and the others by the department that they are in now."""
    now, before = issue.payouts, issue.payouts_before
    came = [id for id in now if id not in before]
    left = [id for id in before if id not in now]
    found = [
        Part(Text(f"新进 {len(came)} 人", f"{len(came)} came"), total(now[id] for id in came)),
        Part(Text(f"离开 {len(left)} 人", f"{len(left)} left"), -total(before[id] for id in left)),
    ]
    by: dict[str, list[Decimal]] = {}
    for id in now:
        if id in before:
            by.setdefault(issue.unit_of.get(id, ""), []).append(now[id] - before[id])
    for unit, changes in by.items():
        name = issue.units.get(unit, "")
        n = len(changes)
        found.append(
            Part(
                Text(name, name) if name else _NOWHERE,
                total(changes),
                Text(f"两期都在的 {n} 人", f"{n} people of both periods"),
            )
        )
    return found


def total(values: Iterable[Decimal]) -> Decimal:
    """The sum, 0 of nothing."""
    return sum(values, Decimal(0))
