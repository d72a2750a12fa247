"""A township health centre: quasi-full-cost accounting and performance pay (S2).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

# ruff: noqa: I001  # modules register their rules in the document's order

from __future__ import annotations

from hpf.core import ReportSection, Scheme, Text, hookimpl

from .scheme import scheme
from . import units as units
from . import posts as posts
from . import outpatient as outpatient
from . import income as income
from . import cost as cost
from . import shared_cost as shared_cost
from . import balance as balance
from . import pay as pay
from . import administration as administration
from . import withholding as withholding
from . import payment as payment
from . import bylaws as bylaws
from . import settlement as settlement
from . import absence as absence
from . import reconciliation as reconciliation
from .year_end import year


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The month, and the award at the year's end."""
    return [scheme, year]


@hookimpl
def hpf_report_sections() -> list[ReportSection]:
    """Where a unit's pool comes from, its people's columns, and what higher law switches off."""
    account = (
        "=income",
        "-personnel_cost",
        "-material_cost",
        "-running_cost",
        "-asset_cost",
        "-risk_cost",
        "-management_share",
        "-heating_share",
        "-transfer_cost",
        "-large_cost_charged",
        "-rated_cost",
        "=balance",
        "-deficit_brought",
        "+year_rest",
        "-fine_taken",
        "=distributable",
    )
    kept = Text("停发项目", "Switched off")
    clinic = ("admission_status", "examination_status", "laboratory_status", "surgery_status")
    unit = ("drug_status", "examination_status", "laboratory_status", "surgery_status")
    return [
        ReportSection(
            "township_account",
            "township",
            "department",
            Text("钱从哪里来", "Where the money comes from"),
            account,
            "waterfall",
        ),
        ReportSection(
            "township_people",
            "township",
            "staff",
            Text("发给了谁", "Who is paid"),
            ("title", "assessment_coefficient"),
            "people",
        ),
        ReportSection("township_clinic", "township", "clinic", kept, clinic, "states"),
        ReportSection(
            "township_introduced", "township", "introduction", kept, ("introduction_status",),
            "states",
        ),
        ReportSection("township_unit", "township", "department", kept, unit, "states"),
    ]  # fmt: skip
