"""`hpf verify-run`: recompute sealed runs from what is stored, by their own rules."""

from __future__ import annotations

import click

from hpf_cli.group import Argument, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.speech import Words


@command(
    Words(
        "用库里存的规则、参数和数据重算已封印的结果，逐部分核对封印；不需要原来的插件。"
        "不写编号则核对全部。",
        "Recompute sealed runs from the rules, parameters and facts stored with them and compare "
        "the seal part by part; the plugin is not needed. Without numbers: all of them.",
    ),
    Argument(
        "runs",
        metavar="[RUN]...",
        nargs=-1,
        type=int,
        words=Words("计算的编号（hpf runs 列出）", "Numbers of runs (hpf runs lists them)"),
    ),
    HOME,
)
def verify_run(runs: tuple[int, ...], home: str | None) -> None:
    """Every problem of every run is listed; exit code 1 where one is not as it was sealed."""
    from hpf.storage.engine import reading
    from hpf.storage.replay import verify_run as verify
    from hpf.storage.runs import runs_of
    from hpf_cli.stops import NOT_CLEAN, show_problems

    lang, broken = language(), False
    with opened(home) as at, reading(at.engine) as session:
        hospital = at.hospital(session)
        numbers = runs or tuple(r.id for r in runs_of(session, hospital))
        for number in numbers:
            found = verify(session, number)
            name = f"{number} {found.scheme} {found.period}"
            if found.problems:
                broken = True
                words = Words(f"第 {name}：与封印不符", f"run {name}: not as it was sealed")
                click.echo(words.say(lang), err=True)
                show_problems(found.problems, lang)
            else:
                words = Words(
                    f"第 {name}：与封印一致，{found.results} 个结果，{found.seal[:16]}",
                    f"run {name}: as it was sealed, {found.results} results, {found.seal[:16]}",
                )
                click.echo(words.say(lang))
    if not numbers:
        click.echo(Words("还没有封印的计算。", "Nothing is sealed yet.").say(lang))
    if broken:
        raise SystemExit(NOT_CLEAN)


command_verify_run = verify_run
