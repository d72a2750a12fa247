"""What schemes declare: indicators, and parameters with the hospital's own values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

from flask import g
from jinja2 import pass_context

from hpf.core.errors import Text
from hpf.core.formula.words import value_words
from hpf.core.indicators import Blank
from hpf.core.parameters import Dated, Parameter
from hpf.core.settings import Settings
from hpf.portal.access import me
from hpf.portal.admin.listed import Listed
from hpf.portal.admin.lists import Filter, words
from hpf.portal.clock import today
from hpf.portal.database import desk, session
from hpf.portal.language import language, say
from hpf.portal.rights import Act
from hpf.reports.cards.rates import basis, history
from hpf.storage.configuration import settings_of


def _schemes() -> list[tuple[str, str]]:
    return [(code, say(program.names)) for code, program in desk().programs.items()]


SCHEMES = Filter(Text("方案", "Scheme"), _schemes, lambda code: lambda row: row.scheme == code)
_BLANKS = {
    Blank.REQUIRED: Text("必填", "must be filled in"),
    Blank.ZERO: Text("按零", "is zero"),
    Blank.NOT_APPLICABLE: Text("不适用", "does not apply"),
}


_LONG = 60  # signs of a value in the list


@dataclass(frozen=True, slots=True)
class _Indicator:
    key: str
    scheme: str
    scheme_name: Text
    entity: Text
    code: str
    names: Text
    unit: str
    blank: Text
    reporter: Text
    due: int | None
    clause: str
    note: Text


class Indicators(Listed):
    """What is reported, by whom, by which day, and what a blank means."""

    act = Act.REGISTER
    code = "indicators"
    names = Text("指标", "Indicators")
    about = Text(
        "由启用的方案声明；增减指标要换方案的版本。",
        "Declared by the enabled schemes: they change with a scheme's version.",
    )
    labels: ClassVar = {
        "code": Text("代码", "Code"),
        "names": Text("名称", "Name"),
        "scheme_name": Text("方案", "Scheme"),
        "entity": Text("对象", "Of"),
        "unit": Text("单位", "Unit"),
        "blank": Text("空白", "A blank"),
        "reporter": Text("报送方", "Reported by"),
        "due": Text("次月几日前", "By day"),
        "clause": Text("条款", "Clause"),
        "note": Text("说明", "Note"),
    }
    numbers = frozenset({"due"})
    column_list = (
        "code", "names", "scheme_name", "entity", "unit", "blank", "reporter", "due", "clause",
    )  # fmt: skip
    column_details_list = (*column_list, "note")
    column_export_list = column_details_list
    column_searchable_list = ("code", "names", "reporter", "clause")
    column_sortable_list = ("code", "names", "scheme_name", "entity", "reporter", "clause")
    kept: ClassVar[dict[str, Any]] = {
        "scheme": SCHEMES,
        "blank": Filter(
            Text("空白", "A blank"),
            lambda: [(b.value, say(n)) for b, n in _BLANKS.items()],
            lambda value: lambda row: row.blank == _BLANKS[Blank(value)],
        ),
    }

    def rows(self) -> Sequence[Any]:
        """Of all enabled schemes, as declared."""
        return [
            _Indicator(
                f"{scheme}.{i.entity}.{i.code}", scheme, program.names,
                program.entities[i.entity].names, i.code, i.names, i.unit.say(language()),
                _BLANKS[i.blank], i.reporter, i.due_day or None, i.clause, i.note,
            )
            for scheme, program in desk().programs.items()
            for i in program.indicators
        ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Value:
    key: str
    scheme: str
    scheme_name: Text
    parameter: Parameter
    settings: Settings
    held: Dated | None


class Parameters(Listed):
    """What holds today, since when, and on what ground; the details tell the whole history."""

    act = Act.REVIEW
    code = "parameters"
    names = Text("参数", "Parameters")
    about = Text(
        "今天生效的值。本院的值写明起始日和理由；在“计划 › 参数”里改，已封存的月份不动。",
        "What holds today. The hospital's own values have a day and a reason; they are entered "
        "in 'Plan › Parameters', and sealed months do not move.",
    )
    labels: ClassVar = {
        "code": Text("代码", "Code"),
        "names": Text("名称", "Name"),
        "scheme_name": Text("方案", "Scheme"),
        "value": Text("今天的值", "Today's value"),
        "since": Text("起始日", "From"),
        "origin": Text("来自", "Set by"),
        "reason": Text("依据", "Basis"),
        "clause": Text("条款", "Clause"),
    }
    column_list = (
        "names", "value", "since", "origin", "reason", "clause", "scheme_name", "code",
    )  # fmt: skip
    column_details_list = column_list
    column_searchable_list = ("code", "names", "clause", "reason")
    column_sortable_list = ("code", "names", "scheme_name", "since", "origin", "clause")
    details_template = "admin/parameters/details.html"
    kept: ClassVar[dict[str, Any]] = {
        "scheme": SCHEMES,
        "origin": Filter(
            Text("来自", "Set by"),
            lambda: [
                ("missing", say(("还没有值", "no value yet"))),
                ("hospital", say(("本院", "the hospital"))),
                ("scheme", say(("方案", "the scheme"))),
            ],
            lambda value: lambda row: _origin(row) == value,
        ),
    }

    def rows(self) -> Sequence[Any]:
        """Of all enabled schemes, as declared; read once a request."""
        if "hpf_values" not in g:
            g.hpf_values = list(_values())
        found: list[Any] = g.hpf_values
        return found

    def show_code(self, row: _Value) -> str:
        """The parameter's name in files and formulas."""
        return row.parameter.name

    def show_names(self, row: _Value) -> Text:
        """What it is called."""
        return row.parameter.names

    def show_value(self, row: _Value) -> str:
        """In words, with its unit."""
        if row.held is None:
            return say(("还没有值", "no value yet"))
        return value_words(row.parameter, row.held.value, language())

    def show_since(self, row: _Value) -> Any:
        """From which day it holds."""
        return row.held.since if row.held else None

    def show_origin(self, row: _Value) -> str:
        """The hospital, or the scheme's document."""
        names = {"hospital": ("本院", "the hospital"), "scheme": ("方案", "the scheme")}
        return say(names.get(_origin(row), ("—", "—")))

    def show_reason(self, row: _Value) -> str:
        """Why, or where it is printed."""
        return basis(row.held, language()) if row.held else ""

    def show_clause(self, row: _Value) -> str:
        """Where the document speaks of it."""
        return row.parameter.clause

    @pass_context
    def get_list_value(self, context: Any, model: Any, name: str) -> str:
        """A cell of the list; a table or a scale is told in full by the details."""
        said = words(self.show(model, name))
        long = name == "value" and len(said) > _LONG
        return said[: _LONG - 1].rstrip() + "…" if long else said

    def right(self, row: _Value, column: str) -> bool:
        """A value that is one number."""
        return column == "value" and row.held is not None and isinstance(row.held.value, Fraction)

    def tone(self, row: _Value, column: str) -> str:
        """A value that is missing stops a run."""
        return "error" if column == "value" and row.held is None else ""

    def story(self, row: _Value) -> list[tuple[Any, Any, str, str]]:
        """What held from when to when, and on what ground."""
        lang = language()
        return [
            (dated.since, last, value_words(row.parameter, dated.value, lang), basis(dated, lang))
            for dated, last in history(row.parameter, row.settings)
        ]


def _origin(row: _Value) -> str:
    if row.held is None:
        return "missing"
    return "scheme" if row.held.origin == "scheme" else "hospital"


def _values() -> Any:
    day = today()
    for scheme, program in desk().programs.items():
        settings = settings_of(session(), me().hospital, program)
        for name, parameter in program.parameters.items():
            own = [d for d in settings.overrides.get(name, ()) if d.since <= day]
            held = max(own, key=lambda d: d.since) if own else parameter.on(day)
            key = f"{scheme}.{name}"
            yield _Value(key, scheme, program.names, parameter, settings, held)
