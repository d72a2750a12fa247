"""`hpf survey`: a questionnaire's course from the command line."""

from __future__ import annotations

import datetime as dt
import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "workflow" / "questionnaires"))

import survey_plugin
import surveying

from hpf.core.kit import manager
from hpf.portal.clock import today
from hpf.storage.engine import connect
from hpf.storage.home import Home, write_toml
from hpf.workflow.questionnaire_answers import by_token

LAST = str(today() + dt.timedelta(days=9))
AS = ("--as", "office")


@pytest.fixture
def at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a hospital that asks questions."""
    surveying.sqlite_house(tmp_path).engine.dispose()
    real = manager.entry_points

    def points(**asked: Any) -> Any:
        return [*real(**asked), EntryPoint("surveyed", survey_plugin.__name__, "hpf")]

    monkeypatch.setattr(manager, "entry_points", points)
    home = Home(tmp_path, "H1", "示例医院（合成数据）", ("surveyed",),
                f"sqlite:///{tmp_path / 'hpf.db'}", tmp_path / "keys")  # fmt: skip
    home.file.write_text(write_toml(home), "utf-8")
    return tmp_path


def test_a_survey_from_opening_to_facts(hpf, at: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*words: str, code: int = 0) -> str:
        result = hpf("survey", *words, "--home", at)
        assert result.exit_code == code, result.output
        return result.output

    given: list[Any] = []

    def write(paper: Any, file: Path) -> None:
        given.append(paper)
        file.write_bytes(b"%PDF-")

    monkeypatch.setattr("hpf.reports.documents.write", write)  # pages are drawn elsewhere
    opened = ("open", "surveyed", "patients", "--period", "2026-Q3", "--until", LAST, *AS)
    assert "1 号问卷已开始" in run(*opened)
    assert "已有，是 1 号" in run(*opened, code=2)
    for group in ("outpatients", "inpatients"):
        run("slips", "1", group, "--count", "10", "--url", "https://hpf.example.cn/", "--out",
            str(at / "slips.pdf"), *AS)  # fmt: skip
    assert (at / "slips.pdf").exists()
    tokens = [alt.partition('"')[0] for p in given for alt in p.html.split('alt="')[1:]]
    assert len(set(tokens)) == 20
    assert "一份答卷也没有" in run("close", "1", *AS, code=2)
    home = Home.open(at)
    engine = connect(home.url)
    house = surveying.House(engine, at, fill=False)
    for n, token in enumerate(tokens):
        with surveying.writing(engine) as session:
            mark = {"care": "2" if n % 10 == 0 else "5"}
            by_token(session, house.keys, 1, 1, token, mark, today())
            session.commit()
    assert "共收到 20 份" in run("progress", "1", *AS)
    assert "还没有截止" in run("results", "1", *AS, code=2)
    assert "已截止，共 20 份" in run("close", "1", *AS)
    told = run("results", "1", *AS)
    assert "0.9000 [" in told
    assert "10 分" in told
    assert "第 2 次导入" in run("facts", "1", *AS)
    assert "没有变化" in run("facts", "1", *AS)
    assert "1 患者满意度调查 2026-Q3" in run("list")
    engine.dispose()


def test_raters_are_drawn_and_reminded(hpf, at: Path) -> None:
    def run(*words: str, code: int = 0, lang: str = "en") -> str:
        result = hpf("survey", *words, "--home", at, lang=lang)
        assert result.exit_code == code, result.output
        return result.output

    run("open", "surveyed", "all_sides", "--period", "2026-Q3", "--until", LAST, *AS)
    assert "15 people" in run("assign", "1", "--seed", "x", *AS)
    assert "drawn already" in run("assign", "1", *AS, code=2)
    told = run("progress", "1", *AS)
    assert "To be reminded: W1-1×" in told
    assert "(no account)" in told
    assert "Did you mean all_sides?" in run(
        "open", "surveyed", "all_side", "--period", "2026-Q3", "--until", LAST, *AS, code=2
    )
    assert "is no group of the public" in run(
        "poster", "1", "peers", "--url", "https://x", "--out", str(at / "p.pdf"), *AS, code=2
    )
    assert "does not stand for" in run("results", "1", "--as", "W1-1", code=2)
