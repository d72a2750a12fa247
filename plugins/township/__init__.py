"""A township health centre: quasi-full-cost accounting and performance pay (S2).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

# ruff: noqa: I001  # modules register their rules in the document's order

from __future__ import annotations

from hpf.core import Column, Form, Page, Panel, ReportSection, Scheme, Text, hookimpl

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


_OFFICES = ("management", "hr", "finance", "auditor", "departments")


@hookimpl
def hpf_forms() -> list[Form]:
    """What the documents' units and sections report by themselves, a form each."""
    clinic = ("visits", "admissions", "examination_income", "laboratory_income", "surgery_income")
    direct = ("floor_area", "management_direct", "heating_direct", "opening_deficit")
    return [
        Form(
            "township_clinic",
            "township",
            "clinic",
            Text("门诊月报", "The clinics' month"),
            tuple(map(Column, clinic)),
            role="departments",
        ),
        Form(
            "township_direct_costs",
            "township",
            "department",
            Text("科室面积与直接费用", "Floor areas and direct costs"),
            tuple(map(Column, direct)),
            role="finance",
        ),
    ]


@hookimpl
def hpf_pages() -> list[Page]:
    """The units' accounts, and who was paid how much of it."""
    unit = ("income", "rated_cost", "balance", "distributable")
    person = ("title", "assessment_coefficient", "due", "case_deduction", "paid")
    return [
        Page(
            "township_units",
            "township",
            "department",
            Text("各科室收支", "The units' accounts"),
            (Column("name"), Column("kind"), *map(Column, unit)),
            roles=_OFFICES,
            filters=("kind",),
        ),
        Page(
            "township_people",
            "township",
            "staff",
            Text("人员绩效明细", "Pay, person by person"),
            (Column("id"), Column("name"), *map(Column, person)),
            roles=_OFFICES,
            filters=("name", "title"),
        ),
    ]


@hookimpl
def hpf_panels() -> list[Panel]:
    """The hospital's balance, a unit's distributable amount over time, what was taken off one."""
    funds = ("total_income", "total_expenditure", "total_balance", "total_payable", "total_paid")
    return [
        Panel(
            "township_funds",
            "township",
            "hospital",
            Text("全院收支与发放", "Balance and pay"),
            "home",
            funds,
            "bars",
        ),
        Panel(
            "township_pool",
            "township",
            "department",
            Text("可分配金额，12 个月", "Distributable, twelve months"),
            "department",
            ("distributable",),
            "trend",
        ),
        Panel(
            "township_posts",
            "township",
            "post",
            Text("我的岗位", "My posts"),
            "pay",
            ("share", "workload_ratio", "weight", "unit_payable"),
        ),
    ]
