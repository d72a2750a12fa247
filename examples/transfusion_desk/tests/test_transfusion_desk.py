"""The plugin holds, its examples notice every mistake, and its sample is computed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import hpf_transfusion_desk

from hpf.core import Period
from hpf.core.calculate import calculate
from hpf.core.kit.testing import assert_plugin_holds, programs_of
from hpf.intake import load

PAID = Decimal("18000.00")  # by everybody in the sample, to the fen
SAMPLE = Path(hpf_transfusion_desk.__file__).parent / "sample" / "2026-09"


def test_the_plugin_holds() -> None:
    assert_plugin_holds(hpf_transfusion_desk, mutate=True)


def test_the_sample_is_computed() -> None:
    program = programs_of(hpf_transfusion_desk)["transfusion_desk"]
    period = Period.parse("2026-09")
    run = calculate(program, load(SAMPLE, program, period))
    assert not run.problems
    paid = run.evaluated.values["staff"]["transfusion_desk.pay"]
    assert paid.sum() == PAID  # whoever has no pay line counts as nothing
