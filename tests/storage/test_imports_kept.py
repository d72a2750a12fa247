"""What is kept of an import: cells, reporter, moment, digest; and what is refused beside it."""

from __future__ import annotations

import datetime as dt
import threading
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from small_imports import BASE, PERIOD, changed, look, save, small, stored, workbook
from sqlalchemy import Engine, select, text

from hpf.core.checking import check
from hpf.core.errors import HpfError
from hpf.core.facts import Facts, Source, Table
from hpf.core.program import Program
from hpf.intake import load
from hpf.storage.engine import reading
from hpf.storage.imports import MOVED, Preview, check_import
from hpf.storage.models import AuditEntry, Import
from hpf.storage.troubles import StorageError, TamperError


@pytest.fixture(scope="module")
def program() -> Program:
    return small()


def test_every_value_keeps_its_cell_its_reporter_and_its_moment(
    database: Engine, hospital: int, program: Program, tmp_path: Path
) -> None:
    """What a correction did not touch still names the first file."""
    moment = dt.datetime(2026, 10, 3, 1, 2, 3, tzinfo=dt.UTC)
    one = load(workbook(tmp_path / "九月.xlsx"), program, PERIOD)
    save(database, look(database, hospital, program, one), by="甲", at=moment, file="九月.xlsx")
    two = load(workbook(tmp_path / "更正.xlsx", 13, first=False), program, PERIOD)
    save(database, look(database, hospital, program, two), by="乙", file="更正.xlsx")
    checked, problems = check(program, stored(database, hospital, program))
    assert problems == []
    staff = checked.rows["staff"]
    assert staff.ids.to_list() == ["A1"]
    assert staff.place(0, "points") == "更正.xlsx [staff] C2"
    assert staff.reported(0, "points")[0] == "乙"
    assert staff.place(0, "post") == "九月.xlsx [staff] D3"
    assert staff.reported(0, "post") == ("甲", "2026-10-03T01:02:03.000000Z")
    assert staff.place(0, "since") == "九月.xlsx [staff] 3", "never reported: its row"


def test_a_value_made_of_several_rows_names_them_all(
    database: Engine, hospital: int, program: Program
) -> None:
    frame = pl.DataFrame({"id": ["A1", "A2"], "points": [Decimal("3.5"), None]},
                         schema={"id": pl.String, "points": pl.Decimal(38, 1)})  # fmt: skip
    source = Source("导出.xlsx", "明细", {"id": "B", "points": "E"}, [4, 9],
                    lines={"points": ["4,7-8", ""]})  # fmt: skip
    save(database, look(database, hospital, program, BASE))
    part = Facts(PERIOD, {"staff": Table("staff", frame, source)})
    save(database, look(database, hospital, program, part, "part"))
    checked, _ = check(program, stored(database, hospital, program))
    assert checked.rows["staff"].place(0, "points") == "导出.xlsx [明细] E4,E7:E8"
    with database.connect() as connection:
        shown = connection.execute(
            text("SELECT value, line, lines FROM fact_versions WHERE file = '导出.xlsx'")
        ).all()
    assert ("3.5", 4, "4,7-8") in [tuple(r) for r in shown]


def test_one_audit_entry_an_import_carries_its_digest(
    database: Engine, hospital: int, program: Program
) -> None:
    saved = save(database, look(database, hospital, program, BASE), reason="九月", file="a.xlsx",
                 file_digest="f" * 64)  # fmt: skip
    assert saved is not None
    assert saved.digest is not None
    assert len(saved.digest) == 64
    with reading(database) as session:
        (entry,) = session.scalars(select(AuditEntry))
        assert (entry.action, entry.who, entry.hospital) == ("import.saved", "张三", "H")
        assert entry.detail["facts"] == saved.digest
        assert entry.detail["file_digest"] == "f" * 64
        check_import(session, session.get_one(Import, saved.id))


@pytest.mark.parametrize(
    "tampered",
    [
        "UPDATE facts SET value = '13' WHERE value = '12.5'",
        "UPDATE facts SET line = 77 WHERE value = '12.5'",
        "UPDATE facts SET row = 'A7' WHERE value = '12.5'",
        "DELETE FROM facts WHERE value = '12.5'",
        "UPDATE import_columns SET file = 'other.xlsx'",
        "UPDATE imports SET \"by\" = '李四'",
    ],
)
def test_an_import_that_was_altered_in_the_database_is_found(
    database: Engine, hospital: int, program: Program, tampered: str
) -> None:
    saved = save(database, look(database, hospital, program, BASE))
    assert saved is not None
    with database.begin() as connection:
        if database.dialect.name == "sqlite":
            names = connection.execute(
                text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            )
            for (name,) in names.all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text(tampered))
    with reading(database) as session, pytest.raises(TamperError):
        check_import(session, session.get_one(Import, saved.id))


def test_an_import_shown_before_another_one_is_refused(
    database: Engine, hospital: int, program: Program
) -> None:
    """Whoever confirms must have seen what will be overwritten."""
    mine = look(database, hospital, program, changed(A1_points="1"))
    save(database, look(database, hospital, program, changed(A1_points="2")))
    with pytest.raises(StorageError) as caught:
        save(database, mine)
    assert [p.code for p in caught.value.problems] == [MOVED]
    again = look(database, hospital, program, changed(A1_points="1"))
    assert [(c.old, c.new) for c in again.cells()] == [("2", "1")]


def test_two_imports_at_the_same_moment_come_one_after_the_other(
    database: Engine, hospital: int, program: Program
) -> None:
    """Both were shown on an empty period: one is written, the other is told to look again."""
    shown = [look(database, hospital, program, changed(A1_points=str(n))) for n in range(4)]
    begin = threading.Barrier(4)
    outcome: list[str] = []

    def run(one: Preview) -> None:
        begin.wait()
        try:
            saved = save(database, one)
            outcome.append(f"number {saved.number}" if saved else "nothing")
        except HpfError as error:
            outcome.append(error.problems[0].code)

    threads = [threading.Thread(target=run, args=(one,)) for one in shown]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(outcome) == sorted(["number 1", MOVED, MOVED, MOVED])
    with reading(database) as session:
        for one in session.scalars(select(Import)):
            check_import(session, one)
