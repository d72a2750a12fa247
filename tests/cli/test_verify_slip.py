"""`hpf verify-slip`: the figures of a genuine slip and nothing else; no other code is accepted."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from homes import SAMPLE, copy_of

from hpf.core.periods import Period
from hpf.reports.codes import code_of, slip_key
from hpf.runs import Sealed, seal_period
from hpf.storage.engine import reading
from hpf.storage.home import Home

Printed = tuple[Path, Sealed, str]


@pytest.fixture(scope="module")
def printed(hpf: Any, township_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Printed:
    """A home with a sealed month, and the code of one slip."""
    home = copy_of(township_home, tmp_path_factory.mktemp("printed") / "home")
    assert hpf("configure", SAMPLE / "config.yaml", "--home", home).exit_code == 0
    month = SAMPLE / "2026-09"
    done = hpf("import", "township", month, "--period", "2026-09", "--home", home, "--yes")
    assert done.exit_code == 0, done.output
    at = Home.open(home)
    engine = at.engine()
    with reading(engine) as session:
        hospital = at.hospital(session)
    period = Period.parse("2026-09")
    made = seal_period(engine, at.programs(), hospital, "township", period, by="甲")["township"]
    engine.dispose()
    return home, made, code_of(slip_key(at.keys), made.seal, "staff", "K01-3")


def test_a_genuine_code_gives_the_figures_and_no_name(hpf: Any, printed: Printed) -> None:
    home, made, code = printed
    done = hpf("verify-slip", code.lower().replace("-", ""), "--home", home, "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert Decimal(told["total"]) == made.run.value("staff", "K01-3", "paid")
    assert sum(Decimal(x["amount"]) for x in told["lines"]) == Decimal(told["total"])
    assert told["seal"] == made.seal
    assert told["later"] is False, "its own run is no later one"
    shown = hpf("verify-slip", code, "--home", home)
    for secret in ("K01-3", made.run.checked.rows["staff"].names[2]):
        assert secret not in shown.stdout + done.stdout


def test_any_other_code_is_not_confirmed(hpf: Any, printed: Printed) -> None:
    home, _, code = printed
    other = code[:-1] + ("2" if code[-1] != "2" else "3")
    done = hpf("verify-slip", other, "--home", home)
    assert done.exit_code == 1
    assert "没有这样的绩效单" in done.stdout
    wrong = hpf("verify-slip", "K7Q4", "--home", home)
    assert wrong.exit_code == 2
    assert "12 位" in wrong.stderr
