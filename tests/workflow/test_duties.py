"""Standing duties and the four challenges: found, told, and never averaged away."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest

from hpf.core.errors import ParameterError
from hpf.workflow import challenges as c
from hpf.workflow import duties as d
from hpf.workflow.files import filing_problems
from hpf.workflow.policy import PayOrder
from hpf.workflow.roles import Actor, Role
from hpf.workflow.settings import SETTINGS, enough, lacking_settings, policy_of, read_settings
from hpf.workflow.workdays import Span

DAY = dt.date(2026, 3, 2)


def codes(problems: list) -> list[str]:
    return [p.code for p in problems]


def test_an_indicator_without_its_four_fields_or_consent_is_vague() -> None:
    whole = c.IndicatorEntry("a", "CNY", "sum", "cashier", "100",
                             frozenset({Role.HR, Role.DEPARTMENTS}))  # fmt: skip
    assert c.vague([whole]) == []
    assert codes(c.vague([c.IndicatorEntry("b", "CNY")])) == [
        "challenge.vague", "challenge.not_agreed", "challenge.not_agreed",
    ]  # fmt: skip


def test_two_sources_that_differ_are_listed_and_not_averaged() -> None:
    """The tolerance itself is no difference; what is missing or late is told as well."""
    readings = [
        c.Reading("visits", "HIS", Decimal(100)), c.Reading("visits", "ward", Decimal(101)),
        c.Reading("beds", "HIS", None), c.Reading("beds2", "HIS", Decimal(5), DAY),
    ]  # fmt: skip
    due = DAY - dt.timedelta(days=1)
    assert codes(c.scattered(readings, Decimal(1), due, ["staff"])) == [
        "challenge.missing", "challenge.late", "challenge.missing",
    ]  # fmt: skip
    assert "challenge.differing" in codes(c.scattered(readings, Decimal("0.99"), due))


def test_feedback_that_is_late_missing_disputed_or_unanswered_is_told_by_person() -> None:
    """Two working days from Friday 13 March 2026 end on Tuesday the 17th."""
    friday = dt.date(2026, 3, 13)
    sent = [
        c.Feedback("A", dt.date(2026, 3, 17), dt.date(2026, 3, 18), "交接班改时间"),
        c.Feedback("B", dt.date(2026, 3, 18), dt.date(2026, 3, 19), "", disputed=True),
    ]
    report = c.feedback_report(["A", "B", "C"], sent, friday, Span(2))
    assert report == c.FeedbackReport(("C",), ("B",), ("B",), ("B",))


def test_who_was_not_trained_may_not_assess() -> None:
    assert [p.place for p in c.untrained(["A", "B"], ["A"])] == ["B"]
    assert codes(c.procedure_problems("2", "")) == ["challenge.procedure"]
    assert c.procedure_problems("2", "office") == []
    assert c.acceptance({"A": True, "B": False, "C": True}) == Fraction(2, 3)
    assert c.acceptance({}) is None


def test_a_recurring_duty_is_overdue_the_day_after_its_month() -> None:
    """The last of a shorter month stands for a day that it does not have."""
    last = {"S1-1.1-2": dt.date(2026, 1, 31)}
    months = {"system_review_frequency": 1}
    assert d.overdue(months, last, DAY, dt.date(2026, 2, 28)) == []
    found = d.overdue(months, last, DAY, dt.date(2026, 3, 1))
    assert [p.place for p in found] == ["S1-1.1-2"]
    assert found[0].severity == "notice"


def test_the_office_does_not_sum_up_its_own_results() -> None:
    assert codes(d.assessor_problems("绩效办", "office", ["office"])) == ["duty.hr_assessor"]
    assert codes(d.assessor_problems("绩效办", "", ["office"])) == ["duty.hr_assessor"]
    assert d.assessor_problems("绩效办", "boss", ["office"]) == []


@pytest.mark.parametrize(
    ("yes", "present", "share", "passes"),
    [(2, 4, "1/2", False), (3, 4, "1/2", True), (2, 3, "2/3", True), (3, 5, "2/3", False),
     (0, 0, "1/2", False), (0, 0, "2/3", False)],
)  # fmt: skip
def test_more_than_half_or_at_least_a_higher_share(
    yes: int, present: int, share: str, passes: bool
) -> None:
    assert enough(yes, present, Fraction(share)) is passes


def test_what_the_sources_leave_open_has_no_default() -> None:
    """Every required name of the seed but the three of the scheme itself is a setting."""
    of_the_scheme = {"indicators", "weights", "assessment_period"}
    assert set(d.REQUIRED) - of_the_scheme <= set(SETTINGS)
    assert {s.name for s in lacking_settings({})} == {n for n, s in SETTINGS.items() if s.required}
    assert read_settings({"majority": "2/3"}) == {"majority": Fraction(2, 3)}


def test_a_hospital_leaves_a_move_to_fewer_roles_never_to_more() -> None:
    held = read_settings({"movers": '{"finish": ["management"]}'})
    policy = policy_of({**held, "publicity_days": 5, "appeal_days": 5,
                        "order": PayOrder.PUBLICISE_THEN_PAY})  # fmt: skip
    assert policy is not None
    assert policy.narrowed == {"finish": frozenset({Role.MANAGEMENT})}
    for wrong in ('{"approve": ["hr"]}', '{"fnish": ["hr"]}', '{"finish": ["boss"]}', "[]", "x"):
        with pytest.raises(ParameterError):
            read_settings({"movers": wrong})


def test_only_those_who_may_put_something_on_file() -> None:
    office = Actor("office", Role.HR)
    assert codes(filing_problems("goal", office, "", "快", {"purpose": "speed"})) == [
        "file.role", "file.purpose",
    ]  # fmt: skip
    bad = {"asked": "3", "accepting": "4"}
    assert codes(filing_problems("survey", office, "", "三月", bad)) == ["file.survey"]
    assert codes(filing_problems("survey", office, "", "", {})) == ["file.lacks"]
    assert filing_problems("survey", office, "", "三月", {"asked": "3", "accepting": "3"}) == []
    assert codes(filing_problems("gaol", office, "", "x", {})) == ["file.kind"]
