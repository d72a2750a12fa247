"""`hpf vote`: a committee's seats, and its votes on the run under review."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from hpf.workflow.ballots import Outcome

COMMITTEE = Argument(
    "committee", metavar="COMMITTEE", words=Words("考核组织的代码", "The committee's code")
)
BALLOT = Argument("ballot", metavar="N", type=int, words=Words("几号表决", "The ballot's number"))
DAY = Option(
    "--day",
    metavar="YYYY-MM-DD",
    words=Words("从哪天起（默认今天）", "From which day (today if not said)"),
)


def day_of(text: str | None, today: dt.date) -> dt.date:
    """A day as written, or today. Raises HpfError where it is none."""
    from hpf_cli.stops import problem

    try:
        return today if text is None else dt.date.fromisoformat(text)
    except ValueError:
        raise problem(
            "day",
            f"{text} 不是日期",
            f"'{text}' is no day",
            ("请写成 2027-02-05", "Write it as 2027-02-05"),
        ) from None


@command(
    Words(
        "登记一名成员（考核组织没有时一并建立），或用 --leave 结束其任期。",
        "Seat a member on a committee, which is made where there is none; --leave ends the seat.",
    ),
    COMMITTEE,
    Argument("login", metavar="LOGIN", words=Words("成员的账号", "The member's account")),
    Option(
        "--name", default="", metavar="NAME", words=Words("考核组织名称", "The committee's name")
    ),
    Option("--title", default="", metavar="TEXT", words=Words("职务，如组长", "Such as chair")),
    Option("--leave", is_flag=True, words=Words("结束任期", "End the seat")),
    DAY,
    AS,
    HOME,
)
def seat(
    committee: str,
    login: str,
    name: str,
    title: str,
    leave: bool,
    day: str | None,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.ballots import seat_member, unseat_member

    lang = language()
    with acting(home, account) as (_, act):
        when = day_of(day, act.today)
        if leave:
            changed = unseat_member(act, committee, login, when)
        else:
            changed = seat_member(act, committee, login, when, name=name, title=title)
    done = Words("已登记", "Done") if changed else Words("没有变化", "Nothing changed")
    click.echo(f"{committee} {login}{Words('：', ': ').say(lang)}{done.say(lang)}")


@command(
    Words(
        "就待审的结果请考核组织表决。",
        "Put the run under review to a committee's vote.",
    ),
    SCHEME,
    COMMITTEE,
    PERIOD,
    Option("--question", default="", metavar="TEXT", words=Words("议题", "The question")),
    AS,
    HOME,
)
def open_(
    scheme: str, committee: str, period: str, question: str, account: str, home: str | None
) -> None:
    from hpf.workflow.ballots import open_ballot
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        made = open_ballot(act, at.programs, program.code, when, committee, question)
    click.echo(
        Words(
            f"{made.id} 号表决开始。成员投票：hpf vote cast {made.id} yes|no|abstain|recused",
            f"Ballot {made.id} is open. Members vote: hpf vote cast {made.id} "
            "yes|no|abstain|recused",
        ).say(lang)
    )


@command(
    Words(
        "投票：yes 赞成、no 反对、abstain 弃权、recused 回避。投出的票不能更改。",
        "Vote yes, no or abstain, or be recused. A vote that is cast stays.",
    ),
    BALLOT,
    Argument("choice", metavar="CHOICE", words=Words("yes|no|abstain|recused", "The vote")),
    AS,
    HOME,
)
def cast(ballot: int, choice: str, account: str, home: str | None) -> None:
    from hpf.workflow.ballots import CHOICES
    from hpf.workflow.ballots import cast as vote

    lang = language()
    with acting(home, account) as (_, act):
        vote(act, ballot, choice)
    said = CHOICES[choice]
    click.echo(Words(f"{ballot} 号表决：{said.zh}", f"Ballot {ballot}: {said.en}").say(lang))


@command(
    Words(
        "结束表决并计票：到会够不够、通过没有。",
        "Close a ballot and count: whether enough took part, and whether it passed.",
    ),
    BALLOT,
    AS,
    HOME,
)
def close(ballot: int, account: str, home: str | None) -> None:
    from hpf.workflow.ballots import close_ballot

    lang = language()
    with acting(home, account) as (_, act):
        result = close_ballot(act, ballot)
    click.echo(_said(result).say(lang))


def _said(result: Outcome) -> Words:
    count = result.count
    held = Words(
        f"应到 {count.entitled} 人（回避 {count.recused} 人），到会 {count.present} 人："
        f"赞成 {count.yes}，反对 {count.no}，弃权 {count.abstain}",
        f"{count.present} of {count.entitled} took part ({count.recused} recused): "
        f"{count.yes} yes, {count.no} no, {count.abstain} abstained",
    )
    if not result.valid:
        end = Words("。到会不足，表决无效", ". Too few took part: nothing is resolved")
    elif result.passed:
        end = Words("。通过", ". It passed")
    else:
        end = Words("。没有通过", ". It did not pass")
    return Words(held.zh + end.zh, held.en + end.en)


@command(
    Words("列出一个周期的表决。", "List the ballots of a period."),
    SCHEME,
    PERIOD,
    HOME,
)
def list_(scheme: str, period: str, home: str | None) -> None:
    from hpf.storage.cycles import ballots_of, find_cycle
    from hpf.storage.engine import reading
    from hpf.workflow.ballots import outcome
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        row = find_cycle(session, at.hospital(session), program.code, when)
        ballots = ballots_of(session, row.id)
        if not ballots:
            click.echo(Words("还没有表决", "There is no ballot yet").say(lang))
        for one in ballots:
            if one.closed_at is None:
                state = Words("进行中", "open")
            else:
                state = _said(outcome(session, one))
            colon = Words("：", ": ").say(lang)
            click.echo(f"{one.id} {one.question}{colon}{state.say(lang)}")


command_vote = Verbs(
    "vote",
    Words(
        "考核组织：成员和表决。到会满三分之二才有效。",
        "Committees: seats and votes. Two thirds must take part.",
    ),
    [seat, open_, cast, close, list_],
)
