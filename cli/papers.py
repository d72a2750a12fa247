"""`hpf report month`, `handbook`, `certificate`: documents of one piece."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import CONFIG, PAST, PERIOD
from hpf_cli.inputs import SCHEME as OF_SCHEME
from hpf_cli.report_options import FACTS, PAPER, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem, show_notices

if TYPE_CHECKING:
    from hpf.core.errors import Problem
    from hpf.reports.press import Paper

FILE = Option(
    "--out",
    metavar="FILE",
    words=Words(
        "写到哪个 PDF 文件；不写就是医院文件夹的 reports 之下，没有医院文件夹就是当前文件夹",
        "The PDF's file; else below the hospital's reports, or here without a hospital",
    ),
)
ON = Option(
    "--on",
    metavar="DAY",
    words=Words("哪一天的手册，如 2026-10-01（默认今天）", "As of which day (today if not said)"),
)


@command(
    Words(
        "印出一个周期的绩效月报（给院领导）：一句话、五个数、十二期、为什么变了、各科室、"
        "请您决定、对账。",
        "The month report for management: one sentence, five figures, twelve periods, why it "
        "changed, departments, decisions, reconciliation.",
    ),
    PERIOD, SCHEME, FILE, FACTS, PAST, CONFIG, PAPER, HOME,
)  # fmt: skip
def month(
    period: str, scheme: str | None, out: str | None, facts: tuple[str, ...], past: str | None,
    config: str | None, paper: str | None, home: str | None,
) -> None:  # fmt: skip
    """The report, from the database or from a workbook."""
    from hpf.reports.cards.month import month as drawn
    from hpf.reports.documents import unprintable
    from hpf.reports.issuing import stored_issue
    from hpf.reports.recorded import known_of, months_of
    from hpf.storage.cycles import newest_run
    from hpf.storage.engine import reading
    from hpf_cli.finding import period_of
    from hpf_cli.report import appeal_deadline, issue_of_files, only_with_facts, paying

    if facts:
        issue = issue_of_files(facts, period, scheme, past, config)
        issue = replace(issue, months=months_of(issue.run))
        code, lang = issue.run.program.code, paper or language()
        names = [*issue.units.values(), issue.brand.name]
        _write(drawn(issue, lang), Path(out or f"{code}-{issue.run.period}-month.pdf"),
               unprintable(names))  # fmt: skip
        return
    only_with_facts(past, config)
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme) if scheme else paying(at.programs, period)
        hospital, when = at.hospital(session), period_of(period, program)
        issue = stored_issue(
            session, at.home, hospital, program.code, when,
            sections=at.home.loaded().report_sections, maps=at.home.loaded().maps,
            deadline=appeal_deadline,
        )  # fmt: skip
        _pays(issue.run.program.payout is not None, program.code)
        stored = newest_run(session, hospital, program.code, when)
        assert stored is not None  # it is the one that the issue is about
        lang = paper or at.home.language
        known = known_of(session, hospital, stored, lang)
        file = Path(out) if out else _below(at.home.folder, program.code, f"{when}/month.pdf")
        notices = [*issue.brand.notices, *unprintable([*issue.units.values(), issue.brand.name])]
        _write(drawn(issue, lang, known), file, notices)


@command(
    Words(
        "印出方案手册：每条条款的公式、参数沿革、用到的数据、例题和读法。"
        "有医院文件夹时连同本院的参数。",
        "The handbook of a scheme: each clause with formulas, the history of its parameters, "
        "inputs, worked figures and readings; in a hospital's folder with its own values.",
    ),
    OF_SCHEME, FILE, ON, CONFIG, PAPER, HOME,
)  # fmt: skip
def handbook(
    scheme: str, out: str | None, on: str | None, config: str | None, paper: str | None,
    home: str | None,
) -> None:  # fmt: skip
    """For a scheme that a hospital uses, or any that is installed."""
    from hpf.core.config import HospitalConfig
    from hpf.reports.brand import Brand
    from hpf.reports.cards.handbook import handbook as drawn
    from hpf.reports.issuing import brand_of
    from hpf.storage.configuration import settings_of
    from hpf.storage.engine import reading
    from hpf_cli.finding import installed

    day = _day(on)
    if config is None and _is_home(home):
        with opened(home) as at, reading(at.engine) as session:
            program = at.programs.find(scheme)
            settings = settings_of(session, at.hospital(session), program)
            brand, lang = brand_of(at.home), paper or at.home.language
            beside = at.programs.beside(scheme)
            file = Path(out) if out else _below(at.home.folder, scheme, "handbook.pdf")
        _write(drawn(program, brand, day, lang, settings=settings, beside=beside), file,
               brand.notices)  # fmt: skip
        return
    programs = installed()
    program = programs.find(scheme)
    lang = paper or language()
    given = HospitalConfig.read(Path(config), programs).settings.get(scheme) if config else None
    nobody = Brand(program.names.say(lang))
    paper_ = drawn(program, nobody, day, lang, settings=given, beside=programs.beside(scheme))
    _write(paper_, Path(out or f"{scheme}-handbook.pdf"), ())


@command(
    Words(
        "印出一次封存计算的证书：封存码全文、封存了什么、数据来源、怎样核对。",
        "The certificate of a sealed run: its seal in full, what it covers, where the facts are "
        "from, how to check it.",
    ),
    PERIOD, SCHEME, FILE, PAPER, HOME,
)  # fmt: skip
def certificate(
    period: str, scheme: str | None, out: str | None, paper: str | None, home: str | None
) -> None:
    """Of a period's latest sealed run."""
    from hpf.reports.cards.certificate import certificate as drawn
    from hpf.reports.issuing import stored_issue
    from hpf.reports.recorded import sealing_of
    from hpf.storage.cycles import newest_run
    from hpf.storage.engine import reading
    from hpf_cli.finding import period_of
    from hpf_cli.report import paying

    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme) if scheme else paying(at.programs, period)
        hospital, when = at.hospital(session), period_of(period, program)
        issue = stored_issue(session, at.home, hospital, program.code, when)
        stored = newest_run(session, hospital, program.code, when)
        assert stored is not None  # it is the one that the issue is about
        name = f"{when}/certificate-{stored.id}.pdf"
        file = Path(out) if out else _below(at.home.folder, program.code, name)
        made = drawn(issue, sealing_of(session, stored), paper or at.home.language)
        _write(made, file, issue.brand.notices)


def _write(paper: Paper, file: Path, notices: tuple[Problem, ...] | list[Problem]) -> None:
    from hpf.reports.documents import write

    write(paper, file)
    click.echo(Words(f"已写入 {file}", f"Written to {file}").say(language()))
    show_notices(notices, language())


def _below(home: Path, scheme: str, name: str) -> Path:
    return home / "reports" / scheme / name


def _is_home(home: str | None) -> bool:
    """Whether a hospital was named, or this is its folder."""
    return bool(home or os.environ.get("HPF_HOME")) or Path("hpf.toml").is_file()


def _pays(pays: bool, scheme: str) -> None:
    if not pays:
        raise problem(
            "no_payout",
            f"方案 {scheme} 不发放，没有月报",
            f"the scheme {scheme} pays nothing: no month report",
            ("请选发放的方案", "Choose a scheme that pays"),
            "--scheme",
        )


def _day(text: str | None) -> dt.date:
    """A day as it was written, or today in China."""
    from hpf.core.errors import BadValue
    from hpf.core.parameters import day
    from hpf.storage.cycles import local_day

    if text is None:
        return local_day(dt.datetime.now(dt.UTC))
    try:
        return day(text)
    except BadValue as error:
        cure = ("例如 2026-10-01", "For instance 2026-10-01")
        raise problem("day", error.text.zh, error.text.en, cure, "--on") from None
