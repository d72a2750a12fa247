"""The first month of the sample that a plugin ships."""

from __future__ import annotations

from hpf.core.calculate import calculate
from hpf.core.config import HospitalConfig
from hpf.core.facts import Facts
from hpf.core.kit.programs import Programs
from hpf.core.program import Program
from hpf.core.results import Run
from hpf.core.settings import Settings
from hpf_cli.samples import shipped

Month = tuple[Program, Facts, Settings | None]


def sample_month(programs: Programs, code: str) -> Month:
    """The program of that code, its facts of the month and what the hospital has set."""
    program = programs[code]
    config = HospitalConfig.read(program.folder / "sample" / "config.yaml", programs)
    return program, shipped(program, programs)[0].facts(), config.settings.get(code)


def sample_run(programs: Programs, code: str) -> Run:
    """The run on that month."""
    return calculate(*sample_month(programs, code))
