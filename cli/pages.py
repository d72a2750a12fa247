"""Derivations as one self-contained page: Chinese first, English beside it; prints as it looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape

from hpf.core.errors import Text
from hpf.core.formula.steps import Step
from hpf.core.values import ABSENT, Trouble
from hpf_cli.outline import Row, basis, label
from hpf_cli.sheets import Sheet

_TAGS = {
    "rule": Text("规则", "rule"),
    "fact": Text("事实", "fact"),
    "parameter": Text("参数", "parameter"),
    "past": Text("往期", "earlier"),
}


@dataclass(frozen=True, slots=True)
class Derivation:
    """One figure taken apart: whose, which, and from what."""

    whose: str
    step: Step
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Printed:
    """A figure as the source prints it, beside ours under both ways of rounding."""

    whose: str
    rule: Text
    printed: str
    staged: str
    full: str
    why: Text
    differs: bool  # neither way yields what is printed
    misprint: bool  # nor is it one of them, rounded for display


@dataclass(frozen=True, slots=True)
class Chapter:
    """What the page says about one scheme."""

    code: str
    names: Text
    about: Text
    period: str
    facts: str
    seal: str
    sheets: tuple[Sheet, ...]
    printed: tuple[Printed, ...]
    derivations: tuple[Derivation, ...]


def page(title: Text, chapters: Sequence[Chapter]) -> str:
    """The whole page."""
    parts = [
        '<!doctype html><html lang="zh"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title.zh)} · {escape(title.en)}</title><style>{_STYLE}</style></head>",
        f"<body><h1>{_both(title)}</h1><nav><ul>",
        *(f'<li><a href="#{escape(c.code)}">{_both(c.names)}</a></li>' for c in chapters),
        "</ul></nav>",
        *(_chapter(c) for c in chapters),
        "</body></html>\n",
    ]
    return "\n".join(parts)


def _both(text: Text) -> str:
    if text.zh == text.en:
        return escape(text.zh)
    return f'{escape(text.zh)} <span class="en" lang="en">{escape(text.en)}</span>'


def _chapter(chapter: Chapter) -> str:
    parts = [
        f'<section id="{escape(chapter.code)}"><h2>{_both(chapter.names)}</h2>',
        f'<p class="about">{escape(chapter.about.zh)}<br>',
        f'<span class="en" lang="en">{escape(chapter.about.en)}</span></p>',
        f'<p class="seal">{_both(Text("周期", "Period"))} {escape(chapter.period)} ·',
        f"{_both(Text('数据', 'facts'))} {escape(chapter.facts)} ·",
        f"{_both(Text('封签', 'seal'))} <code>{escape(chapter.seal)}</code></p>",
        *(_sheet(s) for s in chapter.sheets),
    ]
    if chapter.printed:
        parts.append(_printed(chapter.printed))
    parts += [_derivation(d) for d in chapter.derivations]
    return "\n".join([*parts, "</section>"])


def _sheet(sheet: Sheet) -> str:
    from hpf_cli.figures import figure, money

    heads = "".join(
        f'<th class="n">{_both(c.names)}<small>{_both(c.unit)}</small></th>' for c in sheet.columns
    )
    named = any(name for _, name, _ in sheet.rows)
    rows = [
        f"<tr><td>{escape(id)}</td>"
        + (f"<td>{escape(name)}</td>" if named else "")
        + "".join(
            f'<td class="n">{escape(figure(v, c.pay, "zh"))}</td>'
            for v, c in zip(values, sheet.columns, strict=True)
        )
        + "</tr>"
        for id, name, values in sheet.rows
    ]
    if sheet.pays and len(sheet.rows) > 1:
        sums = (sheet.total(i) for i in range(len(sheet.columns)))
        cells = "".join(f'<td class="n">{"" if t is None else money(t)}</td>' for t in sums)
        total = _both(Text("合计", "Total"))
        rows.append(f'<tr class="sum"><td colspan="{1 + named}">{total}</td>{cells}</tr>')
    name = f"<th>{_both(Text('名称', 'Name'))}</th>" if named else ""
    return (
        f'<table class="pay"><thead><tr><th>{_both(sheet.names)}</th>{name}{heads}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _printed(lines: Sequence[Printed]) -> str:
    heads = (
        Text("谁", "Whose"),
        Text("哪个数", "Figure"),
        Text("原文", "Printed"),
        Text("分步取整", "Staged"),
        Text("本系统", "HPF"),
        Text("说明", "Remark"),
    )
    head = "".join(
        f'<th class="{"n" if 1 < i < 5 else ""}">{_both(h)}</th>' for i, h in enumerate(heads)
    )
    rows = "".join(
        f'<tr class="{"misprint" if p.misprint else ""}"><td>{escape(p.whose)}</td>'
        f'<td>{_both(p.rule)}</td><td class="n">{escape(p.printed)}</td>'
        f'<td class="n">{escape(p.staged)}</td><td class="n"><b>{escape(p.full)}</b></td>'
        f"<td>{_both(p.why)}</td></tr>"
        for p in lines
    )
    title = _both(Text("与原文对照", "Beside the print"))
    return f"<h3>{title}</h3><table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _derivation(one: Derivation) -> str:
    step = one.step
    rows = [_row(row) for row in one.rows]
    heads = (
        Text("公式和数字", "Formula and figures"),
        Text("数值", "Value"),
        Text("依据和来源", "Rests on"),
    )
    head = "".join(
        f'<th class="{"n" if i == 1 else ""}">{_both(h)}</th>' for i, h in enumerate(heads)
    )
    return (
        f"<h3>{escape(one.whose)} {_both(step.label)} = {escape(step.shown.zh)}</h3>"
        f'<table class="tree"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def _row(row: Row) -> str:
    step = row.step
    tag = _TAGS.get(step.kind)
    badge = f'<i class="tag {step.kind}">{tag.zh}</i> ' if tag else ""
    zh, en = label(step, "zh"), label(step, "en")
    rests_zh, rests_en = basis(step, "zh"), basis(step, "en")
    english = (
        "" if rests_zh == rests_en else f'<br><span class="en" lang="en">{escape(rests_en)}</span>'
    )
    formula = f'<div class="formula">= {_both(row.formula)}</div>' if any(row.formula) else ""
    state = ""
    if isinstance(step.value, Trouble):
        state = " trouble"
    elif step.value is ABSENT or not isinstance(step.value, Fraction):
        state = " word"
    weight = " strong" if step.kind in ("rule", "fact", "parameter") else ""
    return (
        f'<tr class="{step.kind}"><td><div style="margin-left:{row.level * 9}px">{badge}'
        f"{_both(Text(zh, en))}{formula}</div></td>"
        f'<td class="n{state}{weight}">{escape(step.shown.zh)}</td>'
        f'<td class="basis">{escape(rests_zh)}{english}</td></tr>'
    )


_STYLE = """
:root{color-scheme:light}
body{font:15px/1.5 "Noto Sans SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif;
color:#17212b;background:#fff;max-width:72rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6em}h2{font-size:1.3em;margin-top:1.6em;border-bottom:2px solid #0e5a6f}
h3{font-size:1.08em;margin:1.5em 0 .3em}
.en{color:#4a5763;font-size:.85em;font-weight:400}
.about{margin:.4em 0}.seal{color:#4a5763;font-size:.85em}
nav ul{columns:2;padding-left:1.2rem}a{color:#0e5a6f}
table{border-collapse:collapse;width:100%;margin:.5em 0 1.2em}
th{text-align:left;font-weight:600;color:#4a5763;border-bottom:1px solid #17212b;padding:.25em .5em;
vertical-align:bottom}
td{border-bottom:1px solid #dce1e5;padding:.25em .5em;vertical-align:top;overflow-wrap:anywhere}
th.n,td.n{text-align:right;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th small{display:block;font-weight:400}
.pay td.n,.strong{font-weight:600}.sum td{border-top:1px solid #17212b;font-weight:700}
.misprint td{background:#fbf0da}
.tree{table-layout:fixed}.tree th:nth-child(2){width:10.5rem}.tree th:nth-child(3){width:21rem}
.tree td.n{white-space:normal}
.tree tr{break-inside:avoid}.tree tr.rule>td{background:#f5f7f8}
.tree tr:first-child>td{background:#e4f0f3}
.formula{color:#4a5763;font-size:.9em}.basis{color:#4a5763;font-size:.88em}
.word{color:#4a5763;font-weight:400}.trouble{color:#a3211b}
.tag{font-style:normal;font-size:.78em;border:1px solid #c3cad0;border-radius:3px;padding:0 .25rem;
background:#fff}.tag.rule{background:#e4f0f3;border-color:#0e5a6f}
.tag.parameter{background:#fbf0da;border-color:#855000}
@page{size:A4;margin:14mm 12mm;@bottom-right{content:counter(page) " / " counter(pages);
font-size:8pt;color:#4a5763}}
@media print{body{font-size:8.5pt;line-height:1.35;margin:0;max-width:none;padding:0}
h2{break-before:page}
h3{break-after:avoid}.tree th:nth-child(2){width:30mm}.tree th:nth-child(3){width:60mm}}
"""
