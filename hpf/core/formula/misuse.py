"""Python that a formula cannot hold, and the node to use in its place.

A rule's arguments are symbols: there is no value to branch on while the tree is being drawn. The
construct that asked for one is found from the position of the running instruction.
"""

from __future__ import annotations

import ast
import linecache
import sys
from types import FrameType

from hpf.core.errors import Text


def _both(words: str) -> Text:
    return Text(words, words)


_ITSELF = Text("这个符号本身", "the symbol itself")
_WORDS = Text(
    "这个符号本身；文字说明由公式自动生成", "the symbol itself; words are generated from the tree"
)
_CALLS = {
    "max": _both("larger(a, b)"),
    "min": _both("smaller(a, b)"),
    "sum": _both("department.staff.x.sum()"),
    "sorted": _both("rank(x, within=…)"),
    "any": _both("a | b | c"),
    "all": _both("a & b & c"),
    "bool": Text("这个条件本身", "the condition itself"),
    "abs": _both("larger(x, -x)"),
    "round": _both("round_to(x, '0.01')"),
    "int": _both("round_to(x, '1', 'down')"),
    "floor": _both("round_to(x, '1', 'floor')"),
    "ceil": _both("round_to(x, '1', 'ceiling')"),
    "trunc": _both("round_to(x, '1', 'down')"),
    "float": Text(
        "这个符号本身（数值一律是精确小数）", "the symbol itself (all figures are exact)"
    ),
    "len": _both("department.staff.count()"),
    "str": _ITSELF,
}
_WHEN = _both("when(condition, then, other)")
_NODES: tuple[tuple[type[ast.AST], str, Text], ...] = (
    (ast.If, "if", _WHEN),
    (ast.IfExp, "… if … else …", _WHEN),
    (ast.While, "while", _WHEN),
    (ast.Assert, "assert", Text("only= 或指标的上下限", "only= or a bound on the indicator")),
    (ast.JoinedStr, "f-string", _WORDS),
)
_PLAIN = {
    "bool": ("if/and/or", Text("when(…)、&、| 或 ~", "when(…), &, | or ~")),
    "format": ("f-string", _WORDS),
    "iter": ("for", _both("department.staff.where(…).x.sum()")),
}


class FormulaError(ValueError):
    """A rule that cannot become a tree; carries both languages."""

    def __init__(self, code: str, zh: str, en: str, cure_zh: str = "", cure_en: str = "") -> None:
        super().__init__(f"{en} {cure_en}".strip())
        self.code = f"formula.{code}"
        self.message = Text(zh, en)
        self.cure = Text(cure_zh, cure_en)


def refuse(asked_for: str) -> FormulaError:
    """The error for a symbol that was asked for a plain value: names construct and cure."""
    construct, cure = _construct(sys._getframe(2), asked_for)
    return FormulaError(
        "misuse",
        f"公式里不能用 {construct}：此时还没有数值",
        f"`{construct}` does not work in a formula: there is no value yet",
        f"请改用 {cure.zh}",
        f"Use {cure.en}",
    )


def _construct(frame: FrameType, asked_for: str) -> tuple[str, Text]:
    for node in _at(frame):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Attribute) and called.attr == asked_for in _CALLS:
            return f"{asked_for}()", _CALLS[asked_for]  # math.floor(x)
        if isinstance(called, ast.Name) and (cure := _CALLS.get(called.id)):
            return f"{called.id}()", cure
        if isinstance(node, ast.BoolOp):
            if isinstance(node.op, ast.And):
                return "and", _both("(a) & (b)")
            return "or", _both("(a) | (b)")
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return "not", _both("~(a)")
        if isinstance(node, ast.Compare):
            if isinstance(node.ops[0], ast.In | ast.NotIn):
                return "in", _both("x.is_one_of('a', 'b')")
            if len(node.ops) > 1:
                return "a < b < c", _both("(a < b) & (b < c)")
        for kind, name, cure in _NODES:
            if isinstance(node, kind):
                return name, cure
    if asked_for in _PLAIN:
        return _PLAIN[asked_for]
    fallback = Text("hpf.core 的节点", "a node of hpf.core")
    return f"{asked_for}()", _CALLS.get(asked_for, fallback)


def _at(frame: FrameType) -> list[ast.AST]:
    """The syntax nodes around the running instruction, innermost first."""
    positions = list(frame.f_code.co_positions())
    index = frame.f_lasti // 2
    if index >= len(positions) or positions[index][0] is None:
        return []
    line, end, column, end_column = positions[index]
    source = "".join(linecache.getlines(frame.f_code.co_filename))
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    here = ((line or 0), (column or 0)), ((end or line or 0), (end_column or 0))
    around: list[ast.AST] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.expr | ast.stmt):
            begin = (node.lineno, node.col_offset)
            finish = (node.end_lineno or 0, node.end_col_offset or 0)
            condition = getattr(node, "test", None)
            inside = begin <= here[0] and finish >= here[1]
            if isinstance(node, ast.If | ast.While | ast.Assert) and condition is not None:
                last = (condition.end_lineno or 0, condition.end_col_offset or 0)
                # asked for by the condition; a `while` marks the whole statement as its place
                inside = (begin <= here[0] and last >= here[1]) or here == (begin, finish)
            if inside:
                around.append(node)
    return around[::-1]
