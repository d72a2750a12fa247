"""The demo's last part: every sample on paper: cards, month report, handbook.

The made-up hospital's papers come from its database, with seal and code, and are all there; those
of the other samples are previews, the first of each kind. A folder that holds the papers of the
same run already is left as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from hpf.core.config import HospitalConfig
from hpf.core.kit.manager import load_plugins
from hpf.core.kit.programs import Programs
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.reports import manifest
from hpf.reports.batch import render
from hpf.reports.brand import Brand
from hpf.reports.cards.handbook import handbook
from hpf.reports.cards.month import month
from hpf.reports.documents import write
from hpf.reports.issue import Issue
from hpf.reports.issuing import KINDS, preview_issue, stored_issue
from hpf.reports.page import style
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf_cli.demo_hospital import Hospital
from hpf_cli.demo_samples import Tried
from hpf_cli.progress import Bar
from hpf_cli.report import appeal_deadline
from hpf_cli.samples import config_of

HANDBOOK, MONTH = "handbook.pdf", "month.pdf"
PAPERS, FEW = "papers", 8  # of each kind, of a sample: a whole hospital takes its time


def print_papers(
    programs: Programs, own: Hospital | None, tried: Sequence[Tried], out: Path, lang: str
) -> Mapping[Path, int]:
    """Draw them all; how many PDF files lie in which folder.

    Raises HpfError as `hpf report` does; what is finished by then stays.
    """
    found: dict[Path, int] = {}
    sections = load_plugins().report_sections
    with Bar(lang) as bar:
        if own is not None:
            home = Home.open(own.folder)
            folder = home.folder / "reports" / own.scheme / own.period
            _draw(_of_hospital(own, home), programs, folder, lang, bar)
            found[own.folder / "reports"] = _count(folder)
        for one in tried:
            run = one.last
            if own is None or run.program.code != own.scheme:
                rows = run.checked.rows.get("hospital")
                name = next(iter(rows.names.to_list()), None) if rows is not None else None
                brand = Brand(name or run.program.names.zh)
                issue = preview_issue(run, brand, sections, synthetic=True)
                folder = out / "samples" / run.program.code / PAPERS
                _draw(issue, programs, folder, lang, bar, FEW)
                found[folder] = _count(folder)
    return found


def _of_hospital(own: Hospital, home: Home) -> Issue:
    engine = home.engine()
    try:
        with reading(engine) as session:
            return stored_issue(
                session, home, home.hospital(session), own.scheme, Period.parse(own.period),
                sections=home.loaded().report_sections, deadline=appeal_deadline,
            )  # fmt: skip
    finally:
        engine.dispose()


def _draw(
    issue: Issue, programs: Programs, folder: Path, lang: str, bar: Bar, most: int | None = None
) -> None:
    """The documents first, then the cards of each kind; most: so many of each kind."""
    run, pays = issue.run, issue.run.program.payout is not None
    kinds = [k for k, c in KINDS.items() if (pays or not c.pay) and c.count(issue)]
    left = [kind for kind in kinds if not _holds(folder / kind, run.seal["seal"])]
    if left or not (folder / HANDBOOK).exists():
        _documents(issue, run.program, programs, folder, lang)
    for kind in left:
        cards = list(islice(KINDS[kind].make(issue, lang), most))
        about = {"kind": kind, "scheme": run.program.code, "language": lang}
        render(cards, folder / kind, seal=run.seal["seal"], style=style(), total=len(cards),
               about=about, title=KINDS[kind].names.say(lang), progress=bar.show)  # fmt: skip


def _documents(issue: Issue, program: Program, programs: Programs, folder: Path, lang: str) -> None:
    """The scheme's handbook on the period's last day, and management's report where it pays."""
    day = issue.run.period.last_day
    beside, config = programs.beside(program.code), config_of(program)
    decided = HospitalConfig.read(config, programs).settings if config else {}
    book = handbook(
        program, issue.brand, day, lang, settings=decided.get(program.code), beside=beside
    )
    write(book, folder / HANDBOOK)
    if program.payout is not None:
        write(month(issue, lang), folder / MONTH)


def _holds(folder: Path, seal: str) -> bool:
    """Whether the folder has the finished papers of this very run."""
    same = {line.seal for line in manifest.read(folder)} == {seal}
    return same and manifest.printed(folder) is not None


def _count(folder: Path) -> int:
    return sum(1 for _ in folder.rglob("*.pdf"))
