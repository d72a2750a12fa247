"""Held by one process at a time, however it ends; and Ctrl-C that waits for the page in hand."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def alone(file: Path, busy: Exception) -> Iterator[None]:
    """Within: nobody else holds the file. Raises `busy` where somebody does."""
    handle = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:  # not a Unix: nothing to hold it by
            pass
        except OSError as error:
            raise busy from error
        yield
    finally:
        os.close(handle)


@contextmanager
def interrupts() -> Iterator[Callable[[], bool]]:
    """Within: Ctrl-C raises nothing; what is given tells whether it came.

    In another thread than the main one, where signals are not heard, it never does.
    """
    came = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield came.is_set
        return
    before = signal.signal(signal.SIGINT, lambda *_: came.set())
    try:
        yield came.is_set
    finally:
        signal.signal(signal.SIGINT, before)
