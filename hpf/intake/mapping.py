"""Another system's detail export made into facts: other headings, filters, sums and counts.

    name: his_fees
    scheme: mongolian
    sheet: 收费明细                   # the first one where it is not said
    columns: {工号: code, 收费类别: kind, 金额: amount}      # heading -> name used below
    where:
      - {column: kind, is: [检查费, 化验费]}
      - {column: amount, above: "0"}
    entity: staff
    id: code
    ids: {"00123": A01, "00124": A02}      # their code -> our id; without it codes are our ids
    unknown: refuse                        # or ignore: rows of a code that `ids` does not name
    facts:
      exam_fees: {sum: amount, where: [{column: kind, is: [检查费]}]}
      exams: {count: rows}
      last_exam: {max: day}
      ward: {same: unit}

Each fact is a sum, count, max, min, or one value that is the same in all rows of the group; it
keeps the numbers of all rows of the sheet that it was made of. Every mistake in mapping and export
is told with its place; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from hpf.core.errors import BadValue, Collector, HpfError, Problem, Text, did_you_mean
from hpf.core.facts import BOUND, PLACES, decimal_of
from hpf.core.indicators import Type
from hpf.core.parameters import number
from hpf.core.program import Program

WAYS = ("sum", "count", "max", "min", "same")
TESTS = ("is", "is_not", "above", "below", "from", "upto", "blank")
UNKNOWN = ("refuse", "ignore")
ROWS = "rows"
_TOP = ("name", "scheme", "sheet", "columns", "where", "entity", "id", "ids", "unknown", "facts")
_NAME = re.compile(r"[\w.-]+")


class MappingError(HpfError):
    """A mapping that does not hold."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A test of one column. test: one of TESTS; values: what it is compared with."""

    column: str
    test: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """How one fact is made of the rows of a group. column: what is summed, `rows` for counting."""

    code: str
    way: str
    column: str
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportMapping:
    """A whole mapping. columns: name -> heading in the export; ids: their code -> our id."""

    name: str
    scheme: str
    sheet: str
    columns: Mapping[str, str]
    where: tuple[Condition, ...]
    entity: str
    id: str
    ids: Mapping[str, str]
    unknown: str
    facts: tuple[Made, ...]


def parse_mapping(data: Any, programs: Mapping[str, Program], place: str) -> ExportMapping:
    """Read and check a mapping. Raises MappingError with every mistake in it."""
    return _Parser(programs, place).parse(data)


class _Parser:
    def __init__(self, programs: Mapping[str, Program], place: str) -> None:
        self.programs, self.place, self.bad = programs, place, Collector()

    def add(self, name: str, zh: str, en: str, cure: Sequence[str] = ("", "")) -> None:
        self.bad.add(Problem("mapping.bad", Text(zh, en), Text(*cure), place=self.place, name=name))

    def parse(self, data: Any) -> ExportMapping:
        if not isinstance(data, Mapping):
            self.add("", "对照要写成一张表", "a mapping is a table of entries")
            self.bad.stop(MappingError)
        self._known(data, _TOP, "")
        name, scheme, entity = (str(data.get(k) or "") for k in ("name", "scheme", "entity"))
        if not _NAME.fullmatch(name):
            cure = ("用字母、数字、汉字、点和横线", "Letters, digits, dots and dashes")
            self.add("name", f"“{name}”不能作名称", f"'{name}' is no name", cure)
        program = self._program(scheme)
        columns = self._columns(data.get("columns"))
        where = self._where(data.get("where"), columns, "where")
        id = str(data.get("id") or "")
        self._column(id, columns, "id")
        ids = data.get("ids") or {}
        if not isinstance(ids, Mapping):
            self.add("ids", "ids 要写成 {对方代码: 本院 id}", "`ids` is {their code: our id}")
            ids = {}
        unknown = str(data.get("unknown") or "refuse")
        if unknown not in UNKNOWN:
            self.add("unknown", f"没有 {unknown}", f"there is no '{unknown}'",
                     did_you_mean(unknown, UNKNOWN))  # fmt: skip
        facts = self._facts(data.get("facts"), columns, program, entity)
        self.bad.stop(MappingError)
        return ExportMapping(
            name,
            scheme,
            str(data.get("sheet") or ""),
            columns,
            where,
            entity,
            id,
            {str(k): str(v) for k, v in ids.items()},
            unknown,
            facts,
        )

    def _known(self, data: Mapping[Any, Any], known: Sequence[str], where: str) -> None:
        for key in data:
            if str(key) not in known:
                self.add(where or str(key), f"没有 {key} 这一项", f"there is no entry '{key}'",
                         did_you_mean(str(key), known))  # fmt: skip

    def _program(self, scheme: str) -> Program | None:
        if scheme in self.programs:
            return self.programs[scheme]
        self.add("scheme", f"没有方案“{scheme}”", f"there is no scheme '{scheme}'",
                 did_you_mean(scheme, self.programs))  # fmt: skip
        return None

    def _columns(self, data: Any) -> dict[str, str]:
        if not isinstance(data, Mapping) or not data:
            self.add("columns", "columns 要写成 {对方列名: 名称}",
                     "`columns` is {heading in the export: name}")  # fmt: skip
            return {}
        found: dict[str, str] = {}
        for heading, name in data.items():
            if str(name) in found:
                self.add("columns", f"名称 {name} 用了两次", f"the name '{name}' stands twice")
            found[str(name)] = str(heading)
        if ROWS in found:
            self.add("columns", "rows 不能作列的名称", "'rows' names no column")
        return found

    def _column(self, name: str, columns: Mapping[str, str], where: str) -> None:
        if name not in columns:
            self.add(where, f"没有列“{name}”", f"there is no column '{name}'",
                     did_you_mean(name, columns))  # fmt: skip

    def _where(self, data: Any, columns: Mapping[str, str], where: str) -> tuple[Condition, ...]:
        found = []
        for entry in data or ():
            if not isinstance(entry, Mapping) or "column" not in entry:
                cure = ("如 {column: kind, is: [检查费]}", "Such as {column: kind, is: [x]}")
                words = ("条件要写 column 和一个比较", "a condition has a column and a test")
                self.add(where, *words, cure)
                continue
            column = str(entry["column"])
            self._column(column, columns, where)
            tests = [t for t in TESTS if t in entry]
            self._known(entry, ("column", *TESTS), where)
            if len(tests) != 1:
                cure = ("可用：" + "、".join(TESTS), "There are: " + ", ".join(TESTS))
                self.add(where, "每个条件写一个比较", "a condition has one test", cure)
                continue
            found.append(Condition(column, tests[0], self._values(tests[0], entry, where)))
        return tuple(found)

    def _values(self, test: str, entry: Mapping[Any, Any], where: str) -> tuple[str, ...]:
        value = entry[test]
        given = value if isinstance(value, list | tuple) else [value]
        if test == "blank":
            if not isinstance(value, bool):
                self.add(where, "blank 写 true 或 false", "`blank` is true or false")
            return (str(bool(value)),)
        if test in ("is", "is_not"):
            if any(isinstance(v, float) for v in given):
                self.add(where, "小数请加引号", "quote numbers with places")
            return tuple(str(v) for v in given)
        try:
            plain = decimal_of(number(given[0]))
            if abs(plain) >= BOUND or plain != round(plain, PLACES):
                raise BadValue("位数太多", "it has too many digits")
            return (f"{plain:f}",)
        except (BadValue, ValueError) as error:
            self.add(where, f"{test} 要写一个数：{error}", f"`{test}` needs a number: {error}")
            return ("0",)

    def _facts(
        self, data: Any, columns: Mapping[str, str], program: Program | None, entity: str
    ) -> tuple[Made, ...]:
        if program is not None and entity not in program.entities:
            self.add("entity", f"没有实体“{entity}”", f"there is no entity '{entity}'",
                     did_you_mean(entity, program.entities))  # fmt: skip
            program = None
        if not isinstance(data, Mapping) or not data:
            self.add("facts", "facts 要写成 {指标: 算法}", "`facts` is {indicator: how}",
                     ("如 {exams: {count: rows}}", "Such as {exams: {count: rows}}"))  # fmt: skip
            return ()
        return tuple(m for code, how in data.items()
                     if (m := self._made(str(code), how, columns, program, entity)))  # fmt: skip

    def _made(
        self, code: str, how: Any, columns: Mapping[str, str], program: Program | None, entity: str
    ) -> Made | None:
        ways = [w for w in WAYS if isinstance(how, Mapping) and w in how]
        if len(ways) != 1:
            self.add(code, "写一种算法", "say how, in one way",
                     ("可用：" + "、".join(WAYS), "There are: " + ", ".join(WAYS)))  # fmt: skip
            return None
        self._known(how, (*WAYS, "where"), code)
        way, column = ways[0], str(how[ways[0]])
        if not (way == "count" and column == ROWS):
            self._column(column, columns, code)
        if program is not None:
            self._fits(code, way, program, entity)
        return Made(code, way, column, self._where(how.get("where"), columns, code))

    def _fits(self, code: str, way: str, program: Program, entity: str) -> None:
        links = [k.name for k in program.entities[entity].links]
        indicator = program.indicator(entity, code)
        if indicator is None and code != "name" and code not in links:
            known = [*(i.code for i in program.of(entity)), "name", *links]
            self.add(code, f"{entity} 没有指标“{code}”", f"{entity} has no indicator '{code}'",
                     did_you_mean(code, known))  # fmt: skip
            return
        numeric = indicator is not None and indicator.type.is_number
        dated = indicator is not None and indicator.type is Type.DATE
        if (way in ("sum", "count") and not numeric) or (
            way in ("max", "min") and not numeric and not dated
        ):
            self.add(code, f"{code} 不是数，不能用 {way}", f"'{code}' is no number: not by {way}",
                     ("各行相同的值用 same", "A value that all rows share: same"))  # fmt: skip


def as_data(mapping: ExportMapping) -> dict[str, Any]:
    """The mapping as it is written: what `parse_mapping` reads."""

    def tests(conditions: Sequence[Condition]) -> list[dict[str, Any]]:
        return [{"column": c.column, c.test: _value(c)} for c in conditions]

    facts = {
        m.code: {m.way: m.column, **({"where": tests(m.where)} if m.where else {})}
        for m in mapping.facts
    }
    return {
        "name": mapping.name,
        "scheme": mapping.scheme,
        "sheet": mapping.sheet,
        "columns": {heading: name for name, heading in mapping.columns.items()},
        "where": tests(mapping.where),
        "entity": mapping.entity,
        "id": mapping.id,
        "ids": dict(mapping.ids),
        "unknown": mapping.unknown,
        "facts": facts,
    }


def _value(condition: Condition) -> Any:
    if condition.test == "blank":
        return condition.values[0] == "True"
    if condition.test in ("is", "is_not"):
        return list(condition.values)
    return condition.values[0]


def bound_of(condition: Condition) -> Decimal:
    """The number a condition compares with."""
    return decimal_of(number(condition.values[0]))
