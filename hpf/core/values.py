"""What a formula yields: a value, nothing (absent), or trouble; and what was yielded before."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Final

import polars as pl

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


class PastColumn(Mapping[str, Result]):
    """id -> result of one rule in one period, kept as two columns of the same length.

    A province's year of results is read from storage this way; rows without a result are left out.
    """

    def __init__(self, ids: pl.Series, values: pl.Series) -> None:
        held = pl.DataFrame({"id": ids, "value": values}).drop_nulls("value").sort("id")
        self.ids, self.values_column = held["id"], held["value"]

    def at(self, ids: pl.Series) -> pl.Series:
        """The results of these ids, in their order; null where there is none."""
        held = pl.DataFrame({"id": self.ids, "value": self.values_column})
        asked = pl.DataFrame({"id": ids})
        return asked.join(held, on="id", how="left", maintain_order="left")["value"]

    @cached_property
    def _by_id(self) -> dict[str, Result]:
        return dict(zip(self.ids.to_list(), self.values_column.to_list(), strict=True))

    def __getitem__(self, id: str) -> Result:
        return self._by_id[id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_id)

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class History:
    """Results of earlier periods: period -> (entity, qualified rule) -> id -> result.

    The innermost mapping is a dict or a PastColumn. provisional: periods whose cycle is open.
    """

    periods: Mapping[Period, Mapping[tuple[str, str], Mapping[str, Result]]] = field(
        default_factory=dict
    )
    provisional: frozenset[Period] = frozenset()

    def get(self, period: Period, entity: str, rule: str) -> Mapping[str, Result]:
        """id -> result of one rule in one period; empty where there is none."""
        return self.periods.get(period, {}).get((entity, rule), {})


NO_HISTORY: Final = History()
