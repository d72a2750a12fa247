"""What the departments' report cards and pages show; hooks hand it out."""

from __future__ import annotations

from hpf.core import Column, Page, ReportSection, Text

_PEOPLE = Text("发给了谁", "Who is paid")
_POINTS = Text("积分", "Points")


def _people(scheme: str, *columns: str, group: str = "") -> ReportSection:
    """The columns of a department's table of people."""
    return ReportSection(
        f"{scheme}_people", scheme, "staff", _PEOPLE, columns, "people", group=group
    )


def _points(scheme: str, total: str, *rules: str) -> ReportSection:
    """A person's points as bars, and what they add up to."""
    return ReportSection(f"{scheme}_points", scheme, "staff", _POINTS, rules, "bars", total=total)


def _page(scheme: str, zh: str, en: str, *columns: str, filters: tuple[str, ...] = ()) -> Page:
    """A table of the people: what stands behind each amount."""
    shown = tuple(Column(name) for name in ("name", *columns))
    return Page(f"{scheme}_staff", scheme, "staff", Text(zh, en), shown, filters=filters)


REPORT_SECTIONS = [
    _people("director", "set_salary", "base"),
    ReportSection(
        "director_year_salary",
        "director_year",
        "staff",
        Text("年薪与风险金", "Salary and deposit"),
        ("set_salary", "year_base", "risk", "result", "deposit", "deposit_move", "deposit_gain"),
    ),
    _people("director_year", "set_salary", "result", "deposit_gain"),
    ReportSection(
        "cardiology_points",
        "cardiology",
        "staff",
        _POINTS,
        ("economic_points", "service", "discipline", "quality", "intervention_points"),
        "bars",
        ("economic_max",),
        total="points",
    ),
    _people("cardiology", "role", "coefficient", "points", group="role"),
    ReportSection(
        "ophthalmology_shares",
        "ophthalmology",
        "staff",
        Text("提成与扣款", "Shares and fines"),
        (
            "examination_share",
            "order_share",
            "shared_share",
            "outside_share",
            "operation_amount",
            "outpatient_operation_amount",
            "record_fine",
            "drug_fine",
            "points_off",
        ),
    ),
    _people("ophthalmology", "shares", "points_off", "admitted"),
    _points("anaesthesia", "points", "method", "time", "special", "quality"),
    _people("anaesthesia", "points"),
    _points("ultrasound", "assessment", "daily", "shifts", "study_points", "award_points"),
    _people("ultrasound", "title", "title_weight", "sharing_points", group="title"),
    _points("radiology", "points", "diagnosis", "technique"),
    _people("radiology", "radiology_group.kind", "radiation_years", "points"),
    ReportSection(
        "laboratory_points",
        "laboratory",
        "staff",
        Text("考核分与名次", "Score and place"),
        ("discipline", "quality", "service", "communication"),
        "bars",
        (
            "item_points[discipline]",
            "item_points[quality]",
            "item_points[service]",
            "item_points[communication]",
        ),
        total="score",
        place="place",
    ),
    _people("laboratory", "title", "score"),
    _points("operating_room", "points", "operations", "shifts", "hours_over"),
    _people("operating_room", "month_hours", "points"),
]

PAGES = [
    Page(
        "category_weight",
        "category_weight",
        "category",
        Text("各类人员薪酬标准", "Standards by staff category"),
        tuple(
            Column(name)
            for name in (
                "kind",
                "headcount",
                "weight",
                "standard",
                "standard_each",
                "actual_pay",
                "above",
            )
        ),
        ("management", "hr", "finance"),
    ),
    _page(
        "director_year",
        "科主任年薪结算",
        "Directors' annual salaries",
        "set_salary",
        "result",
        "received",
        "deposit",
        "deposit_returned",
        "paid",
    ),
    _page(
        "ophthalmology",
        "眼科提成与考核",
        "Ophthalmology: shares and assessment",
        "shares",
        "record_fine",
        "drug_fine",
        "points_off",
        "assessed_pay",
        "admission_award",
        "pay",
    ),
    _page(
        "anaesthesia",
        "麻醉科工作量",
        "Anaesthesia: workload",
        "method",
        "time",
        "special",
        "quality",
        "points",
        "pay",
    ),
    _page(
        "ultrasound",
        "B超室分配",
        "Ultrasound: shares",
        "title",
        "assessment",
        "title_pay",
        "points_pay",
        "shift_subsidy",
        "pay",
        filters=("title",),
    ),
    _page(
        "radiology",
        "放射科计件与固定部分",
        "Radiology: pieces and fixed part",
        "diagnosis",
        "technique",
        "piece_pay",
        "fixed_part",
        "pay",
    ),
    _page(
        "operating_room",
        "手术室工作量",
        "Operating room: workload",
        "operations",
        "shifts",
        "month_hours",
        "hours_over",
        "points",
        "pay",
    ),
]
