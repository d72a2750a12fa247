"""The summary that goes up: one workbook with results, items, points lost, draw and procedure.

Figures stand as they are in the sealed run, unrounded; the workbook's SHA-256 goes into the entry
of the report, so that what was sent can be told from what was not.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

from hpf.core.errors import Text
from hpf.core.results import plain
from hpf.intake.tables_out import TableOut, Value, write_tables
from hpf.workflow.assessments import Standing, entry_name
from hpf.workflow.assessments_results import Results

_YES = Text("是", "yes")
_RESULTS = (
    Text("名次", "Place"), Text("医院", "Hospital"), Text("名称", "Name"), Text("同类组", "Group"),
    Text("组内名次", "Place in group"), Text("总分", "Total"), Text("等次", "Rating"),
    Text("上年", "Last year"), Text("变化", "Change"), Text("组均值", "Group mean"),
    Text("当年补助", "Subsidy"), Text("扣减", "Reduction"), Text("拨付", "Paid"),
    Text("限期整改", "To correct"), Text("连续两年不合格", "Two unqualified years"),
)  # fmt: skip
_LOST = (
    Text("医院", "Hospital"), Text("指标项", "Item"), Text("指标", "Indicator"),
    Text("考核内容", "Topic"), Text("标准分", "Points"), Text("得分", "Score"),
    Text("失分", "Lost"), Text("考核方式", "Assessed by"), Text("佐证", "Evidence"),
)  # fmt: skip
_STEPS = (
    Text("序号", "No."), Text("日期", "Day"), Text("事项", "Step"), Text("对象", "About"),
    Text("说明", "Text"), Text("账号", "Account"),
)  # fmt: skip
_DRAWN = (
    Text("抽取", "Draw"), Text("专业", "Speciality"), Text("次序", "Place"),
    Text("专家", "Expert"), Text("身份", "Role"), Text("数", "Number"),
)  # fmt: skip


def write_summary(path: Path, results: Results, at: Standing, lang: str) -> str:
    """Write the workbook, whole or not at all; its SHA-256. Raises OSError."""
    write_tables(path, list(tables(results, at, lang)))
    return hashlib.sha256(path.read_bytes()).hexdigest()


def tables(results: Results, at: Standing, lang: str) -> Iterator[TableOut]:
    """The sheets of the workbook."""
    yield TableOut(Text("结果", "Results").say(lang), _heads(_RESULTS, lang),
                   _results(results, lang))  # fmt: skip
    lines = sorted({(i.line, i.name) for ones in results.items.values() for i in ones})
    heads = [Text("医院", "Hospital").say(lang), *(f"{line} {name}" for line, name in lines)]
    yield TableOut(Text("逐项得分", "Items").say(lang), heads,
                   _matrix(results, [line for line, _ in lines]))  # fmt: skip
    yield TableOut(Text("扣分清单", "Points lost").say(lang), _heads(_LOST, lang), lost(results))
    yield TableOut(Text("专家抽取", "Draw").say(lang), _heads(_DRAWN, lang), _drawn(at))
    yield TableOut(Text("过程", "Procedure").say(lang), _heads(_STEPS, lang), _steps(at, lang))


def lost(results: Results, unit: str = "") -> Iterator[list[Value]]:
    """Every item that lost points, the largest loss first within a hospital. unit: of one."""
    for id in [unit] if unit else sorted(results.items):
        ones = [i for i in results.items_of(id) if i.lost]
        for i in sorted(ones, key=lambda i: (-(i.lost or Decimal(0)), i.line)):
            yield [i.unit, i.id, i.name, i.topic, i.points, i.score, i.lost, i.way, i.evidence]


def _results(results: Results, lang: str) -> Iterator[list[Value]]:
    for u in results.units:
        yield [
            u.place, u.id, u.name, u.group, u.peer_place, u.total, u.grade, u.before, u.change,
            _short(u.mean), u.full, u.taken, u.paid, _YES.say(lang) if u.bad else "",
            _YES.say(lang) if u.removal else "",
        ]  # fmt: skip


def _matrix(results: Results, lines: list[str]) -> Iterator[list[Value]]:
    for unit in sorted(results.items):
        scores = {i.line: i.score for i in results.items_of(unit)}
        yield [unit, *(scores.get(line) for line in lines)]


def _drawn(at: Standing) -> Iterator[list[Value]]:
    for one in at.all("draw"):
        for d in one.detail["document"]["drawn"]:
            yield [one.unit, d["speciality"], d["place"], d["expert"], d["role"], d["number"]]


def _steps(at: Standing, lang: str) -> Iterator[list[Value]]:
    for e in at.entries:
        yield [e.id, e.day.isoformat(), entry_name(e).say(lang), e.unit, e.text, e.by]


def _heads(names: Iterable[Text], lang: str) -> list[str]:
    return [name.say(lang) for name in names]


def _short(mean: Decimal | None) -> Decimal | None:
    """A mean to six decimals, which is for reading."""
    return None if mean is None else Decimal(plain(mean.quantize(Decimal("0.000001"))))
