"""A scorecard: the declared scores of a row beside the mean of all rows, as a radar or as bars."""

from __future__ import annotations

from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.facts import decimal_of
from hpf.core.kit.hookspecs import ReportSection
from hpf.reports import figures as f
from hpf.reports.cards.declared import most_of, named, value_of
from hpf.reports.cards.words import comma, stop
from hpf.reports.charts import Axis, Bar, Chart, bars, radar
from hpf.reports.issue import Issue

_HALF = Decimal("0.5")
_THIS, _ALL = Text("本单位", "Own"), Text("平均", "Mean")
_SOLID = Text("实线本单位，虚线平均", "Solid: own; dashed: mean")


def scorecard(
    issue: Issue, entity: str, id: str, lang: str, charts: dict[str, Chart]
) -> tuple[str, str]:
    """Puts the first declared radar or bars of an entity into charts, as `scores`.

    Yields its heading and how to read it; two empty texts where there is none.
    """
    for section in issue.of("radar", "bars"):
        if section.entity != entity:
            continue
        own = [_share(issue, section, id, n) for n in range(len(section.shown))]
        if any(v is None for v, _ in own):
            continue
        if section.chart == "bars":
            charts["scores"] = _bars(issue, section, own, lang)
            return section.names.say(lang), ""
        charts["scores"], about = _radar(issue, section, own, lang)
        return section.names.say(lang), about
    return "", ""


_Shares = list[tuple[Decimal | None, str]]


def _told(issue: Issue, section: ReportSection, own: _Shares, lang: str) -> tuple[list[str], str]:
    """The names of the scores, and all of them in one sentence."""
    labels = [named(issue.run, section.entity, n).say(lang) for n in section.shown]
    return labels, comma(lang).join(f"{n} {s}" for n, (_, s) in zip(labels, own, strict=True))


def _bars(issue: Issue, section: ReportSection, own: _Shares, lang: str) -> Chart:
    labels, said = _told(issue, section, own, lang)
    lines = [Bar(n, v, s) for n, (v, s) in zip(labels, own, strict=True)]
    return bars(
        lines, lang=lang, title=said, most=Decimal(1), width=187, palette=issue.brand.palette
    )


def _radar(issue: Issue, section: ReportSection, own: _Shares, lang: str) -> tuple[Chart, str]:
    """Beside the mean of all departments that have the score."""
    labels, said = _told(issue, section, own, lang)
    ids = issue.run.checked.rows[section.entity].ids.to_list()
    axes = []
    for n, (share, shown) in enumerate(own):
        others = [v for v, _ in (_share(issue, section, i, n) for i in ids) if v is not None]
        middle = sum(others, Decimal(0)) / len(others) if len(others) > 1 else None
        axes.append(Axis(labels[n], share or Decimal(0), middle, shown))
    least = min(v for a in axes for v in (a.own, a.other) if v is not None)
    # scores of ninety and more look all the same from zero
    centre = max(Decimal(int(least * 10) - 1) / 10, Decimal(0)) if least > _HALF else Decimal(0)
    about = [_SOLID.say(lang)] if all(a.other is not None for a in axes) else []
    if centre:
        part = f.amount(centre * 100)
        about.append(Text(f"中心为满分的 {part}%", f"centre: {part}% of full marks").say(lang))
    chart = radar(
        axes, lang=lang, title=said, centre=centre, palette=issue.brand.palette,
        labels=(_THIS.say(lang), _ALL.say(lang)),
    )  # fmt: skip
    return chart, stop(lang).join(about)


def _share(issue: Issue, section: ReportSection, id: str, n: int) -> tuple[Decimal | None, str]:
    """A score as a share of what it has at most (of 100 where nothing says), and in figures."""
    value = value_of(issue.run, section.entity, id, section.shown[n])
    if not isinstance(value, Decimal):
        return None, f.NOT_APPLICABLE
    most = most_of(issue.run, section, n) or decimal_of(100)
    return value / most, f.points(value)
