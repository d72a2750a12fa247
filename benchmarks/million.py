"""One big register end to end: ours against openfisca-core and against hand-written Polars."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import by_hand, fisca, measure, ours, register
from benchmarks.sizes import Sizes
from benchmarks.table import Line, absent, compared, megabytes, seconds

SLOWER = 1.0  # at most this multiple of openfisca's time
TIME, MEMORY = 1.3, 1.5  # at most these multiples of hand-written Polars


def lines(sizes: Sizes) -> list[Line]:
    """Time, conservation and peak memory."""
    data = register.make(sizes.staff)
    program = ours.program()
    known = ours.parameters(program)
    tasks: dict[str, Callable[[], object]] = {
        "ours": lambda: ours.pay(program, data, known),
        "by hand": lambda: by_hand.pay(data),
        "whole numbers": lambda: by_hand.whole_numbers(data),
    }
    if fisca.installed():
        rules = fisca.system()
        text, numbered = fisca.arrays(data), fisca.arrays(data, numbered=True)
        tasks["openfisca"] = lambda: fisca.pay(rules, text)
        tasks["openfisca, numbered"] = lambda: fisca.pay(rules, numbered)
    took = measure.interleaved(tasks, sizes.repeats)
    size = f"{sizes.staff:,} staff, {len(data.departments):,} pools"
    mine = took["ours"]

    def line(what: str, other: str, at_most: float | None = None) -> Line:
        ratio, theirs = mine / took[other], f"{seconds(took[other])}"
        if at_most is None:
            return Line(f"{size}: {what}", seconds(mine), theirs, ratio)
        return compared(f"{size}: {what}", seconds(mine), theirs, ratio, at_most)

    out = []
    if fisca.installed():
        out.append(line("against openfisca-core, build + calculate", "openfisca", SLOWER))
        out.append(line("  the same, its ids resolved beforehand", "openfisca, numbered"))
    else:
        out.append(absent(f"{size}: against openfisca-core, build + calculate", "openfisca-core"))
    out.append(_conserved(data, size))
    out.append(line("against hand-written Polars, the same exact work", "by hand", TIME))
    what = "against hand-written Polars in whole numbers"
    out.append(line(what, "whole numbers", TIME))
    out.append(_memory(data, size, sizes.repeats))
    return out


def _conserved(data: register.Register, size: str) -> Line:
    """Pools whose shares do not add up to the fen, counted apart from every contender."""
    program = ours.program()
    mine = register.in_fen(ours.shares(ours.pay(program, data, ours.parameters(program))))
    same = {"by hand": by_hand.pay(data), "whole numbers": by_hand.whole_numbers(data)}
    for name, found in same.items():
        differ = int((register.in_fen(found["pay"]) != mine).sum())
        if differ:
            raise AssertionError(f"{name}: {differ} shares differ, so the times say nothing")
    off = register.not_conserved(data, mine)
    other = "openfisca-core: not installed"
    if fisca.installed():
        theirs = fisca.in_fen(fisca.pay(fisca.system(), fisca.arrays(data)))
        wrong = register.not_conserved(data, theirs)
        other = f"{wrong:,} ({wrong / len(data.departments):.0%})"
    return Line(f"{size}: pools off by a fen or more", str(off), other, None, "0", off == 0)


def _memory(data: register.Register, size: str, repeats: int) -> Line:
    with tempfile.TemporaryDirectory() as folder:
        register.save(data, Path(folder))
        runs = {name: ("memory", name, folder) for name in ("ours", "by_hand")}
        peak = measure.medians(runs, "bytes", min(3, repeats))
    ratio = peak["ours"] / max(1.0, peak["by_hand"])
    mine, theirs = megabytes(peak["ours"]), megabytes(peak["by_hand"])
    what = f"{size}: peak memory beyond the data, against hand-written Polars"
    return compared(what, mine, theirs, ratio, MEMORY)
