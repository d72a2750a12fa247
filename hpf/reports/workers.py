"""What a batch's processes do: draw a chunk of pages to files, join files for print.

A process is told nothing but its tasks. Between two pages it looks whether it shall stop: there is
a file then. It ends with the process that started it, however that one ends.
"""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import signal
import threading
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from hpf.core.faultpoints import reach
from hpf.intake.atomic import atomic_write, write_bytes
from hpf.reports.fonts import Cut
from hpf.reports.manifest import digest
from hpf.reports.press import Paper, Press, settle

STOP = "stop"  # the file in a batch's own folder that says so
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page to be drawn. number: its place in the batch; file: where; page: packed."""

    number: int
    file: Path
    page: bytes


@dataclass(frozen=True, slots=True)
class Task:
    """A chunk, with what all its pages share."""

    sheets: tuple[Sheet, ...]
    cut: Cut
    style: str
    stop: Path

    def only(self, sheet: Sheet) -> Task:
        """The same for one page."""
        return Task((sheet,), self.cut, self.style, self.stop)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a page: the hash of its file, or why there is none. full: the disk is."""

    number: int
    sha256: str = ""
    reason: str = ""
    full: bool = False


def packed(paper: Paper) -> bytes:
    """A page as it is kept and handed on: an eighth of its size."""
    return zlib.compress(pickle.dumps(paper), 3)


def begin() -> None:
    """A worker's start: Ctrl-C is for the process that started it, and with that it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def draw(task: Task) -> list[Outcome]:
    """Draw the pages of a chunk, each to a file that is whole or not there.

    What goes wrong with one page is told and the next one drawn; a full disk ends the chunk.
    """
    found = []
    for sheet in task.sheets:
        if task.stop.exists():
            break
        outcome = _one(sheet, _press(task.cut, task.style))
        found.append(outcome)
        if outcome.full:
            break
    return found


def _one(sheet: Sheet, press: Press) -> Outcome:
    try:
        pdf = press.pdf(pickle.loads(zlib.decompress(sheet.page)))
        reach("batch.before_file")
        write_bytes(sheet.file, pdf)
        reach("batch.after_file")
    except Exception as error:  # whatever one card brings, the others shall come out
        full = isinstance(error, OSError) and error.errno in FULL
        return Outcome(sheet.number, reason=f"{type(error).__name__}: {error}", full=full)
    return Outcome(sheet.number, sha256=digest(pdf))


@lru_cache(maxsize=1)
def _press(cut: Cut, style: str) -> Press:
    press = Press(cut, style)
    if multiprocessing.parent_process() is not None:
        settle()
    return press


def join(files: Sequence[Path], part: Path) -> int:
    """Put the pages of some files into one, in order; returns how many pages there are.

    Only pages are taken: tags, titles and bookmarks are those of single files.
    """
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter()
    for file in files:
        for page in PdfReader(file).pages:
            writer.add_page(page)
    with atomic_write(part) as beside, beside.open("wb") as output:
        writer.write(output)
    return len(writer.pages)
