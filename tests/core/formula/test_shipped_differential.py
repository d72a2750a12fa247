"""Every scheme that HPF ships, on its sample shaken: both interpreters agree, pools are conserved,
and what is stored replays to the same seal."""

from __future__ import annotations

import os
from random import Random

import pytest
from sample_months import sample_run
from shaken import disagreements

from hpf.core.kit.manager import load_plugins, load_programs
from hpf.core.kit.programs import Programs

PROGRAMS = load_programs(load_plugins())
FUZZ = bool(os.environ.get("HPF_FUZZ"))


def shake(programs: Programs, code: str, seeds: range) -> None:
    run, tried = sample_run(programs, code), 0
    for seed in seeds:
        found = disagreements(programs[code], run, Random(f"{code} {seed}"))
        assert not found, "\n".join([f"{code}, seed {seed}", *found[:8]])
        tried += found is not None
    assert tried * 3 >= len(seeds), "enough of the shaken months can be computed"


@pytest.mark.parametrize("code", ["county_public", "general_surgery", "operating_room"])
def test_the_interpreters_agree_on_shaken_facts(code: str) -> None:
    shake(PROGRAMS, code, range(3))


@pytest.mark.slow
@pytest.mark.parametrize("code", sorted(PROGRAMS))
def test_the_interpreters_agree_on_many_shaken_months(code: str) -> None:
    """With HPF_FUZZ=1 on new ones."""
    first = Random().randrange(10**9) if FUZZ else 100
    shake(PROGRAMS, code, range(first, first + 25))
