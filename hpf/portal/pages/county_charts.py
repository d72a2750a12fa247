"""Pictures of an assessment: hospitals by topic as a heat map, one hospital's topics as radar or
bars. Each comes with its numbers as a table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports import figures
from hpf.reports.charts import Axis, Bar, Chart, bars, heat, radar
from hpf.workflow.assessments_results import Results, Topic, Unit

_WORDS = {
    "heat": Text("各医院各项内容的得分", "Points of each hospital by topic"),
    "own": Text("本院", "This hospital"),
    "mean": Text("同组平均", "Mean of the group"),
    "points": Text("分", "points"),
}
_AXES = (5, 8)


def heat_of(results: Results, units: Sequence[Unit], lang: str) -> Chart:
    """A row a hospital, a column a topic: the points, shaded by their share of the most."""
    topics = {u.id: {t.name: t for t in results.topics_of(u.id)} for u in units}
    names = list(dict.fromkeys(name for found in topics.values() for name in found))
    most = {n: max((f[n].points for f in topics.values() if n in f), default=Decimal(0))
            for n in names}  # fmt: skip
    word = _WORDS["points"].say(lang)
    heads = [(n, f"{figures.points(most[n])} {word}") for n in names]
    rows = [(u.name, [_cell(topics[u.id].get(n)) for n in names]) for u in units]
    return heat(heads, rows, lang=lang, title=_WORDS["heat"].say(lang), width=980, pitch=22)


def _cell(topic: Topic | None) -> tuple[Decimal | None, str]:
    if topic is None or topic.share is None:
        return None, figures.NOT_APPLICABLE
    return topic.share, figures.points(topic.score)


def topics_chart(results: Results, unit: Unit, part: str, lang: str) -> Chart | None:
    """One part's topics of a hospital beside its group's mean: a radar of five to eight, else
    bars; None where nothing of the part counts."""
    parts = results.parts
    mine = [t for t in results.topics_of(unit.id) if parts.get(t.name, part) == part]
    beside = group_means(results, unit)
    found = [(t.name, t.share, beside.get(t.name)) for t in mine if t.share is not None]
    if not found:
        return None
    said = " · ".join(f"{name} {figures.percent(share)}" for name, share, _ in found)
    title = f"{part} {said}"
    if _AXES[0] <= len(found) <= _AXES[1]:
        labels = _WORDS["own"].say(lang), _WORDS["mean"].say(lang)
        axes = [Axis(n, s, m, figures.percent(s)) for n, s, m in found]
        return radar(axes, lang=lang, title=title, labels=labels, width=300, height=230)
    lines = [Bar(n, s, figures.percent(s), m) for n, s, m in found]
    return bars(lines, lang=lang, title=title, most=Decimal(1), width=300)


def group_means(results: Results, unit: Unit) -> dict[str, Decimal]:
    """The mean share of each topic over the hospital's peer group."""
    found: dict[str, list[Decimal]] = {}
    for other in results.units:
        if other.group == unit.group:
            for topic in results.topics_of(other.id):
                if topic.share is not None:
                    found.setdefault(topic.name, []).append(topic.share)
    return {name: sum(ones, Decimal(0)) / len(ones) for name, ones in found.items()}
