"""A slip's lines: what is paid or taken off, with its arithmetic, its reason and its clause."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.formula.in_numbers import in_numbers
from hpf.core.indicators import Indicator, Type
from hpf.core.lines import PayLine
from hpf.core.records import Record, records
from hpf.core.units import CNY
from hpf.reports import figures as f
from hpf.reports.cards.words import colon, comma, stop
from hpf.reports.issue import Issue

_CLAUSES = 2  # ids printed in full; of more the first and their number
_RECORDS = 3  # reasons told of one line; how many more there are is said


@dataclass(frozen=True, slots=True)
class Item:
    """One line: name, arithmetic in the month's own numbers, clause, amount.

    reason: of what is taken off, the facts behind it; '' where the facts hold none.
    """

    name: str
    how: str
    clause: str
    amount: str
    reason: str = ""


def item(issue: Issue, line: PayLine, id: str, lang: str) -> Item:
    """A line of the payout of the row `id`."""
    how = in_numbers(issue.scalar, line.rule, line.row).say(lang)
    reason = reasons(issue, line, id, lang) if line.amount < 0 else ""
    return Item(
        line.rule.names.say(lang), how, clauses(line.rule.clauses, lang), f.money(line.amount),
        reason,
    )  # fmt: skip


def clauses(ids: Sequence[str], lang: str) -> str:
    """Two ids in full; of more the first one, and how many.

    >>> clauses(["S1-1", "S1-2"], "zh"), clauses(["S1-1", "S1-2", "S1-3"], "zh")
    ('S1-1 S1-2', 'S1-1 等 3 条')
    >>> clauses(["S1-1", "S1-2", "S1-3"], "en")
    'S1-1 and 2 more'
    """
    if len(ids) <= _CLAUSES:
        return " ".join(ids)
    more = Text(f"{ids[0]} 等 {len(ids)} 条", f"{ids[0]} and {len(ids) - 1} more")
    return more.say(lang)


def reasons(issue: Issue, line: PayLine, id: str, lang: str) -> str:
    """The records behind an amount, in words: what, when, who reported it."""
    found = records(issue.run, line, id, issue.scalar)
    told = [_record(issue, r, lang) for r in found[:_RECORDS]]
    if len(found) > _RECORDS:
        left = len(found) - _RECORDS
        told.append(Text(f"另有 {left} 条记录", f"{left} more on record").say(lang))
    return stop(lang).join(told)


def _record(issue: Issue, record: Record, lang: str) -> str:
    parts = [record.name] if record.name not in ("", record.id) else []
    parts += [valued(value, lang) for i, value in record.values if _speaks_alone(i)]
    parts += [
        f"{i.names.say(lang)} {valued(value, lang, pay=i.unit == CNY)}"
        for i, value in record.values
        if not _speaks_alone(i) and i.type is not Type.BOOLEAN
    ]
    rows = issue.run.checked.rows[record.entity]
    by, _ = rows.reported(rows.row_of(record.id) or 0, "")
    if by:
        parts.append(Text(f"{by} 上报", f"reported by {by}").say(lang))
    number = Text(f"（记录 {record.id}）", f" (record {record.id})").say(lang)
    return comma(lang).join(parts) + number


def _speaks_alone(indicator: Indicator) -> bool:
    """A text or a choice needs no name before it: 病假, 待岗学习."""
    return indicator.type in (Type.TEXT, Type.CHOICE)


def valued(value: object, lang: str, *, pay: bool = False) -> str:
    """One fact in words."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if value is None or isinstance(value, bool | Decimal | str | dt.date):
        return f.figure(value, lang, pay=pay)
    return str(value)


def zeros(lines: Sequence[PayLine], lang: str) -> str:
    """The lines that came to nothing, in one sentence: none of them is left out in silence."""
    names = list(dict.fromkeys(_names(lines, lang)))
    if not names:
        return ""
    head = Text("本期为 0.00", "0.00 this period").say(lang)
    sign = "、" if lang.startswith("zh") else ", "
    return head + colon(lang) + sign.join(names)


def _names(lines: Sequence[PayLine], lang: str) -> Iterator[str]:
    return (x.rule.names.say(lang) for x in lines if not x.amount)
