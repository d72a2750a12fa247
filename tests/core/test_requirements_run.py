"""Requirements on the command line: `hpf run` lists what fails, or writes and lists notices."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from asking import STAFF_CSV, require, scheme, workbook_of
from click.testing import CliRunner, Result

from hpf.core import STAFF, Formula, Row, round_to, split
from hpf.core.kit.programs import Programs
from hpf_cli import main


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """`hpf` with one scheme: a pay line, a requirement, and one whose failing is a notice."""
    s = scheme(tmp_path)
    require(s, lambda m: m.withheld <= m.earned, zh="扣发不超过应发", en="No more than earned")

    @s.require(
        STAFF, zh="得分达到标准", en="Up to standard", clause="A.1",
        cure=("请核对得分", "Check the points"), severity="notice",
    )  # fmt: skip
    def standard(member: Row) -> Formula:
        return member.got >= member.points

    @s.pay(STAFF, zh="绩效", en="Pay", clause="A.2")
    def pay(member: Row) -> Formula:
        hospital = member.department.hospital
        return split(hospital.pool, by=member.points, within=hospital)

    @s.pay(STAFF, zh="实发", en="Paid", clause="A.2")
    def paid(member: Row) -> Formula:
        return round_to(member.earned - member.withheld)

    monkeypatch.setattr("hpf_cli.running.installed", lambda: Programs({"demo": s}))

    def run(staff: str, *args: str, lang: str = "en") -> Result:
        path = workbook_of(tmp_path, "id,pool\nH,100\n", staff)
        command = ["run", "demo", "--period", "2026-09", "--facts", str(path), *args]
        environment = {"HPF_LANG": lang, "COLUMNS": "120", "NO_COLOR": "1"}
        return CliRunner().invoke(main, command, env=environment)

    return run


def test_run_lists_every_requirement_that_fails_and_writes_nothing(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    out = tmp_path / "out.json"
    staff = STAFF_CSV + "C,D,丙,50,1,2,40\n"
    result = call(staff, "--json", str(out))
    assert result.exit_code == 2
    assert not out.exists()
    told = result.stderr
    assert "staff.csv [staff] F3  staff:B  asked\n" in told
    assert "No more than earned: Withheld 10.01 > Earned 10\n" in told
    assert "No more than earned: Withheld 2 > Earned 1\n" in told
    assert "→ Correct the standard points" in told
    assert "Up to standard: Points got 40 < Standard points 50" in told
    assert "2 problems. Nothing was written." in told


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_notice_is_printed_and_written_and_the_exit_code_is_0(
    call: Callable[..., Result], tmp_path: Path, lang: str
) -> None:
    out = tmp_path / "out.json"
    staff = STAFF_CSV.replace("10.01,", "1,40")
    result = call(staff, "--json", str(out), lang=lang)
    assert result.exit_code == 0, result.output
    words = {
        "zh": "得分达到标准：得分 40 < 标准分值 50",
        "en": "Points got 40 < Standard points 50",
    }
    assert words[lang] in result.stderr
    assert {"zh": "→ 请核对得分\n", "en": "→ Check the points\n"}[lang] in result.stderr
    assert "asked" not in result.stdout
    assert {"zh": "扣发不超过应发", "en": "No more than earned"}[lang] not in result.stdout
    document = json.loads(out.read_text("utf-8"))
    assert [p["code"] for p in document["problems"]] == ["requirement.standard"]
    kinds = {r["rule"]: r["kind"] for r in document["results"]}
    assert kinds["asked"] == kinds["standard"] == "requirement"


def test_results_go_into_a_workbook_with_a_column_for_each_requirement(
    call: Callable[..., Result], tmp_path: Path
) -> None:
    import openpyxl

    out = tmp_path / "out.xlsx"
    result = call(STAFF_CSV.replace("10.01,", "1,40"), "--xlsx", str(out))
    assert result.exit_code == 0, result.output
    (sheet,) = (s for s in openpyxl.load_workbook(out) if str(s.title).startswith("人员"))
    heads = [c.value for c in sheet[2]]
    assert heads[-2:] == ["扣发不超过应发", "得分达到标准"]
    assert [c.value for c in sheet[5]][-2:] == ["是", "否"]
