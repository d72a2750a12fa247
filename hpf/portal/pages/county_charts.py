"""Pictures of an assessment: hospitals by topic as a heat map, one hospital's topics as radar or
bars. Each comes with its numbers as a table; on pages the heat map is a table itself, whose letters
keep their size, and a phone shows topics as lines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hpf.core.errors import Text
from hpf.reports import figures
from hpf.reports.charts import Axis, Bar, Chart, Table, bars, heat, radar
from hpf.reports.charts.bars import level
from hpf.workflow.assessments_results import Results, Topic, Unit

_WORDS = {
    "heat": Text("各医院各项内容的得分", "Points of each hospital by topic"),
    "own": Text("本院", "This hospital"),
    "mean": Text("同组平均", "Mean of the group"),
    "points": Text("分", "points"),
    "topic": Text("考核内容", "Topic"),
    "share": Text("得分率", "Share"),
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


@dataclass(frozen=True, slots=True)
class Heat:
    """Hospitals by topic, as a table. parts: name and how many topics; heads: topic and its most;
    rows: hospital, then (shade, points) for each topic."""

    parts: tuple[tuple[str, int], ...]
    heads: tuple[tuple[str, str], ...]
    rows: tuple[tuple[Unit, tuple[tuple[int, str], ...]], ...]


def heat_table(results: Results, units: Sequence[Unit]) -> Heat:
    """The same heat map with letters of the page's own size: part by part, a column a topic."""
    topics = {u.id: {t.name: t for t in results.topics_of(u.id)} for u in units}
    parts = results.parts
    names = sorted(dict.fromkeys(name for found in topics.values() for name in found),
                   key=lambda n: list(dict.fromkeys(parts.values())).index(parts[n])
                   if n in parts else len(parts))  # fmt: skip
    counted: dict[str, int] = {}
    for name in names:
        part = parts.get(name, "")
        counted[part] = counted.get(part, 0) + 1
    most = {n: max((f[n].points for f in topics.values() if n in f), default=Decimal(0))
            for n in names}  # fmt: skip
    rows = []
    for u in units:
        cells = [_cell(topics[u.id].get(n)) for n in names]
        rows.append((u, tuple((level(share), said) for share, said in cells)))
    heads = tuple((n, figures.points(most[n])) for n in names)
    return Heat(tuple(counted.items()), heads, tuple(rows))


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic beside its group's mean. width, mark: of 100."""

    name: str
    score: str
    points: str
    share: str
    mean: str
    width: float  # geometry
    mark: float | None  # geometry


@dataclass(frozen=True, slots=True)
class Topics:
    """One part's topics of a hospital. chart: for a wide page; lines: for a narrow one."""

    part: str
    chart: Chart
    lines: tuple[TopicLine, ...]


def topics_of(results: Results, unit: Unit, part: str, lang: str) -> Topics | None:
    """One part's topics of a hospital beside its group's mean: a radar of five to eight, else
    bars; None where nothing of the part counts."""
    parts = results.parts
    mine = [t for t in results.topics_of(unit.id) if parts.get(t.name, part) == part]
    beside = group_means(results, unit)
    found = [(t, t.share, beside.get(t.name)) for t in mine if t.share is not None]
    if not found:
        return None
    said = " · ".join(f"{t.name} {figures.percent(share)}" for t, share, _ in found)
    title = f"{part} {said}"
    if _AXES[0] <= len(found) <= _AXES[1]:
        labels = _WORDS["own"].say(lang), _WORDS["mean"].say(lang)
        axes = [Axis(t.name, s, m, figures.percent(s)) for t, s, m in found]
        chart = radar(axes, lang=lang, title=title, labels=labels, width=300, height=230)
    else:
        bar = [Bar(t.name, s, figures.percent(s), m) for t, s, m in found]
        chart = bars(bar, lang=lang, title=title, most=Decimal(1), width=300)
    lines = tuple(_line(*one) for one in found)
    head = tuple(_WORDS[w].say(lang) for w in ("topic", "points", "share", "mean"))
    rows = tuple((x.name, f"{x.score} / {x.points}", x.share, x.mean) for x in lines)
    return Topics(part, replace(chart, table=Table(head, rows)), lines)


def _line(topic: Topic, share: Decimal, mean: Decimal | None) -> TopicLine:
    return TopicLine(
        topic.name, figures.points(topic.score), figures.points(topic.points),
        figures.percent(share), figures.NOT_APPLICABLE if mean is None else figures.percent(mean),
        round(float(share) * 100, 1),  # geometry
        None if mean is None else round(float(mean) * 100, 1),  # geometry
    )  # fmt: skip


def group_means(results: Results, unit: Unit) -> dict[str, Decimal]:
    """The mean share of each topic over the hospital's peer group."""
    found: dict[str, list[Decimal]] = {}
    for other in results.units:
        if other.group == unit.group:
            for topic in results.topics_of(other.id):
                if topic.share is not None:
                    found.setdefault(topic.name, []).append(topic.share)
    return {name: sum(ones, Decimal(0)) / len(ones) for name, ones in found.items()}
