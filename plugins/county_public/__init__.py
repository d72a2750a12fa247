"""County public hospitals assessed by the county government (S4.5): the scoring half.

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import Scheme, hookimpl

from .table import scheme

# isort: off
from . import table_checks, scoring, item_checks, outcome  # in the document's order

# isort: on

__all__ = ["hpf_schemes", "item_checks", "outcome", "scoring", "table_checks"]


@hookimpl
def hpf_schemes() -> list[Scheme]:
    """The one scheme of this folder; its rules stand in the modules imported here."""
    return [scheme]
