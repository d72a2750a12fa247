"""`hpf notes`: agreements, talks, trainings, honours and findings, and what they come to."""

from __future__ import annotations

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.notes_report import report
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

TEXT = Option("--text", required=True, metavar="TEXT", words=Words("内容", "What there is to say"))
DAY = Option("--day", metavar="YYYY-MM-DD", words=Words("哪一天（默认今天）", "Which day (today)"))
PERSON = Argument("person", metavar="PERSON", words=Words("工号", "The person's code"))


def done(number: int) -> None:
    """Tells the number that a record got."""
    click.echo(Words(f"已登记：{number} 号", f"On file: {number}").say(language()))


@command(
    Words(
        "登记一级同意本期目标：hospital、department（加 --department）、staff，自上而下。",
        "Record that a level agrees to a period's objectives: hospital, department (with "
        "--department), staff, from the top.",
    ),
    SCHEME,
    Argument("level", metavar="LEVEL", words=Words("哪一级", "Which level")),
    PERIOD,
    Option("--department", default="", metavar="CODE", words=Words("哪个科室", "Which department")),
    TEXT,
    AS,
    HOME,
)
def consent(
    scheme: str, level: str, period: str, department: str, text: str, account: str, home: str | None
) -> None:
    from hpf.workflow.consensus import agree
    from hpf_cli.finding import period_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        number = agree(act, program.code, when, level, text, department=department).id
    done(number)


@command(
    Words("登记一次绩效谈话。", "Put a talk about performance on file."),
    SCHEME,
    PERSON,
    PERIOD,
    Option("--phase", required=True, type=click.Choice(["1", "2", "3", "4"]), metavar="1-4",
           words=Words("阶段：1 计划、2 执行、3 考核、4 改进",
                       "Stage: 1 plan, 2 execution, 3 assessment, 4 improvement")),
    DAY,
    TEXT,
    AS,
    HOME,
)  # fmt: skip
def talk(
    scheme: str, person: str, period: str, phase: str, day: str | None, text: str, account: str,
    home: str | None,
) -> None:  # fmt: skip
    from hpf.workflow.talks import talk as record
    from hpf.workflow.tasks import Phase
    from hpf_cli.finding import period_of
    from hpf_cli.vote import day_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        stage = Phase(int(phase))
        number = record(act, program.code, when, person, stage, day_of(day, act.today), text).id
    done(number)


@command(
    Words("登记一次培训和参加的人。", "Put a training on file, with who attended."),
    SCHEME,
    PERIOD,
    Option("--person", "people", multiple=True, required=True, metavar="PERSON",
           words=Words("参加的人，可写多次", "Who attended, as often as needed")),
    DAY,
    TEXT,
    AS,
    HOME,
)  # fmt: skip
def training(
    scheme: str, period: str, people: tuple[str, ...], day: str | None, text: str, account: str,
    home: str | None,
) -> None:  # fmt: skip
    from hpf.workflow.talks import training as record
    from hpf_cli.finding import period_of
    from hpf_cli.vote import day_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        number = record(act, program.code, when, people, day_of(day, act.today), text).id
    done(number)


@command(
    Words(
        "把谈话和培训次数写成本期数据。",
        "Write the counts of talks and trainings as the period's facts.",
    ),
    SCHEME,
    PERIOD,
    AS,
    HOME,
)
def hand_over(scheme: str, period: str, account: str, home: str | None) -> None:
    from hpf.workflow.talks import hand_over as write
    from hpf_cli.finding import period_of
    from hpf_cli.stops import problem

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        declared = [d for d in at.home.loaded().dialogues if d.scheme == program.code]
        if not declared:
            raise problem("notes", f"方案 {scheme} 不用谈话和培训次数",
                          f"'{scheme}' takes no counts of talks and trainings")  # fmt: skip
        saved = write(act, declared[0], program, period_of(period, program))
        number = saved.number if saved is not None else None
    said = Words(f"已写入：第 {number} 次导入", f"Written: import {number}")
    if number is None:
        said = Words("没有变化", "Nothing changed")
    click.echo(said.say(language()))


@command(
    Words("公布一个周期的优秀人才条件：须在期初之前。",
          "Make public who counts as excellent in a period, before it begins."),
    SCHEME,
    PERIOD,
    TEXT,
    AS,
    HOME,
)  # fmt: skip
def criterion(scheme: str, period: str, text: str, account: str, home: str | None) -> None:
    from hpf.workflow.honours import publish_criterion
    from hpf_cli.finding import period_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        number = publish_criterion(act, program.code, period_of(period, program), text).id
    done(number)


@command(
    Words("登记一次表彰，不带金额。", "Put a recognition on file, without money."),
    SCHEME,
    PERSON,
    Argument("kind", metavar="KIND", words=Words("哪种表彰", "Which recognition")),
    PERIOD,
    Option("--excellent", is_flag=True,
           words=Words("按本期条件评为优秀人才", "As excellent, by the period's criterion")),
    TEXT,
    AS,
    HOME,
)  # fmt: skip
def honour(
    scheme: str, person: str, kind: str, period: str, excellent: bool, text: str, account: str,
    home: str | None,
) -> None:  # fmt: skip
    from hpf.workflow.honours import honour as record
    from hpf_cli.finding import period_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        number = record(act, program.code, when, person, kind, text, excellent).id
    done(number)


@command(
    Words(
        "登记一个诊断来源：questionnaire 问卷、interview 访谈、data 数据。",
        "Put a source of a diagnosis on file: questionnaire, interview or data.",
    ),
    Argument("kind", metavar="KIND", words=Words("哪种来源", "Which source")),
    Option("--where", required=True, metavar="TEXT", words=Words("在哪里", "Where it lies")),
    TEXT,
    AS,
    HOME,
)
def source(kind: str, where: str, text: str, account: str, home: str | None) -> None:
    from hpf.workflow.diagnosis import add_source

    with acting(home, account) as (_, act):
        number = add_source(act, kind, text, where).id
    done(number)


@command(
    Words("登记一条诊断发现，写明依据的来源。", "Put a finding on file, with its sources."),
    Option("--source", "sources", multiple=True, required=True, type=int, metavar="N",
           words=Words("依据几号来源，可写多次", "A source's number, as often as needed")),
    TEXT,
    AS,
    HOME,
)  # fmt: skip
def finding(sources: tuple[int, ...], text: str, account: str, home: str | None) -> None:
    from hpf.workflow.diagnosis import find

    with acting(home, account) as (_, act):
        number = find(act, text, sources).id
    done(number)


command_notes = Verbs(
    "notes",
    Words(
        "登记：同意、谈话、培训、表彰、诊断。", "On file: agreements, talks, trainings, honours."
    ),
    [consent, talk, training, hand_over, criterion, honour, source, finding, report],
)
