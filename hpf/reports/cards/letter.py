"""The letter that tells a hospital its result: grade, place, what follows, every point lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from hpf.core.errors import Text
from hpf.core.kit.hookspecs import ReportSection
from hpf.core.units import CNY
from hpf.reports import figures as f
from hpf.reports.cards.declared import most_of, named, value_of
from hpf.reports.cards.grading import distance, scale
from hpf.reports.cards.items import clauses, valued
from hpf.reports.cards.letter_rows import Row, head, leading, lines, link, shares
from hpf.reports.cards.proof import Proof, proof
from hpf.reports.cards.slip import foot
from hpf.reports.cards.words import comma, stop
from hpf.reports.charts import Axis, Bar, Chart, bars, grades, radar
from hpf.reports.issue import Issue
from hpf.reports.page import paper
from hpf.reports.press import Paper


@dataclass(frozen=True, slots=True)
class Follows:
    """One consequence, with its clause."""

    name: str
    text: str
    clause: str


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything the letter says, worded; '' or empty where there is nothing to say."""

    title: str
    sender: str
    period: str
    to: str
    intro: str
    total: str
    full: str
    grade: str
    grade_note: str
    place: str
    among: str
    before: str
    follows: tuple[Follows, ...]
    follows_title: str
    groups: str
    groups_about: str
    items: str
    head: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    due: str
    proof: Proof
    foot: str


def letter(issue: Issue, id: str, lang: str = "zh") -> Paper:
    """The letter to one row of the entity that a `letter` section is about.

    Raises ValueError where the scheme declares no letter, KeyError for an unknown row.
    """
    model, pictures = letter_model(issue, id, lang)
    words = {name: text.say(lang) for name, text in _WORDS.items()}
    drawn = {n: p.svg if isinstance(p, Chart) else p for n, p in pictures.items()}
    charts = {n: p for n, p in pictures.items() if isinstance(p, Chart)}
    running = f"{model.sender} · {words['title']} · {model.to}"
    return paper(
        "letter.html.j2", lang, title=model.title, running=running, running_right=model.period,
        foot=model.foot, pictures=drawn, m=model, w=words, charts=charts,
    )  # fmt: skip


def letter_model(
    issue: Issue, id: str, lang: str = "zh"
) -> tuple[Letter, dict[str, Chart | str | bytes]]:
    """What the letter says, and its pictures: `scale`, `groups`, and those of the proof."""
    section = next(iter(issue.of("letter")), None)
    if section is None:
        raise ValueError(f"scheme '{issue.run.program.code}' declares no letter")
    rows = issue.run.checked.rows[section.entity]
    row = rows.row_of(id)
    if row is None:
        raise KeyError(f"{section.entity}:{id}")
    name = rows.names[row] or id
    period = f.period(issue.run.period, lang)
    total = value_of(issue.run, section.entity, id, section.total)
    grade = valued(value_of(issue.run, section.entity, id, section.group), lang)
    most = most_of(issue.run, section, 0)
    place, among = _place(issue, section, id)
    shown = proof(issue, section.entity, id, lang)
    pictures: dict[str, Chart | str | bytes] = {**shown.pictures}
    found = scale(issue.run, section)
    note = ""
    if isinstance(total, Decimal):
        note = distance(found, total, grade, lang)
        if found.grades and most is not None:
            pictures["scale"] = grades(
                total, [x.value for x in found.limits], found.grades, most,
                _others(issue, section, id),
                lang=lang, title=f"{name} {f.points(total)}{comma(lang)}{grade}",
                own_name=_WORDS["you"].say(lang), palette=issue.brand.palette,
            )  # fmt: skip
    groups = next((s for s in issue.of("groups") if link(issue, s, section)), None)
    about = ""
    if groups is not None and (chart := _groups(issue, section, groups, id, lang)):
        pictures["groups"], about = chart
    items = next((s for s in issue.of("items") if link(issue, s, section)), None)
    told = tuple(lines(issue, section, items, id, lang)) if items else ()
    model = Letter(
        title=f"{_WORDS['title'].say(lang)} {period} {name}",
        sender=issue.brand.name,
        period=period,
        to=name,
        intro=_intro(issue, lang),
        total=f.points(total) if isinstance(total, Decimal) else f.NOT_APPLICABLE,
        full="" if most is None else f"{_WORDS['full'].say(lang)} {f.points(most)}",
        grade=grade,
        grade_note=note,
        place=f.NOT_APPLICABLE if place is None else f.amount(place),
        among=f"/ {among}" if among else "",
        before=_before(issue, section, id, lang),
        follows=tuple(_follows(issue, section, id, lang)),
        follows_title=section.names.say(lang),
        groups=groups.names.say(lang) if groups and "groups" in pictures else "",
        groups_about=about,
        items=items.names.say(lang) if items else "",
        head=tuple(head(issue, items, lang)) if items else (),
        rows=told,
        due=f.day(issue.appeal_until, lang) if issue.appeal_until else "",
        proof=shown,
        foot=foot(issue, lang),
    )
    return model, pictures


def _intro(issue: Issue, lang: str) -> str:
    names, document = issue.run.program.names, issue.run.program.document
    period = f.period(issue.run.period, lang)
    return Text(
        f"依据“{names.zh}”（{document}），{issue.brand.name}对贵单位{period}的工作进行了考核，"
        f"结果{issue.standing.names.zh}，如下。",
        f"{issue.brand.name} has assessed your institution for {period} under '{names.en}' "
        f"({document}). The result ({issue.standing.names.en}) is as follows.",
    ).say(lang)


def _place(issue: Issue, section: ReportSection, id: str) -> tuple[Decimal | None, int]:
    """The place, and how many have one."""
    place = value_of(issue.run, section.entity, id, section.place) if section.place else None
    if not isinstance(place, Decimal):
        return None, 0
    ids = issue.run.checked.rows[section.entity].ids.to_list()
    ranked = [i for i in ids if value_of(issue.run, section.entity, i, section.place) is not None]
    return place, len(ranked)


def _before(issue: Issue, section: ReportSection, id: str, lang: str) -> str:
    tied = ""
    place, _ = _place(issue, section, id)
    ids = issue.run.checked.rows[section.entity].ids.to_list()
    same = sum(value_of(issue.run, section.entity, i, section.place) == place for i in ids)
    if place is not None and same > 1:
        tied = Text(f"{same} 家并列", f"{same} share it").say(lang)
    if issue.before is None:
        return tied
    total = value_of(issue.before, section.entity, id, section.total)
    earlier = value_of(issue.before, section.entity, id, section.place) if section.place else None
    if not isinstance(total, Decimal) or not isinstance(earlier, Decimal):
        return tied
    said = Text(f"上期第 {f.amount(earlier)}，{f.points(total)} 分",
                f"last time no. {f.amount(earlier)}, {f.points(total)}").say(lang)  # fmt: skip
    return stop(lang).join(t for t in (tied, said) if t)


def _others(issue: Issue, section: ReportSection, id: str) -> list[Decimal]:
    ids = (i for i in issue.run.checked.rows[section.entity].ids.to_list() if i != id)
    values = (value_of(issue.run, section.entity, i, section.total) for i in ids)
    return [v for v in values if isinstance(v, Decimal)]


def _follows(issue: Issue, section: ReportSection, id: str, lang: str) -> Iterator[Follows]:
    """Amounts, and the conditions that hold; what does not apply is not told."""
    for name in section.rules:
        value = value_of(issue.run, section.entity, id, name)
        rule = issue.run.program.rule(section.entity, name)
        clause = clauses(rule.clauses, lang) if rule else ""
        heading, sign, rest = (
            named(issue.run, section.entity, name)
            .say(lang)
            .partition("：" if lang.startswith("zh") else ": ")
        )
        if value is True:
            said = rest if sign else Text("适用", "Applies").say(lang)
            yield Follows(heading, said, clause)
        elif isinstance(value, Decimal):
            pay = rule is not None and rule.unit == CNY
            said = f"{f.money(value)} {CNY.say(lang)}" if pay else f.amount(value)
            yield Follows(heading, said, clause)


def _groups(
    issue: Issue, section: ReportSection, rows: ReportSection, id: str, lang: str
) -> tuple[Chart, str] | None:
    """What share of the most each group has, beside all rows of the letter's entity."""
    own = shares(issue, rows, leading(issue, rows, section, id))
    every = shares(issue, rows, issue.run.checked.rows[rows.entity].ids.to_list())
    if not own:
        return None
    said = comma(lang).join(f"{name} {f.percent(share)}" for name, share in own.items())
    palette = issue.brand.palette
    if 5 <= len(own) <= 8:
        labels = _WORDS["you"].say(lang), _WORDS["mean"].say(lang)
        axes = [Axis(n, v, every.get(n), f.percent(v)) for n, v in own.items()]
        chart = radar(axes, lang=lang, title=said, labels=labels, palette=palette)
        return chart, _WORDS["solid"].say(lang)
    drawn = [Bar(n, v, f.percent(v), every.get(n)) for n, v in own.items()]
    chart = bars(drawn, lang=lang, title=said, most=Decimal(1), width=232, pitch=10.5,
                 palette=palette)  # fmt: skip
    return chart, _WORDS["circle"].say(lang)


_WORDS = {
    "title": Text("绩效考核结果通知书", "Assessment result"),
    "total": Text("总分", "Total"),
    "full": Text("满分", "of"),
    "grade": Text("等次", "Grade"),
    "place": Text("名次", "Place"),
    "you": Text("贵单位", "You"),
    "mean": Text("全部平均", "Mean of all"),
    "solid": Text("实线贵单位，虚线全部平均；从 0 起", "Solid: you; dashed: mean of all; from 0"),
    "circle": Text("%；圆圈为全部平均", "%; circles: mean of all"),
    "item": Text("项目", "Item"),
    "most": Text("标准分", "Most"),
    "points": Text("得分", "Points"),
    "lost": Text("失分", "Lost"),
    "said": Text("原因与依据", "Reason and evidence"),
    "objection": Text("异议", "Objection"),
    "objection_how": Text("有异议的，在此日前书面提出：", "In writing, by "),
    "places": Text("表中取两位小数；等次和名次按未取整的总分判定",
                   "Two places are shown; grade and place follow the total before rounding"),
}  # fmt: skip
