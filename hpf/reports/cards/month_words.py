"""What the report for management says in its headings; a quarter's is not called a month's."""

from __future__ import annotations

from hpf.core.entities import STAFF
from hpf.core.errors import Text
from hpf.core.periods import Period
from hpf.reports.issue import Issue

_HEADINGS = {
    "month": Text("绩效月报", "Month report"),
    "quarter": Text("绩效季报", "Quarter report"),
    "half": Text("绩效半年报", "Half-year report"),
    "year": Text("绩效年报", "Year report"),
}
_OTHERS = {
    "people": Text("个数", "Number"),
    "mean": Text("平均（元）", "Mean (CNY)"),
    "count": Text("个", "payees"),
}
_WORDS = {
    "count": Text("人", "people"),
    "trend": Text("近十二期发放总额", "Paid, last twelve periods"),
    "trend_unit": Text("万元", "thousand CNY"),
    "change": Text("为什么变了", "Why it changed"),
    "first": Text("没有上期可比", "There is no earlier period to compare with"),
    "change_all": Text("变化明细", "The change in full"),
    "change_unit": Text("元，合计等于两期总额之差", "CNY; adds up to the totals' difference"),
    "units": Text("各科室", "Departments"),
    "unit": Text("科室", "Department"),
    "people": Text("人数", "People"),
    "amount": Text("发放（元）", "Paid (CNY)"),
    "by": Text("比上期", "Change"),
    "mean": Text("人均（元）", "A head (CNY)"),
    "off": Text("比全院", "vs all"),
    "decide": Text("请您决定", "For your decision"),
    "accounts": Text("对账", "Reconciliation"),
    "cny": Text("元", "CNY"),
    "item": Text("项目", "Item"),
    "sum": Text("发放总额", "Paid in all"),
    "difference": Text("总额之差", "Difference"),
    "nobody": Text("本期没有发放", "Nothing is paid for this period"),
    "nothing": Text("没有需要决定的事项", "Nothing waits for a decision"),
    "sign": Text("签字", "Signature"),
}  # fmt: skip


def heading(period: Period) -> Text:
    """What the paper is called: a quarter's is no month's."""
    return _HEADINGS[period.kind]


def words_of(issue: Issue) -> dict[str, Text]:
    """The words of a hospital that pays people; where others are paid, those for them."""
    words = {**_WORDS, "report": heading(issue.run.period)}
    if issue.paid.entity == STAFF.code:
        return words
    if not issue.unit_of:
        paid = issue.run.program.entities[issue.paid.entity].names
        return {**words, **_OTHERS, "units": paid, "unit": paid}
    return {**words, **_OTHERS}
