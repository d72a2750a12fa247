"""`python -m benchmarks`: measure everything and print the table."""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks import (
    cards,
    explaining,
    growth,
    hospital,
    importing,
    measure,
    million,
    month,
    pages,
    payday,
    plan,
    province,
    reading,
    samples,
    stored,
    whatif,
)
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.table import Line, render, summary

PARTS: dict[str, Callable[[Sizes], list[Line]]] = {
    "million": million.lines,
    "growth": growth.lines,
    "hospital": hospital.lines,
    "samples": samples.lines,
    "province": province.lines,
    "plan": plan.lines,
    "explaining": explaining.lines,
    "reading": reading.lines,
    "cards": cards.lines,
    "importing": importing.lines,
    "stored": stored.lines,
    "month": month.lines,
    "whatif": whatif.lines,
    "payday": payday.lines,
    "pages": pages.lines,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print. Exit code 0 whether targets are met or not: a missed target is a figure.

    1 when a part could not be measured; the others are printed all the same.
    """
    asked = _parser().parse_args(arguments)
    sizes = QUICK if asked.quick else FULL
    if asked.staff:
        tens = (asked.staff // 100, asked.staff // 10, asked.staff)
        sizes = replace(sizes, staff=asked.staff, growth=tens, judged=False)
    if asked.repeats:
        sizes = replace(sizes, repeats=asked.repeats)
    print("\n".join(measure.heading()))
    print(f"Medians of {sizes.repeats} rounds, contenders in turn; ratio = ours / other.")
    if not sizes.judged:
        print("Small sizes: the targets are not judged, the figures say little.")
    lines: list[Line] = []
    broken: list[str] = []
    for name in asked.only or PARTS:
        start = time.perf_counter()
        try:
            lines += PARTS[name](sizes)
        except Exception as error:  # one part that breaks must not hide the others' figures
            traceback.print_exc()
            broken.append(name)
            reason = str(error).strip().rpartition("\n")[2] or type(error).__name__
            lines.append(Line(f"{name}: NOT MEASURED: {reason[:90]}", "-"))
        print(f"{name}: measured in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    print()
    print(render(lines, judged=sizes.judged))
    if sizes.judged:
        print()
        print(summary(lines))
    if broken:
        print(f"NOT MEASURED: {', '.join(broken)}")
    return 1 if broken else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does everything run?")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these parts")
    parser.add_argument("--staff", type=int, help="another size of the large register")
    parser.add_argument("--repeats", type=int, help="measured rounds")
    return parser


if __name__ == "__main__":
    sys.exit(main())
