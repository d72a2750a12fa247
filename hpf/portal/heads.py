"""The audit chain's head signed again and again while the portal is served, and told to its log.

    with signed(app): serve(app)

What came after the last signed head could be cut off by whoever writes to the database. So the
chain is signed some seconds after anything came in, and each head goes into the server's log as
well, which a hospital sends to another machine: `hpf audit verify --head` takes it from there.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from flask import Flask

from hpf.core.errors import HpfError
from hpf.portal.beside import beside
from hpf.storage.audit_heads import sign_new

log = logging.getLogger("hpf.audit")
EVERY: Final = 15.0  # seconds between two looks


@contextmanager
def signed(app: Flask, every: float = EVERY) -> Iterator[None]:
    """Sign what comes in while an application is served, and what is left at its end."""
    try:
        with beside(lambda: sign_once(app), every, log, "signing"):
            yield
    finally:
        sign_once(app)


def sign_once(app: Flask) -> None:
    """Sign the chain where anything came in since the last head. A failure is told, and what was
    to be signed waits for the next look."""
    desk = app.extensions["hpf"]
    try:
        head = sign_new(desk.engine, desk.settings.home.keys)
    except HpfError as error:
        log.error("the audit chain is not signed: %s", error)
        return
    if head is not None:
        log.warning("audit head %s", json.dumps(head.document(), sort_keys=True))
