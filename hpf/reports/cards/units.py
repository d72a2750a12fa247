"""Departments beside the hospital's mean: people, amount, change, mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports.cards.compared import mean
from hpf.reports.cards.moved import total
from hpf.reports.issue import Issue

NOWHERE = Text("不属科室", "No department")
FEW = 3  # people from which on a department's mean says something
FALLS = 3  # periods in a row


@dataclass(frozen=True, slots=True)
class Unit:
    """A department's month. before: what its present id was paid last period, None for none.

    off: its mean against the hospital's, as a fraction (−0.2: a fifth below).
    falls: by how many periods in a row its people's mean has fallen up to now, and from what.
    """

    id: str
    name: str
    people: int
    amount: Decimal
    before: Decimal | None
    mean: Decimal
    off: Decimal | None
    falls: int
    fallen_from: Decimal


def units(issue: Issue) -> list[Unit]:
    """All departments with somebody who is paid, the highest mean first.

    People of no department come as one; where the scheme leads to no departments at all (a county
    paying hospitals), each paid row stands for itself.
    """
    groups = _groups(issue)
    if not groups:
        return []
    overall = mean(list(issue.payouts.values()))
    before, months = issue.payouts_before, [by for _, by in issue.months]
    then = _groups(Issue(issue.before, issue.brand)) if issue.before is not None else None
    found = []
    for id, (name, ids) in groups.items():
        own = [issue.payouts[i] for i in ids]
        # by the organisation of then where that run is at hand, else by today's
        ids_then = ids if then is None else then.get(id, ("", ()))[1]
        held = [before[i] for i in ids_then if i in before]
        means = [_mean_of(by, ids) for by in months] + [mean(own)]
        off = (mean(own) - overall) / overall if overall > 0 else None
        found.append(
            Unit(id, name, len(own), total(own), total(held) if held else None, mean(own), off,
                 *_falls(means))
        )  # fmt: skip
    return sorted(found, key=lambda u: (-u.mean, u.id))


def _groups(issue: Issue) -> dict[str, tuple[str, Sequence[str]]]:
    if not issue.unit_of:
        return {id: (issue.names.get(id) or id, [id]) for id in issue.payouts}
    found: dict[str, tuple[str, Sequence[str]]] = {
        unit: (issue.units[unit], ids) for unit, ids in issue.members.items()
    }
    nowhere = [id for id in issue.payouts if id not in issue.unit_of]
    if nowhere:
        found[""] = ("", nowhere)
    return found


def _mean_of(by: Mapping[str, Decimal], ids: Sequence[str]) -> Decimal | None:
    found = [by[i] for i in ids if i in by]
    return mean(found) if found else None


def _falls(means: Sequence[Decimal | None]) -> tuple[int, Decimal]:
    """How often in a row up to now, and the mean that the fall started from."""
    falls, start = 0, means[-1] or Decimal(0)
    for n in range(len(means) - 1, 0, -1):
        now, before = means[n], means[n - 1]
        if now is None or before is None or now >= before:
            break
        falls, start = falls + 1, before
    return falls, start
