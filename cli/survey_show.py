"""Questionnaires listed, and the figures of a closed one."""

from __future__ import annotations

import click

from hpf_cli.acting import AS, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.speech import Words


@command(Words("列出问卷。", "List the questionnaires."), HOME)
def list_(home: str | None) -> None:
    from hpf.storage.engine import reading
    from hpf.storage.questionnaires import questionnaires_of
    from hpf.workflow.questionnaire_rules import read_form

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        found = questionnaires_of(session, at.hospital(session))
    for one in found:
        name = read_form(one.form).names.say(lang)
        state = Words(f"收到 {one.closes}", f"open until {one.closes}")
        if one.closed is not None:
            state = Words(f"{one.closed} 已截止", f"closed on {one.closed}")
        click.echo(f"{one.id} {name} {one.period}: {state.say(lang)}")
    if not found:
        click.echo(Words("还没有问卷", "There is none yet").say(lang))


@command(
    Words(
        "截止后的结果：各组均值、总评、区间。截止前没有结果。",
        "Figures of a closed questionnaire: groups' means, figures, intervals.",
    ),
    Argument("number", metavar="N", type=int, words=Words("几号问卷", "Its number")),
    Option("--row", default="", metavar="ID", words=Words("只看一行", "One row alone")),
    AS,
    HOME,
)
def results(number: int, row: str, account: str, home: str | None) -> None:
    from hpf.storage.questionnaires import find_questionnaire
    from hpf.workflow.acting import actor
    from hpf.workflow.questionnaire_figures import shown
    from hpf.workflow.questionnaire_rules import read_form
    from hpf.workflow.questionnaires import refuse
    from hpf.workflow.roles import Role
    from hpf_cli.console import console, table

    lang = language()
    with acting(home, account) as (_, act):
        actor(act, (Role.MANAGEMENT, Role.HR))
        one = find_questionnaire(act.session, act.hospital, number)
    if one.outcome is None:
        raise refuse("open", "还没有截止，没有结果", "it is not closed: there are no figures")
    form = read_form(one.form)
    drawn = table()
    drawn.add_column(Words("对象", "Row").say(lang))
    for figure in form.figures:
        drawn.add_column(figure.names.say(lang))
    for group in form.groups:
        drawn.add_column(group.names.say(lang))
    for told in one.outcome["rows"]:
        if row and told["row"] != row:
            continue
        cells = [told["row"]]
        for f in told["figures"]:
            text = shown(f["value"], 4)
            if f["low"] is not None:
                text += f" [{shown(f['low'], 4)}–{shown(f['high'], 4)}]"
            if f["points"] is not None:
                text += Words(f" → {f['points']} 分", f" → {f['points']} points").say(lang)
            cells.append(text)
        cells += [f"{g['answers']}" + ("" if g["counted"] else " ×") for g in told["groups"]]
        drawn.add_row(*cells)
    console().print(drawn)
    notes = [
        Words(
            "组下面是份数；× 为份数不足，不看。方括号是 95 % 区间。",
            "Below a group: its answers; × too few to be looked at. In brackets: 95 %.",
        )
    ]
    if one.outcome["short"]:
        why = one.outcome["short"]
        notes.append(
            Words(f"样本量不足，仍截止：{why}", f"Below its sample, closed because: {why}")
        )
    if one.outcome["open_link"]:
        zh, en = "含公开链接的答卷：一人可能答了多次", "An open link: one may have answered often"
        notes.append(Words(zh, en))
    for note in notes:
        click.echo(note.say(lang))
