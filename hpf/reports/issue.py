"""What all cards of one run share: the run, what came before it, where its cycle stands, the brand.

issue = Issue(run, brand=brand, before=last_month)
paper = slip(issue, "A17", "zh")
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import cached_property

from hpf.core.entities import DEPARTMENT
from hpf.core.errors import Text
from hpf.core.formula.scalar import Scalar
from hpf.core.kit.hookspecs import ReportSection, StrategyMap
from hpf.core.lines import PayLine, pay_lines
from hpf.core.periods import Period
from hpf.core.program import Rule
from hpf.core.reconcile import Reconciled
from hpf.core.results import Run
from hpf.reports.brand import Brand


class Standing(StrEnum):
    """Where the run stands; a preview bears neither seal nor code."""

    PREVIEW = "preview"
    SEALED = "sealed"
    POSTED = "posted"
    FINAL = "final"

    @property
    def names(self) -> Text:
        """In words."""
        return _STANDINGS[self]


_STANDINGS = {
    Standing.PREVIEW: Text("预览，未定稿", "preview, not final"),
    Standing.SEALED: Text("已封存，待审核", "sealed, under review"),
    Standing.POSTED: Text("公示中", "posted"),
    Standing.FINAL: Text("已定稿", "final"),
}


@dataclass(frozen=True)
class Issue:
    """One run's papers.

    before: the run of the period before, under the same scheme; months: payouts of earlier
    periods by row id, earliest first; number: of the run within its period; paid_on, posted,
    appeal_until: days, where they are known; appeal_days: how many working days an appeal has.
    remarks: row id -> text; code: the code of a row's slip, where there is a key to make it with.
    sections, maps: what plugins declare for papers; reconciled: amounts handed on between schemes.
    causes: tell why an amount changed by cause instead of by line, a second or so for each row.
    """

    run: Run
    brand: Brand
    standing: Standing = Standing.PREVIEW
    before: Run | None = None
    months: tuple[tuple[Period, Mapping[str, Decimal]], ...] = ()
    number: int | None = None
    paid_on: dt.date | None = None
    posted: dt.date | None = None
    appeal_until: dt.date | None = None
    appeal_days: int | None = None
    synthetic: bool = False
    remarks: Mapping[str, str] = field(default_factory=dict)
    sections: tuple[ReportSection, ...] = ()
    code: Callable[[str, str], str] | None = None
    reconciled: tuple[Reconciled, ...] = ()
    causes: bool = False
    maps: tuple[StrategyMap, ...] = ()
    read: dict[tuple[str, str], frozenset[str]] = field(
        default_factory=dict, repr=False, compare=False
    )  # parameters that a rule rests on, found once

    def of(self, *charts: str) -> tuple[ReportSection, ...]:
        """The declared sections of this scheme that are drawn in one of these ways."""
        mine = (s for s in self.sections if s.scheme == self.run.program.code)
        return tuple(s for s in mine if s.chart in charts)

    @cached_property
    def scalar(self) -> Scalar:
        """Interpreter two over the run, for lines of arithmetic."""
        return Scalar.of(self.run)

    @cached_property
    def paid(self) -> Rule:
        """The rule that is paid. Raises ValueError where the scheme pays nothing."""
        found = self.run.program.payout
        if found is None:
            raise ValueError(f"scheme '{self.run.program.code}' pays nothing")
        return found

    @cached_property
    def payouts(self) -> Mapping[str, Decimal]:
        """row id -> payout; who has none is left out."""
        return payouts(self.run)

    @cached_property
    def payouts_before(self) -> Mapping[str, Decimal]:
        """The same of the period before; empty where there is no such run."""
        if self.before is not None:
            return payouts(self.before)
        return dict(self.months[-1][1]) if self.months else {}

    @cached_property
    def names(self) -> Mapping[str, str]:
        """row id -> name, of the entity that is paid."""
        rows = self.run.checked.rows[self.paid.entity]
        return dict(zip(rows.ids.to_list(), rows.names.to_list(), strict=True))

    @cached_property
    def unit_of(self) -> Mapping[str, str]:
        """row id -> its department's id; empty where the paid rows lead to no department."""
        rows = self.run.checked.rows[self.paid.entity]
        links = self.run.program.entities[self.paid.entity].links
        link = next((k for k in links if k.to == DEPARTMENT.code and k.name in rows.links), None)
        if link is None:
            return {}
        units = self.run.checked.rows[DEPARTMENT.code].ids
        at = units.gather(rows.links[link.name])
        pairs = zip(rows.ids.to_list(), at.to_list(), strict=True)
        return {id: unit for id, unit in pairs if unit is not None}

    @cached_property
    def units(self) -> Mapping[str, str]:
        """department id -> name, of those that the paid rows lead to."""
        if not self.unit_of:
            return {}
        rows = self.run.checked.rows[DEPARTMENT.code]
        names = dict(zip(rows.ids.to_list(), rows.names.to_list(), strict=True))
        used = set(self.unit_of.values())
        return {id: name or id for id, name in names.items() if id in used}

    @cached_property
    def members(self) -> Mapping[str, tuple[str, ...]]:
        """department id -> ids of its people with a payout, in order of id."""
        found: dict[str, list[str]] = {}
        for id in self.payouts:
            if id in self.unit_of:
                found.setdefault(self.unit_of[id], []).append(id)
        return {unit: tuple(sorted(ids)) for unit, ids in found.items()}

    @cached_property
    def _scalar_before(self) -> Scalar | None:
        return Scalar.of(self.before) if self.before is not None else None

    def lines_before(self, id: str) -> list[PayLine]:
        """The same of the period before; [] where the row was not paid then."""
        if self.before is None or id not in self.payouts_before:
            return []
        return pay_lines(self.before, id, self._scalar_before)

    def lines(self, id: str) -> list[PayLine]:
        """What a row's payout is made of."""
        return pay_lines(self.run, id, self.scalar)


def payouts(run: Run) -> dict[str, Decimal]:
    """row id -> what is paid, in order of id; who has none is left out."""
    paid = run.program.payout
    if paid is None or paid.entity not in run.checked.rows:
        return {}
    ids = run.checked.rows[paid.entity].ids.to_list()
    values = run.evaluated.values[paid.entity][paid.qualified].to_list()
    return {id: v for id, v in zip(ids, values, strict=True) if v is not None}
