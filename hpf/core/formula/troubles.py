"""What went wrong at a node, in both languages, naming the actual thing and its cure.

A Trouble names the row and rule in which it arose; whoever reads a troubled value passes the very
same Trouble on.
"""

from __future__ import annotations

from hpf.core.errors import Text, did_you_mean
from hpf.core.facts import Checked, Rows
from hpf.core.formula import tree as t
from hpf.core.formula.cells import Here, follow
from hpf.core.formula.labels import Labels
from hpf.core.program import Program
from hpf.core.settings import Resolved
from hpf.core.values import Trouble

NONE = Text("", "")


def disagreement(entity: str, id: str, rule: str) -> Trouble:
    """The two interpreters yield different results: never the user's fault."""
    return Trouble(
        "disagreement",
        Text("两套计算结果不一致", "the two interpreters disagree"),
        Text("请报告此问题：这是软件缺陷", "Please report this: it is a defect of the software"),
        entity,
        id,
        rule,
    )


class Troubles:
    """Makes the Troubles of one program on one period's facts."""

    def __init__(self, program: Program, checked: Checked, labels: Labels) -> None:
        self._program, self._checked, self._labels = program, checked, labels

    def _at(self, code: str, here: Here, message: Text, cure: Text, node: t.Node | None) -> Trouble:
        rows: Rows = self._checked.rows[here.entity]
        place = self.place(node, here) if node else ""
        return Trouble(code, message, cure, here.entity, rows.ids[here.row], here.rule, place)

    def place(self, node: t.Node, here: Here) -> str:
        """The cell a fact was read from, or ''."""
        if isinstance(node, t.Look):
            there = follow(self._program, self._checked, here, node.path)
            return self.place(node.inner, there) if there else ""
        if isinstance(node, t.Own) and not here.back:
            short = node.name.rpartition(".")[2]
            rows = self._checked.rows[here.entity]
            return rows.place(here.row, short) if short in rows.values else ""
        return ""

    def division_by_zero(self, node: t.Arith, here: Here) -> Trouble:
        """The divisor is zero, or snaps to it."""
        what = self._labels.of(node.right)
        message = Text(f"除数“{what.zh}”为 0", f"the divisor '{what.en}' is zero")
        cure = Text(
            f"请核对“{what.zh}”；确实为 0 时，规则要用 when 说明怎么算",
            f"Check '{what.en}'; if it may be zero, the rule must say with when what holds then",
        )
        return self._at("division_by_zero", here, message, cure, node.right)

    def beyond(self, node: t.Node, here: Here) -> Trouble:
        """A magnitude of 10^16 or more."""
        what = self._labels.of(node)
        message = Text(
            f"“{what.zh}”的绝对值达到 10^16，超出可计算的范围",
            f"'{what.en}' reaches 10^16 and is beyond what is computed",
        )
        cure = Text(
            "请核对数据的单位（元还是万元）",
            "Check the units of the inputs (yuan or ten thousands)",
        )
        return self._at("beyond", here, message, cure, node)

    def off_the_calendar(self, node: t.MonthsLater, here: Here) -> Trouble:
        """A date before the year 1 or after 9999."""
        what, date = self._labels.of(node), self._labels.of(node.date)
        message = Text(
            f"“{what.zh}”早于公元 1 年或晚于 9999 年，无法计算",
            f"'{what.en}' lies before the year 1 or after 9999 and is beyond what is computed",
        )
        cure = Text(f"请核对“{date.zh}”的年份", f"Check the year of '{date.en}'")
        return self._at("beyond", here, message, cure, node.date)

    def imprecise(self, node: t.Node, here: Here) -> Trouble:
        """The error of fixed digits could tip the value over."""
        what = self._labels.of(node)
        message = Text(
            f"“{what.zh}”经过除法又放大,22 位小数已不足以准确取整",
            f"'{what.en}' was divided and then scaled up: 22 places no longer round it safely",
        )
        cure = Text(
            "请先乘后除，或在除法之后先用 round_to 取整",
            "Multiply before dividing, or round_to the quotient first",
        )
        return self._at("imprecise", here, message, cure, node)

    def empty(self, node: t.Gather, here: Here) -> Trouble:
        """A mean, maximum or minimum of nothing."""
        what, members = self._labels.of(node), self._labels.entity(node.member)
        message = Text(
            f"没有可汇总的{members.zh}，“{what.zh}”没有意义",
            f"there is no {members.en} to gather for '{what.en}'",
        )
        cure = Text(
            "请检查链接与筛选条件，或用 when 说明没有时怎么算",
            "Check the links and the filter, or say with when what holds if there is none",
        )
        return self._at("empty", here, message, cure, None)

    def undefined_condition(self, node: t.When, here: Here) -> Trouble:
        """A condition that is neither true nor false."""
        what = self._labels.of(node.condition)
        message = Text(
            f"条件“{what.zh}”缺少数据，判断不了",
            f"the condition '{what.en}' is undefined: a value in it is absent",
        )
        cure = Text(
            "请补上其中缺的值，或在规则里用 or_ 给出替代值",
            "Supply the value that is absent, or give the rule a substitute with or_",
        )
        return self._at("undefined_condition", here, message, cure, node.condition)

    def off_scale(self, node: t.Band, here: Here, shown: str, ends: str) -> Trouble:
        """x lies below the first or above the last band."""
        what, scale = self._labels.of(node.x), self._labels.parameter(node.scale)
        message = Text(
            f"“{what.zh}”= {shown}，不在“{scale.zh}”({node.scale})的任何一档内（各档：{ends}）",
            f"'{what.en}' = {shown} is in no band of '{scale.en}' ({node.scale}: {ends})",
        )
        cure = Text("请核对数据，或补上缺的档", "Check the value, or add the missing band")
        return self._at("off_scale", here, message, cure, node.x)

    def missing_key(self, node: t.Param, here: Here, held: Resolved, key: str) -> Trouble:
        """A keyed parameter has no value for the key."""
        p, known = held.parameter, held.value
        keys = list(known) if isinstance(known, dict) else []
        day = self._checked.period.last_day
        what = self._labels.of(node.key) if node.key else NONE
        listed = "、".join(keys), ", ".join(keys)
        message = Text(
            f"{what.zh}“{key}”在“{p.names.zh}”（{p.name}，条款 {p.clause}）中"
            f" {day} 没有值。已知：{listed[0]}",
            f"{what.en} '{key}' has no value in '{p.names.en}' ({p.name}, clause {p.clause})"
            f" on {day}. Known: {listed[1]}",
        )
        near = did_you_mean(key, keys) if keys else NONE
        guess = near if near.zh.startswith("是否") else NONE
        cure = Text(
            f"{guess.zh}请改正“{what.zh}”，或在参数 {p.name} 里补上 '{key}'",
            f"{guess.en} Correct the {what.en}, or add '{key}' to parameter '{p.name}'".strip(),
        )
        return self._at("missing_key", here, message, cure, node.key)

    def negative_weight(self, node: t.Split, here: Here, shown: str) -> Trouble:
        """A taker's weight is below zero."""
        what = self._labels.of(node.by)
        message = Text(
            f"分配权重“{what.zh}”为 {shown}，不能是负数",
            f"the weight '{what.en}' is {shown}: a split takes no negative weight",
        )
        cure = Text(
            "请核对这一行；整组在改正之前都不能分配",
            "Check this row; nothing of the group is shared until it is right",
        )
        return self._at("negative_weight", here, message, cure, node.by)

    def no_weight(self, node: t.Split, here: Here, shown: str) -> Trouble:
        """A pool that is not zero, and weights that are all zero."""
        what = self._labels.of(node.by)
        message = Text(
            f"有 {shown} 要分，但参与者的“{what.zh}”全为 0",
            f"{shown} is to be shared, but '{what.en}' is zero for everyone who takes part",
        )
        cure = Text(
            f"请核对“{what.zh}”，或把总额改为 0", f"Check '{what.en}', or set the pool to 0"
        )
        return self._at("no_weight", here, message, cure, node.pool)

    def too_large_a_split(self, node: t.Split, here: Here) -> Trouble:
        """Pool × weight, the pool or the sum of weights reaches 10^16."""
        what = self._labels.of(node.by)
        message = Text(
            f"总额 × “{what.zh}”（或权重合计）达到 10^16，超出可计算的范围",
            f"the pool times '{what.en}' (or the sum of weights) reaches 10^16: too large",
        )
        cure = Text("请用较小的单位表示权重", "Express the weights in a coarser unit")
        return self._at("beyond", here, message, cure, node.pool)

    def too_fine_a_split(self, node: t.Split, here: Here, step: str) -> Trouble:
        """The pool has 2^62 steps or more."""
        what = self._labels.of(node.pool)
        message = Text(
            f"“{what.zh}”按步长 {step} 要分成 2^62 份以上，超出可计算的范围",
            f"'{what.en}' has 2^62 or more steps of {step}: too many",
        )
        cure = Text("请用较大的步长分配", "Split by a coarser step")
        return self._at("beyond", here, message, cure, node.pool)
