"""`hpf what-if`: a period under other parameters or facts, never sealed; who gains, who loses."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from rich.console import Console

    from hpf.core.change import Comparison
    from hpf.core.config import HospitalConfig
    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.core.settings import Settings

_MOST = 10


@command(
    Words(
        "试算：换几个参数或换一份数据，看谁多谁少、要多花多少；不封存，也不改任何数据。\n"
        "例：hpf what-if township --period 2026-09 --set role_weight[护士]=0.95",
        "Try it out: other parameters or facts; who gains, who loses, what it costs. Nothing is "
        "sealed, nothing is changed.\n"
        "E.g. hpf what-if township --period 2026-09 --set role_weight[护士]=0.95",
    ),
    SCHEME,
    PERIOD,
    Option(
        "--set",
        "changes",
        multiple=True,
        metavar="NAME=VALUE",
        words=Words(
            "改一个参数；分键的写 名称[键]=值",
            "Change a parameter; NAME[KEY]=VALUE of a keyed one",
        ),
    ),
    Option(
        "--facts",
        metavar="PATH",
        words=Words("换用这份数据（工作簿或 CSV 文件夹）", "These facts instead"),
    ),
    HOME,
    Option("--json", "as_json", is_flag=True, words=Words("以 JSON 输出", "Print JSON")),
)
def what_if(
    scheme: str,
    period: str,
    changes: tuple[str, ...],
    facts: str | None,
    home: str | None,
    as_json: bool,
) -> None:
    """Against what would be computed now from what is stored."""
    import json

    from hpf.core.change import compare
    from hpf.core.errors import FactsError
    from hpf.intake import load
    from hpf.runs import calculate_period
    from hpf.storage.configuration import configuration
    from hpf.storage.engine import reading
    from hpf_cli.console import console
    from hpf_cli.finding import period_of

    if not changes and not facts:
        raise problem(
            "nothing",
            "没有要试的改动",
            "there is nothing to try",
            ("请写 --set 参数=值，或 --facts 数据", "Give --set NAME=VALUE, or --facts PATH"),
        )
    lang = language()
    with opened(home) as at:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        with reading(at.engine) as session:
            hospital = at.hospital(session)
            decided = configuration(session, hospital, at.programs, when.last_day)
        config = _changed(decided, program, when, changes)
        given = {scheme: load(Path(facts), program, when)} if facts else None
        runs = [
            calculate_period(at.engine, at.programs, hospital, scheme, when, config=c, facts=f)
            for c, f in ((decided, None), (config, given))
        ]
    if runs[1].problems:
        raise FactsError(runs[1].problems)
    told = compare(runs[0].run, runs[1].run)
    if as_json:
        click.echo(json.dumps(_document(told), ensure_ascii=False, indent=1))
        return
    _show(told, console(), lang)


def _changed(
    config: HospitalConfig, program: Program, period: Period, changes: Sequence[str]
) -> HospitalConfig:
    """The configuration with some values from the period's first day on."""
    from dataclasses import replace

    from hpf.core.errors import ParameterError, Problem
    from hpf.core.parameters import Dated, parse_value
    from hpf.core.settings import Settings

    settings = config.settings.get(program.code, Settings())
    overrides = dict(settings.overrides)
    wrong: list[Problem] = []
    for text in changes:
        name, key, value = _read(text)
        parameter = program.parameters.get(name)
        if parameter is None:
            from hpf.core.errors import Text, did_you_mean

            message = Text(f"方案没有参数 {name}", f"the scheme has no parameter '{name}'")
            near = did_you_mean(name, program.parameters)
            wrong.append(Problem("parameter.unknown", message, near, "--set", name=name))
            continue
        held: Any = _in_force(program, settings, period, name)
        try:
            parsed: Any = parse_value(parameter, {key: value} if key else value)
            parsed = {**held, **parsed} if key else parsed
        except ValueError as error:
            from hpf.core.errors import Text, reason

            why = reason(error)
            message = Text(f"{name}：{why.zh}", f"{name}: {why.en}")
            wrong.append(Problem("parameter.bad", message, place="--set", name=name))
            continue
        dated = Dated(period.first_day, parsed, "what-if", "hospital")
        kept = [d for d in overrides.get(name, ()) if d.since < period.first_day]
        overrides[name] = (*kept, dated)
    if wrong:
        raise ParameterError(wrong)
    both = {**config.settings, program.code: replace(settings, overrides=overrides)}
    return replace(config, settings=both)


def _in_force(program: Program, settings: Settings, period: Period, name: str) -> object:
    from hpf.core.settings import resolve

    found, _ = resolve({name: program.parameters[name]}, period.last_day, settings)
    return found[name].value if name in found else {}


def _read(text: str) -> tuple[str, str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise problem(
            "set", f"看不懂 --set “{text}”", f"cannot read --set '{text}'",
            ("请写 参数=值", "Write NAME=VALUE"), "--set",
        )  # fmt: skip
    name, _, key = name.strip().partition("[")
    truth = {"true": True, "false": False, "是": True, "否": False}
    return name, key.rstrip("]"), truth.get(value.strip(), value.strip())


def _show(told: Comparison, screen: Console, lang: str) -> None:
    from hpf_cli.console import table
    from hpf_cli.figures import money

    if told.measure is None:
        nothing = Words("方案既不发钱也没有总分。", "The scheme has no pay and no total score.")
        screen.print(nothing.say(lang))
        return
    more, less, names = told.winners, told.losers, told.measure.names
    same = len(told.lines) - len(more) - len(less)
    cost = f"+{money(told.cost)}" if told.cost > 0 else money(told.cost)
    words = Words(
        f"{names.zh}：{len(more)} 人增加，{len(less)} 人减少，{same} 人不变；合计 {cost}",
        f"{names.en}: {len(more)} gain, {len(less)} lose, {same} stay; in all {cost}",
    )
    screen.print(words.say(lang), style="bold")
    for title, lines in (
        (Words("增加最多", "Gain most"), more), (Words("减少最多", "Lose most"), less),
    ):  # fmt: skip
        if not lines:
            continue
        drawn = table(title.say(lang))
        drawn.add_column(Words("编号", "ID").say(lang))
        drawn.add_column(Words("姓名", "Name").say(lang))
        for head in (Words("现在", "Now"), Words("试算", "Tried"), Words("差额", "Difference")):
            drawn.add_column(head.say(lang), justify="right", no_wrap=True)
        none = Words("无", "none").say(lang)
        for one in lines[:_MOST]:
            pair = (none if v is None else money(v) for v in (one.before, one.after))
            by = f"+{money(one.by)}" if one.by > 0 else money(one.by)
            drawn.add_row(one.id, one.name, *pair, by)
        screen.print(drawn)
        if len(lines) > _MOST:
            rest = len(lines) - _MOST
            screen.print(Words(f"另有 {rest} 人", f"{rest} more").say(lang), style="dim")


def _document(told: Comparison) -> dict[str, Any]:
    from hpf.core.results import plain

    def said(value: Any) -> object:
        return None if value is None else plain(value)

    return {
        "counted": told.measure and told.measure.rule.name,
        "cost": said(told.cost),
        "winners": len(told.winners),
        "losers": len(told.losers),
        "lines": [
            {"id": d.id, "name": d.name, "before": said(d.before), "after": said(d.after),
             "by": said(d.by)}
            for d in told.lines if d.by
        ],
    }  # fmt: skip


command_what_if = what_if
