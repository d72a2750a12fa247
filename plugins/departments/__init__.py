"""Pay by department: the laboratory's appraisal (S4.6) and a city hospital's departments (S4.7).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import ReportSection, Scheme, Text, hookimpl

from .cardiology import scheme as cardiology
from .general_surgery import scheme as general_surgery
from .head_nurse import scheme as head_nurse
from .head_nurse import year as head_nurse_year
from .laboratory import scheme as laboratory
from .laboratory_points import scheme as laboratory_points
from .ward_nurse import scheme as ward_nurse


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The seven schemes of this folder, in the order of the documents."""
    return [
        laboratory,
        cardiology,
        general_surgery,
        laboratory_points,
        head_nurse,
        head_nurse_year,
        ward_nurse,
    ]


@hookimpl
def hpf_report_sections() -> list[ReportSection]:
    """Points and places on the slips, and the columns of a department's people."""
    people = Text("发给了谁", "Who is paid")
    return [
        ReportSection(
            "cardiology_points",
            "cardiology",
            "staff",
            Text("积分", "Points"),
            ("economic_points", "service", "discipline", "quality", "intervention_points"),
            "bars",
            ("economic_max",),
            total="points",
        ),
        ReportSection(
            "cardiology_people",
            "cardiology",
            "staff",
            people,
            ("role", "coefficient", "points"),
            "people",
            group="role",
        ),
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
        ReportSection(
            "laboratory_people", "laboratory", "staff", people, ("title", "score"), "people"
        ),
    ]
