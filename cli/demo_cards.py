"""The demo's last part: every sample on paper: cards, month report, handbook.

The made-up hospital's papers come from its database, with seal and code, and are all there; those
of the other samples are previews, the first of each kind. A folder that holds the papers of the
same run already is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from hpf.core.config import HospitalConfig
from hpf.core.kit.manager import load_plugins
from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.reports import manifest
from hpf.reports.batch import cores, render
from hpf.reports.brand import Brand
from hpf.reports.cards.handbook import handbook
from hpf.reports.cards.month import month
from hpf.reports.documents import write
from hpf.reports.issue import Issue
from hpf.reports.issuing import KINDS, preview_issue, stored_issue
from hpf.reports.page import style
from hpf.reports.press import Paper
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf_cli.demo_hospital import Hospital
from hpf_cli.demo_samples import Tried
from hpf_cli.progress import Bar
from hpf_cli.report import appeal_deadline
from hpf_cli.samples import config_of

HANDBOOK, MONTH = "handbook.pdf", "month.pdf"
PAPERS, FEW = "papers", 4  # of each kind, of a sample: a whole hospital takes its time


def print_papers(
    programs: Programs, own: Hospital | None, tried: Sequence[Tried], out: Path, lang: str
) -> Mapping[Path, int]:
    """Draw them all; how many PDF files lie in which folder.

    Raises HpfError as `hpf report` does; what is finished by then stays.
    """
    places: list[Path] = []
    plugins = load_plugins()
    with Bar(lang) as bar, _Press(bar) as press:
        if own is not None:
            home = Home.open(own.folder)
            folder = home.folder / "reports" / own.scheme / own.period
            _draw(_of_hospital(own, home), programs, folder, lang, press)
            places.append(own.folder / "reports")
        for one in tried:
            run = one.last
            if own is None or run.program.code != own.scheme:
                rows = run.checked.rows.get("hospital")
                name = next(iter(rows.names.to_list()), None) if rows is not None else None
                brand = Brand(name or run.program.names.zh)
                issue = preview_issue(run, brand, plugins.report_sections, maps=plugins.maps,
                                      synthetic=True)  # fmt: skip
                folder = out / "samples" / run.program.code / PAPERS
                _draw(issue, programs, folder, lang, press, FEW)
                places.append(folder)
    return {place: sum(1 for _ in place.rglob("*.pdf")) for place in places}


def _of_hospital(own: Hospital, home: Home) -> Issue:
    engine = home.engine()
    try:
        with reading(engine) as session:
            return stored_issue(
                session, home, home.hospital(session), own.scheme, Period.parse(own.period),
                sections=home.loaded().report_sections, maps=home.loaded().maps,
                deadline=appeal_deadline,
            )  # fmt: skip
    finally:
        engine.dispose()


def _draw(
    issue: Issue,
    programs: Programs,
    folder: Path,
    lang: str,
    press: _Press,
    most: int | None = None,
) -> None:
    """Documents are handed to the press; cards of each kind are drawn meanwhile, so many of each at
    most."""
    run, pays = issue.run, issue.run.program.payout is not None
    kinds = [k for k, c in KINDS.items() if (pays or not c.pay) and c.count(issue)]
    left = [kind for kind in kinds if not _holds(folder / kind, run.seal["seal"])]
    wanted = [HANDBOOK, MONTH] if pays else [HANDBOOK]
    if left or not all((folder / name).exists() for name in wanted):
        press.add(_handbook(issue, programs, lang), folder / HANDBOOK)
        if pays:
            press.add(month(issue, lang), folder / MONTH)
    for kind in left:
        cards = list(islice(KINDS[kind].make(issue, lang), most or None))
        about = {"kind": kind, "scheme": run.program.code, "language": lang}
        render(cards, folder / kind, seal=run.seal["seal"], style=style(), total=len(cards),
               about=about, title=KINDS[kind].names.say(lang), processes=1 if most else None,
               progress=press.bar.show)  # fmt: skip


def _handbook(issue: Issue, programs: Programs, lang: str) -> Paper:
    """The scheme on the period's last day, under what the sample's hospital decided."""
    program, day = issue.run.program, issue.run.period.last_day
    beside, config = programs.beside(program.code), config_of(program)
    decided = HospitalConfig.read(config, programs).settings if config else {}
    settings = decided.get(program.code)
    return handbook(program, issue.brand, day, lang, settings=settings, beside=beside)


class _Press:
    """Draws documents in processes of their own, a core each, until it is closed."""

    def __init__(self, bar: Bar) -> None:
        self.bar = bar
        self._pool = ProcessPoolExecutor(cores(), mp_context=get_context("spawn"))
        self._jobs: list[Future[None]] = []

    def add(self, paper: Paper, file: Path) -> None:
        """A document to be drawn."""
        self._jobs.append(self._pool.submit(write, paper, file))

    def __enter__(self) -> _Press:
        return self

    def __exit__(self, *_: object) -> None:
        """Wait for all; what went wrong with one is raised here."""
        with self._pool:
            for job in self._jobs:
                job.result()


def _holds(folder: Path, seal: str) -> bool:
    """Whether the folder has the finished papers of this very run."""
    same = {line.seal for line in manifest.read(folder)} == {seal}
    return same and manifest.printed(folder) is not None
