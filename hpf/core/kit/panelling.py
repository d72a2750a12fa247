"""What a plugin declares for the portal's own pages: panels, and the words for who sees them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hpf.core.errors import Text

# where a panel stands, and whose row the page is about
PLACES: Mapping[str, str] = MappingProxyType(
    {"home": "hospital", "pay": "staff", "department": "department"}
)
PANEL_CHARTS = ("", "bars", "radar", "trend", "waterfall")
OF_MANY = ("", "bars")  # charts for rows that lead to the page's own
# the parties of the portal, as pages and forms name them
ROLES = (
    "management", "hr", "finance", "departments", "staff", "auditor", "it", "assessor", "expert",
    "assessed",
)  # fmt: skip
FILLING = ("hr", "finance", "departments")  # who may fill in a form


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel on one of the portal's own pages: figures of a row, and how they are drawn.

    where: one of PLACES. entity: that page's own (its row is shown), or another one (the rows
    that lead to it; chart one of OF_MANY). rules, full, total: as in a ReportSection.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    where: str
    rules: tuple[str, ...]
    chart: str = ""
    full: tuple[str, ...] = ()
    total: str = ""
