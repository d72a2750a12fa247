"""Derivations of what leaves the row or is looked up: ranks, splits, bands, windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from hpf.core.errors import Text
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Cell, Here, Num, follow
from hpf.core.formula.exact import snap
from hpf.core.formula.grouping import Group
from hpf.core.formula.labels import Value, figure, short, word
from hpf.core.formula.steps import NONE, Step
from hpf.core.parameters import Bandwidth, ScaleValue
from hpf.core.values import Trouble

if TYPE_CHECKING:
    from hpf.core.formula.derivation import Deriver

LISTED: Final = 12  # members of a gathering or a group that are listed
EXACT: Final = Text("不取整", "left exact")


def value_of(cell: Cell) -> Value:
    """A cell without its error bound."""
    return cell.value if isinstance(cell, Num) else cell


def _takers(deriver: Deriver, node: t.Rank | t.Split, here: Here, group: Group) -> list[Step]:
    pairs = [(here._replace(row=r), v) for r, v in zip(group.rows, group.values, strict=True)]
    # the row at hand first: it must not be among those left out
    pairs.sort(key=lambda p: p[0].row != here.row)
    listed = [deriver.named(there, v) for there, v in pairs[: deriver.listed]]
    return listed + more([v for _, v in pairs[deriver.listed :]])


def rank_step(deriver: Deriver, node: t.Rank, here: Here, depth: int | None, level: int) -> Step:
    """A place: the value at hand and all that were ranked."""
    group = deriver.scalar.grouping.group(node, here)
    value = value_of(deriver.scalar.node(node, here))
    own = deriver.node(node.value, here, depth, level + 1)
    children = [own]
    note = Text("没有所属的组", "belongs to no group")
    if group is not None:
        n, order = len(group.rows), node.descending
        note = Text(
            f"{n} 个参加，{'从高到低' if order else '从低到高'}",
            f"among {n}, {'highest' if order else 'lowest'} first",
        )
        label = Text("参加排名者", "those ranked")
        takers = tuple(_takers(deriver, node, here, group))
        children.append(Step("operation", label, Fraction(n), children=takers))
    return Step("rank", deriver.scalar.labels.of(node), value, note=note, children=tuple(children))


def split_step(deriver: Deriver, node: t.Split, here: Here, depth: int | None, level: int) -> Step:
    """A share: pool, weight, sum of weights, quota and what rounding did to it."""
    value = value_of(deriver.scalar.node(node, here))
    label, group = word("split"), deriver.scalar.grouping.group(node, here)
    own = deriver.node(node.by, here, depth, level + 1)
    weight = replace(own, label=_tagged(Text("权重", "weight"), own.label))
    anchor = follow(deriver.scalar.program, deriver.scalar.checked, here, node.within)
    if group is None or anchor is None:
        note = Text("没有所属的组", "belongs to no group")
        return Step("split", label, value, note=note, children=(weight,))
    found = deriver.node(node.pool, anchor, depth, level + 1)
    pool = replace(found, label=_tagged(Text("总额", "pool"), found.label))
    if group.shares and group.shares.pool != found.value:
        size = figure(group.shares.pool)
        pool = replace(pool, note=Text(f"取整为 {size}", f"rounded: {size}"))
    children = [pool, weight]
    total = sum(group.values, Fraction(0))
    n = len(group.rows)
    children.append(
        Step(
            "operation", Text("权重合计", "sum of weights"), total,
            note=Text(f"{n} 个参加", f"{n} take part"),
            children=tuple(_takers(deriver, node, here, group)),
        )
    )  # fmt: skip
    step = deriver.scalar.rounding(node.step).step
    if isinstance(node.step, t.Param):
        children.append(deriver.parameter(node.step, here, depth, level))
    if group.shares and not group.poison and here.row in group.rows:
        children.append(_quota(group, here.row, step))
    return Step("split", label, value, children=tuple(children))


def _quota(group: Group, row: int, step: Fraction) -> Step:
    shares = group.shares
    assert shares is not None
    at = group.rows.index(row)
    sign = -1 if shares.pool < 0 else 1
    exact = shares.quotas[at] * (step * sign if step else 1)
    size = figure(step)
    if not step:
        note = EXACT
    elif shares.extra[at]:
        note = Text(
            f"去尾后余数较大，多得一个 {size}", f"cut to {size}, plus one for its remainder"
        )
    else:
        note = Text(f"去尾到 {size}", f"cut to {size}")
    return Step("operation", Text("应得", "quota"), snap(exact), note=note)


def band_step(deriver: Deriver, node: t.Band, here: Here, depth: int | None, level: int) -> Step:
    """A value on a scale: the bands, the one it falls into, the parameter's citation."""
    value = value_of(deriver.scalar.node(node, here))
    scale = deriver.scalar.parameters[node.scale].value
    assert isinstance(scale, ScaleValue)
    x = deriver.scalar.snapped(node.x, here)
    pieces: list[Step] = []
    for at, band in enumerate(scale.bands, 1):
        rate = Text("另定", "given") if band.rate is None else short(band.rate)
        ends = _ends(band)
        label = Text(f"第 {at} 档 {ends}:{rate.zh}", f"band {at} {ends}: {rate.en}")
        pieces.append(Step("constant", label))
    parameter = deriver.cited(node.scale, deriver.scalar.labels.parameter(node.scale), None)
    parameter = replace(parameter, children=tuple(pieces))
    operands = [node.x]
    taken = deriver.scalar.band_at(node, x) if isinstance(x, Fraction) else None
    note = NONE
    if taken is not None:
        note = Text(f"落在第 {taken + 1} 档", f"falls into band {taken + 1}")
        if node.top is not None and scale.bands[taken].rate is None:
            operands.append(node.top)
    children = (*deriver.nodes(operands, here, depth, level), parameter)
    return Step("operation", word(node.kind), value, note=note, children=children)


def window_step(
    deriver: Deriver, node: t.Window, here: Here, depth: int | None, level: int
) -> Step:
    """Earlier periods: of each that counts, its value and the results that let it count."""
    found = deriver.scalar.periods(node, here)
    asked = [] if node.value is None else [node.value]
    limits: dict[t.Node, None] = {}  # what the condition compares with: the same in every period
    for one in () if node.where is None else t.walk(node.where):
        if isinstance(one, t.Own) and one not in asked:
            asked.append(one)
        elif isinstance(one, t.Param):
            limits[one] = None
    children = list(deriver.nodes(limits, here, depth, level))
    for there, cell in found[: deriver.listed]:
        steps = tuple(deriver.node(one, there, depth, level + 1) for one in asked)
        if len(steps) == 1 and steps[0].id:
            children.append(steps[0])
        else:
            value = None if node.value is None else value_of(cell)
            children.append(deriver.named(there, value, steps))
    children += more([value_of(cell) for _, cell in found[deriver.listed :]])
    n = len(found)
    return Step(
        "gather", deriver.scalar.labels.of(node), value_of(deriver.scalar.node(node, here)),
        note=Text(f"计入 {n} 期", f"{n} period{'s' * (n != 1)}"), children=tuple(children),
    )  # fmt: skip


def _ends(band: Bandwidth) -> str:
    low = "(…" if band.low is None else ("[" if band.low_in else "(") + figure(band.low)
    high = "…)" if band.high is None else figure(band.high) + ("]" if band.high_in else ")")
    return f"{low}, {high}"


def _tagged(tag: Text, label: Text) -> Text:
    return Text(f"{tag.zh}：{label.zh}", f"{tag.en}: {label.en}")


def more(values: Sequence[Value]) -> list[Step]:
    """One line for what a long list leaves out, with its sum where there is one."""
    if not values:
        return []
    numbers = [v for v in values if isinstance(v, Fraction)]
    n = len(values)
    if len(numbers) < n or any(isinstance(v, Trouble) for v in values):
        return [Step("more", Text(f"另有 {n} 个", f"and {n} more"))]
    label = Text(f"另有 {n} 个，合计", f"and {n} more, sum")
    return [Step("more", label, sum(numbers, Fraction(0)))]
