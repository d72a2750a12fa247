"""Workbooks of bank accounts: the form that goes out, and what comes in until it is confirmed.

A number that was uploaded is encrypted for its owner before anything is kept of it; the workbook
itself is read in a folder of its own and gone before the page is shown.
"""

from __future__ import annotations

import json
import re
import secrets
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types
from werkzeug.datastructures import FileStorage

from hpf.core.errors import BadValue, HpfError, Problem
from hpf.intake.accounts import Account, read_accounts
from hpf.portal.pages.collect_spool import safe_name
from hpf.storage.account_entries import unknown
from hpf.storage.secrets import AccountKeys, account_number, owner_of
from hpf.storage.troubles import trouble
from hpf.workflow.leftovers import noted

FOLDER: Final = "spool-accounts"
HOURS: Final = 24
_MOST: Final = 20  # files at once
_TOKEN: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Read:
    """An uploaded list. numbers: code -> number in the clear, in this request alone; blank: rows
    without a number, which change nothing."""

    name: str
    numbers: Mapping[str, str]
    places: Mapping[str, str]
    blank: int


def form(people: Sequence[tuple[str, str, str]], lang: str) -> BytesIO:
    """The workbook to fill in: code, name, what stands there (its end), and a column of text."""
    made = BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("账号" if lang == "zh" else "accounts")
    head = book.add_format({"bold": True, "bottom": 1})
    text, quiet = book.add_format({"num_format": "@"}), book.add_format({"font_color": "#5F6B76"})
    heads = ("编号", "姓名", "现在的账号", "账号") if lang == "zh" else (
        "id", "name", "account now", "account")  # fmt: skip
    for at, name in enumerate(heads):
        sheet.write_string(0, at, name, head)
    for row, (code, name, ends) in enumerate(people, 1):
        for at, (value, look) in enumerate(((code, None), (name, None), (ends, quiet))):
            sheet.write_string(row, at, value, look)
        sheet.write_blank(row, 3, None, text)
    sheet.set_column(0, 2, 16)
    sheet.set_column(3, 3, 28, text)  # a number would lose its last digits
    sheet.freeze_panes(1, 0)
    book.close()
    made.seek(0)
    return made


def read(file: FileStorage, keys: Path, known: Iterable[str]) -> Read:
    """What a workbook says. Raises HpfError with everything that is wrong, ValueError for a name
    that is no workbook's."""
    name = safe_name(file.filename or "")
    with noted(keys) as note, tempfile.TemporaryDirectory(prefix="hpf-bank-") as folder:
        note.add(Path(folder))  # should the server die here, the next start takes it away
        place = Path(folder) / name
        file.save(place)
        given = read_accounts(place)
    return _checked(name, given, frozenset(known))


def _checked(name: str, given: Sequence[Account], known: frozenset[str]) -> Read:
    wrong: list[Problem] = []
    numbers: dict[str, str] = {}
    for one in given:
        if one.id not in known:
            wrong.append(unknown(one.id, one.place))
        elif one.number:
            try:
                numbers[one.id] = account_number(one.number)
            except BadValue as error:
                words = (error.text.zh, error.text.en)
                wrong.append(trouble("account", words, ("", ""), one.place, "staff", one.id))
    if wrong:
        raise HpfError(wrong)
    places = {one.id: one.place for one in given}
    return Read(name, numbers, places, sum(not one.number for one in given))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Lists that were shown and not confirmed yet: encrypted, few, not for long, their owner's."""

    folder: Path
    keys: AccountKeys
    hospital: str

    def put(self, one: Read, login: str) -> str:
        """Keep a list; what it is called."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._make_room()
        rows = [
            [code, self.keys.seal(number, owner_of(self.hospital, code)).hex(),
             one.places.get(code, "")]
            for code, number in one.numbers.items()
        ]  # fmt: skip
        token = secrets.token_hex(16)
        place = self.folder / f"{token}.json"
        place.touch(0o600)
        said = {"login": login, "name": one.name, "rows": rows, "blank": one.blank}
        place.write_text(json.dumps(said, ensure_ascii=False), "utf-8")
        return token

    def get(self, token: str, login: str) -> Read | None:
        """A list that waits; None where it is gone, or somebody else's."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            said: dict[str, Any] = json.loads((self.folder / f"{token}.json").read_text("utf-8"))
        except (OSError, ValueError):
            return None
        if said["login"] != login:
            return None
        numbers = {
            code: self.keys.open(bytes.fromhex(sealed), owner_of(self.hospital, code))
            for code, sealed, _ in said["rows"]
        }
        places = {code: place for code, _, place in said["rows"]}
        return Read(said["name"], numbers, places, said["blank"])

    def drop(self, token: str) -> None:
        """Delete one."""
        if _TOKEN.fullmatch(token):
            (self.folder / f"{token}.json").unlink(missing_ok=True)

    def _make_room(self) -> None:
        held = sorted(self.folder.glob("*.json"), key=lambda p: -p.stat().st_mtime)
        for n, one in enumerate(held):
            if n >= _MOST - 1 or time.time() - one.stat().st_mtime > HOURS * 3600:
                one.unlink(missing_ok=True)
