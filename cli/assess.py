"""`hpf assess`: the year's assessment of hospitals, from the table to the marks."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from hpf_cli.acting import AS, acting, pairs
from hpf_cli.assess_after import AFTER
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs
from hpf_cli.vote import DAY, day_of

HOSPITAL = Argument("hospital", metavar="ID", words=Words("哪家医院", "Which hospital"))


@command(
    Words(
        "建立一年的考核：考核小组、规则；指标表从此不再改动。\n"
        "必须写明：merge（mean、median、trimmed）、merge_step、marks_least、objection_days、"
        "review_days、correction_days。可写：publicity_days、count_posting_day、window、report_by、"
        "calendar。",
        "Open a year's assessment: the group and its rules; its table holds still from now on.\n"
        "To be settled: merge (mean, median, trimmed), merge_step, marks_least, objection_days, "
        "review_days, correction_days. Optional: publicity_days, count_posting_day, window, "
        "report_by, calendar.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--party",
        "parties",
        multiple=True,
        metavar="DEPARTMENT=WHO",
        words=Words("小组的部门和代表，可写多次", "A department and who stands for it"),
    ),
    Option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        words=Words("规则，可写多次", "A rule, as often as needed"),
    ),
    AS,
    HOME,
)
def open_(
    scheme: str,
    period: str,
    parties: tuple[str, ...],
    settings: tuple[str, ...],
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.assessments import open_assessment
    from hpf_cli.assess_at import plan_at
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        plan = plan_at(at, scheme)
        program = at.programs[plan.scheme]
        when = period_of(period, program)
        made = open_assessment(act, plan, program, when, pairs(parties), pairs(settings))
        digest = made.table_digest
    click.echo(
        Words(f"考核已建立，指标表摘要 {digest}", f"Opened; digest of the table {digest}").say(lang)
    )


@command(
    Words(
        "指标表出新版：从哪天起、为什么；两版都留着。",
        "A new version of the table: from which day and why; both are kept.",
    ),
    SCHEME,
    PERIOD,
    Argument("file", metavar="PATH", words=Words("新表（工作簿或 CSV 文件夹）", "The new table")),
    Option("--why", required=True, metavar="TEXT", words=Words("为什么", "Why")),
    DAY,
    AS,
    HOME,
)
def revise(
    scheme: str, period: str, file: str, why: str, day: str | None, account: str, home: str | None
) -> None:
    from hpf.receiving import receive
    from hpf.workflow.assessments_revision import revise as renew
    from hpf_cli.assess_at import plan_at, standing_at
    from hpf_cli.finding import period_of
    from hpf_cli.home import opened

    lang = language()
    with opened(home) as at:
        plan = plan_at(at, scheme)
        program = at.programs[plan.scheme]
        when = period_of(period, program)
        shown = receive(at.engine, at.hospital_id, program, when, Path(file), extent="part")
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        entry = renew(act, now, shown, since=day_of(day, act.today), why=why)
        cells, since = entry.detail["cells"], entry.day
    for _, id, column, old, new in cells:
        click.echo(f"{id}.{column}: {old} → {new if new is not None else '—'}")
    words = Words(f"新版自 {since} 起：改 {len(cells)} 格", f"From {since} on: {len(cells)} cells")
    click.echo(words.say(lang))


@command(
    Words("某账号代表哪家被考核医院。", "For which assessed hospital an account speaks."),
    Argument("login", metavar="LOGIN", words=Words("账号", "The account")),
    HOSPITAL,
    Option("--end", is_flag=True, words=Words("不再代表", "It no longer does")),
    AS,
    HOME,
)
def speaks(login: str, hospital: str, end: bool, account: str, home: str | None) -> None:
    from hpf.workflow.assessments_people import speak_for

    with acting(home, account) as (_, act):
        speak_for(act, login, hospital, active=not end)
    click.echo(f"{login} {'✕' if end else '→'} {hospital}")


@command(
    Words(
        "登记检查：集中考核每院每年一次，不定期检查随时。窗口期外的会提醒。",
        "Enter a visit: concentrated once a year, irregular at any time. Days outside the window "
        "are told.",
    ),
    SCHEME,
    PERIOD,
    HOSPITAL,
    Option(
        "--kind",
        default="concentrated",
        metavar="KIND",
        words=Words("concentrated（集中）或 irregular（不定期）", "concentrated or irregular"),
    ),
    Option("--expert", "experts", multiple=True, metavar="ID", words=Words("专家", "An expert")),
    Option("--text", default="", metavar="TEXT", words=Words("说明", "What is to be said")),
    DAY,
    AS,
    HOME,
)
def visit(
    scheme: str,
    period: str,
    hospital: str,
    kind: str,
    experts: tuple[str, ...],
    text: str,
    day: str | None,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.visits import visit as enter
    from hpf_cli.assess_at import standing_at, units_at
    from hpf_cli.stops import show_notices

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        known = units_at(at, act, now)
        entry, told = enter(act, now, hospital, kind, day_of(day, act.today), experts, text, known)
        number = entry.id
    show_notices(told, lang)
    click.echo(Words(f"{number} 号检查已登记", f"Visit {number} is on file").say(lang))


@command(
    Words(
        "一次登记多家医院的检查：工作簿或 CSV，第一行是 医院、日期、检查、说明。\n"
        "要么全部登记，要么都不登记。",
        "Enter visits of many hospitals from a workbook or CSV: hospital,day,kind,text.\n"
        "All of them, or none.",
    ),
    SCHEME,
    PERIOD,
    Argument("file", metavar="FILE", words=Words("工作簿或 CSV", "Workbook or CSV")),
    AS,
    HOME,
)
def visit_list(scheme: str, period: str, file: str, account: str, home: str | None) -> None:
    from hpf.workflow.assessments_lists import read_visits
    from hpf.workflow.visits import visit_all
    from hpf_cli.assess_at import standing_at, units_at
    from hpf_cli.stops import show_notices

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        known = units_at(at, act, now)
        made, told = visit_all(act, now, read_visits(Path(file), known), known)
    show_notices(told, lang)
    click.echo(Words(f"{len(made)} 次检查已登记", f"{len(made)} visits are on file").say(lang))


@command(
    Words(
        "专家评分：扣几分、为什么、怎样看到的、佐证文件。",
        "An expert's mark: points off, why, how it was seen, evidence.",
    ),
    SCHEME,
    PERIOD,
    Argument("item", metavar="ITEM", words=Words("指标项", "The item")),
    Option("--off", required=True, metavar="POINTS", words=Words("扣几分", "Points off")),
    Option("--way", required=True, metavar="WAY", words=Words("考核方式", "How it was seen")),
    Option("--visit", type=int, required=True, metavar="N", words=Words("几号检查", "The visit")),
    Option("--why", default="", metavar="TEXT", words=Words("扣分原因", "Why")),
    Option("--file", "papers", multiple=True, metavar="FILE", words=Words("佐证", "Evidence")),
    Option("--expert", default="", metavar="ID", words=Words("小组代录谁的评分", "Whose it is")),
    AS,
    HOME,
)
def mark(
    scheme: str,
    period: str,
    item: str,
    off: str,
    way: str,
    visit: int,
    why: str,
    papers: tuple[str, ...],
    expert: str,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.evidence import FOLDER, EvidenceFiles
    from hpf.workflow.marks import Marking, put_marks
    from hpf_cli.assess_at import items_at, standing_at
    from hpf_cli.stops import problem

    lang = language()
    try:
        points = Decimal(off)
        if not points.is_finite():
            raise InvalidOperation
    except InvalidOperation:
        raise problem("off", f"{off} 不是分数", f"'{off}' is no number", ("", "")) from None
    files = [(Path(p).name, Path(p).read_bytes()) for p in papers]
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        indicator = at.programs[now.row.scheme].indicator(now.plan.entity, now.plan.way)
        ways = indicator.choices if indicator else ()
        place = EvidenceFiles(at.home.folder / FOLDER)
        given = [Marking(item, points, way, why, visit, files)]
        made = put_marks(act, now, place, items_at(at, act, now), ways, given, expert=expert)
        number = made[0].id
    click.echo(Words(f"{number} 号评分已登记", f"Mark {number} is on file").say(lang))


@command(
    Words(
        "汇总评分：按规则合并，写入数据；缺评分的逐项列出。",
        "Close the marks: merged by the rule they become facts; items that lack marks are listed.",
    ),
    SCHEME,
    PERIOD,
    AS,
    HOME,
)
def close(scheme: str, period: str, account: str, home: str | None) -> None:
    from hpf.workflow.marks_closed import close_marks
    from hpf_cli.assess_at import standing_at

    lang = language()
    with acting(home, account) as (at, act):
        now = standing_at(at, act, scheme, period)
        told = close_marks(act, now, at.programs[now.row.scheme]).detail
    rule, marks, items = told["merge"], told["marks"], told["items"]
    words = Words(
        f"{marks} 个评分按 {rule} 合并成 {items} 项", f"{marks} marks, {rule}: {items} items"
    )
    click.echo(words.say(lang))


open_.name = "open"
visit_list.name = "visits"
command_assess = Verbs(
    "assess",
    Words("县级考核：建立、检查、评分、公示、异议、决定、上报。",
          "Assess hospitals: open, visit, mark, post, review, decide, report."),
    [open_, revise, speaks, visit, visit_list, mark, close, *AFTER],
)  # fmt: skip
