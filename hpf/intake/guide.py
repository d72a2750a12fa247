"""What an indicator's column asks for, in words: for notes, prompts and the 'how to fill' sheet."""

from __future__ import annotations

import calendar
import datetime as dt
from fractions import Fraction

from hpf.core.errors import Text
from hpf.core.facts import decimal_of
from hpf.core.indicators import Blank, Indicator, Type
from hpf.core.periods import Period

TYPES = {
    Type.DECIMAL: Text("数字", "number"),
    Type.INTEGER: Text("整数", "whole number"),
    Type.CHOICE: Text("选项", "choice"),
    Type.DATE: Text("日期", "date"),
    Type.BOOLEAN: Text("是/否", "yes or no"),
    Type.TEXT: Text("文字", "text"),
}
BLANKS = {
    Blank.REQUIRED: Text("必填，不能空", "required: must not be empty"),
    Blank.ZERO: Text("空白表示零", "empty means zero"),
    Blank.NOT_APPLICABLE: Text("空白表示不适用", "empty means not applicable"),
}
HEADS = (
    Text("序号", "No."),
    Text("工作表", "Sheet"),
    Text("列", "Column"),
    Text("中文名称", "Name in Chinese"),
    Text("英文名称", "Name in English"),
    Text("类型", "Type"),
    Text("单位", "Unit"),
    Text("空白的含义", "Meaning of blank"),
    Text("取值范围", "Bounds"),
    Text("填报人", "Reported by"),
    Text("截止日", "Due"),
    Text("条款", "Clause"),
    Text("说明", "Note"),
)
RULES = (
    Text(
        "每个工作表是一类对象，一行一个；第一行是列名代码，请勿改动，第二行是中文名称，读取时忽略。",
        "Each sheet is one kind of thing, a row each. The first row holds codes: leave "
        "it as it is. The second holds their names and is ignored.",
    ),
    Text(
        "id 在本表内唯一；指向其他表的列填写对方的 id，可从下拉列表选择。",
        "An id stands once in its sheet. Columns that point at another sheet hold the other row's "
        "id; choose it from the list.",
    ),
    Text(
        "确实为零请填 0；没有数据请留空，不要写“无”“-”“/”。空白的含义见下表。",
        "Write 0 for a true zero and leave the cell empty where there is nothing; never '-' or "
        "'n/a'. What an empty cell means stands in the table below.",
    ),
    Text(
        "只填数字，不带单位；比值填小数(0.85)或百分数(85%)。",
        "Write numbers alone, without units; a ratio as 0.85 or 85%.",
    ),
    Text(
        "不要合并单元格，不要加合计行，不要隐藏工作表。",
        "Merge no cells, add no rows of totals, hide no sheets.",
    ),
)


def heading(indicator: Indicator, lang: str) -> str:
    """The second row's heading: name and unit, `收入（元）`."""
    unit = indicator.unit.say(lang) if indicator.type.is_number else ""
    return indicator.names.say(lang) + (f" ({unit})" if unit else "")


def plain(number: Fraction) -> str:
    """A bound in plain decimal notation."""
    return f"{decimal_of(number).normalize():f}"


def bounds(indicator: Indicator) -> Text:
    """Between which values, or which choices; empty when anything goes."""
    low, high = indicator.low, indicator.high
    if indicator.choices:
        return Text("、".join(indicator.choices), ", ".join(indicator.choices))
    if low is not None and high is not None:
        return Text(f"{plain(low)} 至 {plain(high)}", f"{plain(low)} to {plain(high)}")
    if low is not None:
        return Text(f"不小于 {plain(low)}", f"at least {plain(low)}")
    if high is not None:
        return Text(f"不大于 {plain(high)}", f"at most {plain(high)}")
    return Text("", "")


def due(indicator: Indicator, period: Period) -> str:
    """The calendar day in the month after the period by which it is due; '' where not said."""
    if not indicator.due_day:
        return ""
    after = period.last_day + dt.timedelta(days=1)
    last = calendar.monthrange(after.year, after.month)[1]
    return after.replace(day=min(indicator.due_day, last)).isoformat()


def note(indicator: Indicator, period: Period, lang: str) -> str:
    """Everything about one column, line by line, for the note on its heading."""
    zh = lang.startswith("zh")
    unit = indicator.unit.say(lang) if indicator.type.is_number else ""
    lines = [
        indicator.names.say(lang),
        TYPES[indicator.type].say(lang) + (f" ({unit})" if unit else ""),
        BLANKS[indicator.blank].say(lang),
    ]
    for label, value in (
        (Text("取值范围：", "Bounds: "), bounds(indicator).say(lang)),
        (Text("填报人：", "Reported by: "), indicator.reporter.say(lang)),
        (Text("截止日：", "Due: "), due(indicator, period)),
        (Text("条款：", "Clause: "), indicator.clause),
    ):
        if value:
            lines.append((label.zh if zh else label.en) + value)
    if indicator.note.say(lang):
        lines.append(indicator.note.say(lang))
    return "\n".join(lines)


def row(number: int, indicator: Indicator, period: Period, sheet: str) -> list[str]:
    """The indicator's line in the table of the 'how to fill' sheet; both languages."""
    both = bilingual
    unit = (
        Text(indicator.unit.say("zh") or "比值", str(indicator.unit))
        if indicator.type.is_number
        else Text("", "")
    )
    return [
        str(number),
        sheet,
        indicator.code,
        indicator.names.zh,
        indicator.names.en,
        both(TYPES[indicator.type]),
        both(unit),
        both(BLANKS[indicator.blank]),
        both(bounds(indicator)),
        both(indicator.reporter),
        due(indicator, period),
        indicator.clause,
        both(indicator.note),
    ]


def bilingual(text: Text) -> str:
    """Both wordings, once where they are the same."""
    if text.zh == text.en or not text.en:
        return text.zh
    return f"{text.zh} {text.en}" if text.zh else text.en
