"""Worked examples: sentences with facts in and figures out, read from a plugin's examples.yaml.

docs/hooks.md shows the format. Every mistake in the file is told at once, with the nearest known
word; `hpf.core.kit.running` runs what is read here through both interpreters.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from hpf.core.clauses import alias
from hpf.core.errors import (
    BadValue,
    Collector,
    Problem,
    SchemeError,
    Text,
    both_languages,
    did_you_mean,
    told,
    unknown,
)
from hpf.core.indicators import Type
from hpf.core.parameter_files import read_yaml
from hpf.core.parameters import day, number
from hpf.core.periods import Period
from hpf.core.program import Program, Rule

PROFILES = ("staged", "full")
SOURCES = ("printed", "derived")
Figure = Fraction | bool | str | dt.date
_ENTRIES = {
    "id", "scheme", "sentence", "clauses", "source", "period", "profiles", "settings", "history",
    "facts", "expect", "expect_sums",
}  # fmt: skip
_EXPECT = {"row", "rule", *PROFILES, "printed", "why", "absent", "problem"}
_SUM = {"entity", "rule", *PROFILES, "printed", "why"}


@dataclass(frozen=True, slots=True)
class Expectation:
    """What one result must be.

    id: the row's, or `` for the sum over all rows; figures: per profile; printed: the source's.
    absent: there must be no result; problem: the code of the problem it must be.
    """

    entity: str
    id: str
    rule: Rule
    figures: Mapping[str, Figure]
    printed: Figure | None = None
    why: Text = Text("", "")
    absent: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    """One worked example. settings: as a hospital writes them; history: period -> facts-like."""

    id: str
    program: Program
    sentence: Text
    clauses: tuple[str, ...]
    source: str
    period: Period
    profiles: tuple[str, ...]
    settings: Mapping[str, Any]
    history: Mapping[str, Any]
    facts: Mapping[str, Any]
    expect: tuple[Expectation, ...]
    place: str


def read_examples(path: Path, programs: Mapping[str, Program]) -> list[Example]:
    """The examples of a file, in its order.

    programs: those of the file's folder, by scheme code. Raises SchemeError with every mistake.
    """
    bad = Collector()
    found: list[Example] = []
    seen: set[str] = set()
    for number_, entry in enumerate(read_yaml(path) or (), 1):
        name = str(entry.get("id", f"#{number_}")) if isinstance(entry, Mapping) else f"#{number_}"
        place = f"{path.name} {name}"
        if name in seen:
            _add(bad, place, "twice", "这个例子的 id 用了两次", "two examples have this id",
                 Text("请改其中一个", "Rename one of them"))  # fmt: skip
        seen.add(name)
        try:
            example = _example(entry, programs, place, bad)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            why, cure = told(error)
            _add(bad, place, "bad", why.zh, why.en, cure)
        else:
            found += [example] if example else []
    bad.stop(SchemeError)
    return found


def _add(
    bad: Collector, place: str, code: str, zh: str, en: str, cure: Text = Text("", "")
) -> None:
    bad.add(Problem(f"example.{code}", Text(zh, en), cure, place=place))


def _known(bad: Collector, place: str, what: str, word: str, known: Any) -> bool:
    if word in known:
        return True
    _add(bad, place, "unknown", f"{what}：没有 {word}", f"{what}: there is no '{word}'",
         did_you_mean(word, [str(k) for k in known]))  # fmt: skip
    return False


def _keys(bad: Collector, place: str, what: str, entry: Mapping[str, Any], known: set[str]) -> None:
    for extra in sorted(str(k) for k in set(entry) - known):
        _known(bad, place, what, extra, known)


def _example(
    entry: Mapping[str, Any], programs: Mapping[str, Program], place: str, bad: Collector
) -> Example | None:
    _keys(bad, place, "example", entry, _ENTRIES)
    scheme = str(entry["scheme"])
    if not _known(bad, place, "scheme", scheme, programs):
        return None
    program = programs[scheme]
    _known(bad, place, "source", str(entry["source"]), SOURCES)
    profiles = tuple(str(p) for p in entry.get("profiles", PROFILES))
    for profile in profiles:
        _known(bad, place, "profiles", profile, PROFILES)
    clauses = tuple(alias(str(c)) for c in entry["clauses"])
    for clause in clauses if program.clauses else ():
        _known(bad, place, "clauses", clause, program.clauses)
    facts = entry["facts"]
    expect = [
        _expectation(e, program, facts, profiles, place, bad) for e in entry.get("expect", ())
    ]
    expect += [_sum(e, program, profiles, place, bad) for e in entry.get("expect_sums", ())]
    kept = tuple(e for e in expect if e)
    for profile in profiles:
        if not any(e.absent or e.problem or profile in e.figures for e in kept) and len(
            kept
        ) == len(expect):
            _add(bad, place, "empty", f"在 {profile} 下没有期望任何结果",
                 f"expects nothing under profile '{profile}'",
                 Text("请写 expect 或 expect_sums", "Write `expect` or `expect_sums`"))  # fmt: skip
    sentence = entry["sentence"]
    return Example(
        str(entry["id"]),
        program,
        both_languages(sentence),
        clauses,
        str(entry["source"]),
        Period.parse(str(entry["period"])),
        profiles,
        entry.get("settings") or {},
        entry.get("history") or {},
        facts,
        kept,
        place,
    )


def _expectation(
    entry: Mapping[str, Any],
    program: Program,
    facts: Mapping[str, Any],
    profiles: Sequence[str],
    place: str,
    bad: Collector,
) -> Expectation | None:
    _keys(bad, place, "expect", entry, _EXPECT)
    entity, _, id = str(entry["row"]).partition(":")
    if not _known(bad, place, "row", entity, program.entities):
        return None
    if not _known(bad, place, f"row {entity}", id, [str(i) for i in facts.get(entity) or ()]):
        return None
    rule = _rule(entry, program, entity, place, bad)
    if rule is None:
        return None
    absent, problem = entry.get("absent", False) is True, str(entry.get("problem", ""))
    figures = _figures(entry, rule, profiles, not (absent or problem), place, bad)
    if (absent or problem) and (figures or (absent and problem)):
        _add(bad, place, "both", f"{id}.{rule.name} 只能期望一样：数值、absent 或 problem",
             f"{id}.{rule.name} expects more than one of: a figure, absent, a problem",
             Text("请只留一样", "Keep one of them"))  # fmt: skip
    printed, why = _printed(entry, rule, figures, place, bad)
    return Expectation(entity, id, rule, figures, printed, why, absent, problem)


def _sum(
    entry: Mapping[str, Any],
    program: Program,
    profiles: Sequence[str],
    place: str,
    bad: Collector,
) -> Expectation | None:
    _keys(bad, place, "expect_sums", entry, _SUM)
    entity = str(entry["entity"])
    if not _known(bad, place, "entity", entity, program.entities):
        return None
    rule = _rule(entry, program, entity, place, bad)
    if rule is None:
        return None
    if not rule.type.is_number:
        _add(
            bad, place, "sum", f"{rule.name} 不是数值，不能求和",
            f"{rule.name} is no number to sum",
            Text("请改写数值规则", "Name a rule that yields numbers"),
        )  # fmt: skip
    figures = _figures(entry, rule, profiles, True, place, bad)
    printed, why = _printed(entry, rule, figures, place, bad)
    return Expectation(entity, "", rule, figures, printed, why)


def _rule(
    entry: Mapping[str, Any], program: Program, entity: str, place: str, bad: Collector
) -> Rule | None:
    name = str(entry["rule"])
    known = [r.name for r in program.rules if r.entity == entity]
    _known(bad, place, f"rule ({entity})", name, known)
    return program.rule(entity, name)


def _figures(
    entry: Mapping[str, Any],
    rule: Rule,
    profiles: Sequence[str],
    wanted: bool,
    place: str,
    bad: Collector,
) -> dict[str, Figure]:
    """The figure per profile; where both profiles agree one figure may stand for both."""
    figures = {p: figure(rule, entry[p]) for p in PROFILES if p in entry}
    if wanted and not figures:
        _add(bad, place, "empty", f"{rule.name} 没有写 full 或 staged",
             f"{rule.name} expects neither `full` nor `staged`",
             Text('请写 full: "得数"', 'Write full: "FIGURE"'))  # fmt: skip
    for profile in sorted(set(figures) - set(profiles)):
        _add(bad, place, "profile", f"{rule.name} 写了 {profile}，但例子不在此口径下运行",
             f"{rule.name} gives a figure for '{profile}', which the example does not run under",
             Text("请加进 profiles，或删去", "Add it to `profiles`, or leave it out"))  # fmt: skip
    if len(figures) == 1:
        (one,) = figures.values()
        return dict.fromkeys(profiles, one)
    return figures


def _printed(
    entry: Mapping[str, Any],
    rule: Rule,
    figures: Mapping[str, Figure],
    place: str,
    bad: Collector,
) -> tuple[Figure | None, Text]:
    why = entry.get("why") or {}
    said = both_languages(why) if why else Text("", "")
    if "printed" not in entry:
        if why:
            _add(bad, place, "why", f"{rule.name} 有 why 却没有 printed",
                 f"{rule.name} has `why` but no `printed`",
                 Text("请写 printed，或删去 why", "Write `printed`, or drop `why`"))  # fmt: skip
        return None, said
    printed = figure(rule, entry["printed"])
    if printed not in figures.values() and not why:
        _add(bad, place, "why", f"{rule.name}:printed {entry['printed']} 与算出的不同，要写 why",
             f"{rule.name}: printed {entry['printed']} is neither figure and gives no `why`",
             Text("请写出原文为何不同", "Say why the source differs"))  # fmt: skip
    return printed, said


def figure(rule: Rule, value: Any) -> Figure:
    """An expected value in the rule's type; ValueError for a float or a wrong type."""
    if rule.type.is_number:
        return number(value)
    if rule.type is Type.BOOLEAN:
        if not isinstance(value, bool):
            raise BadValue(
                f"{rule.name}：'{value}' 不是是否值",
                f"{rule.name}: '{value}' is neither true nor false",
                "请写 true 或 false",
                "Write true or false",
            )
        return value
    if rule.type is Type.DATE:
        return day(value)
    if str(value) not in rule.choices:
        raise unknown(f" {rule.name} 的取值", f"value of {rule.name}", value, rule.choices)
    return str(value)
