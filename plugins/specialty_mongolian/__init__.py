"""A Mongolian-medicine hospital: bonus by income less expense (S4.3).

Hook implementations only. `source.md` says where the clauses come from and how they were read.
"""

from __future__ import annotations

from hpf.core import Scheme, hookimpl

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
