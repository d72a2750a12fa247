"""Output files: all of a command's files appear, whole, or none does."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import FrameType

from hpf.intake.atomic import atomic_write

Content = str | bytes | Callable[[Path], None]


def write_all(files: Mapping[Path, Content]) -> None:
    """Write every file beside its place, then put them all in their places.

    A content is the text, the bytes, or a function that writes to the path it is given.

    A failure while writing (a full disk, Ctrl-C) leaves every file as it was. Ctrl-C while they
    are being put in place waits until all are.
    """
    with contextlib.ExitStack() as stack:
        for path, content in files.items():
            beside = stack.enter_context(atomic_write(path))
            if callable(content):
                content(beside)
            else:
                beside.write_bytes(content.encode() if isinstance(content, str) else content)
        ready = stack.pop_all()
    with _held_interrupt():
        ready.close()


@contextlib.contextmanager
def _held_interrupt() -> Iterator[None]:
    """Ctrl-C in here is dropped: a moment later there is nothing left to interrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def later(_: int, __: FrameType | None) -> None:
        return None

    before = signal.signal(signal.SIGINT, later)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
