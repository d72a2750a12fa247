"""What a formula yields: a value, nothing (absent), or trouble; and what was yielded before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from hpf.core.errors import Problem, Text
from hpf.core.periods import Period

# A snapped value may be off by less than half a unit of the 12th place only while the error of
# fixed digits stays below this; beyond it there is a problem and never a wrong fen.
SNAP_GUARD: Final = "0.0000000000004"
DIVISION_ERROR: Final = "0.0000000000000000000001"  # one unit of the 22nd place


class Absent:
    """The one value `ABSENT`: the rule does not apply, no link, no earlier period, blank."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A problem as a value: code, reason, and the rule and row in which it arose."""

    code: str
    message: Text
    cure: Text = Text("", "")
    entity: str = ""
    id: str = ""
    rule: str = ""
    place: str = ""

    def problem(self) -> Problem:
        """The same as a line for people."""
        return Problem(
            f"formula.{self.code}",
            self.message,
            self.cure,
            self.place,
            self.entity,
            self.id,
            self.rule.rpartition(".")[2],
        )


Result = Decimal | bool | str | dt.date


@dataclass(frozen=True, slots=True)
class History:
    """Results of earlier periods: period -> (entity, qualified rule) -> id -> result.

    provisional: periods whose cycle is still open.
    """

    periods: Mapping[Period, Mapping[tuple[str, str], Mapping[str, Result]]] = field(
        default_factory=dict
    )
    provisional: frozenset[Period] = frozenset()

    def get(self, period: Period, entity: str, rule: str) -> Mapping[str, Result]:
        """id -> result of one rule in one period; empty where there is none."""
        return self.periods.get(period, {}).get((entity, rule), {})


NO_HISTORY: Final = History()
