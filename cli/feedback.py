"""`hpf feedback`: what people and those in charge of them write to one another."""

from __future__ import annotations

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

NUMBER = Argument("number", metavar="N", type=int, words=Words("几号反馈", "Its number"))
TEXT = Option("--text", required=True, metavar="TEXT", words=Words("内容", "What there is to say"))


@command(
    Words(
        "写一条反馈：本人写给上级，或上级、绩效办写给本人。",
        "Begin a feedback: a person to those in charge, or one of these to the person.",
    ),
    SCHEME,
    Argument("person", metavar="PERSON", words=Words("关于谁（工号）", "About whom")),
    PERIOD,
    TEXT,
    AS,
    HOME,
)
def write(scheme: str, person: str, period: str, text: str, account: str, home: str | None) -> None:
    from hpf.workflow.feedback import write as begin
    from hpf_cli.finding import period_of

    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        number = begin(act, program.code, period_of(period, program), person, text).id
    click.echo(Words(f"{number} 号反馈，等对方回复",
                     f"Feedback {number} waits for the other side").say(language()))  # fmt: skip


@command(Words("回复一条反馈。", "Answer a feedback."), NUMBER, TEXT, AS, HOME)
def answer(number: int, text: str, account: str, home: str | None) -> None:
    from hpf.workflow.feedback import answer as reply

    with acting(home, account) as (_, act):
        reply(act, number, text)
    click.echo(Words(f"{number} 号已回复", f"Feedback {number} is answered").say(language()))


@command(
    Words("办结一条反馈：双方都写过才行。", "Close a feedback that both sides have written to."),
    NUMBER,
    TEXT,
    AS,
    HOME,
)
def close(number: int, text: str, account: str, home: str | None) -> None:
    from hpf.workflow.feedback import close as end

    with acting(home, account) as (_, act):
        end(act, number, text)
    click.echo(Words(f"{number} 号已办结", f"Feedback {number} is closed").say(language()))


@command(
    Words("列出一个周期的反馈；超过期限的写明。", "List a period's feedback, and what is overdue."),
    SCHEME,
    PERIOD,
    Option("--overdue", is_flag=True, words=Words("只看超过期限的", "Those overdue alone")),
    HOME,
)
def list_(scheme: str, period: str, overdue: bool, home: str | None) -> None:
    from hpf.storage.cycles import local_day
    from hpf.storage.engine import reading
    from hpf.workflow.feedback import SIDES, items
    from hpf_cli.acting import now
    from hpf_cli.finding import period_of

    lang, today = language(), local_day(now())
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        found = items(session, at.hospital(session), scheme=program.code, period=when)
        for one in [i for i in found if not overdue or i.overdue(today)]:
            first = one.first
            if not one.open:
                state = Words("已办结", "closed")
            elif one.overdue(today):
                state = Words(f"超过期限 {one.due}", f"overdue since {one.due}")
            elif one.waits_for:
                side = SIDES[one.waits_for]
                state = Words(f"等{side.zh}，{one.due} 前", f"waits for {side.en}, by {one.due}")
            else:
                state = Words("可以办结", "may be closed")
            click.echo(f"{first.id}\t{first.day}\t{first.subject}\t{state.say(lang)}")
    if not found:
        click.echo(Words("没有反馈", "No feedback").say(lang))


command_feedback = Verbs(
    "feedback",
    Words("反馈：双向，双方都写过才办结。", "Feedback in both directions, with its days."),
    [write, answer, close, list_],
)
