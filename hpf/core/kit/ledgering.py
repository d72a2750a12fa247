"""Ledgers of points, talks about performance, and strategy maps, as plugins declare them.

A declaration says what the scheme calls its entities, links and indicators; the workflow keeps the
records, and what comes out of them enters as facts, like a workbook.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpf.core.errors import Text

if TYPE_CHECKING:  # pragma: no cover
    from hpf.core.schemes import Scheme

Unknown = Callable[[str, Iterable[str]], None]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Points booked to people under written standards: added to, taken back by counter-entries.

    entity: of the entries. account: the entry's link to the row that leads to person and standard
    ('': the entry leads to them itself); person, standard: the names of those links. reverses: the
    entry's link to the one it takes back. Indicators of an entry: sign (a choice of the two words
    `signs`, what adds first), points, day, reason, seen (the day the person saw it), earlier
    (whether it takes back an entry of a closed period). Of a standard: kind (a choice; `bonus` is
    the word for one that adds), worth (its points), adjustable.

    adjustment: the entity of a manager's adjustments ('': there are none), with its link unit to
    the department and its link `standard`, and the indicators before, after, decided, since, why.
    limit, budget, seen_within: parameters: the share of a standard's worth that an adjustment may
    move it, the points that a manager may move in a period, and the days within which a person is
    to see an entry.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    account: str
    person: str
    standard: str
    reverses: str
    sign: str
    signs: tuple[str, str]
    points: str
    day: str
    reason: str
    seen: str
    earlier: str
    kind: str
    bonus: str
    worth: str
    seen_within: str
    adjustable: str = ""
    adjustment: str = ""
    unit: str = ""
    before: str = ""
    after: str = ""
    decided: str = ""
    since: str = ""
    why: str = ""
    limit: str = ""
    budget: str = ""
    clause: str = ""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Talks and trainings that are put on file and become facts of people.

    talks, trainings: the indicators of the entity that count them in a period. Parameters: least
    (talks a person is to have), often (trainings), target (the share of people trained).
    """

    code: str
    scheme: str
    entity: str
    names: Text
    talks: str
    trainings: str
    least: str
    often: str
    target: str
    clause: str = ""


@dataclass(frozen=True, slots=True)
class StrategyMap:
    """Objectives in perspectives and levels, with arrows from cause to effect.

    entity: of the objectives; perspective, level: its choice and its whole number, from below;
    sources: yes-or-no indicators, where it comes from. arrow: the entity of causes and effects,
    with its links cause and effect. alignment: the entity that pairs objectives with indicators,
    with its links objective and indicator. score: the rule that says how far an objective is.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    perspective: str
    level: str
    sources: tuple[str, ...]
    arrow: str
    cause: str
    effect: str
    alignment: str
    objective: str
    indicator: str
    score: str = ""


def wrong_ledger(one: Ledger, scheme: Scheme, unknown: Unknown) -> None:
    """Tells every name that the scheme does not have."""
    known = _Known(scheme, unknown)
    holder = known.link(one.entity, one.account) if one.account else one.entity
    known.link(one.entity, one.reverses)
    known.facts(one.entity, one.sign, one.points, one.day, one.reason, one.seen, one.earlier)
    if holder:
        known.link(holder, one.person)
        standard = known.link(holder, one.standard)
        if standard:
            known.facts(standard, one.kind, one.worth)
            if one.adjustable:
                known.facts(standard, one.adjustable)
    if not one.adjustment:
        return
    if one.adjustment not in scheme.entities:
        unknown(one.adjustment, scheme.entities)
        return
    known.link(one.adjustment, one.unit)
    known.link(one.adjustment, one.standard)
    known.facts(one.adjustment, one.before, one.after, one.decided, one.since, one.why)


def wrong_dialogue(one: Dialogue, scheme: Scheme, unknown: Unknown) -> None:
    """Tells every name that the scheme does not have."""
    _Known(scheme, unknown).facts(one.entity, one.talks, one.trainings)


def wrong_map(one: StrategyMap, scheme: Scheme, unknown: Unknown) -> None:
    """Tells every name that the scheme does not have."""
    known = _Known(scheme, unknown)
    known.facts(one.entity, one.perspective, one.level, *one.sources)
    for entity, links in (
        (one.arrow, (one.cause, one.effect)),
        (one.alignment, (one.objective, one.indicator)),
    ):
        if entity not in scheme.entities:
            unknown(entity, scheme.entities)
            continue
        for name in links:
            known.link(entity, name)
    rules = [r.name for r in scheme.rules if r.entity == one.entity]
    if one.score and one.score not in rules:
        unknown(one.score, rules)


@dataclass(frozen=True, slots=True)
class _Known:
    scheme: Scheme
    unknown: Unknown

    def link(self, entity: str, name: str) -> str:
        """Where a link leads; '' where there is none, which is told."""
        to = {k.name: k.to for k in self.scheme.entities[entity].links}
        if name not in to:
            self.unknown(name, to)
            return ""
        return to[name]

    def facts(self, entity: str, *names: str) -> None:
        """Indicators of an entity."""
        known = [i.code for i in self.scheme.indicators if i.entity == entity]
        for name in names:
            if name not in known:
                self.unknown(name, known)
