"""`hpf appeal`: objections against one result line, rechecked and decided."""

from __future__ import annotations

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

NUMBER = Argument("number", metavar="N", type=int, words=Words("几号申诉", "The appeal's number"))
RUN = Option(
    "--run",
    type=int,
    metavar="N",
    words=Words("更正它的那次计算（hpf runs）", "The run that corrects it (hpf runs)"),
)


@command(
    Words(
        "就一行结果提出申诉：谁的、哪条规则。公示期间、申诉期内才受理。",
        "Object to one result line: whose, and of which rule. It is taken while results are posted "
        "and the time for appeals lasts.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--entity",
        required=True,
        metavar="ENTITY:ID",
        words=Words("哪一行，如 staff:A17", "Which row, such as staff:A17"),
    ),
    Option("--rule", required=True, metavar="NAME", words=Words("哪条规则", "Which rule")),
    Option("--text", required=True, metavar="TEXT", words=Words("哪里不对", "What is wrong")),
    AS,
    HOME,
)
def file(
    scheme: str, period: str, entity: str, rule: str, text: str, account: str, home: str | None
) -> None:
    from hpf.workflow.appeals import file_appeal
    from hpf_cli.finding import period_of

    lang = language()
    kind, _, id = entity.partition(":")
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        made = file_appeal(act, at.programs, program.code, when, kind, id, rule, text)
    click.echo(
        Words(
            f"{made.id} 号申诉已受理，{made.decide_by} 前答复",
            f"Appeal {made.id} is filed, to be decided by {made.decide_by}",
        ).say(lang)
    )


@command(
    Words(
        "指定复核人：不能是计算结果的人，也不能是申诉人。",
        "Appoint who rechecks it: neither who calculated nor who appealed.",
    ),
    NUMBER,
    Option(
        "--reviewer",
        "reviewers",
        multiple=True,
        required=True,
        metavar="LOGIN",
        words=Words("复核人的账号，可写多次", "A reviewer's account, as often as needed"),
    ),
    AS,
    HOME,
)
def assign(number: int, reviewers: tuple[str, ...], account: str, home: str | None) -> None:
    from hpf.workflow.appeals import appoint

    lang = language()
    with acting(home, account) as (_, act):
        appoint(act, number, reviewers)
    click.echo(Words("复核人：", "Reviewers: ").say(lang) + ", ".join(reviewers))


@command(
    Words(
        "复核人作出决定：成立（--uphold）或不成立（--reject）。成立的要有更正的那次计算。",
        "A reviewer decides: --uphold or --reject. One that is upheld needs the run that corrects "
        "it, now or later (hpf appeal effect).",
    ),
    NUMBER,
    Option("--uphold/--reject", "upheld", required=True, default=None, type=bool,
           words=Words("成立 / 不成立", "Upheld or rejected")),
    Option("--text", required=True, metavar="TEXT", words=Words("理由", "Why")),
    RUN,
    AS,
    HOME,
)  # fmt: skip
def decide(
    number: int, upheld: bool, text: str, run: int | None, account: str, home: str | None
) -> None:
    from hpf.workflow.appeals import STATES
    from hpf.workflow.appeals import decide as decide_appeal

    lang = language()
    with acting(home, account) as (_, act):
        found = decide_appeal(act, number, upheld, text, run=run)
        late = act.today > found.decide_by
    said = STATES[found.state]
    click.echo(Words(f"{number} 号申诉{said.zh}", f"Appeal {number} is {said.en}").say(lang))
    if late:
        told = Words(
            f"超过了答复期限 {found.decide_by}，已记入审计",
            f"It was due by {found.decide_by}; the audit says that it is late",
        )
        click.echo(told.say(lang))


@command(
    Words(
        "把成立的申诉与更正它的计算连起来。", "Link an upheld appeal with the run that corrects it."
    ),
    NUMBER,
    Option("--run", type=int, required=True, metavar="N", words=RUN.words),
    AS,
    HOME,
)
def effect(number: int, run: int, account: str, home: str | None) -> None:
    from hpf.workflow.appeals import give_effect

    lang = language()
    with acting(home, account) as (_, act):
        give_effect(act, number, run)
    click.echo(
        Words(f"{number} 号申诉由第 {run} 次计算更正", f"Run {run} corrects appeal {number}").say(
            lang
        )
    )


@command(Words("撤回自己的申诉。", "Take back an appeal of your own."), NUMBER, AS, HOME)
def withdraw(number: int, account: str, home: str | None) -> None:
    from hpf.workflow.appeals import withdraw as take_back

    lang = language()
    with acting(home, account) as (_, act):
        take_back(act, number)
    click.echo(Words(f"{number} 号申诉已撤回", f"Appeal {number} is withdrawn").say(lang))


@command(
    Words("列出一个周期的申诉。", "List the appeals of a period."),
    SCHEME,
    PERIOD,
    HOME,
)
def list_(scheme: str, period: str, home: str | None) -> None:
    from hpf.storage.cycles import appealed_line, appeals_of, find_cycle
    from hpf.storage.engine import reading
    from hpf.workflow.appeals import STATES
    from hpf_cli.console import console, table
    from hpf_cli.finding import period_of

    lang = language()
    drawn = table()
    for words in (Words("号", "No."), Words("哪一行", "Line"), Words("数", "Figure"),
                  Words("理由", "Ground"), Words("期限", "Due"), Words("状态", "State"),
                  Words("更正", "Run")):  # fmt: skip
        drawn.add_column(words.say(lang))
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        row = find_cycle(session, at.hospital(session), program.code, when)
        found = appeals_of(session, row.id)
        for one in found:
            line = appealed_line(session, one)
            drawn.add_row(str(one.id), f"{line.entity}:{line.id} {line.rule_name}", line.value,
                          one.text, one.decide_by.isoformat(), STATES[one.state].say(lang),
                          str(one.effect_run_id or ""))  # fmt: skip
    if found:
        console().print(drawn)
    else:
        click.echo(Words("没有申诉", "No appeals").say(lang))


command_appeal = Verbs(
    "appeal",
    Words(
        "申诉：就一行结果，限期复核和答复。", "Appeals against one result line, each with its day."
    ),
    [file, assign, decide, effect, withdraw, list_],
)
