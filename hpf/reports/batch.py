"""Many cards at once: drawn by several processes, one file a card, and all of them for print.

    done = render(cards, folder, seal=run.seal["seal"], style=page.style(), progress=show)

A batch that was stopped, killed or ran into a full disk goes on where it was when it is called
again with the same folder: what is finished, whole and of the same run is kept. There is never a
half-written file, and never a manifest of an unfinished batch.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hpf.core.errors import Problem
from hpf.core.faultpoints import reach
from hpf.reports import fonts, manifest
from hpf.reports.alone import alone, interrupts
from hpf.reports.manifest import Journal, Line
from hpf.reports.pool import Pool
from hpf.reports.press import Paper
from hpf.reports.printing import print_file
from hpf.reports.troubles import BatchError, BatchStopped, busy, failed, lacking, stopped, stuck
from hpf.reports.workers import STOP, Outcome, Sheet, Task, packed

WORK = ".batch"  # in the batch's folder while it goes on
CHUNK = 25  # cards that a process gets at a time
MODE = 0o700  # cards are for those they are about: nobody else looks into the folder


@dataclass(frozen=True, slots=True)
class Card:
    """One card to be drawn. row: entity:id; name: whose it is, for people; file: its name within
    the batch's folder; unit: the heading it stands under in the print file; words: names and
    remarks, whose every character must be known to the font."""

    row: str
    name: str
    file: str
    paper: Paper
    unit: str = ""
    code: str = ""
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a batch is. stage: prepare, draw, print; left: seconds that remain, None where that
    cannot be told yet."""

    stage: str
    done: int
    total: int
    left: float | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """A finished batch. kept: files that were there already; failed: cards that could not be
    drawn, one problem each; notices: characters that no font has."""

    folder: Path
    lines: tuple[Line, ...]
    kept: int
    manifest: Path
    printed: Path | None
    failed: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()


@dataclass(slots=True)
class _State:
    """A batch under way."""

    folder: Path
    seal: str
    cards: list[_Kept]
    journal: Journal
    progress: Callable[[Progress], None]
    stop: Callable[[], bool]
    lines: dict[str, Line] = field(default_factory=dict)
    failed: list[Problem] = field(default_factory=list)
    full: str = ""  # why nothing more can be written
    started: float = 0.0
    drawn: int = 0


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept of a card until all are drawn; its page packed."""

    row: str
    name: str
    file: str
    unit: str
    code: str
    page: bytes
    content: str


def render(
    cards: Iterable[Card],
    folder: Path,
    *,
    seal: str,
    style: str,
    total: int = 0,
    about: Mapping[str, Any] | None = None,
    processes: int | None = None,
    print_name: str | None = "print.pdf",
    title: str = "",
    progress: Callable[[Progress], None] = lambda _: None,
    stop: Callable[[], bool] = lambda: False,
    fonts_folder: Path | None = None,
) -> Done:
    """Draw cards, in their order, into a folder.

    seal: of the run that they tell about; total: how many cards, for progress while they are made;
    about: more for the manifest; processes: how many, the machine's cores if not said, 0 to draw
    in this one; print_name, title: of the file with all pages.
    Raises BatchStopped when `stop` says so or on Ctrl-C, BatchError on a full disk or where
    another batch is at work in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=MODE)
    work = folder / WORK
    work.mkdir(exist_ok=True, mode=MODE)
    with alone(work / "lock", busy(folder)):
        notices: list[Problem] = []
        characters: set[str] = set()
        kept = []
        for card in cards:
            if stop():
                raise stopped(folder, 0, total)
            kept.append(_keep(card, characters, notices))
            progress(Progress("prepare", len(kept), max(total, len(kept))))
        state = _State(folder, seal, kept, Journal(work / "journal"), progress, stop)
        _recover(state)
        already = len(state.lines)
        try:
            printed = manifest.printed(folder) if already == len(kept) else None
            if printed is None or printed.name != print_name:
                with Pool(cores() if processes is None else processes) as pool:
                    if already < len(kept):
                        cut = fonts.cut(["".join(sorted(characters))], fonts_folder)
                        _draw(state, pool, Task((), cut, style, work / STOP))
                    printed = _print(state, pool, print_name, work, title)
            lines = [state.lines[c.file] for c in kept if c.file in state.lines]
            path = manifest.write(folder, lines, {"seal": seal, **(about or {})}, printed)
        except OSError as error:
            raise _stuck(state, str(error)) from error
        except KeyboardInterrupt as error:
            raise _stopped(state) from error
    shutil.rmtree(work, ignore_errors=True)
    return Done(folder, tuple(lines), already, path, printed, tuple(state.failed), tuple(notices))


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _keep(card: Card, characters: set[str], notices: list[Problem]) -> _Kept:
    for word in card.words:
        notices.extend(lacking(card.name, card.row, c) for c in fonts.lacking(word))
    paper = card.paper
    said = [paper.html, *(p for p in paper.pictures.values() if isinstance(p, str))]
    characters.update(*said)
    page = packed(paper)
    pictures = [f"{k}\0".encode() + (p.encode() if isinstance(p, str) else p)
                for k, p in sorted(paper.pictures.items())]  # fmt: skip
    content = manifest.digest(b"\0".join([paper.html.encode(), *pictures]))
    return _Kept(card.row, card.name, card.file, card.unit, card.code, page, content)


def _recover(state: _State) -> None:
    """Take up what an earlier batch left; remove what it had half written."""
    known = [*manifest.read(state.folder), *state.journal.read()]
    contents = {c.file: c.content for c in state.cards}
    fitting = [
        line for line in known
        if line.seal == state.seal and contents.get(line.file) == line.content
    ]  # fmt: skip
    state.lines = manifest.standing(state.folder, fitting)
    # a manifest says that all is there; until it is, there is none
    whole = state.folder / manifest.NAME
    if whole.exists() and len(state.lines) < len(state.cards):
        state.journal.add(state.lines.values())
        whole.unlink()
    # cards of another batch that was here, as it left them
    gone = [line for line in known if line.file not in contents]
    for file in manifest.standing(state.folder, gone):
        (state.folder / file).unlink(missing_ok=True)
    for rough in state.folder.rglob(".*.tmp"):
        rough.unlink(missing_ok=True)
    (state.folder / WORK / STOP).unlink(missing_ok=True)


def _draw(state: _State, pool: Pool, shared: Task) -> None:
    left = [(n, c) for n, c in enumerate(state.cards) if c.file not in state.lines]
    for parent in {(state.folder / c.file).parent for _, c in left}:
        parent.mkdir(parents=True, exist_ok=True, mode=MODE)
    sheets = [Sheet(n, state.folder / c.file, c.page) for n, c in left]
    size = max(1, min(CHUNK, -(-len(sheets) // (2 * max(1, pool.processes)))))
    tasks = [
        Task(tuple(sheets[i : i + size]), shared.cut, shared.style, shared.stop)
        for i in range(0, len(sheets), size)
    ]
    state.started = time.monotonic()
    _tell(state)
    with interrupts() as interrupted:
        for outcomes in pool.draw(tasks, lambda: bool(state.full) or interrupted() or state.stop()):
            _take(state, outcomes)
    if state.full:
        raise _stuck(state, state.full)
    if len(state.lines) + len(state.failed) < len(state.cards):
        raise _stopped(state)


def _take(state: _State, outcomes: Sequence[Outcome]) -> None:
    fresh = []
    for outcome in outcomes:
        card = state.cards[outcome.number]
        if outcome.sha256:
            line = Line(card.file, outcome.sha256, card.row, card.code, card.unit, state.seal,
                        card.content)  # fmt: skip
            state.lines[card.file] = line
            fresh.append(line)
        elif outcome.full:
            state.full = outcome.reason
        else:
            state.failed.append(failed(card.name, card.row, card.file, outcome.reason))
    state.drawn += len(outcomes)
    state.journal.add(fresh)
    reach("batch.after_chunk")
    _tell(state)


def _tell(state: _State) -> None:
    done = len(state.lines) + len(state.failed)
    left = None
    if state.drawn:
        left = (time.monotonic() - state.started) / state.drawn * (len(state.cards) - done)
    state.progress(Progress("draw", done, len(state.cards), left))


def _print(state: _State, pool: Pool, name: str | None, work: Path, title: str) -> Path | None:
    there = [c for c in state.cards if c.file in state.lines]
    if name is None or not there:
        return None
    entries = [(c.unit, c.name, state.folder / c.file) for c in there]
    target = state.folder / name

    def tell(done: int, left: float | None) -> None:
        if state.stop():
            raise _stopped(state)
        state.progress(Progress("print", done, len(entries), left))

    print_file(entries, target, pool, work, tell, title)
    return target


def _stuck(state: _State, reason: str) -> BatchError:
    return stuck(state.folder, len(state.lines), reason)


def _stopped(state: _State) -> BatchStopped:
    return stopped(state.folder, len(state.lines), len(state.cards))
