"""The demo's second half: each shipped sample through the main job, workbook to written results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from hpf.core.kit.programs import Programs
from hpf.core.results import Run, as_json
from hpf.intake.export import write_results
from hpf_cli.outputs import Content, write_all
from hpf_cli.running import run_asked, stop_at_problems
from hpf_cli.samples import CONFIG, Sample, config_of, shipped
from hpf_cli.sheets import Sheet, of_run, pay_tables

_COLUMNS = 6  # of a table's head


@dataclass(frozen=True, slots=True)
class Tried:
    """A scheme's samples, computed in the order of their periods; runs: by sample, the last last.

    files: what is left behind, by its path within the scheme's folder.
    """

    runs: tuple[Run, ...]
    files: Mapping[Path, Content]

    @property
    def last(self) -> Run:
        """The latest period's."""
        return self.runs[-1]


def try_samples(programs: Programs, scratch: Path) -> list[Tried]:
    """Every shipped sample: its workbook written, read back, computed; later periods look back.

    scratch: a folder to work in. Raises HpfError with every problem of the first that has any.
    """
    found = ((code, shipped(programs[code], programs)) for code in programs)
    return [_one(samples, programs, scratch / code) for code, samples in found if samples]


def _one(samples: list[Sample], programs: Programs, scratch: Path) -> Tried:
    program = samples[0].program
    past = scratch / "results"
    past.mkdir(parents=True)
    config = config_of(program)
    files: dict[Path, Content] = {Path(CONFIG): config.read_bytes()} if config else {}
    runs: list[Run] = []
    for sample in samples:
        name = str(sample.period)
        book = scratch / f"{name}.xlsx"
        write_all({book: sample.workbook("zh")})
        asked = run_asked(
            program.code,
            name,
            [str(book)],
            str(past) if runs else None,
            str(config) if config else None,
            programs,
        )
        stop_at_problems(asked)
        text = json.dumps(as_json(asked.run), ensure_ascii=False, indent=1) + "\n"
        (past / f"{name}.json").write_text(text, "utf-8")
        files[Path(book.name)] = book.read_bytes()
        files[Path("results") / f"{name}.json"] = text
        files[Path("results") / f"{name}.xlsx"] = partial(write_results, asked.run, synthetic=True)
        runs.append(asked.run)
    return Tried(tuple(runs), files)


def head(run: Run) -> Sheet | None:
    """The table of those who are paid (or scored), with its totals alone where it has any."""
    tables = pay_tables(of_run(run))
    if not tables:
        return None
    columns = tables[0].columns
    totals = [c for c in columns if c.kind == "total"] or list(columns)
    return tables[0].only(totals[-_COLUMNS:])
