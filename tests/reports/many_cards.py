"""Cards to draw in bulk, and looking at what was drawn."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pypdf
import pypdfium2

TOP = str(Path(__file__).parents[2])
if TOP not in sys.path:
    sys.path.insert(0, TOP)

from benchmarks.cards import card as paper_of  # noqa: E402 - found only now
from hpf.reports.batch import WORK, Card  # noqa: E402

SEAL = "5ea1" * 16


def cards(count: int, per_unit: int = 4, **more: Any) -> list[Card]:
    """Cards of people A0000 …, some to a department."""
    return [
        Card(f"staff:A{i:04}", f"职工{i:04}", f"people/D{i // per_unit}_A{i:04}.pdf", paper_of(i),
             f"第 {i // per_unit} 科", f"CODE-{i:04}", **more)
        for i in range(count)
    ]  # fmt: skip


def text(file: Path) -> str:
    """All of a file's text."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


def pixels(pdf: bytes | Path, scale: float = 2.0) -> list[bytes]:
    """Its pages as pictures."""
    document = pypdfium2.PdfDocument(pdf)
    return [bytes(page.render(scale=scale).buffer) for page in document]


def files(folder: Path) -> set[str]:
    """All files but those of a batch under way."""
    return {
        str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file() and WORK not in p.parts
    }
