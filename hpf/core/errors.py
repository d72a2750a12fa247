"""Problems: what is wrong, where, and how to put it right, in Chinese and English.

Problems are collected, not raised at the first: a hospital that sends a workbook with forty
mistakes gets forty lines back. `HpfError` carries them all to whoever shows them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages every message, name and formula speaks."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The Chinese wording for `zh` (and `zh_Hans_CN` …), the English one otherwise."""
        return self.zh if lang.lower().startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a figure from being computed.

    code: stable, dotted name (`intake.unknown_column`, `formula.division_by_zero`).
    message, cure: what is wrong and what to do, both languages.
    place: where, as a person would point at it: `pay.xlsx [staff] D18`, `departments/ward.py:31`.
    entity, id, name: the row and the rule or indicator, where there is one.
    severity: `problem` stops a run; `notice` is told and counted but stops nothing.
    """

    code: str
    message: Text
    cure: Text = Text("", "")
    place: str = ""
    entity: str = ""
    id: str = ""
    name: str = ""
    severity: str = "problem"

    def line(self, lang: str = "zh") -> str:
        """Place, reason and cure on one line."""
        row = f"{self.entity}:{self.id}" if self.id else ""
        where = " ".join(x for x in (self.place, row, self.name) if x)
        cure = self.cure.say(lang)
        stop = "。" if lang.lower().startswith("zh") else ". "
        head = f"{where}: " if where else ""
        return head + self.message.say(lang) + (stop + cure if cure else "")

    def as_json(self) -> dict[str, object]:
        """The form that stands in result files."""
        return {
            "code": self.code,
            "severity": self.severity,
            "entity": self.entity,
            "id": self.id,
            "name": self.name,
            "place": self.place,
            "message": {"zh": self.message.zh, "en": self.message.en},
            "cure": {"zh": self.cure.zh, "en": self.cure.en},
        }


class BadValue(ValueError):
    """A value that is not written as it should be; carries both languages, and the cure."""

    def __init__(self, zh: str, en: str, zh_cure: str = "", en_cure: str = "") -> None:
        self.message, self.cure = Text(zh, en), Text(zh_cure, en_cure)
        self.text = Text(
            "。".join(filter(None, (zh, zh_cure))), ". ".join(filter(None, (en, en_cure)))
        )
        super().__init__(self.text.en)


def reason(error: Exception) -> Text:
    """Why an entry could not be read, and the cure, in one sentence or two."""
    if isinstance(error, BadValue):
        return error.text
    return told(error)[0]


def told(error: Exception) -> tuple[Text, Text]:
    """Why an entry could not be read, and the cure: a problem's message and its cure."""
    if isinstance(error, BadValue):
        return error.message, error.cure
    if isinstance(error, KeyError):
        cure = Text(f"请补上 {error}", f"Add {error}")
        return Text(f"缺少 {error}", f"lacks {error}"), cure
    cure = Text("请照 docs/writing-a-plugin.md 写", "Write it as docs/writing-a-plugin.md does")
    return Text(f"写法有误（{error}）", str(error)), cure


class HpfError(Exception):
    """Carries every problem found, never only the first."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(p.line("en") for p in self.problems))


class SchemeError(HpfError):
    """A scheme that does not load: the plugin's author has to mend it."""


class FactsError(HpfError):
    """Facts that do not hold: whoever reported them has to mend them."""


class ParameterError(HpfError):
    """Parameters that are missing or wrong: the hospital's configuration has to be mended."""


@dataclass(slots=True)
class Collector:
    """Gathers problems on the way; `stop` raises them together."""

    problems: list[Problem] = field(default_factory=list)

    def add(self, problem: Problem) -> None:
        """Remember one."""
        self.problems.append(problem)

    def stop(self, kind: type[HpfError]) -> None:
        """Raise them all as `kind`, if there is any that is not a mere notice."""
        if any(p.severity == "problem" for p in self.problems):
            raise kind(self.problems)


def unknown(zh: str, en: str, word: object, known: Iterable[str]) -> BadValue:
    """A word that is none of those known, e.g. unknown("键", "key", "high", keys)."""
    near = did_you_mean(str(word), known)
    return BadValue(f"没有{zh} '{word}'", f"unknown {en} '{word}'", near.zh, near.en)


def nearest(word: str, known: Iterable[str]) -> str:
    """The known name most like `word`, or '' when none is near."""
    names = sorted(set(known))
    folded = {n.lower(): n for n in names}
    found = difflib.get_close_matches(word.lower(), list(folded), n=1, cutoff=0.5)
    return folded[found[0]] if found else ""


def both_languages(said: Mapping[str, object]) -> Text:
    """The words under `zh` and `en` in a plugin's file.

    BadValue where anything else stands beside them: between braces, YAML ends a text at its
    comma, and the rest would be lost. KeyError where a language is missing.
    """
    for extra in set(said) - {"zh", "en"}:
        raise BadValue(
            f"zh 和 en 之外还有“{extra}”", f"'{extra}' stands beside zh and en",
            "花括号里的文字有逗号时请加引号", "Between braces, quote a text that has a comma",
        )  # fmt: skip
    return Text(str(said["zh"]), str(said["en"]))


def did_you_mean(word: str, known: Sequence[str] | Iterable[str], most: int = 12) -> Text:
    """A cure for an unknown name: the nearest one, or the list of known ones."""
    names = sorted(set(known))
    near = nearest(word, names)
    if near:
        return Text(f"是否想写 {near}？", f"Did you mean {near}?")
    if not names:
        return Text("还没有任何一个", "There is none yet")
    shown = ", ".join(names[:most]) + (" …" if len(names) > most else "")
    return Text(f"已知的有：{shown}", f"Known: {shown}")


def nearest_or(word: str, known: Iterable[str], zh: str, en: str) -> tuple[str, str]:
    """`did_you_mean`, and what else can be done: two sentences, each with its own end."""
    near = did_you_mean(word, known)
    stop = Text("", "") if near.en.endswith("?") else Text("。", ".")
    return f"{near.zh}{stop.zh}{zh}", f"{near.en}{stop.en} {en}"
