"""Help that stays within the terminal's width in Chinese as well.

Click counts characters and breaks lines at blanks. A Chinese character is two columns wide, and
a Chinese sentence has no blanks: its lines would run past the edge, and be cut there by the
terminal. Only what help needs is imported, for it is shown before anything else is loaded.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import click

# A line neither begins with what closes nor ends with what opens; a Latin word stays whole.
_CLOSING: Final = "，。；：、！？）》」』】”’…—"
_OPENING: Final = "（《「『【“‘"
_PIECE: Final = re.compile(
    rf"[{_OPENING}]*(?:[^\s\u2e80-\u9fff\uff00-\uffef{_OPENING}{_CLOSING}]+|[^\s])[{_CLOSING}]*|\s+"
)


def columns(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def folded(text: str, width: int) -> list[str]:
    """Lines of a text, none wider than `width` columns unless a single word is."""
    lines, line = [], ""
    for piece in _PIECE.findall(text):
        if columns(line + piece.rstrip()) > width and line.strip():
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


class Formatter(click.HelpFormatter):
    """Click's own, with lines folded by columns."""

    def write_text(self, text: str) -> None:
        indent = " " * self.current_indent
        for line in folded(text, self.width - self.current_indent) or [""]:
            self.write(f"{indent}{line}\n")

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        rows = list(rows)
        widest = max((columns(term) for term, _ in rows), default=0)
        start = self.current_indent + min(widest, col_max) + col_spacing
        for term, words in rows:
            head = f"{' ' * self.current_indent}{term}"
            if columns(head) > start - col_spacing:
                self.write(f"{head}\n")
                head = ""
            lines = folded(words, max(self.width - start, 10)) or [""]
            self.write(f"{head}{' ' * (start - columns(head))}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{' ' * start}{line}\n")


class Context(click.Context):
    """A context whose help is folded by columns."""

    formatter_class = Formatter
