"""Carrying out the plan: one select per entity and level, then what crosses rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from hpf.core.facts import Checked
from hpf.core.formula import tree as t
from hpf.core.formula.columns import col as c
from hpf.core.formula.columns.branches import work_out
from hpf.core.formula.columns.col import Col
from hpf.core.formula.columns.groups import Takers, gather, ranks
from hpf.core.formula.columns.plan import LEAVING, Task, levels, targets
from hpf.core.formula.columns.rounding import rounded
from hpf.core.formula.columns.rowwise import Rowwise
from hpf.core.formula.columns.simplify import decided
from hpf.core.formula.columns.split import split
from hpf.core.formula.columns.store import Frame, Stored
from hpf.core.program import Program
from hpf.core.results import Evaluated
from hpf.core.settings import Resolved
from hpf.core.values import NO_HISTORY, History, PastColumn


@dataclass(frozen=True, slots=True)
class Wanted:
    """An expression to evaluate on an entity's rows for a task; part names its role there."""

    task: Task
    part: str
    entity: str
    col: Col
    key: str


def evaluate(
    program: Program,
    checked: Checked,
    parameters: Mapping[str, Resolved],
    history: History = NO_HISTORY,
) -> Evaluated:
    """Compute every rule for every row.

    checked: facts that hold; parameters: every parameter of the program, resolved.
    """
    return _Run(program, checked, parameters, history).all()


class _Run:
    def __init__(
        self,
        program: Program,
        checked: Checked,
        parameters: Mapping[str, Resolved],
        history: History,
    ) -> None:
        self.program, self.checked, self.history = program, checked, history
        self.targets = targets(program)
        self.frames = {code: Frame(rows) for code, rows in checked.rows.items()}
        self.rowwise = Rowwise(parameters, checked.period, self._leaf, self.frames)
        self.types = {(r.entity, r.qualified): r for r in program.rules}
        self.nodes: dict[tuple[str, t.Node], str] = {}
        self.ready: dict[tuple[Task, str], Stored] = {}  # parts of this level's tasks
        self.orphans: list[tuple[str, str, int]] = []
        for code, frame in self.frames.items():
            for name, series in frame.rows.values.items():
                key = f"{program.code}.{name}"
                number = isinstance(series.dtype, pl.Decimal)
                places = (series.dtype.scale or 0) if isinstance(series.dtype, pl.Decimal) else 0
                frame.stored[key] = Stored(series.alias(key), None, number, places)
            del code

    def all(self) -> Evaluated:
        static = self.rowwise.static
        trees = {f"{r.entity} {r.qualified}": decided(r.tree, static) for r in self.program.rules}
        self.trees = trees
        for level in levels(self.program, trees):
            self._level(level)
        values: dict[str, dict[str, pl.Series]] = {}
        bad: dict[str, dict[str, pl.Series]] = {}
        for entity, frame in self.frames.items():
            rules = [r for r in self.program.rules if r.entity == entity]
            written = self._written(frame, [r.qualified for r in rules])
            for name, (value, mask) in written.items():
                values.setdefault(entity, {})[name] = value
                if mask is not None:
                    bad.setdefault(entity, {})[name] = mask
        return Evaluated(values, bad, tuple(self.orphans))

    def _leaf(self, entity: str, node: t.Node, back: int) -> str:
        if isinstance(node, t.Own):
            return self._past(entity, node.name, back) if back else node.name
        return self.nodes[entity, node]

    def _past(self, entity: str, name: str, back: int) -> str:
        frame, key = self.frames[entity], f"{name}@{back}"
        if key not in frame.stored:
            rule = self.types[entity, name]
            known = self.history.get(self.checked.period.earlier(back), entity, name)
            number = rule.type.is_number
            dtype: Any = pl.Decimal(38, c.SNAP) if number else None
            if not number:
                dtype = {"boolean": pl.Boolean, "date": pl.Date}.get(rule.type.value, pl.String)
            if isinstance(known, PastColumn):
                series = known.at(frame.rows.ids).cast(dtype).alias(key)
            else:
                found = [known.get(i) for i in frame.rows.ids.to_list()] if known else None
                blanks = [None] * len(frame.rows)
                series = pl.Series(key, found or blanks, dtype=dtype, strict=False)
            frame.stored[key] = Stored(series, None, number, c.SNAP)
        return key

    def _level(self, level: list[Task]) -> None:
        self.ready = done = {}
        wanted = [w for task in level if not self._parted(task) for w in self._wants(task)]
        by_entity: dict[str, list[Wanted]] = {}
        for w in wanted:
            by_entity.setdefault(w.entity, []).append(w)
        for entity, group in by_entity.items():
            frame = self.frames[entity]
            for w, value, bad in zip(group, *self._select(frame, group), strict=True):
                done[w.task, w.part] = frame.keep(w.key, w.col, value, bad)
        for task in level:
            if task.node is not None:
                self._leave(task, done)

    def _parted(self, task: Task) -> bool:
        """Whether the task was a choice of ways, and is done."""
        if not task.rule:
            return False
        tree, frame = self.trees[f"{task.entity} {task.rule}"], self.frames[task.entity]
        return work_out(self.rowwise, frame, task.entity, task.rule, tree) is not None

    def _wants(self, task: Task) -> list[Wanted]:
        if task.rule:
            col = self.rowwise.compile(task.entity, self.trees[f"{task.entity} {task.rule}"])
            return [Wanted(task, "value", task.entity, col, task.rule)]
        node, entity = task.node, task.entity
        parts: list[tuple[str, str, t.Node | None]] = []
        match node:
            case t.Look(_, far, inner):
                parts = [("value", far, inner)]
            case t.Gather(_, member, _, value, where):
                parts = [("value", member, value), ("where", member, where)]
            case t.Rank(value, _, _, among):
                parts = [("value", entity, value), ("where", entity, among)]
            case t.Split(pool, by, _, group, _, among):
                parts = [("pool", group, pool), ("value", entity, by), ("where", entity, among)]
        self.nodes[entity, node] = f"#{len(self.nodes)}"  # type: ignore[index]  # never None here
        out = []
        for part, on, tree in parts:
            counts = isinstance(node, t.Rank | t.Split) and part != "where"
            if isinstance(tree, (t.Own, *LEAVING)) and not counts:
                self.ready[task, part] = self.frames[on].stored[self._leaf(on, tree, 0)]
            elif tree is not None:
                col = self.rowwise.compile(on, tree)
                if isinstance(node, t.Rank | t.Split) and part == "value":
                    col = c.snapped(col)
                if isinstance(node, t.Split) and part == "pool":
                    step = self.rowwise.static(node.step)
                    assert isinstance(step, t.Rounding)
                    col = rounded(col, t.Rounding(step.step, "half_up"))
                key = f"{self.nodes[entity, node]}.{part}"  # type: ignore[index]  # likewise
                out.append(Wanted(task, part, on, col, key))
        return out

    def _select(
        self, frame: Frame, group: list[Wanted]
    ) -> tuple[list[pl.Series], list[pl.Series | None]]:
        expressions = []
        for i, w in enumerate(group):
            value = w.col.value
            if w.col.number:
                value = value.cast(c.dtype(w.col.places))
            expressions.append(value.alias(f"{i}"))
            if w.col.bad is not None:
                expressions.append(c.sure(w.col.bad).alias(f"{i}!"))
        out = frame.select(expressions, len(frame.rows))
        values = [out[f"{i}"] for i in range(len(group))]
        masks = [out[f"{i}!"] if w.col.bad is not None else None for i, w in enumerate(group)]
        return values, masks

    def _leave(self, task: Task, done: Mapping[tuple[Task, str], Stored]) -> None:
        node, frame = task.node, self.frames[task.entity]
        assert node is not None
        key = self.nodes[task.entity, node]
        value, where = done.get((task, "value")), done.get((task, "where"))
        match node:
            case t.Look(path, far, _):
                assert value is not None
                at = frame.path(path, self.frames, self.targets)
                frame.stored[key] = _looked(value, at)
                del far
            case t.Gather(kind, member, path, _, _):
                at = self.frames[member].path(path, self.frames, self.targets)
                takers = Takers(at, value, *_chosen(where))
                stored = gather(kind, takers, len(frame.rows))
                stored.errs = (
                    _gathered_errors(kind, takers, len(frame.rows)) if stored.err else None
                )
                frame.stored[key] = stored
            case t.Rank(_, within, descending, _):
                at = frame.path(within, self.frames, self.targets)
                takers = Takers(at, value, *_chosen(where))
                frame.stored[key] = ranks(takers, descending, len(frame.rows))
            case t.Split(_, _, within, group, step, _):
                pool = done[task, "pool"]
                how = self.rowwise.static(step)
                assert isinstance(how, t.Rounding)
                size, places = c.fits(how.step)
                at = frame.path(within, self.frames, self.targets)
                takers = Takers(at, value, *_chosen(where))
                shares, alone = split(pool, takers, size, places or 0, len(frame.rows))
                frame.stored[key] = shares
                for rule in self._owners(node):
                    self.orphans.extend((rule, group, i) for i in alone)
        for done_task, part in done:
            if done_task == task:
                self._drop(task, node, part)

    def _drop(self, task: Task, node: t.Node, part: str) -> None:
        """Forget a part that only this task read, unless an error bound may still be asked for."""
        key = f"{self.nodes[task.entity, node]}.{part}"
        for frame in self.frames.values():
            stored = frame.stored.get(key)
            if stored is not None and not stored.err:
                del frame.stored[key]

    def _owners(self, node: t.Node) -> list[str]:
        return [
            r.qualified
            for r in self.program.rules
            if any(n == node for n in t.walk(self.trees[f"{r.entity} {r.qualified}"]))
        ]

    def _written(
        self, frame: Frame, names: list[str]
    ) -> dict[str, tuple[pl.Series, pl.Series | None]]:
        """Results as they are written: numbers snapped to 12 places."""
        cols = [c.snapped(frame.column(n)) for n in names]
        group = [Wanted(Task(""), "", "", col, n) for col, n in zip(cols, names, strict=True)]
        values, masks = self._select(frame, group)
        out = {}
        for name, col, value, mask in zip(names, cols, values, masks, strict=True):
            if col.number and value.dtype != pl.Decimal(38, c.SNAP):
                value = value.cast(pl.Decimal(38, c.SNAP))
            out[name] = (value, mask if mask is not None and mask.any() else None)
        return out


def _chosen(where: Stored | None) -> tuple[pl.Series | None, pl.Series | None]:
    return (None, None) if where is None else (where.value, where.bad)


def _looked(value: Stored, at: pl.Series) -> Stored:
    bad = None
    if value.bad is not None:
        bad = value.bad.gather(at).fill_null(False)
        bad = bad if bad.any() else None
    errs = value.errs
    further = (lambda: errs().gather(at)) if errs is not None else None
    return Stored(value.value.gather(at), bad, value.number, value.places, value.err, further)


def _gathered_errors(kind: str, takers: Takers, size: int) -> Any:
    """Draws the error column of a gathering: Σ, or the largest; a mean adds its division."""
    value = takers.value
    if value is None or (value.errs is None and kind != "mean"):
        return None

    def draw() -> pl.Series:
        from hpf.core.formula.columns.groups import dense

        errors = value.errs() if value.errs else pl.repeat(0.0, len(value.value), eager=True)
        frame = Takers(takers.key, value, takers.chosen, takers.undecided).frame()
        frame = frame.with_columns(e=errors.gather(frame["i"]))
        frame = frame.filter(pl.col("v").is_not_null())
        if kind in ("max", "min"):
            grouped = frame.group_by("k").agg(e=pl.col("e").max())
        elif kind == "mean":
            grouped = frame.group_by("k").agg(e=pl.col("e").mean() + c.STEP)
        else:
            grouped = frame.group_by("k").agg(e=pl.col("e").sum())
        return dense(grouped, size)["e"].fill_null(0.0)

    return draw
