"""Sheets as the tests of intake write them, and what was read of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hpf.core.errors import Problem
from hpf.core.facts import Facts

Sheets = dict[str, list[list[Any]]]
Write = Callable[..., Path]
Edit = Callable[[Path, str, Callable[[str], str]], Path]
Read = Callable[..., tuple[Facts, list[Problem]]]
Told = Callable[[Sequence[Problem]], list[tuple[str, str]]]


def cell(sheets: Sheets, at: str, value: Any) -> None:
    """Put a value into `staff!E2`."""
    sheet, _, ref = at.partition("!")
    rows = sheets[sheet]
    row, column = int(ref[1:]) - 1, ord(ref[0]) - 65
    rows[row].extend([None] * (column + 1 - len(rows[row])))
    rows[row][column] = value


def column(facts: Facts, entity: str, code: str) -> list[Any]:
    """A column that was read, row by row."""
    return facts.tables[entity].frame[code].to_list()


def notices(facts: Facts) -> dict[str, str]:
    """Code -> place, of what was put right or passed over aloud."""
    return {n.code.removeprefix("intake."): n.place for n in facts.notices}
