"""What cards, portal pages, forms and panels show of this scheme: names only, no figures."""

from __future__ import annotations

from hpf.core import Column, Form, Page, Panel, ReportSection, Text

from .scheme import scheme
from .scorecard import CODES

_SCORES = tuple(f"{code}_score" for code in CODES.values())
_FULL = ("full_mark",) * len(_SCORES)
_OFFICES = ("management", "hr", "finance", "auditor", "departments")
_CARD = Text("四个维度得分", "Scores in four perspectives")
_POINTS = ("bonus", "deduction", "points", "team_score", "final_result", "place", "rank_weight")

REPORT_SECTIONS = [
    ReportSection(
        "community_points",
        scheme.code,
        "staff",
        Text("积分、科室与名次", "Points, department and place"),
        _POINTS,
    ),
    ReportSection(
        "community_course",
        scheme.code,
        "staff",
        Text("最终结果的变化", "Final result over time"),
        ("final_result",),
        "trend",
    ),
    ReportSection(
        "community_card", scheme.code, "department", _CARD, _SCORES, "bars", _FULL,
        total="department_score",
    ),
    ReportSection(
        "community_people",
        scheme.code,
        "staff",
        Text("发给了谁", "Who is paid"),
        ("points", "final_result", "place"),
        "people",
        group="post_class",
    ),
    ReportSection(
        "community_hospital",
        scheme.code,
        "hospital",
        Text("全院概况", "The hospital"),
        ("mean_score", "training_coverage", "recruitment_rate", "retention_rate", "paid"),
    ),
]  # fmt: skip


def _columns(names: str) -> tuple[Column, ...]:
    return tuple(map(Column, names.split()))


PAGES = [
    Page(
        "community_departments",
        scheme.code,
        "department",
        Text("科室评分卡", "Department scorecards"),
        _columns(f"name {' '.join(_SCORES)} department_score department_grade department_factor"),
        roles=_OFFICES,
        filters=("department_grade",),
    ),
    Page(
        "community_staff",
        scheme.code,
        "staff",
        Text("积分与名次", "Points and places"),
        _columns("id name post_class points final_result place rank_weight pay"),
        roles=_OFFICES,
        filters=("name", "post_class"),
    ),
    Page(
        "community_uses",
        scheme.code,
        "staff",
        Text("评优、晋升与表扬", "Selection, promotion, commendation"),
        _columns("id name excellent excellent_talent promotion_ready commended"),
        roles=("management", "hr", "auditor"),
        filters=("name", "excellent", "promotion_ready", "commended"),
    ),
    Page(
        "community_indicators",
        scheme.code,
        "indicator",
        Text("指标有效性", "Effectiveness of the indicators"),
        _columns(
            "name perspective coverage variance ceiling_share discrimination contribution proposal"
        ),
        roles=("management", "hr", "auditor"),
        filters=("perspective", "proposal"),
    ),
    Page(
        "community_objectives",
        scheme.code,
        "objective",
        Text("战略目标达成", "Objectives achieved"),
        _columns("name perspective level indicators achievement achievement_year"),
        roles=("management", "hr", "auditor"),
        filters=("perspective",),
    ),
]

FORMS = [
    Form(
        "community_items",
        scheme.code,
        "item",
        Text("科室指标完成情况", "The department's results"),
        _columns("state reason own_target actual mark"),
        role="departments",
        clause="S0-3-3",
    ),
    Form(
        "community_register",
        scheme.code,
        "staff",
        Text("人员情况", "The register"),
        _columns("post_class takes_part level joined left"),
        role="hr",
        clause="S0-1-1",
    ),
    Form(
        "community_pool",
        scheme.code,
        "hospital",
        Text("绩效总额", "The pool"),
        _columns("pool"),
        role="finance",
        clause="S0-6-2",
    ),
]

PANELS = [
    Panel(
        "community_home",
        scheme.code,
        "hospital",
        Text("科室、培训与人员", "Departments, training, people"),
        "home",
        ("mean_score", "training_coverage", "recruitment_rate", "retention_rate"),
    ),
    Panel(
        "community_pay",
        scheme.code,
        "staff",
        Text("我的积分与名次", "My points and place"),
        "pay",
        _POINTS,
    ),
    Panel(
        "community_department",
        scheme.code,
        "department",
        _CARD,
        "department",
        _SCORES,
        "bars",
        _FULL,
        total="department_score",
    ),
]
