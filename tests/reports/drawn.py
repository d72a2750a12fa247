"""Documents drawn for tests: as PDFs that have been read again, and what stands in them."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdf
from pypdf.generic import IndirectObject

from hpf.reports import documents, fonts
from hpf.reports.press import Paper, Press

_PRESSES: list[Press] = []
_TEXTS = [p.read_text("utf-8") for p in Path(fonts.__file__).parent.rglob("*.py")]


def drawn(paper: Paper, folder: Path) -> bytes:
    """The document as a PDF. Fonts are cut once for all, until a page needs a character more."""
    mine = [paper.html, *(p for p in paper.pictures.values() if isinstance(p, str))]
    if not _PRESSES or not _PRESSES[-1].fonts.covers("".join(mine)):
        _TEXTS.extend(mine)
        _PRESSES.append(Press(fonts.cut(_TEXTS, folder), documents.document_style()))
    return _PRESSES[-1].pdf(paper)


def pdf(paper: Paper, folder: Path) -> pypdf.PdfReader:
    """The document, read again."""
    return pypdf.PdfReader(BytesIO(drawn(paper, folder)))


def flat(found: pypdf.PdfReader | pypdf.PageObject) -> str:
    """All text without white space."""
    pages = found.pages if isinstance(found, pypdf.PdfReader) else [found]
    return re.sub(r"\s", "", "".join(p.extract_text() for p in pages))


def tags(found: pypdf.PdfReader) -> list[str]:
    """The kinds of the tag tree's elements, in reading order."""
    kinds: list[str] = []

    def walk(node: Any) -> None:
        node = node.get_object() if isinstance(node, IndirectObject) else node
        if isinstance(node, list):
            for one in node:
                walk(one)
        elif isinstance(node, dict):
            if "/S" in node:
                kinds.append(str(node["/S"]))
            if "/K" in node:
                walk(node["/K"])

    walk(found.trailer["/Root"]["/StructTreeRoot"]["/K"])
    return kinds


def bookmarks(found: pypdf.PdfReader) -> list[str]:
    """Titles of all bookmarks, in order."""
    told: list[str] = []

    def walk(several: Any) -> None:
        for one in several:
            if isinstance(one, list):
                walk(one)
            else:
                told.append(str(one.title))

    walk(found.outline)
    return told
