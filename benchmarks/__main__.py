"""`python -m benchmarks`: measure everything and print the table."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from benchmarks import explaining, growth, hospital, measure, million, plan, reading
from benchmarks.sizes import FULL, QUICK, Sizes
from benchmarks.table import Line, render, summary

PARTS: dict[str, Callable[[Sizes], list[Line]]] = {
    "million": million.lines,
    "growth": growth.lines,
    "hospital": hospital.lines,
    "plan": plan.lines,
    "explaining": explaining.lines,
    "reading": reading.lines,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print. Exit code 0 whether targets are met or not: a figure is no failure."""
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
    for name in asked.only or PARTS:
        start = time.perf_counter()
        lines += PARTS[name](sizes)
        print(f"{name}: measured in {time.perf_counter() - start:.0f} s", file=sys.stderr)
    print()
    print(render(lines, judged=sizes.judged))
    if sizes.judged:
        print()
        print(summary(lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="tiny sizes: does everything run?")
    parser.add_argument("--only", nargs="+", choices=PARTS, help="only these parts")
    parser.add_argument("--staff", type=int, help="another size of the large register")
    parser.add_argument("--repeats", type=int, help="measured rounds")
    return parser


if __name__ == "__main__":
    sys.exit(main())
