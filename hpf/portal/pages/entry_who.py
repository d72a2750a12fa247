"""Who enters what: declared forms, and those made of indicators by entity and reporter.

The performance office enters everything. Finance and others enter the columns that name them as
reporter, everywhere; a head enters what each unit reports, and what a form gives to heads, in the
rows of the own department. A column that names another party stays shut even in one's own form.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from hpf.core.errors import Text
from hpf.core.indicators import Indicator
from hpf.core.kit.hookspecs import Form
from hpf.core.program import Program
from hpf.portal.rights import Act, Role, Viewer, may

# a reporter's words in documents -> the party of the portal that they mean; the first that fits
_MEANT: Final[tuple[tuple[Role, tuple[str, ...]], ...]] = (
    (Role.FINANCE, ("财务", "finance")),
    (Role.PERFORMANCE_OFFICE, ("人事", "绩效", "personnel", "performance", "appraisal group")),
    (Role.HEAD, ("各科室", "本科室", "所在科室", "各单元", "各病区", "each unit",
                 "each department", "own department")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A form to fill in. columns: indicators with the heading each has; role: whose it is by the
    plugin's word, '' where the reporters say so."""

    code: str
    entity: str
    names: Text
    columns: tuple[tuple[Indicator, Text], ...]
    role: str = ""
    clause: str = ""
    reporter: Text = Text("", "")


@dataclass(frozen=True, slots=True)
class Scope:
    """What an account may enter on a form. columns: code -> whether in every row, or only in those
    of the departments it heads."""

    columns: Mapping[str, bool]
    departments: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.columns)

    def writes(self, code: str, units: Collection[str]) -> bool:
        """Whether a cell may be entered; units: departments that its row belongs to."""
        everywhere = self.columns.get(code)
        return everywhere is not None and (everywhere or bool(self.departments & set(units)))

    def sees(self, units: Collection[str]) -> bool:
        """Whether a row has a cell to enter."""
        return any(self.writes(code, units) for code in self.columns)


def forms(
    program: Program, declared: Sequence[Form], bound: Collection[tuple[str, str]] = ()
) -> list[Asked]:
    """All forms of a scheme: the declared ones, then one for each entity and reporter with what
    those leave over.

    bound: (entity, indicator) filled by other schemes, which nobody enters.
    """
    found = [_declared(program, f, bound) for f in declared if f.scheme == program.code]
    given = {
        (f.entity, i.code) for f in found for i, _ in f.columns
        if not f.role or meant(i.reporter) in (None, f.role)
    }  # fmt: skip
    return [f for f in (*found, *_made(program, {*bound, *given})) if f.columns]


def scope(who: Viewer, asked: Asked, headed: Collection[str]) -> Scope:
    """What an account may enter on a form. headed: names of the departments it heads."""
    if may(who, Act.COLLECT):
        return Scope({i.code: True for i, _ in asked.columns}, who.departments)
    if not may(who, Act.ENTER):
        return Scope({}, frozenset())
    found: dict[str, bool] = {}
    for one, _ in asked.columns:
        party = meant(one.reporter)
        by_name = bool({one.reporter.zh, one.reporter.en} & set(headed) - {""})
        if party is not None and party is not Role.HEAD and party in who.roles:
            if not asked.role or asked.role == party:
                found[one.code] = True
        elif by_name and asked.role in ("", Role.HEAD):
            found[one.code] = True
        elif party is Role.HEAD and party in who.roles and asked.role in ("", Role.HEAD):
            found[one.code] = False
        elif party is None and asked.role in who.roles:  # nobody else is named: the form's word
            found[one.code] = asked.role != Role.HEAD
    return Scope(found, who.departments)


def meant(reporter: Text) -> Role | None:
    """The party that a document's word for a reporter means; None where it means none of them."""
    said = f"{reporter.zh}|{reporter.en.lower()}"
    return next((role for role, words in _MEANT if any(w in said for w in words)), None)


def _declared(program: Program, form: Form, bound: Collection[tuple[str, str]]) -> Asked:
    columns = []
    for column in form.columns:
        one = program.indicator(form.entity, column.name)
        if one is not None and (form.entity, one.code) not in bound:
            columns.append((one, column.names if column.names.zh else one.names))
    return Asked(form.code, form.entity, form.names, tuple(columns), form.role, form.clause)


def _made(program: Program, bound: Collection[tuple[str, str]]) -> Iterator[Asked]:
    by: dict[tuple[str, Text], list[tuple[Indicator, Text]]] = {}
    for one in program.indicators:
        if (one.entity, one.code) not in bound:
            by.setdefault((one.entity, one.reporter), []).append((one, one.names))
    count: dict[str, int] = {}
    for (entity, reporter), columns in by.items():
        count[entity] = n = count.get(entity, 0) + 1
        names = program.entities[entity].names
        if reporter.zh:
            names = Text(f"{names.zh}：{reporter.zh}报", f"{names.en}: by {lowfirst(reporter.en)}")
        yield Asked(f"{entity}.{n}", entity, names, tuple(columns), reporter=reporter)


def lowfirst(text: str) -> str:
    """A name in the middle of a sentence; an abbreviation stays as it is.

    >>> lowfirst("Each unit"), lowfirst("HR section")
    ('each unit', 'HR section')
    """
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
