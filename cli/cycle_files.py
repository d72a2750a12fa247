"""The parts of `hpf cycle` that keep files: tasks that are done, what is put on file, duties."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.acting import AS, DEPARTMENT, ROLE, acting, now, pairs, role_of
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from hpf.core.errors import Problem

TEXT = Argument("text", metavar="TEXT", words=Words("一句话", "What there is to say, in a line"))


@command(
    Words(
        "登记一项任务已完成，一句话写明做了什么。任务编号见 hpf cycle show。",
        "Close a task, saying in a line what was done. hpf cycle show lists their numbers.",
    ),
    SCHEME,
    Argument("code", metavar="TASK", words=Words("任务编号，如 S1-2.1-1", "Such as S1-2.1-1")),
    TEXT,
    PERIOD,
    DEPARTMENT,
    AS,
    HOME,
)
def task(
    scheme: str,
    code: str,
    text: str,
    period: str,
    department: str,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.service import close_task
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        closed = close_task(act, at.programs, program.code, when, code, text, department=department)
    if closed is None:
        click.echo(Words("已登记过，没有变化", "It was closed already").say(lang))
    else:
        unit = f" {closed.unit}" if closed.unit else ""
        click.echo(Words(f"已完成 {code}{unit}", f"Closed {code}{unit}").say(lang))


@command(
    Words(
        "登记一项材料：目标、计划、反馈、培训等。不写种类则列出有哪些种类、谁可登记。",
        "Put something on file: a goal, a plan, a response, a training. Without a kind the kinds "
        "are listed, and who may file each.",
    ),
    Argument("kind", metavar="[KIND]", required=False, words=Words("种类", "The kind")),
    Argument("text", metavar="[TEXT]", required=False, words=Words("内容", "What there is to say")),
    Option(
        "--scheme", metavar="SCHEME", words=Words("属于哪个方案的周期", "Of which scheme's period")
    ),
    Option("--period", metavar="P", words=Words("周期", "The period")),
    Option(
        "--for",
        "subject",
        default="",
        metavar="WHO",
        words=Words("关于谁：科室、人员、指标", "About whom: department, person, indicator"),
    ),
    Option(
        "--with",
        "detail",
        multiple=True,
        metavar="NAME=VALUE",
        words=Words("细节，可写多次", "A detail, as often as needed"),
    ),
    ROLE,
    DEPARTMENT,
    Option(
        "--as",
        "account",
        metavar="ACCOUNT",
        envvar="HPF_USER",
        words=Words("以哪个账号操作", "The account that acts"),
    ),
    HOME,
)
def file(
    kind: str | None,
    text: str | None,
    scheme: str | None,
    period: str | None,
    subject: str,
    detail: tuple[str, ...],
    role: str | None,
    department: str,
    account: str | None,
    home: str | None,
) -> None:
    from hpf_cli.cycle_view import draw_kinds
    from hpf_cli.stops import problem

    lang = language()
    if kind is None:
        draw_kinds(lang)
        return
    from hpf.storage.cycles import find_cycle
    from hpf.workflow.records import put_on_file
    from hpf_cli.finding import period_of

    if kind == "posting":
        raise problem("posting", "公示用 hpf publish post", "to post results: hpf publish post")
    if account is None:
        raise problem(
            "as",
            "没有写以哪个账号操作",
            "it is not said which account acts",
            ("请加 --as 账号", "Add --as ACCOUNT"),
        )
    with acting(home, account) as (at, act):
        row = None
        if scheme is not None and period is not None:
            program = at.programs.find(scheme)
            when = period_of(period, program)
            row = find_cycle(act.session, act.hospital, program.code, when)
        made = put_on_file(
            act,
            kind,
            text or "",
            cycle=row,
            subject=subject,
            detail=pairs(detail),
            role=role_of(role),
            department=department,
        )
    click.echo(Words(f"已登记，编号 {made.id}", f"On file, number {made.id}").say(lang))


@command(
    Words(
        "列出日常职责：过期的评估、培训、监控、调查，没有培训的考核人员，培训和认同的比例；"
        "写明方案和周期则还有该周期的反馈情况。都只提示，不挡流程。",
        "List standing duties: reviews, trainings, analyses and surveys that are overdue, "
        "untrained assessors, shares trained and accepting; with scheme and period also its "
        "feedback. All of it is told and stops nothing.",
    ),
    Argument(
        "scheme", metavar="[SCHEME]", required=False, words=Words("方案代码", "The scheme's code")
    ),
    Option("--period", metavar="P", words=Words("周期", "The period")),
    HOME,
)
def duties(scheme: str | None, period: str | None, home: str | None) -> None:
    from hpf.storage import cycles as kept
    from hpf.storage.engine import reading
    from hpf.workflow.settings import read_settings
    from hpf.workflow.situation import draw, settings_now
    from hpf.workflow.standing import cycle_duties
    from hpf.workflow.standing import duties as standing
    from hpf_cli.cycle_view import draw_duties
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        hospital, today = at.hospital(session), kept.local_day(now())
        found = standing(session, hospital, read_settings(settings_now(session, hospital)), today)
        more: list[Problem] = []
        report = None
        if scheme is not None and period is not None:
            program = at.programs.find(scheme)
            when = period_of(period, program)
            row = kept.find_cycle(session, hospital, program.code, when)
            drawn = draw(session, hospital, at.programs, row, today)
            more, report = cycle_duties(drawn, program)
    draw_duties(found, more, report, lang)
