"""Which levels of a hospital have still to agree to a period's objectives. Reads, and nothing else.

Levels go from the top to the bottom: the hospital's management, each department, the staff.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from hpf.core.errors import BadValue, Text
from hpf.core.periods import Period
from hpf.storage.cycles import departments_on
from hpf.storage.ledgers import books_of, notes_of

CONSENT = "consent"
LEVELS = {  # from the top
    "hospital": Text("医院管理层", "management"),
    "department": Text("各科室", "each department"),
    "staff": Text("职工", "the staff"),
}


def levels(text: str) -> tuple[str, ...]:
    """Reads the setting: levels that have to agree, or `none`; always from the top down."""
    given = [w.strip() for w in text.replace("，", ",").replace("、", ",").split(",") if w.strip()]
    if given == ["none"]:
        return ()
    if not given or any(w not in LEVELS for w in given):
        listed = ",".join(LEVELS)
        raise BadValue(f"要写 {listed} 中的几个，或 none", f"some of {listed}, or none")
    return tuple(w for w in LEVELS if w in given)


def consent_lacks(
    session: Session, hospital: int, scheme: str, period: Period, wanted: Sequence[str]
) -> list[Text]:
    """The levels, and of the departments which, that have not agreed yet; from the top."""
    given = {(n.subject, n.unit) for n in notes_of(session, hospital, CONSENT, scheme=scheme,
                                                   period=period)}  # fmt: skip
    found = []
    for level in wanted:
        if level != "department":
            if (level, "") not in given:
                found.append(LEVELS[level])
            continue
        units = departments_on(session, hospital, period.first_day)
        left = sorted(u for u in units if (level, u) not in given)
        if left or not units:
            found.append(_units(left))
    return found


def _units(left: Collection[str]) -> Text:
    shown = list(left)[:8]
    more = " …" if len(left) > len(shown) else ""
    return Text(
        f"科室 {'、'.join(shown)}{more}".strip(), f"departments {', '.join(shown)}{more}".strip()
    )


def ledgers_open(session: Session, hospital: int, scheme: str, period: Period) -> tuple[str, ...]:
    """The scheme's ledgers of a period that are open still."""
    return tuple(
        b.ledger
        for b in books_of(session, hospital)
        if b.scheme == scheme and b.period == period and b.digest is None
    )
