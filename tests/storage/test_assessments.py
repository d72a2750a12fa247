"""Rows of an assessment stay, whoever asks: refused by the database itself, on both kinds."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from hpf.core.periods import Period
from hpf.storage.migrations.r0004_assessments import GROW
from hpf.storage.models import Base

AT = dt.datetime(2026, 10, 15, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 10, 15)
STAYS = "what is recorded stays"
SAID = {"by": "a", "at": AT}
ROWS: dict[str, dict[str, object]] = {
    "imports": {"id": 1, "hospital_id": 1, "number": 1, "scheme": "s", "extent": "whole",
                "period": Period.parse("2026"), "file": "", "file_digest": "", "reason": "",
                "notices": [], **SAID},
    "experts": {"id": 1, "hospital_id": 1, "code": "E1", "name": "n", "speciality": "s",
                "employer": "", "account": "", "active": True, **SAID},
    "assessed_accounts": {"id": 1, "hospital_id": 1, "account": "h", "unit": "H1", "active": True,
                          **SAID},
    "assessments": {"id": 1, "hospital_id": 1, "scheme": "s", "period": Period.parse("2026"),
                    "parties": [], "settings": {}, "facts_upto": 1, "table_digest": "d",
                    "opened": DAY, **SAID},
    "assessment_entries": {"id": 1, "assessment_id": 1, "kind": "visit", "unit": "H1", "day": DAY,
                           "text": "", "detail": {}, **SAID},
    "marks": {"id": 1, "assessment_id": 1, "item": "I", "unit": "H1", "line": "L", "expert": "E1",
              "deduction": 1, "method": "m", "reason": "", "visit_id": 1, **SAID},
    "evidence": {"id": 1, "hospital_id": 1, "digest": "d", "file": "f", "size": 1, "object": "mark",
                 "object_id": "1", **SAID},
}  # fmt: skip


def put(connection: Connection, table: str, **other: object) -> None:
    connection.execute(Base.metadata.tables[table].insert(), [ROWS[table] | other])


@pytest.fixture
def filled(database: Engine) -> Engine:
    """One row of each."""
    with database.begin() as connection:
        connection.execute(text("INSERT INTO hospitals (id, code, name) VALUES (1, 'H', 'H')"))
        for table in ROWS:
            put(connection, table)
    return database


def test_every_table_of_an_assessment_only_grows(filled: Engine) -> None:
    assert set(GROW) == set(ROWS) - {"imports"}
    for table in GROW:
        for act in (f"UPDATE {table} SET \"by\" = 'b'", f"DELETE FROM {table}"):
            with (
                filled.connect() as connection,
                pytest.raises(DBAPIError, match=STAYS),
            ):
                connection.execute(text(act))
    if filled.dialect.name == "sqlite":
        with filled.connect() as connection, pytest.raises(DBAPIError, match=STAYS):
            connection.execute(text("INSERT OR REPLACE INTO experts SELECT * FROM experts"))
        return
    with filled.connect() as connection, pytest.raises(DBAPIError, match=STAYS):
        connection.execute(text("TRUNCATE marks"))


def test_an_expert_marks_an_item_once_and_a_mark_is_replaced_once(filled: Engine) -> None:
    """However many ask at once: the database holds it."""
    with filled.connect() as connection, pytest.raises(IntegrityError):
        put(connection, "marks", id=2)
    with filled.begin() as connection:
        put(connection, "marks", id=2, replaces_id=1)
    with filled.connect() as connection, pytest.raises(IntegrityError):
        put(connection, "marks", id=3, replaces_id=1)
    with filled.begin() as connection:
        put(connection, "marks", id=3, replaces_id=2)
        put(connection, "marks", id=4, expert="E2")


def test_an_entry_has_one_answer_of_a_kind(filled: Engine) -> None:
    with filled.begin() as connection:
        put(connection, "assessment_entries", id=2, kind="review", of_id=1)
        put(connection, "assessment_entries", id=3, kind="escalation", of_id=1)
        put(connection, "assessment_entries", id=4, kind="visit")
    with filled.connect() as connection, pytest.raises(IntegrityError):
        put(connection, "assessment_entries", id=5, kind="review", of_id=1)
