"""The file for the printing house: every page of a batch in order, bookmarks by unit.

It is joined from parts that several processes make. Its pages carry no tags: those who need them
read the single files.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hpf.intake.atomic import atomic_write

if TYPE_CHECKING:
    from hpf.reports.pool import Pool

_PART = 50  # files joined by one process at a time


def print_file(
    entries: Sequence[tuple[str, str, Path]],
    target: Path,
    pool: Pool,
    work: Path,
    tell: Callable[[int, float | None], None],
    title: str = "",
) -> None:
    """Join files, in their order. entries: heading, name, file; tell: files joined, seconds left;
    title: of the file; a viewer shows its bookmarks.

    Raises OSError on a full disk; then there is no file, or the one that was there before.
    """
    from pypdf import PdfReader, PdfWriter

    chunks = [entries[i : i + _PART] for i in range(0, len(entries), _PART)]
    parts = [work / f"part-{n}.pdf" for n in range(len(chunks))]
    started = time.monotonic()
    writer = PdfWriter()
    writer.page_mode = "/UseOutlines"
    if title:
        writer.add_metadata({"/Title": title})
    heading, above, done = None, None, 0
    tell(0, None)
    groups = [([f for _, _, f in chunk], part) for chunk, part in zip(chunks, parts, strict=True)]
    for chunk, part, pages in zip(chunks, parts, pool.join(groups), strict=True):
        first = len(writer.pages)
        for page in PdfReader(part).pages:
            writer.add_page(page)
        part.unlink()
        at = first
        for unit, name, file in chunk:
            if unit and unit != heading:
                above = writer.add_outline_item(title=unit, page_number=at)
                heading = unit
            writer.add_outline_item(title=name, page_number=at, parent=above if unit else None)
            # most are of one page; only where they are not must each be asked
            at += 1 if pages == len(chunk) else len(PdfReader(file).pages)
        done += len(chunk)
        tell(done, (time.monotonic() - started) / done * (len(entries) - done))
    with atomic_write(target) as beside, beside.open("wb") as output:
        writer.write(output)
