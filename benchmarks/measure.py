"""Measuring: interleaved repetitions, and peak memory or process time in a child of its own."""

from __future__ import annotations

import gc
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

TOP = Path(__file__).parents[1]
# Polars' allocator gives freed memory back at once, so that a peak is what was needed, not what
# had been kept from loading the data.
ALLOCATOR = {"_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}
PACKAGES = ("polars", "openfisca-core", "numpy", "python-calamine", "fastexcel")


def interleaved(tasks: Mapping[str, Callable[[], object]], repeats: int) -> dict[str, float]:
    """Median wall seconds of each task, run in turn (A B A B …) after one unmeasured round.

    A slow spell of the machine then falls on all of them, not on one.
    """
    taken: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(repeats + 1):
        for name, task in tasks.items():
            gc.collect()
            start = time.perf_counter()
            kept = task()
            if turn:
                taken[name].append(time.perf_counter() - start)
            del kept
    return {name: statistics.median(times) for name, times in taken.items()}


def in_child(*arguments: str) -> dict[str, Any]:
    """What `python -m benchmarks.child …` prints, as JSON. RuntimeError when it fails."""
    command = [sys.executable, "-m", "benchmarks.child", *arguments]
    extra = ALLOCATOR if arguments[0] == "memory" else {}
    done = subprocess.run(
        command, cwd=TOP, env=os.environ | extra, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {done.stderr.strip()}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def medians(runs: Mapping[str, tuple[str, ...]], key: str, repeats: int) -> dict[str, float]:
    """Median of one figure that children print; the children take turns too."""
    found: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(repeats):
        for name, arguments in runs.items():
            found[name].append(in_child(*arguments)[key])
    return {name: statistics.median(values) for name, values in found.items()}


def heading() -> list[str]:
    """The machine and the versions that the figures hold for."""
    versions = []
    for package in PACKAGES:
        try:
            versions.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            versions.append(f"{package} not installed")
    busy = f", load before the run {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return [
        f"{platform.system()} {platform.machine()}, {cores()} cores, {_memory()}{busy}",
        f"Python {platform.python_version()}; {', '.join(versions)}",
    ]


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> str:
    try:
        pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, ValueError, OSError):
        return "memory unknown"
    return f"{pages / 2**30:.0f} GiB of memory"
