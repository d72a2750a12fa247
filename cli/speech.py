"""In which language the command line speaks, and a sentence in both."""

from __future__ import annotations

import locale
import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LANGUAGES = ("zh", "en")


class Words(NamedTuple):
    """A sentence in both languages; like `hpf.core.errors.Text`, but loads nothing."""

    zh: str
    en: str

    def say(self, lang: str) -> str:
        """The Chinese wording for `zh`, the English one otherwise."""
        return self.zh if lang == "zh" else self.en


def default_language(environment: Mapping[str, str] = os.environ) -> str:
    """From HPF_LANG, else from the locale, else Chinese."""
    asked = environment.get("HPF_LANG", "").lower()
    if asked:
        return "zh" if asked.startswith("zh") else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        word = environment.get(name, "").partition(".")[0].lower()
        if word:
            return _of_locale(word)
    if os.name == "nt":  # pragma: no cover - Windows keeps its language elsewhere
        return _of_locale((locale.getlocale()[0] or "").lower())
    return "zh"


def _of_locale(word: str) -> str:
    if word in ("", "c", "posix") or word.startswith(("zh", "chinese")):
        return "zh"
    return "en"


def take_language(args: Sequence[str]) -> tuple[list[str], str | None]:
    """Arguments without `--lang X`, wherever it stands before `--`; and X, the last one given."""
    rest: list[str] = []
    asked: str | None = None
    waiting = iter(args)
    for arg in waiting:
        if arg == "--":
            return [*rest, arg, *waiting], asked
        if arg == "--lang":
            asked = next(waiting, "")
        elif arg.startswith("--lang="):
            asked = arg.partition("=")[2]
        else:
            rest.append(arg)
    return rest, asked
