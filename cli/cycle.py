"""`hpf cycle`: a period's life: settled, planned, shown, moved on; its tasks and files."""

from __future__ import annotations

import click

from hpf_cli.acting import AS, ROLE, acting, now, pairs, role_of
from hpf_cli.cycle_files import duties, file, task
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

WHY = Option(
    "--reason",
    default="",
    metavar="TEXT",
    words=Words("理由或依据", "Why, or on what ground"),
)


@command(
    Words(
        "列出医院要决定的流程设置，或决定几项：名称=值。",
        "List what the hospital settles about its cycle, or settle some of it: NAME=VALUE.",
    ),
    Argument(
        "values",
        metavar="[NAME=VALUE]...",
        nargs=-1,
        words=Words("如 publicity_days=5", "For instance publicity_days=5"),
    ),
    WHY,
    Option(
        "--as",
        "account",
        metavar="ACCOUNT",
        envvar="HPF_USER",
        words=Words("以哪个账号操作（只列出时不用）", "The account that acts; not for listing"),
    ),
    HOME,
)
def settle(values: tuple[str, ...], reason: str, account: str | None, home: str | None) -> None:
    from hpf_cli.cycle_view import draw_settings
    from hpf_cli.stops import problem

    lang = language()
    if not values:
        from hpf.storage.engine import reading
        from hpf.workflow.situation import settings_now

        with opened(home) as at, reading(at.engine) as session:
            draw_settings(settings_now(session, at.hospital(session)), lang)
        return
    from hpf.workflow.service import settle as enter

    if account is None:
        raise problem(
            "as",
            "没有写以哪个账号操作",
            "it is not said which account acts",
            ("请加 --as 账号", "Add --as ACCOUNT"),
        )
    with acting(home, account) as (_, act):
        changed = enter(act, pairs(values), reason)
    done = Words("已定：", "Settled: ") if changed else Words("没有变化", "Nothing changed")
    click.echo(done.say(lang) + ", ".join(changed))


@command(
    Words(
        "开始一个周期的流程：算出各步的日子，看截止日、公示期和发放日排不排得下；"
        "排不下时列出哪一天可以让。公示之前可以重新计划。",
        "Open a period's cycle: work out its days, and whether due day, publicity and pay day fit; "
        "where they do not, it lists which day could give. Until results are public it may be "
        "planned anew.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--order",
        type=str,
        metavar="ORDER",
        words=Words(
            "只对这个周期：publicise_then_pay（先公示后发放）或 pay_then_publicise（先发放后公示）",
            "For this period alone: publicise_then_pay or pay_then_publicise",
        ),
    ),
    AS,
    HOME,
)
def plan(scheme: str, period: str, order: str | None, account: str, home: str | None) -> None:
    from hpf.workflow.service import plan as open_cycle
    from hpf_cli.cycle_view import draw_plan
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        _, days = open_cycle(act, at.programs, program.code, when, order=order)
    draw_plan(program.names.say(lang), when.say(lang), days, lang)


@command(
    Words(
        "画出流程走到哪一步、每步的日子、什么挡着下一步、该由谁做。不写方案则列出所有周期。",
        "Draw where a cycle stands, the day of each step, what blocks the next one and who must "
        "act. Without a scheme all cycles are listed.",
    ),
    Argument(
        "scheme",
        metavar="[SCHEME]",
        required=False,
        words=Words("方案代码", "The scheme's code"),
    ),
    Option(
        "--period",
        metavar="P",
        words=Words("周期（不写则为最近一个）", "The period (the latest if not said)"),
    ),
    Option("--trail", is_flag=True, words=Words("列出走过的每一步", "List every move made so far")),
    HOME,
)
def show(scheme: str | None, period: str | None, trail: bool, home: str | None) -> None:
    from hpf.storage import cycles as kept
    from hpf.storage.engine import reading
    from hpf.workflow.situation import draw
    from hpf_cli.cycle_view import draw_cycle, draw_cycles, draw_trail
    from hpf_cli.finding import period_of
    from hpf_cli.stops import problem

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        hospital = at.hospital(session)
        if scheme is None:
            draw_cycles(kept.cycles(session, hospital), lang)
            return
        program = at.programs.find(scheme)
        if period is None:
            mine = [c for c in kept.cycles(session, hospital) if c.scheme == program.code]
            if not mine:
                raise problem(
                    "no_cycle",
                    f"{scheme} 还没有流程",
                    f"no cycle of '{scheme}' is planned",
                    (
                        f"hpf cycle plan {scheme} --period 周期",
                        f"hpf cycle plan {scheme} --period P",
                    ),
                )
            row = max(mine, key=lambda c: c.period.last_day)
        else:
            when = period_of(period, program)
            row = kept.find_cycle(session, hospital, program.code, when)
        today = kept.local_day(now())
        drawn = draw(session, hospital, at.programs, row, today)
        draw_cycle(program.names.say(lang), drawn, lang)
        if trail:
            draw_trail(drawn.cycle, lang)


@command(
    Words(
        "把流程推到下一步（或退回）。不行时列出全部原因。\n"
        "步骤：start_collecting、start_calculating、submit、approve、finish、start_improving、"
        "close；申诉：take_appeals、start_recheck、publicise_again、finish_recheck；"
        "退回：collect_again、calculate_again",
        "Move a cycle on, or back. Where it may not, every reason is listed.\n"
        "Moves: start_collecting, start_calculating, submit, approve, finish, start_improving, "
        "close; with appeals: take_appeals, start_recheck, publicise_again, finish_recheck; back: "
        "collect_again, calculate_again",
    ),
    SCHEME,
    Argument("code", metavar="MOVE", words=Words("哪一步", "Which move")),
    PERIOD,
    WHY,
    Option(
        "--evidence",
        multiple=True,
        metavar="TEXT",
        words=Words("依据材料，可写多次", "Evidence, as often as needed"),
    ),
    ROLE,
    AS,
    HOME,
)
def move(
    scheme: str,
    code: str,
    period: str,
    reason: str,
    evidence: tuple[str, ...],
    role: str | None,
    account: str,
    home: str | None,
) -> None:
    from hpf.workflow.service import move_cycle
    from hpf_cli.finding import period_of

    lang = language()
    with acting(home, account) as (at, act):
        program = at.programs.find(scheme)
        when = period_of(period, program)
        drawn = move_cycle(
            act,
            at.programs,
            program.code,
            when,
            code,
            role=role_of(role),
            why=reason,
            evidence=evidence,
        )
    stage = drawn.cycle.stage.names
    click.echo(
        Words(
            f"{program.names.zh} {when.say('zh')}：现在是“{stage.zh}”",
            f"{program.names.en} {when.say('en')}: now at '{stage.en}'",
        ).say(lang)
    )


command_cycle = Verbs(
    "cycle",
    Words(
        "一个周期的流程：计划 → 收集 → 计算 → 审核 → 公示 →（申诉 → 复核）→ 定稿 → 改进。",
        "A period's life: plan → collect → calculate → review → publicise → (appeal → recheck) → "
        "final → improve.",
    ),
    [settle, plan, show, move, task, file, duties],
)
