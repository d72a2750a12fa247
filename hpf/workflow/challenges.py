"""Four ways in which performance management fails, each as something to be found (S1, part 3).

Vague indicators, scattered data, late or wrong feedback, staff who see a mere formality. Each
function lists what it found; nothing is averaged away, and remedies that the source calls optional
are never asked for.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from hpf.core.errors import Problem, Text
from hpf.workflow.roles import Role
from hpf.workflow.workdays import Span


@dataclass(frozen=True, slots=True)
class IndicatorEntry:
    """An indicator in the register. approved: the parties that agreed to it (S1-3.1-2)."""

    code: str
    unit: str = ""
    formula: str = ""
    source: str = ""
    target: str = ""
    approved: frozenset[Role] = frozenset()


def vague(register: Iterable[IndicatorEntry]) -> list[Problem]:
    """Indicators without unit, formula, data source or target, or not agreed by both sides."""
    found = []
    for one in register:
        fields = {
            "unit": (one.unit, "单位"), "formula": (one.formula, "公式"),
            "data source": (one.source, "数据来源"), "target": (one.target, "目标值"),
        }  # fmt: skip
        lack = {en: zh for en, (value, zh) in fields.items() if not value}
        if lack:
            found.append(_problem(
                "vague", f"指标 {one.code} 没有{'、'.join(lack.values())}",
                f"indicator '{one.code}' has no {', '.join(lack)}",
                "请补齐，否则无法量化（S1-3.1-1）",
                "Give them, or it cannot be measured (S1-3.1-1)", one.code,
            ))  # fmt: skip
        found += [
            _problem(
                "not_agreed", f"指标 {one.code} 还没有经{role.names.zh}同意",
                f"indicator '{one.code}' is not agreed by {role.names.en}",
                "请共同商定（S1-3.1-2）", "Settle it together (S1-3.1-2)", one.code,
            )
            for role in (Role.HR, Role.DEPARTMENTS)
            if role not in one.approved
        ]  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """One value of an item from one source, with when it came in."""

    item: str
    source: str
    value: Decimal | None
    at: dt.date | None = None


def scattered(
    readings: Iterable[Reading], tolerance: Decimal, due: dt.date, expected: Iterable[str] = ()
) -> list[Problem]:
    """The same item with different values from two sources, and values that are missing or late.

    tolerance: the largest difference that is none, in the item's unit (REQUIRED, no default);
    due: the last day on time; expected: items that must be there (S1-3.2-1, S1-3.2-2).
    """
    by: dict[str, list[Reading]] = {name: [] for name in expected}
    for one in readings:
        by.setdefault(one.item, []).append(one)
    found = []
    for item, several in sorted(by.items()):
        given = [(r.source, r.value) for r in several if r.value is not None]
        if not given:
            found.append(_problem(
                "missing", f"{item} 没有数据", f"'{item}' has no value",
                "请补报", "Report it", item,
            ))  # fmt: skip
            continue
        values = [value for _, value in given]
        if max(values) - min(values) > tolerance:
            shown = ", ".join(f"{source} {value}" for source, value in given)
            found.append(_problem(
                "differing", f"{item} 各来源不一致：{shown}",
                f"'{item}' differs between sources: {shown}",
                "请核对后确定一个来源；不取平均", "Settle which holds; they are not averaged", item,
            ))  # fmt: skip
        found += [
            _problem(
                "late", f"{item}（{one.source}）{one.at} 才报来，应在 {due} 前",
                f"'{item}' ({one.source}) came on {one.at}, due {due}",
                "请按时报送", "Report it in time", item,
            )
            for one in several
            if one.at is not None and one.at > due
        ]  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Feedback:
    """What one person was told. disputed: they say it does not match the facts."""

    person: str
    sent: dt.date
    acknowledged: dt.date | None = None
    adjustment: str = ""
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """Who was told in time, late or not at all, whose feedback is disputed or unanswered."""

    missing: tuple[str, ...]
    late: tuple[str, ...]
    disputed: tuple[str, ...]
    unanswered: tuple[str, ...]


def feedback_report(
    assessed: Iterable[str], sent: Iterable[Feedback], results: dt.date, limit: Span
) -> FeedbackReport:
    """Both lateness and wrongness, by person (S1-3.3-1, S1-3.3-2, S1-1.3-3).

    results: the day the results stood; limit: working days within which everyone is told.
    """
    by = {f.person: f for f in sent}
    last = limit.last_day(results)
    people = sorted(set(assessed))
    told = [by[p] for p in people if p in by]
    return FeedbackReport(
        tuple(p for p in people if p not in by),
        tuple(f.person for f in told if f.sent > last),
        tuple(f.person for f in told if f.disputed),
        tuple(f.person for f in told if f.acknowledged is None or not f.adjustment),
    )


def untrained(assessors: Iterable[str], trained: Iterable[str]) -> list[Problem]:
    """Assessors who were not trained: they may not assess (S1-3.3-3)."""
    return [
        _problem(
            "untrained", f"考核人员 {who} 没有参加培训", f"assessor '{who}' is not trained",
            "请先培训并登记，或换人", "Train them and file it, or choose another", who,
        )
        for who in sorted(set(assessors) - set(trained))
    ]  # fmt: skip


def acceptance(answers: Mapping[str, bool]) -> Fraction | None:
    """The share of those asked who accept performance management (S1-3.4-1); None if nobody."""
    return Fraction(sum(answers.values()), len(answers)) if answers else None


def procedure_problems(version: str, owner: str) -> list[Problem]:
    """The procedure for collecting and analysing data has a version and an owner (S1-3.2-3)."""
    lack = {
        en: zh for en, zh, v in (("version", "版本", version), ("owner", "负责人", owner)) if not v
    }
    if not lack:
        return []
    return [_problem(
        "procedure", f"数据收集流程没有{'、'.join(lack.values())}",
        f"the procedure for collecting data has no {', '.join(lack)}",
        "请补上（S1-3.2-3）", "Give them (S1-3.2-3)",
    )]  # fmt: skip


def _problem(code: str, zh: str, en: str, cure_zh: str, cure_en: str, place: str = "") -> Problem:
    return Problem(f"challenge.{code}", Text(zh, en), Text(cure_zh, cure_en), place)
