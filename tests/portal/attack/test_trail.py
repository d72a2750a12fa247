"""The trail's end: what is signed while the portal runs cannot be cut off unnoticed."""

from __future__ import annotations

import json
import logging
import time
from pathlib import Path

import pytest
from portal_forms import send
from sqlalchemy import func, select, text

from hpf.portal.heads import sign_once, signed
from hpf.storage.audit_checks import verify
from hpf.storage.audit_heads import heads_of, kept_heads, public_key
from hpf.storage.engine import reading
from hpf.storage.models import AuditEntry, AuditHead

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(app):
    return app.extensions["hpf"]


def last(desk) -> int:
    with reading(desk.engine) as session:
        return session.scalar(select(func.max(AuditEntry.seq))) or 0


def cut(desk, after: int) -> None:
    """What somebody does who writes to the database and cares for no trigger."""
    with desk.engine.begin() as connection:
        for name in connection.scalars(
            text("SELECT name FROM sqlite_master WHERE type='trigger'")
        ).all():
            connection.execute(text(f'DROP TRIGGER "{name}"'))
        connection.execute(text(f"DELETE FROM audit_heads WHERE seq > {after:d}"))
        connection.execute(text(f"DELETE FROM audit WHERE seq > {after:d}"))


def found(desk, kept=()) -> set[str]:
    home = desk.settings.home
    with reading(desk.engine) as session:
        told = verify(session, public_key(home.keys), [*kept_heads(home.keys), *kept]).problems
    return {p.code.rpartition(".")[2] for p in told}


def test_what_came_in_is_signed_by_itself_and_cutting_it_off_is_seen(app, desk, login) -> None:
    before = last(desk)
    with signed(app, every=0.1):
        send(login("it"), "/counter/reset", {"login": "office"}, page="/counter/")
        until = time.monotonic() + 30
        while time.monotonic() < until:
            with reading(desk.engine) as session:
                if (session.scalar(select(func.max(AuditHead.seq))) or 0) > before:
                    break
            time.sleep(0.05)
    assert found(desk) == set()
    assert last(desk) == before + 1
    cut(desk, before)
    assert "audit_truncated" in found(desk)


def test_who_empties_the_file_of_heads_too_is_found_by_the_servers_log(
    app, desk, login, caplog, tmp_path: Path
) -> None:
    """The log goes to another machine; a line of it is a head for `hpf audit verify --head`."""
    before = last(desk)
    send(login("it"), "/counter/reset", {"login": "office"}, page="/counter/")
    with caplog.at_level(logging.WARNING, "hpf.audit"):
        sign_once(app)
    cut(desk, before)
    file = desk.settings.home.keys / "audit.heads"
    whole = [
        line for line in file.read_text("utf-8").splitlines() if json.loads(line)["seq"] <= before
    ]
    file.write_text("".join(f"{line}\n" for line in whole), "utf-8")
    assert found(desk) == set(), "nothing on this machine tells"
    line = next(r.message for r in caplog.records if r.message.startswith("audit head "))
    away = tmp_path / "log.heads"
    away.write_text(line.removeprefix("audit head ") + "\n", "utf-8")
    assert "audit_truncated" in found(desk, heads_of(away))


def test_a_head_that_cannot_be_signed_is_told_and_stops_nobody(app, desk, login, caplog) -> None:
    send(login("it"), "/counter/reset", {"login": "office"}, page="/counter/")
    key = next(
        p for p in desk.settings.home.keys.iterdir() if "audit" in p.name and p.suffix != ".heads"
    )
    key.rename(key.with_suffix(".away"))
    sign_once(app)
    assert "the audit chain is not signed" in caplog.text
    key.with_suffix(".away").rename(key)
    sign_once(app)
    assert found(desk) == set()
