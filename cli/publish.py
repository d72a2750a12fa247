"""`hpf publish`: results hang, and everyone is told theirs."""

from __future__ import annotations

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs
from hpf_cli.vote import DAY, day_of


@command(
    Words(
        "登记公示：从哪天起、在哪里。算出公示到哪天、申诉到哪天。",
        "Say where results hang and since when; it tells through which day they hang, and through "
        "which day appeals are taken.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--where",
        required=True,
        metavar="TEXT",
        words=Words("在哪里公示", "Where they hang"),
    ),
    DAY,
    AS,
    HOME,
)
def post(
    scheme: str, period: str, where: str, day: str | None, account: str, home: str | None
) -> None:
    from hpf.storage.cycles import find_cycle
    from hpf.workflow.records import post as post_results
    from hpf.workflow.situation import draw
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        since = day_of(day, act.today)
        post_results(act, program.code, when, where, since)
        row = find_cycle(act.session, act.hospital, program.code, when)
        policy = draw(act.session, act.hospital, at.programs, row, act.today).policy
        until, appeals = policy.publicity.last_day(since), policy.appeal.last_day(since)
    click.echo(
        Words(
            f"从 {since} 公示到 {until}；申诉到 {appeals} 为止",
            f"Posted from {since} through {until}; appeals through {appeals}",
        ).say(lang)
    )


@command(
    Words(
        "登记已把结果反馈到人；不写 --person 就是还没有反馈的所有人。",
        "Record that people were told their results; without --person, all who were not told yet.",
    ),
    SCHEME,
    PERIOD,
    Option("--how", required=True, metavar="TEXT", words=Words("怎样反馈的", "How they were told")),
    Option(
        "--person",
        "people",
        multiple=True,
        metavar="ID",
        words=Words("工号，可写多次", "A person's id, as often as needed"),
    ),
    AS,
    HOME,
)
def feedback(
    scheme: str, period: str, how: str, people: tuple[str, ...], account: str, home: str | None
) -> None:
    from hpf.workflow.records import inform
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        told = inform(act, at.programs, program.code, when, how, people)
    click.echo(
        Words(f"已登记反馈 {len(told)} 人", f"{len(told)} people are on file as told").say(lang)
    )


command_publish = Verbs(
    "publish",
    Words("公示结果，并反馈到人。", "Post the results, and tell everyone theirs."),
    [post, feedback],
)
