"""Item tables as data: another county's table is another worksheet, not other Python.

An item is one line of an indicator table as one hospital (or department) answers for it: an
entity with a link to its owner, and with its weight, direction, method, target and result as
facts. Rules score an item by the method its own line names:

    ITEM = declare_items(scheme, of=HOSPITAL)

    @scheme.rule(ITEM, zh="得分", en="Points", clause="A.1", unit=POINT, only=applies)
    def points(item, p):
        return round_to(score_by_method(item, p), p.step)

    @scheme.rule(HOSPITAL, zh="总分", en="Total", clause="A.1", unit=POINT)
    def total(hospital):
        return hospital.items.points.sum()

An item that is in force and whose result was not reported is a problem, never a zero and never
left out; one that does not apply to its owner says so (`applies: no`) and is absent.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
from typing import Any

from hpf.core.entities import HOSPITAL, Entity, entity, link
from hpf.core.errors import Text, did_you_mean
from hpf.core.formula.misuse import FormulaError
from hpf.core.formula.nodes import larger, when
from hpf.core.formula.symbols import Symbol, lift
from hpf.core.kit.hookspecs import ItemMethod
from hpf.core.schemes import Scheme
from hpf.core.units import POINT

HIGHER, LOWER = "higher", "lower"


def _by_direction(item: Any, higher: Any, lower: Any) -> Symbol:
    return when(item.direction == HIGHER, higher, lower)


def _ratio(item: Any) -> Symbol:
    # the full mark is decided first, so that a lower-is-better result of 0 divides nothing
    return _by_direction(
        item,
        when(
            item.actual >= item.target,
            item.weight,
            larger(0, item.weight * item.actual / item.target),
        ),
        when(
            item.actual <= item.target,
            item.weight,
            larger(0, item.weight * item.target / item.actual),
        ),
    )


def _reverse(item: Any) -> Symbol:
    beyond = (item.actual - item.target) / item.target
    short = (item.target - item.actual) / item.target
    return _by_direction(
        item,
        when(item.actual >= item.target, item.weight, larger(0, item.weight - item.weight * short)),
        when(
            item.actual <= item.target, item.weight, larger(0, item.weight - item.weight * beyond)
        ),
    )


def _interval(item: Any) -> Symbol:
    part = item.weight * (item.actual - item.floor) / (item.target - item.floor)
    return _by_direction(
        item,
        when(item.actual >= item.target, item.weight, when(item.actual <= item.floor, 0, part)),
        when(item.actual <= item.target, item.weight, when(item.actual >= item.floor, 0, part)),
    )


def _threshold(item: Any) -> Symbol:
    return _by_direction(
        item,
        when(item.actual >= item.target, item.weight, 0),
        when(item.actual <= item.target, item.weight, 0),
    )


def _lose(item: Any, distance: Any) -> Symbol:
    # asking about the rate first makes a rate that is missing a problem instead of absent
    lost = item.deduction * distance
    return when(item.deduction > 0, larger(0, item.weight - lost), item.weight)


def _deduction(item: Any) -> Symbol:
    return _by_direction(
        item,
        when(
            item.actual >= item.target,
            item.weight,
            _lose(item, item.target - item.actual),
        ),
        when(
            item.actual <= item.target,
            item.weight,
            _lose(item, item.actual - item.target),
        ),
    )


def _rating(item: Any) -> Symbol:
    # asking about the mark first makes a mark that is missing a problem instead of absent
    return when(item.mark >= 100, item.weight, item.weight * item.mark / 100)


def _method(code: str, zh: str, en: str, draw: Any, mean_zh: str, mean_en: str) -> ItemMethod:
    return ItemMethod(code, Text(zh, en), draw, Text(mean_zh, mean_en))


BUILT_IN_METHODS: tuple[ItemMethod, ...] = (
    _method(
        "ratio",
        "比例法",
        "Ratio",
        _ratio,
        "按完成比例得分（低优时为目标与实际之比），达标得满分",
        "The share of the target achieved (target by result where lower is better), at most full",
    ),
    _method(
        "reverse",
        "反向比例法",
        "Reverse ratio",
        _reverse,
        "偏离目标几成，扣几成分，扣完为止",
        "As much of the weight is lost as the result misses the target by, relatively",
    ),
    _method(
        "interval",
        "区间法",
        "Interval",
        _interval,
        "起点(floor)得零分，目标得满分，其间线性插值",
        "Nothing at the floor, full at the target, in proportion between them",
    ),
    _method(
        "threshold",
        "门槛法",
        "Threshold",
        _threshold,
        "达标得满分，不达标不得分",
        "Full where the target is met, nothing where it is not",
    ),
    _method(
        "deduction",
        "扣分法",
        "Deduction",
        _deduction,
        "每偏离目标一个单位扣 deduction 分，扣完为止",
        "`deduction` points less for each unit the result misses the target by",
    ),
    _method(
        "rating",
        "评分法",
        "Rating",
        _rating,
        "按评委的百分制评分(mark)折算",
        "The weight times the raters' mark out of a hundred",
    ),
)


def declare_items(
    scheme: Scheme,
    of: Entity = HOSPITAL,
    methods: Sequence[ItemMethod] = BUILT_IN_METHODS,
    groups: Sequence[str] = (),
    code: str = "item",
    collection: str = "items",
    zh: str = "指标项",
    en: str = "Item",
    clause: str = "",
) -> Entity:
    """Declare an item table of `of` on a scheme and return the item's entity.

    methods: what the table's `method` column may name. groups: choices of the `group` column
    (dimensions of the table), which rules can then gather by; none: no such column.
    Raises ValueError if two methods share a code.
    """
    codes = [m.code for m in methods]
    if len(set(codes)) < len(codes):
        raise ValueError(f"two item methods share a code: {sorted(codes)}")
    item = scheme.entity(entity(code, zh, en, link(of.code, of, *of.names, collection=collection)))
    if groups:
        scheme.choice(item, "group", groups, zh="类别", en="Group", clause=clause)
    scheme.boolean(
        item,
        "applies",
        zh="是否适用",
        en="Applies",
        clause=clause,
        note=("本机构不考核此项的填否", "no: this owner does not answer for the item"),
    )
    scheme.decimal(item, "weight", zh="分值", en="Weight", unit=POINT, low=0, clause=clause)
    scheme.choice(item, "direction", [HIGHER, LOWER], zh="方向", en="Direction", clause=clause)
    scheme.choice(item, "method", codes, zh="计分方法", en="Method", clause=clause)
    number: dict[str, Any] = {"blank": "not_applicable", "clause": clause}
    scheme.decimal(item, "target", zh="目标值", en="Target", **number)
    scheme.decimal(item, "actual", zh="实际值", en="Result", **number)
    scheme.decimal(item, "floor", zh="起点值", en="Floor", **number)
    scheme.decimal(
        item, "deduction", zh="每单位扣分", en="Deduction a unit", unit=POINT, low=0, **number
    )
    scheme.decimal(item, "mark", zh="评分（百分制）", en="Mark", low=0, high=100, **number)
    return item


def score_by_method(
    item: Any, p: Any, methods: Iterable[ItemMethod] = BUILT_IN_METHODS, line: Any = None
) -> Symbol:
    """The item's points by the method its own line names; the rule says `only=applies`.

    line: the row that has the column `method`, where the table's lines are rows that items link
    to (`item.indicator`) and not repeated for each owner. Raises FormulaError if `methods` is
    empty or does not match the table's choices.
    """
    found = list(methods)
    named = (item if line is None else line).method
    declared = named._choices
    given = [m.code for m in found]
    for code in {*declared} ^ {*given}:
        near = did_you_mean(code, declared if code in given else given)
        raise FormulaError(
            "item_method",
            f"计分方法 {code} 只在 declare_items 与 score_by_method 之一出现",
            f"item method '{code}' stands in only one of declare_items and score_by_method",
            near.zh,
            near.en,
        )
    points = lift(_call(found[-1], item, p))
    for method in reversed(found[:-1]):
        points = when(named == method.code, _call(method, item, p), points)
    return points


def applies(item: Any) -> Symbol:
    """Whether the item's owner answers for it; for `only=` of rules on items."""
    answer: Symbol = item.applies
    return answer


def _call(method: ItemMethod, item: Any, p: Any) -> Any:
    takes = len(inspect.signature(method.draw).parameters)
    return method.draw(item, p) if takes > 1 else method.draw(item)
