"""Work that goes on beside the requests while the portal is served."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Final

_PATIENCE: Final = 30.0  # seconds that the end waits for what is under way


@contextmanager
def beside(
    act: Callable[[], object], every: float, log: logging.Logger, name: str
) -> Iterator[None]:
    """Act at once and every so many seconds meanwhile. What fails is told to the log and tried
    again: a portal that lacks it still answers."""
    over = Event()

    def go_on() -> None:
        while True:
            try:
                act()
            except Exception as error:
                log.warning("%s: %s", name, type(error).__name__, exc_info=error)
            if over.wait(every):
                return

    thread = Thread(target=go_on, name=f"hpf-{name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(_PATIENCE)
