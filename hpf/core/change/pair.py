"""Two runs laid over each other, and what lies between: this fact from one, that from the other.

Rows are told apart by how near they are to the one that is asked about (`nearness`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from hpf.core.change.nearness import NEARNESS, OTHERS, nearness
from hpf.core.facts import Checked, Rows
from hpf.core.formula import tree as t
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.values import NO_HISTORY, History, PastColumn

_STATE = "{:05d}|"  # before each id of a state: ids keep their order within it


@dataclass(frozen=True, slots=True)
class Group:
    """Facts that change hands together: one indicator on rows of one nearness."""

    entity: str
    code: str
    nearness: str


@dataclass(frozen=True, slots=True)
class State:
    """A point between two runs: what already comes from the later one.

    facts: groups; rows: which rows there are and where they lead to; moved: where the row's own
    links lead to.
    """

    facts: frozenset[Group] = frozenset()
    rows: bool = False
    moved: bool = False


class Pair:
    """Facts of two runs by id, and how near each row is to the row `entity:id`."""

    def __init__(self, before: Run, after: Run, entity: str, id: str) -> None:
        self.before, self.after = before, after
        self.entity, self.id = entity, id
        self.codes = sorted(set(before.checked.rows) | set(after.checked.rows))
        self.near = nearness(before, after, entity, id)

    @cached_property
    def tables(self) -> dict[str, pl.DataFrame]:
        """entity -> all ids of either run in order: `id`, `a` and `b` its row there, `near`."""
        found = {}
        for code in self.codes:
            sides = [
                self._side(run, code, name) for run, name in ((self.before, "a"), (self.after, "b"))
            ]
            table = sides[0].join(sides[1], on="id", how="full", coalesce=True).sort("id")
            near = [self.near.get((code, i), OTHERS) for i in table["id"].to_list()]
            found[code] = table.with_columns(near=pl.Series(near, dtype=pl.String))
        return found

    @staticmethod
    def _side(run: Run, code: str, name: str) -> pl.DataFrame:
        rows = run.checked.rows.get(code)
        ids = rows.ids if rows is not None else pl.Series([], dtype=pl.String)
        places = pl.Series(name, range(len(ids)), dtype=pl.UInt32)
        return pl.DataFrame({"id": ids.alias("id"), name: places})

    def changed(self, wanted: Mapping[str, frozenset[str]]) -> Iterator[Group]:
        """Groups of the wanted facts (entity -> codes) that differ on rows both runs have."""
        for entity in self.codes:
            table = self.tables[entity]
            both = table.filter(pl.col("a").is_not_null() & pl.col("b").is_not_null())
            for code in sorted(wanted.get(entity, frozenset())):
                one, two = self._column("a", entity, code), self._column("b", entity, code)
                if two is None or not len(both):
                    continue
                new = two.gather(both["b"])
                if one is None:
                    differs = new.is_not_null()
                else:
                    old, new = _alike(one.gather(both["a"]), new)
                    differs = old.ne_missing(new)
                nears = set(both.filter(differs)["near"].to_list())
                yield from (Group(entity, code, n) for n in NEARNESS if n in nears)

    def values(self, group: Group) -> tuple[object, object] | None:
        """The two values, where the group is a single row; else None."""
        table = self.tables[group.entity].filter(
            (pl.col("near") == group.nearness)
            & pl.col("a").is_not_null()
            & pl.col("b").is_not_null()
        )
        if len(table) != 1:
            return None
        one = self._column("a", group.entity, group.code)
        two = self._column("b", group.entity, group.code)
        return (
            None if one is None else one[table["a"][0]],
            None if two is None else two[table["b"][0]],
        )

    def rows_changed(self) -> bool:
        """Whether rows came or went, or lead elsewhere."""
        return any(self._rows_differ(code) for code in self.codes)

    def moved(self) -> bool:
        """Whether the row's own links lead elsewhere, to rows that both runs have."""
        mine = self.tables[self.entity].filter(pl.col("id") == self.id)
        if not len(mine) or mine["a"][0] is None or mine["b"][0] is None:
            return False
        moves = False
        for name, to in self._links(self.entity).items():
            ends = {self._end(side, self.entity, name, mine[side][0]) for side in ("a", "b")}
            if len(ends) > 1:
                known = self.tables[to].filter(pl.col("id").is_in([e for e in ends if e]))
                if known["a"].null_count() or known["b"].null_count():
                    return False  # one of them is there in one run only: it cannot be told apart
                moves = True
        return moves

    def _rows_differ(self, code: str) -> bool:
        table = self.tables[code]
        if table["a"].null_count() or table["b"].null_count():
            return True
        for name in self._links(code):
            ends = [self._ends(side, code, name, table[side]) for side in ("a", "b")]
            if ends[0].ne_missing(ends[1]).any():
                return True
        return False

    def _links(self, code: str) -> dict[str, str]:
        """Links that rows of an entity have in either run, and what they lead to."""
        return {
            link.name: link.to
            for run in (self.before, self.after)
            if code in run.checked.rows
            for link in run.program.entities[code].links
            if link.name in run.checked.rows[code].links
        }

    def _end(self, side: str, code: str, name: str, row: int) -> str | None:
        found: str | None = self._ends(side, code, name, pl.Series([row], dtype=pl.UInt32))[0]
        return found

    def _ends(self, side: str, code: str, name: str, rows: pl.Series) -> pl.Series:
        """Ids that a link leads to, of some rows of one run; null where there is none."""
        run = self.before if side == "a" else self.after
        held = run.checked.rows.get(code)
        if held is None or name not in held.links:
            return pl.Series([None] * len(rows), dtype=pl.String)
        ids = run.checked.rows[self._links(code)[name]].ids
        return ids.gather(held.links[name].gather(rows))

    def _column(self, side: str, entity: str, code: str) -> pl.Series | None:
        rows = (self.before if side == "a" else self.after).checked.rows.get(entity)
        return None if rows is None else rows.values.get(code)

    def stacked(self, states: Sequence[State], period: Period) -> Checked:
        """The facts of several states, one under the other, as of as many hospitals side by side.

        An id of state n is `id_in(n, id)`.
        """
        ids: dict[str, list[pl.Series]] = {}
        for code in self.codes:
            ids[code] = [self._ids(code, s).alias("id") for s in states]
        starts = {
            code: [sum(len(s) for s in several[:n]) for n in range(len(several))]
            for code, several in ids.items()
        }
        rows = {}
        for code in self.codes:
            frames = [self._chosen(code, s) for s in states]
            columns = {
                c: _under([self._value(code, c, s, f) for s, f in zip(states, frames, strict=True)])
                for c in self._codes(code)
            }
            links = {}
            for name, to in self._links(code).items():
                parts = [
                    _places(self._link(code, name, s, f), ids[to][n], starts[to][n])
                    for n, (s, f) in enumerate(zip(states, frames, strict=True))
                ]
                links[name] = _under(parts)
            marked = [
                pl.select(pl.lit(_STATE.format(n)) + s).to_series() if len(s) else s
                for n, s in enumerate(ids[code])
            ]
            whole = _under(marked)
            rows[code] = Rows(
                code, whole, pl.Series([""] * len(whole), dtype=pl.String), columns, links
            )
        return Checked(period, rows)

    def history(self, of: History, states: int, program: Program) -> History:
        """Earlier results, once for each state; as they are where no rule looks back."""
        if not any(isinstance(n, t.Past | t.Window) for r in program.rules for n in t.walk(r.tree)):
            return NO_HISTORY
        read = {(r.entity, r.qualified) for r in program.rules}
        periods = {}
        for period, results in of.periods.items():
            kept = {}
            for key, by_id in results.items():
                if key in read:
                    held = by_id if isinstance(by_id, PastColumn) else _as_column(by_id)
                    ids = [pl.select(pl.lit(_STATE.format(n)) + held.ids).to_series()
                           for n in range(states)]  # fmt: skip
                    kept[key] = PastColumn(_under(ids), _under([held.values_column] * states))
            periods[period] = kept
        return History(periods, of.provisional)

    def _codes(self, entity: str) -> list[str]:
        held = [r.checked.rows[entity].values for r in (self.before, self.after)
                if entity in r.checked.rows]  # fmt: skip
        return sorted({c for values in held for c in values})

    def _chosen(self, code: str, state: State) -> pl.DataFrame:
        side = "b" if state.rows else "a"
        return self.tables[code].filter(pl.col(side).is_not_null())

    def _ids(self, code: str, state: State) -> pl.Series:
        return self._chosen(code, state)["id"]

    def _value(self, entity: str, code: str, state: State, frame: pl.DataFrame) -> pl.Series:
        """A column: from the run that the state says, or from the only one that has the row."""
        one, two = self._column("a", entity, code), self._column("b", entity, code)
        if one is None or two is None:
            only, side = (two, "b") if one is None else (one, "a")
            assert only is not None
            return only.gather(frame[side])
        old, new = _alike(one.gather(frame["a"]), two.gather(frame["b"]))
        later = [n for n in NEARNESS if Group(entity, code, n) in state.facts]
        use_new = (frame["near"].is_in(later) & frame["b"].is_not_null()) | frame["a"].is_null()
        return new.zip_with(use_new, old)

    def _link(self, code: str, name: str, state: State, frame: pl.DataFrame) -> pl.Series:
        later = [code == self.entity and i == self.id and state.moved
                 for i in frame["id"].to_list()]  # fmt: skip
        old, new = (self._ends(s, code, name, frame[s]) for s in ("a", "b"))
        use_new = pl.Series(later, dtype=pl.Boolean)
        if state.rows:
            mine = pl.Series([code == self.entity and i == self.id for i in frame["id"].to_list()],
                             dtype=pl.Boolean)  # fmt: skip
            use_new = use_new | ~mine | frame["a"].is_null()
        return new.zip_with(use_new, old)


def id_in(state: int, id: str) -> str:
    """How a row is called in a state of a stack."""
    return _STATE.format(state) + id


def _places(ends: pl.Series, ids: pl.Series, start: int) -> pl.Series:
    """Row numbers of the ids that links lead to, in a stack where those rows begin at `start`."""
    known = pl.DataFrame(
        {"id": ids, "at": pl.Series(range(start, start + len(ids)), dtype=pl.UInt32)}
    )
    asked = pl.DataFrame({"id": ends.cast(pl.String)})
    return asked.join(known, on="id", how="left", maintain_order="left")["at"]


def _alike(one: pl.Series, two: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Two columns of one type: decimals at the larger scale."""
    if one.dtype == two.dtype:
        return one, two
    if isinstance(one.dtype, pl.Decimal) and isinstance(two.dtype, pl.Decimal):
        scale = max(one.dtype.scale or 0, two.dtype.scale or 0)
        return one.cast(pl.Decimal(38, scale)), two.cast(pl.Decimal(38, scale))
    if one.dtype == pl.Null:
        return one.cast(two.dtype), two
    return one, two.cast(one.dtype)


def _under(parts: Sequence[pl.Series]) -> pl.Series:
    """Columns one under the other."""
    like = parts[0]
    for part in parts[1:]:
        like, _ = _alike(like, part)
    return pl.concat([_alike(like, p)[1].rename("") for p in parts])


def _as_column(by_id: Mapping[str, object]) -> PastColumn:
    return PastColumn(pl.Series(list(by_id), dtype=pl.String), pl.Series(list(by_id.values())))
