"""What runs in a process of its own, so that its peak memory or its process time is its alone.

    python -m benchmarks.child memory ours|by_hand FOLDER     {"bytes": …}
    python -m benchmarks.child hospital FOLDER                {"build": …, "read": …, …}
    python -m benchmarks.child cards pace|both|room|first FOLDER COUNT
    python -m benchmarks.child importing URL FACTS            {"save": …, "bytes": …, …}

What it found is printed as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path


def memory(contender: str, folder: Path) -> dict[str, float]:
    """Peak memory while paying, beyond what the process held with the data loaded."""
    from benchmarks import by_hand, ours, register

    data = register.load(folder)
    program = ours.program()
    known = ours.parameters(program)
    run: Callable[[], object] = (
        (lambda: ours.pay(program, data, known))
        if contender == "ours"
        else (lambda: by_hand.pay(data))
    )
    before = reset()
    kept = run()
    after = peak()
    del kept
    return {"bytes": max(0, after - before)}


def reset() -> int:
    """Bytes held now; the kernel's high-water mark is lowered to them where it can be."""
    clear = Path("/proc/self/clear_refs")
    if clear.exists():
        clear.write_text("5")
    return peak()


def peak() -> int:
    """The most bytes that were ever held (since the mark was lowered)."""
    if (most := _told("VmHWM:")) is not None:
        return most
    import resource

    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return used if sys.platform == "darwin" else used * 1024


def held(process: int | None = None) -> int:
    """Bytes held now, by this process or another; where that is not told, the most that this one
    ever held, or 0 for another."""
    now = _told("VmRSS:", "self" if process is None else str(process))
    if now is None:
        return peak() if process is None else 0
    return now


def used(process: int) -> float:
    """Processor seconds that another process has used; 0 where that is not told."""
    stat = Path(f"/proc/{process}/stat")
    if not stat.exists():
        return 0.0
    after = stat.read_text().rpartition(")")[2].split()  # the name may hold blanks
    return (int(after[11]) + int(after[12])) / os.sysconf("SC_CLK_TCK")


def _told(name: str, process: str = "self") -> int | None:
    status = Path(f"/proc/{process}/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return None


def hospital(folder: Path) -> dict[str, float]:
    """Process time from the workbook to written results, after everything is imported."""
    from benchmarks import hospital as scheme
    from hpf.core.calculate import calculate
    from hpf.core.results import as_json
    from hpf.intake import load
    from hpf.intake.atomic import atomic_write
    from hpf.intake.export import write_results

    marks = [time.process_time()]
    program = scheme.program()
    marks.append(time.process_time())
    facts = load(folder / "facts.xlsx", program, scheme.SEPTEMBER)
    marks.append(time.process_time())
    run = calculate(program, facts)
    marks.append(time.process_time())
    document = as_json(run)
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    with atomic_write(folder / "results.json") as path:
        path.write_text(text, "utf-8")
    marks.append(time.process_time())
    write_results(run, folder / "results.xlsx")
    marks.append(time.process_time())
    if run.problems:
        raise ValueError([p.line("en") for p in run.problems[:3]])
    names = ("build", "read", "calculate", "write .json", "write .xlsx")
    steps = {n: b - a for n, a, b in zip(names, marks[:-1], marks[1:], strict=True)}
    results = len(document["results"])  # type: ignore[arg-type]  # a list, by contract
    return {**steps, "startup": marks[0], "results": results}


def main(arguments: list[str]) -> None:
    """Run one measurement and print it as JSON."""
    what, *rest = arguments
    if what == "importing":
        from benchmarks import importing

        found = importing.run(rest[0], int(rest[1]))
    elif what == "cards":
        from benchmarks import cards

        found = cards.measured(*rest)
    elif what == "memory":
        found = memory(rest[0], Path(rest[1]))
    else:
        found = hospital(Path(rest[0]))
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
