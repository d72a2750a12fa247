"""What became of each amount that a scheme shares out: given to whom, and what of it is left.

for one in shared_out(run):           # a line for each pool of each rule
    one.pool, one.given, one.left     # left: nothing, or `one.why` says why
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.facts import decimal_of
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Here, Num
from hpf.core.formula.grouping import Group
from hpf.core.formula.labels import figure
from hpf.core.formula.scalar import Scalar
from hpf.core.program import Rule
from hpf.core.results import Run
from hpf.core.units import CNY

_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Shared:
    """A pool beside what was shared out of it, CNY.

    rule: the one whose rows get the shares; id, name: the row that the pool is of. pool: None
    where there is none; takers: how many got a share.
    why: '' where nothing is left.
    """

    rule: Rule
    group: str
    id: str
    name: str
    pool: Decimal | None
    given: Decimal
    takers: int
    why: Text = Text("", "")

    @property
    def left(self) -> Decimal:
        """What nobody got; below nothing where more was given than there is."""
        return (self.pool or _NOTHING) - self.given


def shared_out(run: Run, scalar: Scalar | None = None) -> list[Shared]:
    """Every pool of money that a rule of the run shares out, in order of the rules and rows.

    A split stands outermost, or in a case that parameters choose; a rule whose case is another
    one shares nothing out. scalar: of the run, where one is at hand.
    """
    scalar = scalar or Scalar.of(run)
    found: list[Shared] = []
    for rule in run.program.rules:
        if rule.unit == CNY and len(run.checked.rows[rule.entity]):
            split = _split(rule.tree, Here(rule.entity, 0, rule.qualified), scalar)
            if split is not None:
                found += _lines(run, scalar, rule, split)
    return found


def _split(node: t.Node, here: Here, scalar: Scalar) -> t.Split | None:
    """The split that is a rule's result; the parameters that choose it are the same for all."""
    match node:
        case t.Split():
            return node
        case t.Only(_, body):
            return _split(body, here, scalar)
        case t.When(condition, then, other):
            return _split(then if scalar.node(condition, here) is True else other, here, scalar)
    return None


def _lines(run: Run, scalar: Scalar, rule: Rule, split: t.Split) -> Iterator[Shared]:
    """A line for each row of the group that has a pool, or gave something."""
    rows = run.checked.rows[split.group]
    values = run.evaluated.values[rule.entity][rule.qualified]
    here = Here(rule.entity, 0, rule.qualified)
    for at, (id, name) in enumerate(zip(rows.ids, rows.names, strict=True)):
        group = scalar.grouping.group_of(split, here, at)
        pool = decimal_of(group.pool.value) if isinstance(group.pool, Num) else None
        got = [v for row in group.rows if (v := values[row]) is not None]
        given = sum(got, _NOTHING)
        if pool or given:
            why = Text("", "") if pool == given else _why(group, len(group.rows) - len(got))
            yield Shared(rule, split.group, id, name or id, pool, given, len(got), why)


def _why(group: Group, without: int) -> Text:
    """Why the shares are not the pool. without: how many should have got one."""
    if not group.rows:
        return Text("没有人参加分配", "nobody takes part")
    if without:
        return Text(
            f"{without} 个参加分配的还没有结果", f"{without} of those who share have no result yet"
        )
    size = figure(group.shares.pool) if group.shares else "0"
    return Text(f"取整为 {size}", f"rounded: {size}")
