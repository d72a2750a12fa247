"""The shipped samples from the command line: facts read, checked, computed, explained where wrong,
printed and written, each in a process of its own."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import measure
from benchmarks.sizes import Sizes
from benchmarks.table import Line, seconds
from hpf.core.kit.manager import load_plugins, load_programs
from hpf_cli.samples import Sample, config_of, shipped

LIMIT = 3.0  # seconds of process time (user and system, all cores), the start of Python included


def lines(sizes: Sizes) -> list[Line]:
    """One line a scheme that ships a sample: its latest period, earlier ones computed before."""
    programs = load_programs(load_plugins())
    found = ((code, shipped(programs[code], programs)) for code in programs)
    with tempfile.TemporaryDirectory() as scratch:
        return [_line(s, Path(scratch) / code, sizes) for code, s in found if s]


def _line(samples: Sequence[Sample], scratch: Path, sizes: Sizes) -> Line:
    past = scratch / "past"
    past.mkdir(parents=True)
    if sizes.earlier is not None:
        samples = samples[-1 - sizes.earlier :]
    for number, sample in enumerate(samples[:-1]):
        _run(sample, past if number else None, past / f"{sample.period}.json")
    last, before = samples[-1], past if len(samples) > 1 else None
    # the first run warms the file system's cache and is not counted
    warm = 1 if sizes.judged else 0
    rounds = range(warm + sizes.repeats)
    times = [_run(last, before, scratch / "results.json") for _ in rounds][warm:]
    middle = statistics.median(times)
    rows = sum(_rows(path) for path in last.folder.glob("*.csv"))
    what = f"sample {last.program.code} {last.period}, {rows:,} rows: hpf run to results.json"
    return Line(f"{what}, process time", seconds(middle), f"best {seconds(min(times))}", None,
                f"<= {LIMIT:.2f} s", middle <= LIMIT)  # fmt: skip


def _rows(path: Path) -> int:
    return max(0, len(path.read_text("utf-8").splitlines()) - 2)  # two heading rows


def _run(sample: Sample, past: Path | None, out: Path) -> float:
    """User and system seconds of one `hpf run`; RuntimeError with what it said when it fails."""
    config = config_of(sample.program)
    arguments = [sample.program.code, "--period", str(sample.period), "--facts", str(sample.folder)]
    arguments += ["--config", str(config)] if config else []
    arguments += ["--past", str(past)] if past else []
    command = [sys.executable, "-m", "hpf_cli", "run", *arguments, "--json", str(out)]
    before = os.times()
    done = subprocess.run(command, cwd=measure.TOP, capture_output=True, text=True, check=False)
    after = os.times()
    if done.returncode:
        raise RuntimeError(f"{sample.program.code} {sample.period}: {done.stderr.strip()}")
    return sum(after[2:4]) - sum(before[2:4])
