"""`hpf why` and `hpf what-if` on a hospital with two sealed months."""

from __future__ import annotations

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from homes import SAMPLE, copy_of

from hpf.core.periods import Period
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import StoredRun


def seal(home: Path, period: str) -> None:
    from hpf.runs import seal_period

    at = Home.open(home)
    engine = at.engine()
    with reading(engine) as session:
        hospital = at.hospital(session)
    seal_period(engine, at.programs(), hospital, "township", Period.parse(period), by="甲")
    engine.dispose()


@pytest.fixture(scope="module")
def home(hpf: Any, township_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """September as the sample has it; in October one physician's assessment is a better one."""
    folder = tmp_path_factory.mktemp("two")
    made = copy_of(township_home, folder / "home")
    later = folder / "october"
    shutil.copytree(SAMPLE / "2026-09", later)
    (later / "meta.csv").unlink()  # it speaks of September
    text = (later / "staff.csv").read_text("utf-8-sig")
    row = next(line for line in text.splitlines() if line.startswith("K01-3,"))
    assert ",0.95," in row + ","
    (later / "staff.csv").write_text(text.replace(row, row.replace("0.95", "0.99")), "utf-8")
    leave = (later / "leave.csv").read_text("utf-8-sig").splitlines()
    (later / "leave.csv").write_text("\n".join(x for x in leave if not x.startswith("L0")), "utf-8")
    assert hpf("configure", SAMPLE / "config.yaml", "--home", made).exit_code == 0
    for path, period in ((SAMPLE / "2026-09", "2026-09"), (later, "2026-10")):
        done = hpf("import", "township", path, "--period", period, "--home", made, "--yes")
        assert done.exit_code == 0, done.output
        seal(made, period)
    return made


def test_the_parts_are_told_and_sum_to_the_difference(hpf: Any, home: Path) -> None:
    asked = ("why", "township", "--period", "2026-10", "--entity", "staff:K01-3", "--home", home)
    done = hpf(*asked, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert sum(Decimal(p["amount"]) for p in told["parts"]) == Decimal(told["difference"]) > 0
    assert "coefficients" in {p["kind"] for p in told["parts"] if Decimal(p["amount"])}
    shown = hpf(*asked)
    assert "0.95" in shown.stdout
    assert "0.99" in shown.stdout


def test_what_it_cannot_answer_is_told_with_a_cure(hpf: Any, home: Path) -> None:
    asked = ["why", "township", "--home", home, "--period"]
    none = hpf(*asked, "2026-09", "--entity", "staff:K01-3")
    assert none.exit_code == 2
    assert "hpf calculate township --period 2026-08" in none.stderr
    for more, said in (
        (["--entity", "staff:K99"], "staff:K99"),
        (["--entity", "department:K01"], "--rule"),
        (["--entity", "staff:K01-3", "--rule", "pade"], "paid"),
    ):
        done = hpf(*asked, "2026-10", *more)
        assert done.exit_code == 2
        assert said in done.stderr


def test_a_what_if_shows_winners_losers_and_cost_and_stores_nothing(hpf: Any, home: Path) -> None:
    asked = ("what-if", "township", "--period", "2026-09", "--home", home)
    done = hpf(*asked, "--set", "role_weight[护士]=0.95", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert told["winners"] > 5
    assert told["losers"] > 5
    assert sum(Decimal(x["by"]) for x in told["lines"]) == Decimal(told["cost"])
    assert "增加最多" in hpf(*asked, "--set", "role_weight[护士]=0.95").stdout
    at = Home.open(home)
    engine = at.engine()
    with reading(engine) as session:
        assert session.query(StoredRun).count() == 2
    engine.dispose()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("role_wait[护士]=0.95", "role_weight"),
        ("role_weight[护土]=0.95", "护土"),
        ("role_weight[护士]=many", "many"),
        ("role_weight", "看不懂"),
    ],
)
def test_what_cannot_be_tried_is_told(hpf: Any, home: Path, change: str, said: str) -> None:
    done = hpf("what-if", "township", "--period", "2026-09", "--home", home, "--set", change)
    assert done.exit_code == 2
    assert said in done.stderr
