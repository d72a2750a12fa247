"""Documents of one piece: the month report, the handbook, a run's certificate, each to a file.

notices = write(paper, Path("handbook.pdf"))
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

from hpf.core.errors import Problem, Text
from hpf.intake.atomic import atomic_write
from hpf.reports.fonts import cut, lacking
from hpf.reports.page import style
from hpf.reports.press import Paper, Press


@cache
def document_style() -> str:
    """The sheet of the cards, and what documents need beside it. Cards are drawn by the thousand,
    so each rule costs: theirs stay few."""
    own = files("hpf.reports").joinpath("templates/document.css").read_text("utf-8")
    return style() + own


def pdf(paper: Paper, fonts: Path | None = None) -> bytes:
    """The document as a tagged PDF. fonts: the cache of cut fonts; the user's if not said."""
    texts = [paper.html, *(p for p in paper.pictures.values() if isinstance(p, str))]
    return Press(cut(texts, fonts), document_style()).pdf(paper)


def write(paper: Paper, file: Path, fonts: Path | None = None) -> None:
    """Draw it into a file, whole or not at all. Raises OSError on a full disk."""
    drawn = pdf(paper, fonts)
    file.parent.mkdir(parents=True, exist_ok=True)
    with atomic_write(file) as beside:
        beside.write_bytes(drawn)


def unprintable(words: list[str]) -> list[Problem]:
    """A notice for each text with characters that the font does not have, which print as 〓."""
    found = []
    for text in words:
        if signs := lacking(text):
            codes = " ".join(f"U+{ord(s):04X}" for s in signs)
            message = Text(
                f"“{text}”中有字体没有的字（{codes}），印成 〓",
                f"'{text}' has characters that the font lacks ({codes}); they print as 〓",
            )
            cure = Text("请改用标准字", "Use a standard character")
            found.append(Problem("report.character", message, cure, severity="notice"))
    return found
