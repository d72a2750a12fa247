"""`hpf pay`: from a sealed run to what was paid, returned and reissued, by the command line."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import openpyxl
import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

from homes import copy_of
from paying import fill

from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import Filing


@pytest.fixture
def home(township_home: Path, tmp_path: Path) -> Path:
    folder = copy_of(township_home, tmp_path / "home")
    fill(folder)
    return folder


def test_a_month_is_paid_returned_and_reissued(hpf, home: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    at = ("--home", home, "--by", "出纳")

    stopped = hpf("pay", "make", 1, "--out", out, *at)
    assert stopped.exit_code == 2, "the period has no cycle"
    assert "没有考核流程" in stopped.output
    assert list(out.iterdir()) == []

    made = hpf("pay", "make", 1, "--no-cycle", "--out", out, "--format", "xlsx", "--format",
               "fixed", *at)  # fmt: skip
    assert made.exit_code == 0, made.output
    assert "批次 H01-2026-09-1：3 人，共 1,013.65 元" in made.output
    assert "没有登记核定总额" in made.output, "no ceiling: told, not passed over"
    assert {p.name for p in out.iterdir()} == {"H01-2026-09-1.xlsx", "H01-2026-09-1-fixed.txt"}
    sheet = openpyxl.load_workbook(out / "H01-2026-09-1.xlsx").active
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=4, max_row=6)]
    assert rows[1] == ["B", "乙", "6222000000000002", "", 402.5]
    assert sheet["C5"].data_type == "s", "an account is text: no digit is lost"

    again = hpf("pay", "make", 1, "--no-cycle", "--out", out, *at, lang="en")
    assert again.exit_code == 2
    assert "paid already, by batch H01-2026-09-1" in again.output

    batch = "H01-2026-09-1"
    assert hpf("pay", "sent", batch, *at).output == "已标记 3 笔。\n"
    assert hpf("pay", "returned", batch, "B", *at).exit_code == 2, "say why"
    assert hpf("pay", "returned", batch, "B", "--reason", "户名不符", *at).exit_code == 0
    assert hpf("pay", "paid", batch, *at).output == "已标记 2 笔。\n"
    new = tmp_path / "accounts.csv"
    new.write_text("编号,账号\nB,6222 9999 0000 1111\nC,6222999900002222\n", "utf-8")
    assert hpf("pay", "accounts", new, *at).exit_code == 0
    done = hpf("pay", "reissue", batch, "--reason", "更正账号", "--format", "csv", "--out", out,
               *at)  # fmt: skip
    assert done.exit_code == 0, done.output
    text = (out / "H01-2026-09-1-1.csv").read_text("utf-8-sig")
    assert text.splitlines()[1:] == ["B,乙,6222999900001111,,402.50"]

    listed = hpf("pay", "list", "--home", home)
    assert "已到账 2, 已补发 1" in listed.output
    shown = hpf("pay", "list", batch, "--home", home)
    assert "****0002" in shown.output
    assert "6222000000000002" not in shown.output, "accounts are for the bank's file alone"
    assert "更正账号" in shown.output

    whole = hpf("audit", "verify", "--all", "--home", home)
    assert whole.exit_code == 0, whole.output
    assert "审计链完好" in whole.output


def test_a_ceiling_stops_the_payment(hpf, home: Path, tmp_path: Path) -> None:
    at = ("--home", home)
    assert hpf("pay", "ceiling", "2026-09", "1,000.00", "--reason", "文件", *at).exit_code == 0
    stopped = hpf("pay", "make", 1, "--no-cycle", "--out", tmp_path, *at)
    assert stopped.exit_code == 2
    assert "超出核定总额 1000 元 13.65 元" in stopped.output
    for wrong in ("12.345", "many", "NaN"):
        assert hpf("pay", "ceiling", "2026-09", wrong, "--reason", "x", *at).exit_code == 2
    assert hpf("pay", "ceiling", "September", "1", "--reason", "x", *at).exit_code == 2


def test_accounts_are_all_loaded_or_none(hpf, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "a.xlsx"
    book = openpyxl.Workbook()
    for row in (("编号", "账号"), ("A", "6222000000009999"), ("B", 6222000000000002), ("X", "12")):
        book.active.append(row)
    book.save(file)
    wrong = hpf("pay", "accounts", file, "--home", home)
    assert wrong.exit_code == 2
    assert "账号写成了数字" in wrong.output
    text = tmp_path / "a.csv"
    text.write_text("编号,账号\nA,123\nX,6222000000000001\n", "gb18030")
    wrong = hpf("pay", "accounts", text, "--home", home)
    assert wrong.exit_code == 2
    assert "8 至 32 位数字" in wrong.output
    assert "不在人员名册里" in wrong.output
    text.write_text("姓名,卡\nA,1\n", "utf-8")
    assert "首行应有" in hpf("pay", "accounts", text, "--home", home).output


def test_the_key_of_accounts_can_be_changed(hpf, home: Path, tmp_path: Path) -> None:
    old = (home / "keys" / "accounts.key").read_bytes()
    at = ("--home", home)
    assert (
        hpf("pay", "make", 1, "--no-cycle", "--out", tmp_path, "--format", "csv", *at).exit_code
        == 0
    )
    before = (tmp_path / "H01-2026-09-1.csv").read_bytes()
    changed = hpf("pay", "rotate-key", "--home", home)
    assert changed.output == "6 个账号已换新密钥。\n"
    assert (home / "keys" / "accounts.key").read_bytes() != old
    for kept in (home / "keys").glob("accounts.*.key"):
        assert kept.read_bytes() == old, "for older backups"
        kept.unlink()
    assert (
        hpf("pay", "write", "H01-2026-09-1", "--out", tmp_path, "--format", "csv", *at).exit_code
        == 0
    )
    assert (tmp_path / "H01-2026-09-1.csv").read_bytes() == before


def test_an_unknown_format_batch_or_run_is_told(hpf, home: Path) -> None:
    at = ("--home", home)
    assert "是否想写 csv" in hpf("pay", "make", 1, "--format", "cvs", *at).output
    assert "没有批次 Z" in hpf("pay", "list", "Z", *at).output
    assert "没有第 99 次计算" in hpf("pay", "make", 99, *at).output


def settled(home: Path, text: str) -> None:
    """As the performance office settles it."""
    at = Home.open(home)
    engine = at.engine()
    with writing(engine) as session:
        session.add(Filing(
            hospital_id=at.hospital(session), cycle_id=None, kind="setting", subject="payer_apart",
            text=text, detail={}, by="办", role="hr", at=dt.datetime.now(dt.UTC),
        ))  # fmt: skip
        session.commit()
    engine.dispose()


def test_who_sealed_a_run_is_told_or_kept_from_paying_it(hpf, home: Path, tmp_path: Path) -> None:
    """A command takes a name on trust and tells; once the hospital settles it, it stops, or is
    silent. Nothing is paid by what was stopped."""
    make = ("pay", "make", 1, "--no-cycle", "--out", tmp_path, "--home", home)
    settled(home, "yes")
    stopped = hpf(*make, "--by", "calculator", lang="en")
    assert stopped.exit_code == 2
    assert "somebody else pays it" in stopped.output
    assert "H01-2026-09-1" not in hpf("pay", "list", "--home", home).output
    settled(home, "no")
    made = hpf(*make, "--by", "calculator", lang="en")
    assert made.exit_code == 0, made.output
    assert "somebody else pays it" not in made.output
