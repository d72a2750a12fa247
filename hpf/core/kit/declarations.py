"""What plugins declare for cards, forms and pages names what their schemes have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from hpf.core.errors import Collector, Problem, Text, did_you_mean
from hpf.core.kit.assessing import OutsideAssessment, wrong_names
from hpf.core.kit.hookspecs import AXES, BY_ROW, CHARTS, SIGNS, Form, Page, ReportSection
from hpf.core.kit.ledgering import (
    Dialogue,
    Ledger,
    StrategyMap,
    wrong_dialogue,
    wrong_ledger,
    wrong_map,
)
from hpf.core.kit.panelling import FILLING, OF_MANY, PANEL_CHARTS, PLACES, ROLES, Panel
from hpf.core.kit.questioning import Questionnaire, wrong_questionnaire
from hpf.core.schemes import Scheme


def check_declarations(
    declared: Mapping[str, list[Any]], schemes: Mapping[str, Scheme], bad: Collector
) -> None:
    """Sections, forms and pages name schemes, entities, rules and indicators that are there."""
    for hook, declarations in declared.items():
        for d in declarations:
            if not hasattr(d, "scheme"):
                continue
            scheme = schemes.get(d.scheme)
            if scheme is None:
                _unknown(bad, hook, d.code, d.scheme, schemes)
            elif d.entity not in scheme.entities:
                _unknown(bad, hook, d.code, d.entity, scheme.entities)
            elif isinstance(d, OutsideAssessment):
                wrong_names(d, scheme, partial(_unknown, bad, hook, d.code))
            elif isinstance(d, Ledger):
                wrong_ledger(d, scheme, partial(_unknown, bad, hook, d.code))
            elif isinstance(d, Dialogue):
                wrong_dialogue(d, scheme, partial(_unknown, bad, hook, d.code))
            elif isinstance(d, StrategyMap):
                wrong_map(d, scheme, partial(_unknown, bad, hook, d.code))
            elif isinstance(d, Questionnaire):
                unknown = partial(_unknown, bad, hook, d.code)
                wrong_questionnaire(d, scheme, unknown, partial(_unusable, bad, d.code))
            else:
                facts = {i.code for i in scheme.indicators if i.entity == d.entity}
                rules = {r.name for r in scheme.rules if r.entity == d.entity}
                known = {
                    "hpf_report_sections": facts | rules,
                    "hpf_panels": facts | rules,
                    "hpf_forms": facts,
                    "hpf_pages": facts | rules | {"id", "name"},
                }[hook]
                if isinstance(d, ReportSection):
                    _check_section(bad, d, scheme, known)
                    continue
                if isinstance(d, Panel):
                    _check_panel(bad, d, scheme, known)
                    continue
                _check_words(bad, hook, d)
                for column in d.columns:
                    if column.name not in known:
                        _unknown(bad, hook, d.code, column.name, known)


def _check_words(bad: Collector, hook: str, d: Form | Page) -> None:
    """Who sees a page or fills in a form, and what a page is narrowed by."""
    if isinstance(d, Page):
        columns = [c.name for c in d.columns]
        for word, known in [(r, ROLES) for r in d.roles] + [(f, columns) for f in d.filters]:
            if word not in known:
                _unknown(bad, hook, d.code, word, known)
    elif d.role and d.role not in FILLING:
        _unknown(bad, hook, d.code, d.role, FILLING)


def _check_panel(bad: Collector, panel: Panel, scheme: Scheme, known: Iterable[str]) -> None:
    """Where a panel stands, what it draws, and that its rows have a way to the page's own."""
    hook = "hpf_panels"
    if panel.where not in PLACES:
        _unknown(bad, hook, panel.code, panel.where, PLACES)
        return
    charts = PANEL_CHARTS if panel.entity == PLACES[panel.where] else OF_MANY
    if panel.chart not in charts:
        _unknown(bad, hook, panel.code, panel.chart, charts)
    section = ReportSection(
        panel.code, panel.scheme, panel.entity, panel.names, panel.rules,
        panel.chart if panel.chart in CHARTS else "", panel.full, panel.total,
    )  # fmt: skip
    _check_section(bad, section, scheme, known, hook)


def _check_section(
    bad: Collector,
    section: ReportSection,
    scheme: Scheme,
    known: Iterable[str],
    hook: str = "hpf_report_sections",
) -> None:
    """Names and how a section is drawn. Parameters are read only once its scheme is built: not
    here."""
    if section.chart not in CHARTS:
        _unknown(bad, hook, section.code, section.chart, CHARTS)
    of_rows = section.full if section.chart in BY_ROW else ()
    for word in filter(
        None, (*section.shown, *of_rows, section.total, section.place, section.group)
    ):
        link, _, name = word.rpartition(".")
        if not link:
            if word not in known:
                _unknown(bad, hook, section.code, word, known)
            continue
        to = {k.name: k.to for k in scheme.entities[section.entity].links}
        if link not in to:
            _unknown(bad, hook, section.code, link, to)
            continue
        there = {i.code for i in scheme.indicators if i.entity == to[link]}
        there |= {r.name for r in scheme.rules if r.entity == to[link]}
        if name not in there:
            _unknown(bad, hook, section.code, name, there)
    least, most = AXES
    if section.chart == "radar" and not least <= len(section.rules) <= most:
        message = Text(
            f"{hook} {section.code}：雷达图要有 {least} 至 {most} 项",
            f"{hook} '{section.code}': a radar has {least} to {most} axes",
        )
        cure = Text("请用 bars", "Use bars")
        bad.add(Problem("plugin.section", message, cure, name=section.code))
    if section.chart == "waterfall":
        for word in section.rules:
            if word[:1] not in SIGNS:
                message = Text(
                    f"{hook} {section.code}：{word} 前面没有 =、+ 或 -",
                    f"{hook} '{section.code}': '{word}' bears no =, + or -",
                )
                cure = Text(f"请写 =、+ 或 -，例如 ={word}", f"Write one of them, such as ={word}")
                bad.add(Problem("plugin.section", message, cure, name=section.code))


def _unknown(bad: Collector, hook: str, code: str, word: str, known: Iterable[str]) -> None:
    message = Text(f"{hook} {code}：没有 {word}", f"{hook} '{code}': there is no '{word}'")
    bad.add(Problem("plugin.unknown_name", message, did_you_mean(word, known), name=code))


def _unusable(bad: Collector, code: str, message: Text, cure: Text) -> None:
    told = Text(f"hpf_questionnaires {code}：{message.zh}",
                f"hpf_questionnaires '{code}': {message.en}")  # fmt: skip
    bad.add(Problem("plugin.questionnaire", told, cure, name=code))
