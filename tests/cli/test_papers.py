"""`hpf report month`, `handbook`, `certificate`: from a hospital's folder, and without one."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pypdf
import pytest
from homes import SAMPLE, copy_of

from hpf.core.periods import Period
from hpf.holds import approve, hold
from hpf.runs import Sealed, seal_period
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home

SEPTEMBER = ("--period", "2026-09")


def read(file: Path) -> str:
    return re.sub(r"\s", "", "".join(p.extract_text() for p in pypdf.PdfReader(file).pages))


@pytest.fixture(scope="module")
def sealed(
    hpf: Any, township_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Sealed]:
    """A home with a sealed month."""
    home = copy_of(township_home, tmp_path_factory.mktemp("papers") / "home")
    assert hpf("configure", SAMPLE / "config.yaml", "--home", home).exit_code == 0
    month = SAMPLE / "2026-09"
    done = hpf("import", "township", month, *SEPTEMBER, "--home", home, "--yes")
    assert done.exit_code == 0, done.output
    at = Home.open(home)
    engine = at.engine()
    with reading(engine) as session:
        hospital = at.hospital(session)
    period = Period.parse("2026-09")
    made = seal_period(engine, at.programs(), hospital, "township", period, by="甲")["township"]
    engine.dispose()
    return home, made


def test_the_month_report_of_a_sealed_run_knows_what_the_workflow_knows(
    hpf: Any, sealed: tuple[Path, Sealed]
) -> None:
    home, made = sealed
    done = hpf("report", "month", *SEPTEMBER, "--home", home)
    assert done.exit_code == 0, done.output
    text = read(home / "reports" / "township" / "2026-09" / "month.pdf")
    assert made.seal[:4] in text
    assert "审核并公示2026年9月结果" in text
    assert "申诉待答复（件）" in text
    assert "差额0.00" in text


def test_a_recorded_ceiling_and_a_hold_are_asked_about(
    hpf: Any, sealed: tuple[Path, Sealed], tmp_path: Path
) -> None:
    home = copy_of(sealed[0], tmp_path / "home")
    done = hpf("pay", "ceiling", "2026-09", "200000", "--reason", "批文", "--home", home)
    assert done.exit_code == 0, done.output
    at = Home.open(home)
    engine = at.engine()
    with writing(engine) as session:
        hospital, period = at.hospital(session), Period.parse("2026-09")
        unit = str(sealed[1].run.checked.rows["department"].ids[0])
        given = (session, hospital, "township", period, "department", unit)
        entry = hold(*given, reason="工作量表缺一张", by="甲")
        approve(session, hospital, entry.id, by="乙")
        session.commit()
    engine.dispose()
    out = tmp_path / "m.pdf"
    done = hpf("report", "month", *SEPTEMBER, "--home", home, "--out", out)
    assert done.exit_code == 0, done.output
    text = read(out)
    assert "2026-09核定总额将尽" in text
    assert "暂缓发放" in text
    assert "工作量表缺一张" in text


def test_the_certificate_bears_the_stored_seal_and_its_import(
    hpf: Any, sealed: tuple[Path, Sealed], tmp_path: Path
) -> None:
    home, made = sealed
    out = tmp_path / "c.pdf"
    done = hpf("report", "certificate", *SEPTEMBER, "--home", home, "--out", out,
               "--language", "en")  # fmt: skip
    assert done.exit_code == 0, done.output
    text = read(out)
    assert made.seal in text
    assert f"hpfverify-run{made.id}" in text
    assert "uptoimport1" in text
    assert "Auditchain,entry" in text
    assert len(pypdf.PdfReader(out).pages) == 1


def test_a_hospital_s_handbook_shows_its_own_values_with_the_reason(
    hpf: Any, sealed: tuple[Path, Sealed], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # the examples have their own tests, and take the longest
    monkeypatch.setattr("hpf.reports.cards.worked.Workshop.of", lambda *_: iter(()))
    home, _ = sealed
    out = tmp_path / "h.pdf"
    done = hpf("report", "handbook", "township", "--home", home, "--out", out, "--on", "2026-10-01")
    assert done.exit_code == 0, done.output
    text = read(out)
    assert "本院：" in text
    assert "等医院确定" not in text


def test_without_a_hospital_any_scheme_has_a_handbook_here(
    hpf: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HPF_HOME", raising=False)
    done = hpf("report", "handbook", "ward_nurse", lang="en")
    assert done.exit_code == 0, done.output
    assert "Written to ward_nurse-handbook.pdf" in done.output
    assert "Handbook" in read(tmp_path / "ward_nurse-handbook.pdf")


def test_the_month_report_of_a_workbook_is_a_preview(hpf: Any, tiny: Any, tmp_path: Path) -> None:
    out = tmp_path / "m.pdf"
    done = hpf("report", "month", *SEPTEMBER, "--facts", tiny.folder / "sample" / "2026-09",
               "--config", tiny.folder / "sample" / "config.yaml", "--out", out)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "预览，未定稿" in read(out)


def test_what_cannot_be_done_is_said_and_nothing_written(
    hpf: Any, sealed: tuple[Path, Sealed], tmp_path: Path
) -> None:
    home, _ = sealed
    early = hpf("report", "certificate", "--period", "2026-08", "--home", home)
    assert early.exit_code == 2
    assert "2026-08" in early.output
    day = hpf("report", "handbook", "township", "--home", home, "--on", "soon", lang="en")
    assert day.exit_code == 2
    assert "2026-10-01" in day.output
    assert not list(home.glob("reports/**/*2026-08*"))
