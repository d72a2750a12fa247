"""Pay by department: the laboratory's appraisal (S4.6) and a city hospital's departments (S4.7).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import Scheme, hookimpl

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
