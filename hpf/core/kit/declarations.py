"""What plugins declare for cards, forms and pages names what their schemes have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from hpf.core.errors import Collector, Problem, Text, did_you_mean
from hpf.core.kit.hookspecs import AXES, CHARTS, SIGNS, ReportSection
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
            else:
                facts = {i.code for i in scheme.indicators if i.entity == d.entity}
                rules = {r.name for r in scheme.rules if r.entity == d.entity}
                known = {
                    "hpf_report_sections": facts | rules,
                    "hpf_forms": facts,
                    "hpf_pages": facts | rules | {"id", "name"},
                }[hook]
                if isinstance(d, ReportSection):
                    asked = (*d.shown, *filter(None, (d.total, d.place, d.group)))
                    _check_section(bad, d)
                else:
                    asked = tuple(c.name for c in d.columns)
                for word in asked:
                    if word not in known:
                        _unknown(bad, hook, d.code, word, known)


def _check_section(bad: Collector, section: ReportSection) -> None:
    """How a section is drawn. Parameters are read only once its scheme is built: not here."""
    hook = "hpf_report_sections"
    if section.chart not in CHARTS:
        _unknown(bad, hook, section.code, section.chart, CHARTS)
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
