"""The steps of the demo's hospital: kept as JSON in its home, and printed as a table."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpf.core.errors import Text
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class Step:
    """One step. came: what came of it, with its figures."""

    day: dt.date
    who: Text
    did: Text
    came: Text


def as_text(steps: Sequence[Step], fingerprint: str) -> str:
    """A story as JSON. fingerprint: what it was made from."""
    lines = [[s.day.isoformat(), list(s.who), list(s.did), list(s.came)] for s in steps]
    return json.dumps({"made_from": fingerprint, "steps": lines}, ensure_ascii=False) + "\n"


def read_story(text: str, fingerprint: str) -> list[Step] | None:
    """The story, if it was made from the same; None for another, or for what is none."""
    try:
        found = json.loads(text)
        if found["made_from"] != fingerprint:
            return None
        return [
            Step(dt.date.fromisoformat(day), Text(*who), Text(*did), Text(*came))
            for day, who, did, came in found["steps"]
        ]
    except (ValueError, KeyError, TypeError):
        return None


def drawn(steps: Sequence[Step], lang: str) -> Table:
    """A line a step: when, who, what, and what came of it."""
    from hpf_cli.console import table

    made = table()
    for words in (Words("日期", "Day"), Words("谁", "Who"), Words("做什么", "Step"),
                  Words("结果", "What came of it")):  # fmt: skip
        made.add_column(words.say(lang))
    for one in steps:
        made.add_row(one.day.isoformat(), one.who.say(lang), one.did.say(lang), one.came.say(lang))
    return made
