"""The files of a payment: whole or not at all, the same again, and for the owner alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Desk, codes
from sealed import ACCOUNTS
from sqlalchemy import Engine, select, text

from hpf.intake.pay_files import BUILT_IN
from hpf.storage.engine import reading
from hpf.storage.models import PayoutBatch
from hpf.workflow.payments import write_again

WRITERS = {w.code: w for w in BUILT_IN}


@pytest.fixture
def desk(database: Engine, hospital: int, tmp_path: Path) -> Desk:
    return Desk(database, hospital, tmp_path)


def test_every_format_has_the_batch_and_can_be_written_again(desk: Desk) -> None:
    files = {desk.folder / f"list{w.suffix}": w for w in BUILT_IN}
    desk.pay(files=files)
    held = {path: path.read_bytes() for path in files}
    lines = held[desk.folder / "list.txt"].split(b"\r\n")
    assert lines[0] == b"H" + b"H-2026-09-1".ljust(40) + b"00000003" + b"0" * 9 + b"1013652026-09"
    name = "甲".encode("gb18030").ljust(60)
    first = b"D000001" + b"6222000000000001".ljust(32) + name + b"0" * 10 + b"60000"
    assert lines[1] == first + b"A".ljust(20)
    csv = held[desk.folder / "list.csv"].decode("utf-8-sig").splitlines()
    assert csv == ["编号,姓名,账号,方式,金额(元)", "A,甲,6222000000000001,,600.00",
                   "B,乙,6222000000000002,,402.50", "D,丁,6222000000000004,,11.15"]  # fmt: skip
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, "account numbers are for the owner alone"
        path.unlink()
    write_again(desk.engine, desk.keys, desk.hospital, "H-2026-09-1", files)
    assert {path: path.read_bytes() for path in files} == held


def test_a_batch_that_somebody_altered_is_not_written(desk: Desk) -> None:
    desk.pay()
    with desk.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER hpf_payout_lines_update")
        else:
            connection.exec_driver_sql("ALTER TABLE payout_lines DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE payout_lines SET amount = '601' WHERE row_id = 'A'")
    again = lambda: write_again(desk.engine, desk.keys, desk.hospital, "H-2026-09-1", {})  # noqa: E731
    assert codes(again) == ["batch_altered"]


def test_a_file_that_cannot_be_written_leaves_no_batch(desk: Desk) -> None:
    files = {desk.folder / "a.csv": WRITERS["csv"], desk.folder / "no" / "b.csv": WRITERS["csv"]}
    with pytest.raises(OSError, match="no"):
        desk.pay(files=files)
    assert sorted(p.name for p in desk.folder.iterdir()) == ["keys"]
    with reading(desk.engine) as session:
        assert session.scalars(select(PayoutBatch)).all() == []
    assert "payout.made" not in desk.actions()


def test_no_account_number_stands_in_the_clear(desk: Desk) -> None:
    desk.pay()
    with desk.engine.connect() as connection:
        for table in ("staff", "payout_lines", "audit"):
            said = str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for number in ACCOUNTS.values():
                assert number.replace(" ", "").replace("-", "") not in said, table
