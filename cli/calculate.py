"""`hpf calculate`: run a period from the database and seal it, or correct a sealed one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import BY, HOME, Opened, opened, who
from hpf_cli.import_ import working
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import show_notices

if TYPE_CHECKING:
    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.runs import Sealed


@command(
    Words(
        "由已导入的数据计算一个周期并封印；绑定的上游方案先算。数据和参数没有变化则不再写入。",
        "Calculate a period from the imported facts and seal it, schemes bound above it first. "
        "Nothing is written where facts and parameters have not changed.",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--pay-in",
        metavar="P",
        words=Words(
            "更正已封印的周期：差额逐行记入这个周期，原结果不变",
            "Correct a sealed period: differences, line by line, are paid in this one",
        ),
    ),
    Option(
        "--reason", default="", metavar="TEXT", words=Words("为什么更正", "Why it is corrected")
    ),
    Option(
        "--release-of",
        type=int,
        metavar="RUN",
        words=Words("补算这次计算里暂缓的单位", "Calculate what this run held back"),
    ),
    BY,
    HOME,
)
def calculate(
    scheme: str,
    period: str,
    pay_in: str | None,
    reason: str,
    release_of: int | None,
    by: str | None,
    home: str | None,
) -> None:
    """All of it or nothing; every problem is listed."""
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        if pay_in is not None:
            _corrected(at, program, when, period_of(pay_in, program), reason, who(by), lang)
            return
        with working(Words("正在计算…", "Calculating…"), lang):
            sealed = _sealed(at, program, when, release_of, who(by))
    for code, one in sealed.items():
        told(code, one, lang)
    _held(sealed[program.code], lang)


def _sealed(
    at: Opened, program: Program, when: Period, release_of: int | None, by: str
) -> dict[str, Sealed]:
    from hpf.runs import seal_period

    kind = "main" if release_of is None else "release"
    return seal_period(
        at.engine, at.programs, at.hospital_id, program.code, when, by=by, kind=kind, of=release_of
    )


def _corrected(
    at: Opened, program: Program, when: Period, pay_in: Period, reason: str, by: str, lang: str
) -> None:
    from hpf.supplements import supplement
    from hpf_cli.runs import show_differences

    with working(Words("正在计算…", "Calculating…"), lang):
        made = supplement(
            at.engine, at.programs, at.hospital_id, program.code, when, by=by, pay_in=pay_in,
            reason=reason,
        )  # fmt: skip
    told(program.code, made.sealed, lang)
    if not made.lines:
        words = Words(
            f"没有人的金额变动：相对第 {made.of} 次没有差额要发放，这次计算留作证据。",
            f"Nobody's pay changes: there is no difference to run {made.of} to be paid, and this "
            "run is kept as evidence.",
        )
        click.echo(words.say(lang))
        return
    words = Words(
        f"相对第 {made.of} 次的差额，记入 {pay_in}：",
        f"Differences to run {made.of}, to be paid in {pay_in}:",
    )
    click.echo(words.say(lang))
    show_differences(made.lines, lang)


def told(code: str, one: Sealed, lang: str) -> None:
    """One line a run, after its notices."""
    show_notices([p for p in one.run.problems if p.severity == "notice"], lang)
    seal = one.seal[:16]
    if one.fresh:
        zh, en = f"{code} 已封印：第 {one.id} 次", f"{code} is sealed: run {one.id}"
    else:
        zh = f"{code} 没有变化，仍是第 {one.id} 次"
        en = f"{code} is as it was: run {one.id}"
    click.echo(Words(f"{zh}，{seal}", f"{en}, {seal}").say(lang))


def _held(one: Sealed, lang: str) -> None:
    if one.held:
        names = ", ".join(f"{u.entity}:{u.id}" for u in one.held)
        words = Words(
            f"暂缓（不发放，见对账）：{names}", f"Held back, and not paid with it: {names}"
        )
        click.echo(words.say(lang))


command_calculate = calculate
