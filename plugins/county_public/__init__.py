"""County public hospitals assessed by the county government (S4.5): the scoring half.

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import Scheme, hookimpl

from . import item_checks, outcome, scoring, table_checks
from .table import scheme

__all__ = ["hpf_schemes", "item_checks", "outcome", "scoring", "table_checks"]


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this folder; its rules stand in the modules imported here."""
    return [scheme]
