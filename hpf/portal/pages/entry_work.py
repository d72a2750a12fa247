"""What somebody sent with a form: read, held against what they saw and what stands by now.

A cell counts as entered where it differs from what stood there when the form was opened. Where
somebody else changed the same cell since, it is a conflict, and both versions are shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from flask import abort
from werkzeug.datastructures import MultiDict
from wtforms.form import BaseForm

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.indicators import Blank, Indicator
from hpf.intake.cells import read_text
from hpf.portal.language import say
from hpf.portal.pages.entry_fields import Value, fields_of, same, shown
from hpf.portal.pages.entry_sheet import Key, Place, Stand
from hpf.portal.pages.entry_who import Asked, Scope

CELL, NEW, LINK, KEEP = "v|", "new|", "link|", "keep|"
_REQUIRED: Final = Text("必填，已报过的不能清空", "required: what was reported cannot be emptied")


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that would change. seen: what its author saw, now: what stands, to: what is wanted."""

    key: Key
    name: str
    place: Place
    indicator: Indicator
    heading: Text
    seen: Value
    now: Value
    to: Value

    @property
    def row(self) -> str:
        """The row by its name and id."""
        return f"{self.place.name} {self.place.id}" if self.place.name else self.place.id

    def word(self, value: Value) -> str:
        """A value of it in words."""
        return shown(self.indicator, value)


@dataclass(frozen=True)
class Entered:
    """A form that was sent. then: what stood when it was opened; now: what stands.

    new: the id of the row that it adds, '' for none; added: that row, and those of the register
    that nothing is reported of yet.
    """

    asked: Asked
    scope: Scope
    now: Stand
    then: Stand
    sent: MultiDict[str, str]
    fields: BaseForm
    keys: Mapping[str, Key]
    new: str
    added: Mapping[str, Place]
    problems: tuple[Problem, ...] = ()

    @cached_property
    def codes(self) -> list[str]:
        """Its indicators."""
        return [i.code for i, _ in self.asked.columns]

    @cached_property
    def rows(self) -> dict[str, Place]:
        """The rows that there are, with those that it adds."""
        return {**self.now.rows(self.asked.entity), **self.added}

    @cached_property
    def touched(self) -> list[Change]:
        """Cells that differ from what their author saw, as the author left them."""
        seen = self.then.values(self.asked.entity, self.codes)
        now = self.now.values(self.asked.entity, self.codes)
        known = {i.code: (i, names) for i, names in self.asked.columns}
        found = []
        for name, key in self.keys.items():
            field = self.fields[name]
            before, to = seen.get(key), field.data
            if field.errors or same(before, to):
                continue
            if self.sent.get(KEEP + name) == "theirs":
                to = now.get(key)
            one, heading = known[key[1]]
            found.append(
                Change(key, name, self.rows[key[0]], one, heading, before, now.get(key), to)
            )
        return found

    @cached_property
    def changes(self) -> list[Change]:
        """What it would change now."""
        return [c for c in self.touched if not same(c.now, c.to)]

    @property
    def conflicts(self) -> list[Change]:
        """Cells that somebody else changed since, otherwise than this author."""
        return [c for c in self.changes if not same(c.seen, c.now)]

    @property
    def empty(self) -> bool:
        """Whether it changes nothing."""
        return not self.changes and not self.new

    @property
    def made(self) -> dict[str, Place]:
        """The rows that come into being with it."""
        used = {c.key[0] for c in self.changes} | ({self.new} if self.new else set())
        return {id: row for id, row in self.added.items() if id in used}

    def wrong(self) -> list[tuple[str, str]]:
        """Everything wrong with what was typed: the field's name and what is wrong."""
        return [(name, str(e)) for name, f in self.fields._fields.items() for e in f.errors]

    def complain(self, error: HpfError) -> list[Problem]:
        """Put what the check refused under the fields it is about; returns what is left."""
        names = {key: name for name, key in self.keys.items()}
        left = []
        for p in error.problems:
            name = names.get((p.id, p.name)) if p.entity == self.asked.entity else None
            if name is None:
                left.append(p)
                continue
            told = say((f"{p.message.zh}。{p.cure.zh}" if p.cure.zh else p.message.zh,
                        f"{p.message.en}. {p.cure.en}" if p.cure.en else p.message.en))  # fmt: skip
            self.fields[name].errors = [*self.fields[name].errors, told]
        return left


def parse(
    sent: MultiDict[str, str], asked: Asked, scope: Scope, now: Stand, then: Stand
) -> Entered:
    """Read what was sent. Aborts with 403 for a cell that is not the sender's to enter."""
    rows = now.rows(asked.entity)
    columns = {i.code: i for i, _ in asked.columns}
    stored = now.values(asked.entity, list(columns))
    new, added, problems = _added(sent, asked, scope, now, rows)
    cells: dict[str, tuple[Indicator, Value, str]] = {}
    keys: dict[str, Key] = {}
    for name in sent:
        key = key_of(name, new)
        if key is None:
            continue
        id, code = key
        row, one = {**rows, **added}.get(id), columns.get(code)
        if row is None or one is None or not scope.writes(code, row.units):
            abort(403)
        keys[name] = key
        cells[name] = (one, stored.get(key), f"{row.name or id} {say(one.names)}")
    fields = fields_of(cells, sent)
    fields.validate()
    for name, key in keys.items():
        field, one = fields[name], columns[key[1]]
        emptied = field.data is None and not field.errors and stored.get(key) is not None
        if emptied and one.blank is Blank.REQUIRED:
            field.errors = [*field.errors, say(_REQUIRED)]
    return Entered(asked, scope, now, then, sent, fields, keys, new, added, tuple(problems))


def key_of(name: str, new: str) -> Key | None:
    """The cell that a field is of; new: the id of the row that is added."""
    if name.startswith(CELL):
        id, _, code = name.removeprefix(CELL).rpartition("|")
        return id, code
    if name.startswith(NEW) and new:
        return new, name.removeprefix(NEW)
    return None


def name_of(key: Key) -> str:
    """The field of a cell."""
    return f"{CELL}{key[0]}|{key[1]}"


def options(
    asked: Asked, scope: Scope, now: Stand
) -> Iterator[tuple[str, Text, bool, list[tuple[str, str]]]]:
    """The links that a new row needs: name, names, whether optional, and rows to choose from."""
    for link in now.program.entities[asked.entity].links:
        rows = list(now.rows(link.to).values())
        if not all(scope.columns.values()):
            rows = [r for r in rows if not r.units or r.units & scope.departments]
        yield (link.name, link.names, link.optional,
               [(r.id, f"{r.name} {r.id}" if r.name != r.id else r.id) for r in rows])  # fmt: skip


def _added(
    sent: MultiDict[str, str], asked: Asked, scope: Scope, now: Stand, rows: Mapping[str, Place]
) -> tuple[str, dict[str, Place], list[Problem]]:
    """The new row, if one was filled in, and what is wrong with its id and links."""
    read = read_text(sent.get("new-id", ""), key=True)
    fresh = {i: r for i, r in rows.items() if r.fresh}
    used = {k[0] for n in sent if (k := key_of(n, "")) is not None}
    kept = {i: fresh[i] for i in used if i in fresh}
    filled = any(v.strip() for n, v in sent.items() if n.startswith((NEW, LINK)))
    if read.value is None and not filled and read.fault is None:
        return "", kept, []
    problems: list[Problem] = []

    def bad(zh: str, en: str) -> None:
        problems.append(Problem("entry.new_row", Text(zh, en), name="new-id"))

    id = str(read.value or "")
    if not id:
        bad("新的一行要有编号", "a new row needs an id")
    elif id in rows:
        bad(f"编号 {id} 已经有了", f"there is a row {id} already")
    links: dict[str, str] = {}
    units: set[str] = set()
    for name, names, optional, choices in options(asked, scope, now):
        wanted = sent.get(LINK + name, "")
        if not wanted and not optional:
            bad(f"新的一行要选{names.zh}", f"a new row needs its {names.en.lower()}")
        if wanted and wanted not in dict(choices):
            abort(403)
        if wanted:
            links[name] = wanted
            to = next(k.to for k in now.program.entities[asked.entity].links if k.name == name)
            target = now.rows(to)[wanted]
            units |= target.units | ({wanted} if to == "department" else set())
    made = Place(id or "?", sent.get("new-name", "").strip(), links, frozenset(units))
    return made.id, {made.id: made, **kept}, problems


def hidden(entered: Entered) -> Iterator[tuple[str, str]]:
    """What the next page sends on: the cells that change, and the new row."""
    for change in entered.changes:
        yield change.name, entered.sent.get(change.name, "")
    for name, value in entered.sent.items():
        if name.startswith(LINK) or name in ("new-id", "new-name"):
            yield name, value


def rows_sent(entered: Entered) -> dict[str, Any]:
    """The rows that the form showed, for showing it again."""
    ids = {key[0] for key in entered.keys.values()} - {entered.new}
    return {id: entered.rows[id] for id in entered.rows if id in ids}
