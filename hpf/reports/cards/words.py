"""The words that several kinds of cards share, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from hpf.core.errors import Text

WORDS: Mapping[str, Text] = {
    "slip": Text("个人绩效单", "Pay slip"),
    "id": Text("工号", "Staff no."),
    "name": Text("姓名", "Name"),
    "unit": Text("科室", "Department"),
    "paid_on": Text("发放", "Paid on"),
    "state": Text("状态", "Status"),
    "total": Text("本期实发（元）", "Paid this period (CNY)"),
    "earned": Text("应发合计", "Earned"),
    "off": Text("扣发合计", "Deducted"),
    "against_before": Text("比上期", "vs last period"),
    "against_mean": Text("比科室平均", "vs dept. mean"),
    "how": Text("怎么算的", "How it adds up"),
    "item": Text("项目", "Item"),
    "sum_how": Text("算法（您本期的数）", "With your figures of the period"),
    "clause": Text("条款", "Clause"),
    "amount": Text("金额（元）", "CNY"),
    "why_off": Text("扣发及原因", "Deductions"),
    "net": Text("实发合计", "Paid"),
    "net_off": Text("应发合计 + 扣发合计；逐行取整到分",
                    "Earned + deducted, line by line to the fen"),
    "net_plain": Text("各行之和；逐行取整到分", "Sum of the lines, each to the fen"),
    "nothing": Text("本期没有计发项目", "Nothing is paid for this period"),
    "compare": Text("比一比", "Compared"),
    "band": Text("色带：居中的一半同事；不显示任何同事个人数额",
                 "Band: middle half of colleagues; nobody's own amount is shown"),
    "months": Text("近几个月", "Recent months"),
    "median": Text("科室中位", "Dept. median"),
    "own": Text("本人", "You"),
    "mean": Text("科室平均", "Dept. mean"),
    "points": Text("积分与排名", "Points and place"),
    "states": Text("停发项目", "Switched off"),
    "rates": Text("参数变化", "New rates"),
    "remark": Text("备注", "Remarks"),
    "doubt": Text("有疑问？", "Questions?"),
    "ask": Text("先问", "Ask"),
    "appeal": Text("申诉", "Appeal"),
    "answer": Text("答复", "Answer"),
    "due": Text("申诉截止", "Appeal by"),
}  # fmt: skip


def word(name: str, lang: str) -> str:
    """One of the words. Raises KeyError for one that is not there."""
    return WORDS[name].say(lang)


def stop(lang: str) -> str:
    """What stands between two clauses of a sentence."""
    return "；" if lang.startswith("zh") else "; "


def comma(lang: str) -> str:
    """What stands between two parts of a list."""
    return "，" if lang.startswith("zh") else ", "


def colon(lang: str) -> str:
    """What stands before a list."""
    return "：" if lang.startswith("zh") else ": "
