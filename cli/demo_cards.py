"""The demo's last part: every sample that pays people, on paper.

The made-up hospital's papers come from its database, with seal and code, and are all there; those
of the other samples are previews, the first of each kind. A folder that holds the papers of the
same run already is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from hpf.core.kit.manager import load_plugins
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.reports import manifest
from hpf.reports.batch import render
from hpf.reports.brand import Brand
from hpf.reports.issuing import KINDS, folder_of, preview_issue, print_stored
from hpf.reports.page import style
from hpf.storage.home import Home
from hpf_cli.demo_hospital import Hospital
from hpf_cli.demo_samples import Tried
from hpf_cli.progress import Bar
from hpf_cli.report import appeal_deadline

PAPERS, FEW = "papers", 8  # of each kind, of a sample: a whole hospital takes its time


def print_papers(
    own: Hospital | None, tried: Sequence[Tried], out: Path, lang: str
) -> Mapping[Path, int]:
    """Draw them all; how many PDF files lie in which folder.

    Raises HpfError as `hpf report` does; what is finished by then stays.
    """
    found: dict[Path, int] = {}
    with Bar(lang) as bar:
        if own is not None:
            found |= _of_hospital(own, bar)
        for one in tried:
            run = one.last
            paying = run.program.payout is not None
            if paying and (own is None or run.program.code != own.scheme):
                found |= _of_sample(run, out / "samples" / run.program.code / PAPERS, lang, bar)
    return found


def _of_hospital(own: Hospital, bar: Bar) -> dict[Path, int]:
    home = Home.open(own.folder)
    engine = home.engine()
    period = Period.parse(own.period)
    try:
        for kind in KINDS:
            folder = folder_of(home, own.scheme, period, kind)
            if not manifest.printed(folder):
                print_stored(engine, home, kind, own.scheme, period,
                             deadline=appeal_deadline, progress=bar.show)  # fmt: skip
    finally:
        engine.dispose()
    return _counted(own.folder / "reports")


def _of_sample(run: Run, folder: Path, lang: str, bar: Bar) -> dict[Path, int]:
    rows = run.checked.rows.get("hospital")
    name = next(iter(rows.names.to_list()), None) if rows is not None else None
    sections = load_plugins().report_sections
    issue = preview_issue(run, Brand(name or run.program.names.zh), sections, synthetic=True)
    for kind, cards in KINDS.items():
        if not _holds(folder / kind, run):
            few = list(islice(cards.make(issue, lang), FEW))
            render(few, folder / kind, seal=run.seal["seal"], style=style(), total=len(few),
                   about={"kind": kind, "language": lang}, progress=bar.show)  # fmt: skip
    return _counted(folder)


def _holds(folder: Path, run: Run) -> bool:
    """Whether the folder has the finished papers of this very run."""
    lines = manifest.read(folder)
    same = {line.seal for line in lines} == {run.seal["seal"]}
    return same and manifest.printed(folder) is not None


def _counted(folder: Path) -> dict[Path, int]:
    return {folder: sum(1 for _ in folder.rglob("*.pdf"))}
