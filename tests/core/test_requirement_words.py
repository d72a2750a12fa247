"""What is said of a requirement that fails: both sides, and only what fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asking import WITHHELD, Draw, data, said

from hpf.core import DAY, days_between, exact, first_day, first_of, last_day, months_later, when

NUMBERS: list[tuple[str, Draw, dict[str, Any], tuple[str, str]]] = [
    (
        "the opposite relation stands between both sides",
        lambda m: m.withheld <= m.earned,
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "a formula is said in words, its value in brackets",
        lambda m: m.earned - m.withheld >= 0,
        WITHHELD,
        ("应发 − 扣发（-200.5）< 0", "Earned − Withheld (-200.5) < 0"),
    ),
    (
        "two sides that differ",
        lambda m: m.earned == m.withheld,
        WITHHELD,
        ("应发 1,000 ≠ 扣发 1,200.5", "Earned 1,000 ≠ Withheld 1,200.5"),
    ),
    (
        "two sides that do not",
        lambda m: m.earned != m.withheld,
        {"earned": "1", "withheld": "1"},
        ("应发 1 = 扣发 1", "Earned 1 = Withheld 1"),
    ),
    (
        "a keyed parameter is told with its key",
        lambda m, p: m.earned > p.least[m.role],
        {"earned": "600", "role": "nurse"},
        ("应发 600 ≤ 起付标准（按岗位）（600）", "Earned 600 ≤ Least pay (by Role) (600)"),
    ),
    (
        "a gathering names what it gathers",
        lambda m: m.points < m.department.staff.points.sum(),
        {},
        ("标准分值 50 ≥ 科室全体人员的标准分值之和（50）",
         ("Standard points 50 ≥ "
          "(the sum of Standard points over all Staff of Department) (50)")),
    ),
    (
        "choices",
        lambda m: m.role == "doctor",
        {"role": "nurse"},
        ("岗位 nurse ≠ doctor", "Role nurse ≠ doctor"),
    ),
    (
        "dates",
        lambda m: months_later(m.joined, 6) <= first_day(),
        {"joined": "2026-05-02"},
        ("入职日期之后 6 个月的同一天（2026-11-02）> 本期第一天 2026-09-01",
         "the day 6 months after Joined (2026-11-02) > the period's first day 2026-09-01"),
    ),
    (
        "days",
        lambda m: days_between(m.joined, last_day()) >= exact("30", DAY),
        {"joined": "2026-09-30"},
        ("从 入职日期 到 本期最后一天 的天数（0）< 30",
         "the days from Joined to the period's last day (0) < 30"),
    ),
    (
        "a yes or no",
        lambda m: m.evidence,
        {"evidence": False},
        ("“有佐证材料”为否", "'Evidence' is no"),
    ),
    (
        "of several only those that fail",
        lambda m: (m.earned > 0) & (m.withheld <= m.earned) & m.evidence,
        {**WITHHELD, "evidence": False},
        ("扣发 1,200.5 > 应发 1,000；“有佐证材料”为否",
         "Withheld 1,200.5 > Earned 1,000; 'Evidence' is no"),
    ),
    (
        "an absent one among them is none that fails",
        lambda m: (m.got > 0) & (m.withheld <= m.earned),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "where one would do, all of them",
        lambda m: m.evidence | (m.role == "doctor"),
        {"evidence": False, "role": "nurse"},
        ("“有佐证材料”为否；岗位 nurse ≠ doctor", "'Evidence' is no; Role nurse ≠ doctor"),
    ),
    (
        "not: what holds and must not",
        lambda m: ~(m.withheld > m.earned),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "not both: both of them",
        lambda m: ~((m.withheld > m.earned) & m.evidence),
        {**WITHHELD, "evidence": True},
        ("扣发 1,200.5 > 应发 1,000；“有佐证材料”为是",
         "Withheld 1,200.5 > Earned 1,000; 'Evidence' is yes"),
    ),
    (
        "not either: the one that holds",
        lambda m: ~((m.withheld > m.earned) | m.evidence),
        {**WITHHELD, "evidence": False},
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "by case: the branch that was taken",
        lambda m: when(m.role == "doctor", m.earned > 0, m.withheld <= m.earned),
        {**WITHHELD, "role": "nurse"},
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "by case: where the branch says nothing, the condition does",
        lambda m: when(m.withheld > m.earned, False, True),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "the first that is there",
        lambda m: first_of(m.got > 0, m.withheld <= m.earned),
        WITHHELD,
        ("扣发 1,200.5 > 应发 1,000", "Withheld 1,200.5 > Earned 1,000"),
    ),
    (
        "a switch",
        lambda m, p: ~p.strict,
        {},
        ("“从严”为是", "'Strict' is yes"),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("draw", "row", "words"), [c[1:] for c in NUMBERS], ids=[c[0] for c in NUMBERS]
)
def test_it_says_what_was_found(
    tmp_path: Path, draw: Draw, row: Any, words: tuple[str, str]
) -> None:
    zh, en = said(tmp_path, draw, **row)
    assert (zh.removeprefix("须成立："), en.removeprefix("It must hold: ")) == words


def test_a_requirement_that_reads_nothing_has_its_names_alone(tmp_path: Path) -> None:
    assert said(tmp_path, lambda m: m.points < m.points) == (
        "须成立：标准分值 50 ≥ 标准分值 50",
        "It must hold: Standard points 50 ≥ Standard points 50",
    )
    never = lambda m: False  # noqa: E731  # a rule's function, as a plugin would write it
    assert said(tmp_path, never) == ("须成立", "It must hold")


def test_a_look_up_of_a_condition_and_a_condition_of_another_row(tmp_path: Path) -> None:
    given = data(A={})
    given["hospital"]["H"] = {"audited": False}
    words = said(tmp_path, lambda m: m.department.hospital.audited, given=given)
    assert words == (
        "须成立：“科室的医院的已审计”为否",
        "It must hold: 'Audited of Department's Hospital' is no",
    )


def test_a_third_is_told_to_twelve_places(tmp_path: Path) -> None:
    words = said(tmp_path, lambda m: m.earned / m.withheld == 2, earned="2", withheld="3")
    assert words[0] == "须成立：应发 ÷ 扣发（0.666666666667）≠ 2"
