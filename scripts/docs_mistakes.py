"""The table of docs/mistakes.md: each of docs/mistakes.yaml made, and what is said of it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from hpf.core import Period
from hpf.core.calculate import calculate
from hpf.core.errors import HpfError, Problem
from hpf.core.kit.check import check_scheme
from hpf.core.kit.folder import folder_programs
from hpf.intake import load

TOP = Path(__file__).resolve().parents[1]
LIST = TOP / "docs" / "mistakes.yaml"
PLUGIN = TOP / "examples" / "transfusion_desk"
PACKAGE, CODE = "hpf_transfusion_desk", "transfusion_desk"
WORDS = {
    "zh": ("错误", "在哪里", "怎么说", "怎么改"),
    "en": ("mistake", "where", "what is said", "the cure"),
}


@dataclass(frozen=True, slots=True)
class Mistake:
    """One entry: in words, and the change that makes it. finder: check, mutate or sample."""

    zh: str
    en: str
    file: str
    old: str
    new: str
    finder: str

    def problems(self) -> list[Problem]:
        """What is said when it is made; ValueError where the change cannot be made."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "plugin"
            shutil.copytree(PLUGIN, folder, ignore=shutil.ignore_patterns("__pycache__"))
            path = (folder / PACKAGE / self.file).resolve()
            text = path.read_text("utf-8")
            if text.count(self.old) < 1:
                raise ValueError(f"{self.en}: {self.file} has no '{self.old}'")
            path.write_text(text.replace(self.old, self.new, 1), "utf-8")
            try:
                return _found(folder, self.finder)
            except HpfError as error:
                return list(error.problems)


def _found(folder: Path, finder: str) -> list[Problem]:
    program = folder_programs(folder)[CODE]
    if finder == "sample":
        when = Period.parse("2026-09")
        facts = load(folder / PACKAGE / "sample" / str(when), program, when)
        return list(calculate(program, facts).problems)
    return list(check_scheme(program, [program], finder == "mutate").problems)


@cache
def mistakes() -> tuple[tuple[dict[str, str], tuple[Mistake, ...]], ...]:
    """The groups with their mistakes, in the order of the file."""
    groups: list[Any] = yaml.safe_load(LIST.read_text("utf-8"))
    return tuple((g["group"], tuple(map(_read, g["mistakes"]))) for g in groups)


def _read(entry: dict[str, str]) -> Mistake:
    named = {k: entry[k] for k in ("zh", "en", "file", "old", "new")}
    return Mistake(**named, finder=entry.get("with", "check"))


@cache
def said(mistake: Mistake) -> tuple[Problem, ...]:
    """The problems of a mistake, found once."""
    return tuple(mistake.problems())


def table(lang: str) -> str:
    """All of them, in one language."""
    heads = WORDS[lang]
    lines = ["| # | " + " | ".join(heads) + " |", "|---|" + "---|" * len(heads)]
    lines += _lines(lang)
    return "\n".join(lines) + "\n"


def _lines(lang: str) -> Iterator[str]:
    number = 0
    for group, found in mistakes():
        yield f"| | **{group[lang]}** | | | |"
        for mistake in found:
            number += 1
            first = said(mistake)[0]
            cells = [
                str(number), mistake.zh if lang == "zh" else mistake.en, where(first),
                first.message.say(lang), first.cure.say(lang),
            ]  # fmt: skip
            yield "| " + " | ".join(" ".join(_plain(c).split()) for c in cells) + " |"


def _plain(cell: str) -> str:
    for sign in "\\|*_<>[]`":
        cell = cell.replace(sign, f"\\{sign}")
    return cell


def where(one: Problem) -> str:
    """Its place as the command line shows it."""
    row = f"{one.entity}:{one.id}" if one.id else ""
    return " ".join(x for x in (one.place, row, one.name) if x)
