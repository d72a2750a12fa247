"""Who has to sit on a committee: seats that the hospital settles, such as nursing or an expert.

A member's seat says what they stand for, in the same words; one may stand for several.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from hpf.core.errors import Problem, Text

SETTING = "committee_seats"
_BETWEEN = re.compile(r"[,，、;；/]")


def stands_for(seat: str) -> frozenset[str]:
    """What a member stands for.

    >>> sorted(stands_for("nursing, expert"))
    ['expert', 'nursing']
    """
    return frozenset(w.strip() for w in _BETWEEN.split(seat) if w.strip())


def seat_problems(wanted: Mapping[str, int], held: Iterable[str], committee: str) -> list[Problem]:
    """Which seats are not filled. wanted: seat -> members at least; held: each member's seat."""
    members = [stands_for(seat) for seat in held]
    found = []
    for seat, least in wanted.items():
        count = sum(seat in m for m in members)
        if count < least:
            found.append(
                Problem(
                    "vote.composition",
                    Text(
                        f"“{seat}”席位有 {count} 人，至少要 {least} 人",
                        f"{count} of at least {least} sit for '{seat}'",
                    ),
                    Text(
                        f"请补上：hpf vote seat {committee} 账号 --title {seat}",
                        f"Seat them: hpf vote seat {committee} LOGIN --title {seat}",
                    ),
                    committee,
                    name=seat,
                )
            )
    return found
