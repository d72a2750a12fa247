"""From a stored run to its cards: what all of them share, and one after the other in order.

issue = stored_issue(session, home, hospital, "township", period, sections=…)
done = render(slip_cards(issue, "zh"), folder, seal=issue.run.seal["seal"], style=style())
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text
from hpf.core.kit.hookspecs import ReportSection, StrategyMap
from hpf.core.periods import Period
from hpf.core.results import Run
from hpf.intake.meta import is_synthetic
from hpf.reports.batch import Card, Done, render
from hpf.reports.brand import Brand
from hpf.reports.cards.department import department
from hpf.reports.cards.letter import letter
from hpf.reports.cards.slip import slip
from hpf.reports.codes import code_of, slip_key
from hpf.reports.issue import Issue, Standing
from hpf.reports.page import style
from hpf.storage.cycles import cycle_of_run, filings, newest_run
from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import StoredRun
from hpf.storage.runs import load_run, payouts_of, runs_of
from hpf.storage.troubles import StorageError, trouble

_YEAR = 12  # periods of payouts that cards look back on
_POSTED = ("publicise", "appeal", "recheck")
_FINAL = ("final", "improve", "closed")
_UNSAFE = re.compile(r"[^\w.-]+")

Deadline = Callable[[Session, StoredRun, dt.date], tuple[dt.date, int] | None]


def no_deadline(_s: Session, _r: StoredRun, _d: dt.date) -> None:
    """Nothing is known of appeals."""


def brand_of(home: Home) -> Brand:
    """How the hospital's papers look. Raises BrandError with every mistake of `[report]`."""
    place = f"{home.file} [report]"
    return Brand.parse(home.report, home.folder, name=home.hospital_name, place=place)


def stored_issue(
    session: Session,
    home: Home,
    hospital: int,
    scheme: str,
    period: Period,
    *,
    sections: Sequence[ReportSection] = (),
    maps: Sequence[StrategyMap] = (),
    deadline: Deadline = no_deadline,
) -> Issue:
    """What all cards of a period's latest sealed run share.

    sections, maps: those that plugins declare; deadline: the last day of appeals and how many
    working days they are, by the day of posting. Raises StorageError where there is no sealed run,
    BrandError for a mistake in `[report]`.
    """
    stored = newest_run(session, hospital, scheme, period)
    if stored is None:
        raise StorageError([_none(scheme, period)])
    run = load_run(session, stored.id)
    before = newest_run(session, hospital, scheme, period.earlier(1))
    cycle = cycle_of_run(session, stored)
    posting = filings(session, hospital, cycle=cycle.id, kind="posting") if cycle else ()
    days = [str(p.detail["day"]) for p in posting if p.detail.get("run") == stored.id]
    posted = dt.date.fromisoformat(days[-1]) if days else None
    until = deadline(session, stored, posted) if posted else None
    mine = [r for r in runs_of(session, hospital, scheme, period) if r.kind == stored.kind]
    return Issue(
        run,
        brand_of(home),
        _standing(cycle.state if cycle else "", posted),
        before=load_run(session, before.id) if before else None,
        months=_months(session, hospital, scheme, period),
        number=[r.id for r in mine].index(stored.id) + 1,
        posted=posted,
        appeal_until=until[0] if until else None,
        appeal_days=until[1] if until else None,
        synthetic=is_synthetic(run.checked.notices),
        sections=tuple(sections),
        maps=tuple(maps),
        code=_coder(home, run),
    )


def preview_issue(
    run: Run,
    brand: Brand,
    sections: Sequence[ReportSection] = (),
    *,
    maps: Sequence[StrategyMap] = (),
    synthetic: bool = False,
) -> Issue:
    """The same for a run from a workbook: a preview, with neither seal nor code.

    synthetic: said on every page; also where the facts say so themselves.
    """
    made_up = synthetic or is_synthetic(run.checked.notices)
    return Issue(run, brand, synthetic=made_up, sections=tuple(sections), maps=tuple(maps))


def print_stored(
    engine: Engine,
    home: Home,
    kind: str,
    scheme: str,
    period: Period,
    *,
    folder: Path | None = None,
    lang: str = "",
    deadline: Deadline = no_deadline,
    **batch: Any,
) -> Done:
    """Draw a period's cards of one kind (`KINDS`) from the database.

    folder: if not said, in the home (`folder_of`); batch: processes, progress, stop of `render`.
    Raises what `stored_issue` and `render` do.
    """
    with reading(engine) as session:
        issue = stored_issue(
            session, home, home.hospital(session), scheme, period,
            sections=home.loaded().report_sections, deadline=deadline,
        )  # fmt: skip
    where = folder or folder_of(home, scheme, period, kind)
    return print_cards(issue, kind, where, lang or home.language, **batch)


def print_cards(issue: Issue, kind: str, folder: Path, lang: str, **batch: Any) -> Done:
    """Draw the cards of one kind into a folder. Raises StorageError for cards about pay where the
    scheme pays nobody, and what `render` does."""
    run, cards = issue.run, KINDS[kind]
    if cards.pay and run.program.payout is None:
        raise StorageError([_pays_nobody(run.program.code)])
    about = {
        "kind": kind, "scheme": run.program.code, "version": run.program.version,
        "period": str(run.period), "language": lang,
    }  # fmt: skip
    title = f"{issue.brand.name} {run.period} {cards.names.say(lang)}"
    return render(
        cards.make(issue, lang), folder, seal=run.seal["seal"], style=style(), about=about,
        total=cards.count(issue), title=title, **batch,
    )  # fmt: skip


def folder_of(home: Home, scheme: str, period: Period, kind: str) -> Path:
    """Where a period's cards go, if nothing else is said."""
    return home.folder / "reports" / scheme / str(period) / kind


def slip_cards(issue: Issue, lang: str) -> Iterator[Card]:
    """Everybody's slip: by department, within it by id; those without one at the end."""
    order = [(unit, id) for unit in sorted(issue.units) for id in issue.members.get(unit, ())]
    placed = {id for _, id in order}
    order += [("", id) for id in sorted(issue.payouts) if id not in placed]
    entity = issue.paid.entity
    for unit, id in order:
        name = issue.names.get(id) or id
        place = issue.units.get(unit, "")
        sealed = issue.standing is not Standing.PREVIEW
        code = issue.code(entity, id) if issue.code and sealed else ""
        file = f"slips/{safe(f'{unit}_{id}' if unit else id)}.pdf"
        words = (name, place, issue.remarks.get(id, ""))
        shown = f"{id} {name}" if name != id else id
        yield Card(f"{entity}:{id}", shown, file, slip(issue, id, lang), place, code, words)


def department_cards(issue: Issue, lang: str) -> Iterator[Card]:
    """Every department's card that has people who are paid, by id."""
    for unit in sorted(issue.units):
        name = issue.units[unit]
        words = (name, *(issue.names.get(id) or id for id in issue.members.get(unit, ())))
        file = f"departments/{safe(unit)}.pdf"
        yield Card(f"department:{unit}", name, file, department(issue, unit, lang), words=words)


def letter_cards(issue: Issue, lang: str) -> Iterator[Card]:
    """A letter to each row that the scheme's `letter` section is about, by id.

    Raises StorageError where the scheme declares none.
    """
    section = next(iter(issue.of("letter")), None)
    if section is None:
        raise StorageError([_no_letter(issue.run.program.code)])
    rows = issue.run.checked.rows[section.entity]
    for id, name in zip(rows.ids.to_list(), rows.names.to_list(), strict=True):
        sealed = issue.standing is not Standing.PREVIEW
        code = issue.code(section.entity, id) if issue.code and sealed else ""
        file = f"letters/{safe(id)}.pdf"
        said = name or id
        yield Card(f"{section.entity}:{id}", said, file, letter(issue, id, lang), "", code, (said,))


def _letters(issue: Issue) -> int:
    sections = issue.of("letter")
    return len(issue.run.checked.rows[sections[0].entity]) if sections else 0


@dataclass(frozen=True, slots=True)
class Cards:
    """One kind: how its cards are made, how many there will be, whether they are about pay."""

    names: Text
    make: Callable[[Issue, str], Iterator[Card]]
    count: Callable[[Issue], int]
    pay: bool = True


KINDS: Mapping[str, Cards] = {
    "slips": Cards(Text("绩效单", "slips"), slip_cards, lambda issue: len(issue.payouts)),
    "departments": Cards(
        Text("科室绩效卡", "department cards"), department_cards, lambda issue: len(issue.units)
    ),
    "letters": Cards(Text("考核结果通知书", "letters"), letter_cards, _letters, pay=False),
}


def safe(name: str) -> str:
    """A file's name for an id: letters, digits, `.`, `-` and `_` as they are.

    >>> safe("D01_A17"), safe("内一_007")
    ('D01_A17', '内一_007')
    >>> safe("../A 17")
    '.._A_17-208e94'

    Where a sign gives way, a mark is added, so that two ids never share a file.
    """
    plain = _UNSAFE.sub("_", name)
    if plain == name and not name.startswith(".") and len(name) <= 80:
        return name
    return f"{plain[:80]}-{hashlib.sha256(name.encode()).hexdigest()[:6]}"


def _standing(state: str, posted: dt.date | None) -> Standing:
    if state in _FINAL:
        return Standing.FINAL
    return Standing.POSTED if state in _POSTED and posted else Standing.SEALED


def _coder(home: Home, run: Run) -> Callable[[str, str], str] | None:
    """What gives a row's slip its code; None where the hospital has lost its key."""
    try:
        key = slip_key(home.keys)
    except FileNotFoundError:
        return None
    return lambda entity, id: code_of(key, run.seal["seal"], entity, id)


def _months(
    session: Session, hospital: int, scheme: str, period: Period
) -> tuple[tuple[Period, dict[str, Decimal]], ...]:
    found = []
    for steps in range(_YEAR, 0, -1):
        earlier = newest_run(session, hospital, scheme, period.earlier(steps))
        if earlier is not None:
            found.append((earlier.period, payouts_of(session, earlier)))
    return tuple(found)


def _pays_nobody(scheme: str) -> Problem:
    return trouble(
        "no_payout",
        (f"方案 {scheme} 不发放给个人，没有绩效单", f"the scheme {scheme} pays nobody: no slips"),
        ("请选发放的方案", "Choose a scheme that pays"),
        scheme,
    )


def _no_letter(scheme: str) -> Problem:
    return trouble(
        "no_letter",
        (f"方案 {scheme} 没有声明通知书", f"the scheme {scheme} declares no letter"),
        ("请选考核机构的方案", "Choose one that assesses institutions"),
        scheme,
    )


def _none(scheme: str, period: Period) -> Problem:
    return trouble(
        "no_run",
        (f"{scheme} {period} 还没有封印的计算", f"no run of {scheme} {period} is sealed"),
        ("请先计算并封印这一周期", "Compute and seal that period first"),
        f"{scheme} {period}",
    )
