"""What a rule says of itself, the same as it is written (Declaration) and drawn (Rule)."""

from __future__ import annotations

from dataclasses import dataclass

from hpf.core.errors import Text
from hpf.core.indicators import Type
from hpf.core.units import Unit

REQUIREMENT = "requirement"
SEVERITIES = ("problem", "notice")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A rule but for its formula.

    kind: score, grade, pay, total or requirement. place: the author's file and line.
    cure, severity: of requirements alone, what to do where one fails, and whether that is a
    problem or a notice. payout: of pay lines and totals, whether this is what is paid in the end.
    """

    entity: str
    name: str
    kind: str
    type: Type
    unit: Unit
    clauses: tuple[str, ...]
    names: Text
    doc: str
    choices: tuple[str, ...]
    place: str
    cure: Text = Text("", "")
    severity: str = ""
    payout: bool = False
