"""County public hospitals assessed by the county government (S4.5): scores and procedure.

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import (
    OutsideAssessment,
    Questionnaire,
    ReportSection,
    Scheme,
    Text,
    hookimpl,
)

# Each module declares its part's rules on the one scheme, in the document's order.
# isort: off
from . import table_checks, scoring, item_checks, outcome  # noqa: F401
from .assessment import YEAR
from .surveys import SURVEYS
from .table import scheme
# isort: on


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this folder; its rules stand in the modules imported here."""
    return [scheme]


@hookimpl
def hpf_report_sections() -> list[ReportSection]:
    """The letter to a hospital: its result and what follows, its items, its topics."""
    return [
        ReportSection(
            "county_letter",
            "county_public",
            "hospital",
            Text("结果怎么用", "What follows"),
            ("subsidy", "reduction", "unqualified", "removal_due"),
            "letter",
            ("full_marks",),
            total="total",
            place="place",
            group="rating",
        ),
        ReportSection(
            "county_items",
            "county_public",
            "item",
            Text("逐项得分与依据", "Item by item"),
            ("indicator.method", "target", "result", "reason", "assessed_by", "evidence"),
            "items",
            ("indicator.standard_points",),
            total="score",
            group="indicator.part",
        ),
        ReportSection(
            "county_topics",
            "county_public",
            "item",
            Text("分组得分率", "Share of points by topic"),
            ("score",),
            "groups",
            ("indicator.standard_points",),
            total="score",
            group="indicator.topic",
        ),
    ]


@hookimpl
def hpf_assessments() -> list[OutsideAssessment]:
    """The year's assessment around the scores."""
    return [YEAR]


@hookimpl
def hpf_questionnaires() -> list[Questionnaire]:
    """Satisfaction of patients and of staff."""
    return list(SURVEYS)
