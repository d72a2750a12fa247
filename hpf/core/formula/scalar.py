"""Interpreter two: one row at a time, on exact rationals.

It says why (`hpf.core.formula.derivation` walks it) and it checks interpreter one, with which it
shares no arithmetic, rounding, ranking or splitting. docs/nodes.md is the meaning of every node;
`exact` is the one place where this interpreter rounds, splits and ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from hpf.core.facts import Checked
from hpf.core.formula import exact
from hpf.core.formula import tree as t
from hpf.core.formula.cells import GUARD, STEP, Cell, Here, Num, cell_of, follow
from hpf.core.formula.grouping import Grouping
from hpf.core.formula.in_row import IN_THE_ROW
from hpf.core.formula.labels import Labels, Value
from hpf.core.formula.lossless import Lossless
from hpf.core.formula.troubles import Troubles
from hpf.core.parameters import ScaleValue
from hpf.core.program import Program, Rule
from hpf.core.results import Evaluated, Run
from hpf.core.settings import Resolved
from hpf.core.values import ABSENT, NO_HISTORY, Absent, History, Trouble

FRAMES: Final = 300  # how deep the call stack may grow before rules are taken one by one

Key = tuple[str, int, str]


class _Deeper(Exception):
    """A chain of rules is longer than the call stack is allowed to grow; `key` comes first."""

    def __init__(self, key: Key) -> None:
        super().__init__(key)
        self.key = key


class Scalar:
    """Values of single rows, worked out when asked for and kept.

    known: a run's results; where they are written without loss they are taken as they stand.
    """

    def __init__(
        self,
        program: Program,
        checked: Checked,
        parameters: Mapping[str, Resolved],
        history: History = NO_HISTORY,
        known: Evaluated | None = None,
    ) -> None:
        self.program, self.checked, self.parameters = program, checked, parameters
        self.history, self._known = history, known
        self.labels = Labels(program)
        self.troubles = Troubles(program, checked, self.labels)
        self.grouping = Grouping(self)
        self._rules = {(r.entity, r.qualified): r for r in program.rules}
        self._lossless = Lossless(self._rules, parameters) if known else None
        self._targets = {(e.code, k.name): k.to for e in program.entities.values() for k in e.links}
        self._cells: dict[Key, Cell] = {}
        self._gathered: dict[tuple[int, Here], Cell] = {}
        self._depths: dict[str, int] = {}
        self._frames = 0

    @classmethod
    def of(cls, run: Run) -> Scalar:
        """On what a run was computed from, its results known."""
        return cls(run.program, run.checked, run.parameters, run.history, run.evaluated)

    def value(self, entity: str, index: int, name: str, fresh: bool = True) -> Value:
        """One result (or fact) of one row: exact, not yet snapped; ABSENT or a Trouble.

        name: qualified; fresh: worked out here, even where the run's result would do.
        Raises KeyError for a name the entity does not have.
        """
        cell = self.cell(entity, index, name, fresh)
        if not isinstance(cell, Num):
            return cell
        if cell.err >= GUARD:
            return self.troubles.imprecise(t.Own(entity, name), Here(entity, index, name))
        return cell.value

    def rule(self, entity: str, name: str) -> Rule | None:
        """The rule of that qualified name, or None if it is a fact's."""
        return self._rules.get((entity, name))

    def target(self, entity: str, link: str) -> str:
        """The entity that a link leads to."""
        return self._targets[entity, link]

    def cell(self, entity: str, index: int, name: str, fresh: bool = False) -> Cell:
        """The same with its error bound; fresh: never taken from the run."""
        key = (entity, index, name)
        if (found := self._cells.get(key)) is not None:
            return found
        rule = self._rules.get((entity, name))
        if rule is None:
            return self._fact(entity, index, name.rpartition(".")[2])
        if not fresh and (taken := self._from_run(key, rule)) is not None:
            return taken
        if not self._frames:
            return self._one_by_one(key)
        need = self._depth(rule)
        if self._frames + need > FRAMES:
            raise _Deeper(key)
        return self._work_out(key, rule, need)

    def _one_by_one(self, key: Key) -> Cell:
        """Works out long chains of rules without a deep call stack."""
        todo = [key]
        while todo:
            last = todo[-1]
            rule = self._rules[last[0], last[2]]
            try:
                self._work_out(last, rule, self._depth(rule))
            except _Deeper as more:
                todo.append(more.key)
            else:
                todo.pop()
        return self._cells[key]

    def _work_out(self, key: Key, rule: Rule, frames: int) -> Cell:
        self._frames += frames
        try:
            cell = self.node(rule.tree, Here(key[0], key[1], rule.qualified))
        finally:
            self._frames -= frames
        self._cells[key] = cell
        return cell

    def _depth(self, rule: Rule) -> int:
        found = self._depths.get(rule.qualified)
        if found is None:
            found = self._depths[rule.qualified] = 6 + 3 * _height(rule.tree)
        return found

    def _from_run(self, key: Key, rule: Rule) -> Cell | None:
        if self._known is None or self._lossless is None or not self._lossless.rule(rule):
            return None
        entity, index, name = key
        bad = self._known.bad.get(entity, {}).get(name)
        if bad is not None and bad[index]:
            return None
        return cell_of(self._known.values[entity][name][index])

    def _fact(self, entity: str, index: int, code: str) -> Cell:
        return cell_of(self.checked.rows[entity].values[code][index])

    def node(self, node: t.Node, here: Here) -> Cell:
        """What a node yields, seen from a row."""
        return _NODES[type(node)](self, node, here)

    def snapped(self, node: t.Node, here: Here) -> Fraction | Absent | Trouble:
        """A number rounded to 12 places, or a problem where fixed digits could tip it over."""
        cell = self.node(node, here)
        if isinstance(cell, Num):
            return self.snap(cell, node, here)
        assert isinstance(cell, Absent | Trouble), f"{node.op} yields no number"
        return cell

    def snap(self, cell: Num, node: t.Node, here: Here) -> Fraction | Trouble:
        if cell.err >= GUARD:
            return self.troubles.imprecise(node, here)
        return exact.snap(cell.value)

    def rounding(self, how: t.Node) -> t.Rounding:
        """The step and mode that a Const or Param holds."""
        found = how.value if isinstance(how, t.Const) else self.parameters[_name(how)].value
        assert isinstance(found, t.Rounding)
        return found

    def band_at(self, node: t.Band, x: Fraction) -> int | None:
        """Which band of its scale a snapped x falls into, from 0."""
        scale = self.parameters[node.scale].value
        assert isinstance(scale, ScaleValue)
        return exact.band_of(scale, x, from_zero=node.kind == "marginal")

    def bounded(  # err: a bound, not an amount
        self, value: Fraction, err: float, node: t.Node, here: Here
    ) -> Cell:
        if abs(value.numerator) >= exact.BOUND * value.denominator:
            return self.troubles.beyond(node, here)
        return Num(value, err)

    # facts and results

    def _own(self, node: t.Own, here: Here) -> Cell:
        if not here.back:
            return self.cell(here.entity, here.row, node.name)
        period = self.checked.period.earlier(here.back)
        id = self.checked.rows[here.entity].ids[here.row]
        return cell_of(self.history.get(period, here.entity, node.name).get(id))

    def _look(self, node: t.Look, here: Here) -> Cell:
        there = follow(self.program, self.checked, here, node.path)
        return ABSENT if there is None else self.node(node.inner, there)

    # gathering

    def _gather(self, node: t.Gather, here: Here) -> Cell:
        key = (id(node), here)
        found = self._gathered.get(key)
        if found is None:
            found = self._gathered[key] = self._gather_now(node, here)
        return found

    def _gather_now(self, node: t.Gather, here: Here) -> Cell:
        cells = [cell for _, cell in self.grouping.chosen(node, here)]
        for cell in cells:
            if isinstance(cell, Trouble):
                return cell
        if node.kind == "count":
            return Num(Fraction(len(cells)))
        numbers = [c for c in cells if isinstance(c, Num)]
        if not numbers and node.kind != "sum":
            return self.troubles.empty(node, here)
        return self.fold(node.kind, numbers, node, here)

    def fold(self, kind: str, numbers: list[Num], node: t.Node, here: Here) -> Cell:
        if kind in ("max", "min"):
            pick = max if kind == "max" else min
            return Num(pick(n.value for n in numbers), max(n.err for n in numbers))
        total = sum((n.value for n in numbers), Fraction(0))
        err = sum(n.err for n in numbers)
        cell = self.bounded(total, err, node, here)
        if kind == "mean" and isinstance(cell, Num):
            return Num(total / len(numbers), err / len(numbers) + STEP)
        return cell

    def _of_group(self, node: t.Rank | t.Split, here: Here) -> Cell:
        group = self.grouping.group(node, here)
        found: Value = ABSENT if group is None else group.of(here.row)
        if not isinstance(found, Fraction):
            return found
        exactly = isinstance(node, t.Rank) or self.rounding(node.step).step
        return Num(found, 0.0 if exactly else STEP)

    # earlier periods

    def _past(self, node: t.Past, here: Here) -> Cell:
        return self.node(node.inner, here._replace(back=here.back + node.steps))

    def _window(self, node: t.Window, here: Here) -> Cell:
        cells = self.periods(node, here)
        for _, cell in cells:
            if isinstance(cell, Trouble):
                return cell
        if node.kind in ("count", "streak"):
            return Num(Fraction(len(cells)))
        numbers = [c for _, c in cells if isinstance(c, Num)]
        if not numbers and node.kind != "sum":
            return ABSENT
        if node.kind in ("sum", "mean"):
            total = Fraction(0)
            for number in numbers:  # added up period by period, this one first
                total += number.value
                if abs(total) >= exact.BOUND:
                    return self.troubles.beyond(node, here)
        return self.fold(node.kind, numbers, node, here)

    def periods(self, node: t.Window, here: Here) -> list[tuple[Here, Cell]]:
        """The periods a window takes, latest first, with their values (True without a value)."""
        taken: list[tuple[Here, Cell]] = []
        span = node.span or self.checked.period.earlier(here.back).year_to_date
        for back in range(here.back, here.back + span):
            there = here._replace(back=back)
            wanted = True if node.where is None else self.node(node.where, there)
            if isinstance(wanted, Trouble):
                taken.append((there, wanted))
            elif wanted is True:
                value = True if node.value is None else self.node(node.value, there)
                if value is not ABSENT:
                    taken.append((there, value))
                    continue
            if node.kind == "streak":
                break
        return taken


def _name(how: t.Node) -> str:
    assert isinstance(how, t.Param)
    return how.name


def _height(node: t.Node) -> int:
    """How many nodes lie one inside the other."""
    most, level = 0, [node]
    while level:
        most, level = most + 1, [c for n in level for c in t.children(n)]
    return most


_NODES: dict[type[t.Node], Callable[[Scalar, Any, Here], Cell]] = {
    **IN_THE_ROW,
    t.Own: Scalar._own,
    t.Look: Scalar._look,
    t.Gather: Scalar._gather,
    t.Rank: Scalar._of_group,
    t.Split: Scalar._of_group,
    t.Past: Scalar._past,
    t.Window: Scalar._window,
}
