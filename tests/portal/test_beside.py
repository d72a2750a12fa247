"""What goes on beside the requests goes on after a failure, and ends with the portal."""

from __future__ import annotations

import logging
import threading

import pytest

from hpf.portal.beside import beside


def test_what_fails_is_told_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    """Of whatever kind: a database that is away for a moment raises no error of our own."""
    calls, thrice = [], threading.Event()

    def act() -> None:
        calls.append(1)
        if len(calls) >= 3:
            thrice.set()
        raise RuntimeError("the database is away")

    with beside(act, 0.01, logging.getLogger("hpf.portal"), "trial"):
        assert thrice.wait(30)
    assert "trial: RuntimeError" in caplog.text
    assert not [t for t in threading.enumerate() if t.name == "hpf-trial"]
    assert len(calls) >= 3
