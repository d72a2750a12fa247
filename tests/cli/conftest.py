"""What every test of the command line needs: a way to call it, and facts to call it on."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from hpf.core import (
    CNY,
    DEPARTMENT,
    POINT,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    round_to,
    split,
    when,
)
from hpf.core.kit.manager import load_plugins
from hpf.core.kit.programs import Programs
from hpf.core.program import Program
from hpf_cli import main
from hpf_cli.samples import Sample, shipped

Call = Callable[..., Result]
sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests


@pytest.fixture(scope="session")
def hpf() -> Call:
    """Call the command line: `hpf("run", "cardiology", …, lang="en")`; Chinese unless asked."""

    def call(*args: str | Path, lang: str = "zh") -> Result:
        environment = {"HPF_LANG": lang, "COLUMNS": "120", "NO_COLOR": "1"}
        return CliRunner().invoke(main, [str(a) for a in args], env=environment)

    return call


@pytest.fixture(scope="session")
def demo(hpf: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `hpf demo` leaves where the documents with printed examples are all.

    The cards of the samples are drawn elsewhere: they would take longer than all the rest.
    """
    folder = tmp_path_factory.mktemp("demo") / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hpf_cli.demo_cards.print_papers", lambda *_: {})
        patch.setattr("hpf_cli.finding.installed", lambda: Programs(departments()))
        result = hpf("demo", "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def township_home(hpf: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hospital as `hpf init` leaves it, with the township's plugin; copy it to change it."""
    folder = tmp_path_factory.mktemp("homes") / "township"
    result = hpf("init", folder, "--plugin", "township")
    assert result.exit_code == 0, result.output
    return folder


def departments() -> dict[str, Scheme]:
    """The schemes of the documents whose examples are printed."""
    found = load_plugins().schemes
    return {c: s for c, s in found.items() if s.folder == found["cardiology"].folder}


@pytest.fixture(scope="session")
def laboratory(demo: Path) -> Path:
    """The laboratory's sample as the demo leaves it: workbook, configuration, results."""
    return demo / "samples" / "laboratory"


@pytest.fixture(scope="session")
def cardiology(demo: Path) -> Path:
    """The published cardiology example as a workbook."""
    return demo / "facts" / "cardiology.xlsx"


PARAMETERS = """
tiny:
  share:
    name: {zh: 份额, en: Share}
    clause: T.1
    values: required
  on_surplus:
    name: {zh: 按结余, en: On the surplus}
    kind: boolean
    clause: T.1
    values: [{from: 2026-01-01, value: true, reference: "reading T-AMB-01"}]
"""
CONFIG = """# SYNTHETIC
settings:
  tiny:
    share: [{from: 2026-01-01, value: "0.5", reason: "synthetic: the hospital's own"}]
"""
STAFF_ROWS = "id,department,points\n编号,科室,得分\nA,D1,60\nB,D1,40.25\n"


class Tiny:
    """A plugin of one scheme that ships a sample of two months."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.write("parameters.yaml", PARAMETERS)
        self.write("sample/config.yaml", CONFIG)
        for period, income in (("2026-08", "1000.10"), ("2026-09", "1200.00")):
            self.month(period, income)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def month(self, period: str, income: str, under: str = "sample") -> None:
        home = f"{under}/{period}"
        self.write(f"{home}/hospital.csv", "id,name\n编号,名称\nH,小医院（合成数据）\n")
        department = f"id,hospital,income,cost\n编号,医院,收入,成本\nD1,H,{income},200\n"
        self.write(f"{home}/department.csv", department)
        self.write(f"{home}/staff.csv", STAFF_ROWS)

    def scheme(self, code: str = "tiny") -> Scheme:
        here = str(self.folder / "__init__.py")
        scheme = Scheme(code, zh="小样", en="Tiny", document="T", here=here)
        for name, zh in (("income", "收入"), ("cost", "成本")):
            scheme.decimal(DEPARTMENT, name, zh=zh, en=name.title(), unit=CNY)
        scheme.decimal(STAFF, "points", zh="得分", en="Points", unit=POINT)

        @scheme.rule(DEPARTMENT, zh="总额", en="Pool", clause="T.1", unit=CNY)
        def pool(department: Row, p: Parameters) -> Formula:
            surplus = department.income - department.cost
            return round_to(when(p.on_surplus, surplus, department.income) * p.share)

        @scheme.pay(STAFF, zh="绩效", en="Pay", clause="T.1")
        def pay(person: Row) -> Formula:
            return split(person.department.pool, by=person.points, within=person.department)

        @scheme.rule(STAFF, zh="上月绩效", en="Pay last month", clause="T.1", unit=CNY)
        def pay_before(person: Row) -> Formula:
            return person.past(1).pay

        return scheme


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The tiny plugin, installed alone."""
    plugin = Tiny(tmp_path / "plugin")
    install(monkeypatch, {"tiny": plugin.scheme()})
    return plugin


@pytest.fixture
def two_documents(tiny: Tiny, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """The tiny plugin beside the documents whose examples are printed.

    The demo computes the tiny plugin's sample alone: those of the documents have their own tests.
    """
    install(monkeypatch, {**departments(), "tiny": tiny.scheme()})

    def tiny_alone(program: Program, programs: Programs) -> list[Sample]:
        return shipped(program, programs) if program.code == "tiny" else []

    monkeypatch.setattr("hpf_cli.demo_samples.shipped", tiny_alone)
    return tiny


def install(monkeypatch: pytest.MonkeyPatch, schemes: Mapping[str, Scheme]) -> None:
    """Let the command line find these schemes and no others."""
    for module in ("hpf_cli.finding", "hpf_cli.running"):
        monkeypatch.setattr(f"{module}.installed", lambda: Programs(schemes))


@pytest.fixture
def spoilt(cardiology: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the cardiology workbook with cells changed: `spoilt({"staff!E4": "x"})`."""

    def change(cells: dict[str, object], name: str = "spoilt.xlsx") -> Path:
        book = openpyxl.load_workbook(cardiology)
        for at, value in cells.items():
            sheet, _, cell = at.partition("!")
            book[sheet][cell] = value
        path = tmp_path / name
        book.save(path)
        return path

    return change
