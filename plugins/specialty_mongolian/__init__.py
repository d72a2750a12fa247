"""A Mongolian-medicine hospital: bonus by income less expense (S4.3).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import Column, Form, Page, Panel, ReportSection, Scheme, Text, hookimpl

# Each module declares its section's rules on the one scheme, in the document's order.
# isort: off
from . import fees, doctors, cases, departments, nurses  # noqa: F401
from . import pharmacy, preparation, own_bonus, administration, pay  # noqa: F401
from .scheme import scheme
# isort: on


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this folder."""
    return [scheme]


@hookimpl
def hpf_report_sections() -> list[ReportSection]:
    """Where a department's bonus comes from, and the columns of its people."""
    return [
        ReportSection(
            "mongolian_base",
            "mongolian",
            "department",
            Text("钱从哪里来", "Where the money comes from"),
            ("=income", "-expense", "+carried", "=base", "=department_bonus"),
            "waterfall",
        ),
        ReportSection(
            "mongolian_people",
            "mongolian",
            "staff",
            Text("发给了谁", "Who is paid"),
            ("post", "share_weight"),
            "people",
            group="paid_by",
        ),
    ]


@hookimpl
def hpf_forms() -> list[Form]:
    """A doctor's prescriptions and admissions, and what a department drew from the stores."""
    counted = ("prescriptions", "mongolian_prescriptions", "mongolian_drug_income", "admitted")
    drawn = ("materials", "office_supplies", "consumables", "reagents", "oxygen")
    return [
        Form(
            "mongolian_doctors",
            "mongolian",
            "staff",
            Text("医生处方与收治", "Doctors' prescriptions and admissions"),
            tuple(map(Column, counted)),
            role="departments",
        ),
        Form(
            "mongolian_stores",
            "mongolian",
            "department",
            Text("科室领用", "Drawn from the stores"),
            tuple(map(Column, drawn)),
            role="finance",
        ),
    ]


@hookimpl
def hpf_pages() -> list[Page]:
    """Each department's income less expense and what came of it."""
    account = ("kind", "quality_factor", "income", "expense", "base", "department_bonus")
    return [
        Page(
            "mongolian_departments",
            "mongolian",
            "department",
            Text("科室收支与奖金", "Departments' balance and bonus"),
            (Column("name"), *map(Column, account)),
            roles=("management", "hr", "finance", "auditor", "departments"),
            filters=("kind",),
        )
    ]


@hookimpl
def hpf_panels() -> list[Panel]:
    """The departments side by side for whoever sees them."""
    return [
        Panel(
            "mongolian_bonuses",
            "mongolian",
            "department",
            Text("各科室奖金", "Bonuses by department"),
            "home",
            ("department_bonus", "base"),
            "bars",
        )
    ]
