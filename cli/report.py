"""`hpf report`: papers of a period, drawn in a batch."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Option, Speaking, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import CONFIG, PAST, PERIOD
from hpf_cli.papers import certificate, handbook, month
from hpf_cli.progress import Bar
from hpf_cli.report_options import FACTS, PAPER, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem, show_notices
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    import datetime as dt

    from sqlalchemy.orm import Session

    from hpf.core.kit.programs import Programs
    from hpf.reports.batch import Done
    from hpf.reports.issue import Issue
    from hpf.storage.models import StoredRun

OUT = Option(
    "--out",
    metavar="DIR",
    words=Words(
        "写到哪个文件夹；不写就是医院文件夹的 reports/方案/周期 之下",
        "The folder for the files; else below the hospital's reports/SCHEME/PERIOD",
    ),
)
PROCESSES = Option(
    "--processes",
    type=click.IntRange(0, 64),
    metavar="N",
    words=Words(
        "用几个进程（默认每个处理器核一个；0：就在本进程里）",
        "Processes (one a core if not said; 0: within this one)",
    ),
)
COMMON = (PERIOD, SCHEME, OUT, FACTS, PAST, CONFIG, PAPER, PROCESSES, HOME)


@command(
    Words(
        "印出一个周期全部人员的绩效单：每人一个 PDF，另有按科室排序的打印文件和清单。"
        "中途停下或断电后再运行一次，就接着印。",
        "Everybody's slip of a period: a PDF each, one file for print in the order of departments, "
        "and a manifest. After a stop or a power cut, run it again: it goes on.",
    ),
    *COMMON,
)
def slips(**given: Any) -> None:
    """Slips, from the database or from a workbook."""
    draw("slips", **given)


@command(
    Words(
        "印出一个周期全部科室的绩效卡：每科一个 PDF，另有打印文件和清单。",
        "Every department's card of a period: a PDF each, one file for print, and a manifest.",
    ),
    *COMMON,
)
def departments(**given: Any) -> None:
    """Departments' cards, from the database or from a workbook."""
    draw("departments", **given)


@command(
    Words(
        "印出一个周期全部考核结果通知书：每家一个 PDF，另有打印文件和清单。",
        "Every assessed institution's letter: a PDF each, one file for print, and a manifest.",
    ),
    *COMMON,
)
def letters(**given: Any) -> None:
    """Letters, from the database or from a workbook."""
    draw("letters", **given)


@command(
    Words(
        "处理网页上排队的任务，直到停下（Ctrl-C）。一家医院开一个即可。",
        "Work off the jobs queued by the portal, until it is stopped. One is enough.",
    ),
    Option("--once", is_flag=True, words=Words("没有任务了就结束", "End when none waits")),
    HOME,
)
def work(home: str | None, once: bool) -> None:
    """The process that the portal's jobs run in."""
    from hpf.reports.jobs import work as work_off
    from hpf_cli.home import home_of

    work_off(home_of(home), once=once, deadline=appeal_deadline)


def draw(kind: str, *, facts: tuple[str, ...], home: str | None, **given: Any) -> None:
    """Draw cards of one kind and say what became of them. Exit code 130 when it was stopped,
    1 when single cards failed."""
    from hpf.reports.troubles import BatchStopped

    lang = language()
    try:
        with Bar(lang) as bar:
            if facts:
                done = _from_files(kind, facts, bar, **given)
            else:
                done = _stored(kind, home, bar, **given)
    except BatchStopped as error:
        click.echo(error.problems[0].line(lang), err=True)
        raise SystemExit(130) from None
    told(kind, done, lang)
    if done.failed:
        raise SystemExit(1)


def _stored(
    kind: str, home: str | None, bar: Bar, *, period: str, scheme: str | None, out: str | None,
    past: str | None, config: str | None, paper: str | None, processes: int | None,
) -> Done:  # fmt: skip
    from hpf.reports.issuing import print_stored
    from hpf_cli.finding import period_of

    only_with_facts(past, config)
    with opened(home) as at:
        program = at.programs.find(scheme) if scheme else paying(at.programs, period)
        return print_stored(
            at.engine, at.home, kind, program.code, period_of(period, program),
            folder=Path(out) if out else None, lang=paper or "", deadline=appeal_deadline,
            processes=processes, progress=bar.show,
        )  # fmt: skip


def only_with_facts(past: str | None, config: str | None) -> None:
    """Raise where an option goes with a workbook, and there is none."""
    if past or config:
        option = "--past" if past else "--config"
        raise problem(
            "only_with_facts",
            f"{option} 只与 --facts 一起用",
            f"{option} goes with --facts",
            ("从数据库印时不写它", "Leave it out when printing from the database"),
            option,
        )


def _from_files(
    kind: str, facts: tuple[str, ...], bar: Bar, *, period: str, scheme: str | None,
    out: str | None, past: str | None, config: str | None, paper: str | None,
    processes: int | None,
) -> Done:  # fmt: skip
    from hpf.reports.issuing import print_cards

    issue = issue_of_files(facts, period, scheme, past, config)
    folder = Path(out or "reports") / issue.run.program.code / str(issue.run.period) / kind
    return print_cards(
        issue, kind, Path(out) if out else folder, paper or language(), processes=processes,
        progress=bar.show,
    )  # fmt: skip


def issue_of_files(
    facts: tuple[str, ...], period: str, scheme: str | None, past: str | None, config: str | None
) -> Issue:
    """What papers of a workbook share: a preview, under the name that the facts give the hospital.

    Raises HpfError with every problem of facts, configuration and results.
    """
    from hpf.core.kit.manager import load_plugins
    from hpf.reports.brand import Brand
    from hpf.reports.issuing import preview_issue
    from hpf_cli.finding import installed
    from hpf_cli.running import run_asked, stop_at_problems

    programs = installed()
    code = scheme or paying(programs, period).code
    asked = run_asked(code, period, facts, past, config, programs)
    stop_at_problems(asked)
    rows = asked.run.checked.rows.get("hospital")
    name = next(iter(rows.names.to_list()), None) if rows is not None else None
    samples = [p.folder / "sample" for p in programs.beside(code)]
    shipped = any(
        Path(path.rpartition("=")[2]).resolve().is_relative_to(sample)
        for path in facts for sample in samples
    )  # fmt: skip
    plugins, brand = load_plugins(), Brand(name or "示例医院")
    return preview_issue(
        asked.run, brand, plugins.report_sections, maps=plugins.maps, synthetic=shipped
    )


def paying(programs: Programs, period: str) -> Any:
    """The one scheme that pays; of several, the one that runs by such periods."""
    from hpf.core.periods import Period

    found = [code for code in programs if programs[code].payout is not None]
    with suppress(ValueError):  # no period is told later, with the forms
        kind = Period.parse(period).kind
        found = [code for code in found if programs[code].period == kind] or found
    if len(found) == 1:
        return programs[found[0]]
    known = ", ".join(found) or "—"
    raise problem(
        "which_scheme",
        f"要印哪个方案？发放的方案有：{known}",
        f"which scheme? Those that pay: {known}",
        ("请写 --scheme 方案代码", "Write --scheme SCHEME"),
        "--scheme",
    )


def appeal_deadline(
    session: Session, stored: StoredRun, posted: dt.date
) -> tuple[dt.date, int] | None:
    """Until when appeals are heard, and how many working days that is; None while the hospital has
    not settled it."""
    from hpf.storage.programs import load_program
    from hpf.workflow.settings import policy_of, read_settings
    from hpf.workflow.situation import settings_for

    program = load_program(session, stored.program_digest)
    held = read_settings(settings_for(session, stored.hospital_id, program, posted))
    policy = policy_of(held)
    return None if policy is None else (policy.appeal.last_day(posted), policy.appeal.days)


def told(kind: str, done: Done, lang: str) -> None:
    """How many there are and where, and what was not as it should be."""
    from hpf.reports.issuing import KINDS

    count, names = len(done.lines), KINDS[kind].names
    kept_zh = f"（其中 {done.kept} 份以前已完成）" if done.kept else ""
    kept_en = f" ({done.kept} of them finished before)" if done.kept else ""
    lines = [
        Words(f"{names.zh} {count} 份{kept_zh}：{done.folder}",
              f"{count} {names.en}{kept_en}: {done.folder}"),
    ]  # fmt: skip
    if done.printed:
        lines.append(Words(f"打印文件：{done.printed}", f"For print: {done.printed}"))
    lines.append(Words(f"清单：{done.manifest}", f"Manifest: {done.manifest}"))
    for line in lines:
        click.echo(line.say(lang))
    show_notices(done.notices, lang)
    for failed in done.failed:
        click.echo(failed.line(lang), err=True)


COMMANDS: tuple[Speaking, ...] = (
    slips, departments, letters, month, handbook, certificate, work
)  # fmt: skip

command_report = Verbs(
    "report",
    Words(
        "打印：绩效单、科室绩效卡、月报、方案手册、封存证书等。",
        "Papers: slips, departments' cards, month report, handbook, certificate and more.",
    ),
    COMMANDS,
)
