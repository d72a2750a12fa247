"""A Mongolian-medicine hospital: bonus by income less expense (S4.3).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import ReportSection, Scheme, Text, hookimpl

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
