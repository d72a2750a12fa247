"""A township health centre: quasi-full-cost accounting and performance pay (S2).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

# ruff: noqa: I001  # modules register their rules in the document's order

from __future__ import annotations

from hpf.core import Scheme, hookimpl

from .scheme import scheme
from . import units as units
from . import posts as posts
from . import technical_items as technical_items
from . import outpatient as outpatient
from . import income as income
from . import cost as cost
from . import cost_rates as cost_rates
from . import balance as balance
from . import pay as pay
from . import administration as administration
from . import withholding as withholding
from . import deductions as deductions
from . import payment as payment
from . import bylaws as bylaws
from . import absence as absence
from . import reconciliation as reconciliation


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The scheme of this folder."""
    return [scheme]
