"""What a plugin declares of an assessment from outside: which facts and results it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpf.core.errors import Text

if TYPE_CHECKING:  # pragma: no cover
    from hpf.core.schemes import Scheme

Day = tuple[int, int]  # month and day


@dataclass(frozen=True, slots=True)
class OutsideAssessment:
    """A yearly assessment of units by a group and its experts, over a table of items.

    entity: the item's; unit, line: its links to the hospital and to the table's line.
    points, method, topic: indicators of the line; judged: the method whose items experts mark;
    asked: the one that names a survey, '' for none. actual: the item's indicator that a hospital
    reports, '' where it reports nothing.
    deduction, way, evidence, out: indicators of the item: what is taken off, how it was seen, the
    papers, and that it is not scorable; own: those that belong to the table (a target of its own).
    score: the item's rule; total, grade, place, paid, taken, bad, removal: rules of the unit, and
    full, an indicator of it; ratings: what each grade is called in both languages.
    parties: departments that the group has at least; window: first and last day of the one
    concentrated visit; publicity: working days at least; report_by: the last day of the report;
    report_to: who gets it, level by level.
    """

    code: str
    scheme: str
    entity: str
    names: Text
    unit: str
    line: str
    points: str
    method: str
    judged: str
    topic: str
    deduction: str
    way: str
    evidence: str
    out: str
    score: str
    total: str
    grade: str
    place: str
    full: str
    paid: str
    taken: str
    bad: str
    removal: str
    parties: tuple[Text, ...]
    window: tuple[Day, Day]
    publicity: int
    report_by: Day
    report_to: tuple[Text, ...]
    own: tuple[str, ...] = ()
    actual: str = ""
    asked: str = ""
    ratings: tuple[tuple[str, Text], ...] = ()

    def rating(self, grade: str) -> Text:
        """What a grade is called; as it is written where the plugin names none."""
        return dict(self.ratings).get(grade, Text(grade, grade))


def wrong_names(
    one: OutsideAssessment, scheme: Scheme, tell: Callable[[str, list[str]], None]
) -> None:
    """Tells each name that the scheme does not have, with those that it has."""
    links = {k.name: k.to for k in scheme.entities[one.entity].links}
    for link in (one.unit, one.line):
        if link not in links:
            tell(link, sorted(links))
            return
    for entity, rules, names in _places(one, links):
        held = {i.code for i in scheme.indicators if i.entity == entity}
        if rules:
            held = {r.name for r in scheme.rules if r.entity == entity}
        for name in names:
            if name not in held:
                tell(name, sorted(held))


def _places(
    one: OutsideAssessment, links: dict[str, str]
) -> Iterator[tuple[str, bool, tuple[str, ...]]]:
    """Which names are whose: entity, whether rules or indicators, names."""
    item = (one.deduction, one.way, one.evidence, one.out, *one.own, *filter(None, (one.actual,)))
    yield one.entity, False, item
    yield one.entity, True, (one.score,)
    line = (one.points, one.method, one.topic, *filter(None, (one.asked,)))
    yield links[one.line], False, line
    yield links[one.unit], False, (one.full,)
    results = (one.total, one.grade, one.place, one.paid, one.taken, one.bad, one.removal)
    yield links[one.unit], True, results
