"""Reconciliation across a binding: what one scheme handed on, and what the other made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from hpf.core.bindings import Binding
from hpf.core.errors import Problem, Text
from hpf.core.formula import tree as t
from hpf.core.program import Rule
from hpf.core.results import Run, plain


@dataclass(frozen=True, slots=True)
class Reconciled:
    """One bound amount beside what was shared out of it.

    row, from_row: ids in the scheme that takes and the one that gives. amount: handed on (None:
    absent). rule: the rule that splits exactly this amount; `` if none does, then shared is None.
    shared: the sum of its shares; they agree when they are equal, to the last digit.
    """

    binding: Binding
    row: str
    from_row: str
    amount: Decimal | None
    rule: str = ""
    shared: Decimal | None = None

    @property
    def agrees(self) -> bool:
        """Whether nothing was lost or added on the way; true where nothing is split."""
        return not self.rule or (self.amount or Decimal(0)) == (self.shared or Decimal(0))

    def problem(self) -> Problem | None:
        """The difference as a line for people, or None."""
        if self.agrees:
            return None
        amount, shared = plain(self.amount or Decimal(0)), plain(self.shared or Decimal(0))
        return Problem(
            "binding.difference",
            Text(
                f"{self.binding.from_scheme} 给出 {amount},{self.rule} 分出 {shared}",
                f"{self.binding.from_scheme} handed on {amount}, {self.rule} shared out {shared}",
            ),
            Text(
                "请检查分配对象，以及给出的金额是否已取整到分",
                "Check who takes part, and that the amount handed on is rounded to the fen",
            ),
            self.binding.place,
            self.binding.entity,
            self.row,
            self.binding.indicator,
        )


def reconcile(runs: Mapping[str, Run], bindings: Sequence[Binding]) -> list[Reconciled]:
    """Each bound amount with the sum of every rule that splits it, in order of binding and row."""
    return [
        line
        for b in bindings
        if b.scheme in runs and b.from_scheme in runs
        for line in _lines(b, runs[b.scheme], runs[b.from_scheme])
    ]


def _lines(b: Binding, down: Run, up: Run) -> Iterator[Reconciled]:
    source = up.evaluated.values[b.from_entity][f"{b.from_scheme}.{b.rule}"]
    given = dict(zip(up.checked.rows[b.from_entity].ids, source, strict=True))
    ids = down.checked.rows[b.entity].ids.to_list()
    shared = {r.name: _shared(r, s, down) for r, s in _splitters(b, down)}
    for index, id in enumerate(ids):
        from_row = b.rows.get(id, id)
        amount = given.get(from_row)
        for rule, sums in shared.items():
            yield Reconciled(b, id, from_row, amount, rule, sums.get(index))
        if not shared:
            yield Reconciled(b, id, from_row, amount)


def _splitters(b: Binding, run: Run) -> Iterator[tuple[Rule, t.Split]]:
    """The rules whose whole formula splits exactly the bound indicator."""
    pool = t.Own(b.entity, f"{b.scheme}.{b.indicator}")
    for rule in run.program.rules:
        body = rule.tree.body if isinstance(rule.tree, t.Only) else rule.tree
        if isinstance(body, t.Split) and body.group == b.entity and body.pool == pool:
            yield rule, body


def _shared(rule: Rule, split: t.Split, run: Run) -> dict[int, Decimal]:
    """Row number of the group -> sum of the shares of its rows."""
    rows = run.checked.rows[rule.entity]
    at = pl.Series(range(len(rows)), dtype=pl.UInt32)
    entity = rule.entity
    for link in split.within:
        at = run.checked.rows[entity].links[link].gather(at)
        entity = next(k.to for k in run.program.entities[entity].links if k.name == link)
    shares = run.evaluated.values[rule.entity][rule.qualified]
    frame = pl.DataFrame({"at": at, "share": shares}).drop_nulls()
    sums = frame.group_by("at").agg(pl.col("share").sum())
    return dict(sums.iter_rows())
