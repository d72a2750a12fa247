"""What every test of the command line needs: a way to call it, and facts to call it on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result

from hpf_cli import main

Call = Callable[..., Result]


@pytest.fixture(scope="session")
def hpf() -> Call:
    """Call the command line: `hpf("run", "cardiology", …, lang="en")`; Chinese unless asked."""

    def call(*args: str | Path, lang: str = "zh") -> Result:
        environment = {"HPF_LANG": lang, "COLUMNS": "120", "NO_COLOR": "1"}
        return CliRunner().invoke(main, [str(a) for a in args], env=environment)

    return call


@pytest.fixture(scope="session")
def demo(hpf: Call, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that `hpf demo` leaves."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    result = hpf("demo", "--out", folder)
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture(scope="session")
def cardiology(demo: Path) -> Path:
    """The published cardiology example as a workbook."""
    return demo / "facts" / "cardiology.xlsx"


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
