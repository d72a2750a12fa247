"""`hpf compare`: our figures beside the hospital's old sheet, person by person, item by item."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.inputs import CONFIG, FACTS, PAST, PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import problem, show_notices

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from hpf.core.change import Beside
    from hpf.core.program import Rule
    from hpf.core.results import Run
    from hpf.intake.old_sheet import OldSheet

_MOST = 20  # people listed for one item; the file has all


@command(
    Words(
        "与医院原来的绩效表逐人逐项对照，列出差额；原表只读，不参与计算。\n"
        "例：hpf compare township 旧表.xlsx --period 2026-09 --facts township.xlsx "
        "--column 奖金=paid",
        "Set our figures beside the hospital's old sheet, person by person and item by item.\n"
        "E.g. hpf compare township old.xlsx --period 2026-09 --facts township.xlsx "
        "--column Bonus=paid",
    ),
    SCHEME,
    Argument(
        "old",
        metavar="OLD.xlsx",
        words=Words("原来的绩效表（.xlsx、.xls 或 CSV 文件夹）", "The old sheet"),
    ),
    PERIOD,
    FACTS,
    PAST,
    CONFIG,
    Option(
        "--column",
        "columns",
        multiple=True,
        metavar="HEADING=RULE",
        words=Words(
            "原表的哪一列（标题或列字母）是哪条规则；标题与规则同名的不必写",
            "Which column (heading or letter) is which rule; same names need no word",
        ),
    ),
    Option("--sheet", metavar="NAME", words=Words("原表的工作表名", "The old sheet's name")),
    Option(
        "--entity",
        default="staff",
        metavar="ENTITY",
        words=Words("按哪种实体对照，默认 staff", "Whose figures; by default staff"),
    ),
    Option(
        "--json",
        "json_file",
        metavar="FILE",
        words=Words("写入 JSON 文件；- 表示标准输出", "Write JSON; - is standard output"),
    ),
)
def compare(
    scheme: str,
    old: str,
    period: str,
    facts: tuple[str, ...],
    past: str | None,
    config: str | None,
    columns: tuple[str, ...],
    sheet: str | None,
    entity: str,
    json_file: str | None,
) -> None:
    """Exit code 0 whether figures differ or not: differing is what one looks for."""
    import json

    from hpf.core.change import beside
    from hpf.intake.old_sheet import read_old_sheet
    from hpf_cli.console import console
    from hpf_cli.outputs import check_outputs, write_all
    from hpf_cli.running import run_asked, stop_at_problems

    lang = language()
    check_outputs((*facts, old), {"--json": json_file})
    asked = run_asked(scheme, period, facts, past, config)
    stop_at_problems(asked)
    run = asked.run
    rules = _rules(run, entity)
    rows = run.checked.rows[entity]
    people = dict(zip(rows.ids.to_list(), rows.names.to_list(), strict=True))
    theirs = read_old_sheet(Path(old), rules, people, _named(columns), sheet or "")
    figures = {r: {i: f.value for i, f in by.items()} for r, by in theirs.figures.items()}
    found = beside(run, entity, figures)
    document = json.dumps(_document(run, found, theirs), ensure_ascii=False, indent=1) + "\n"
    if json_file == "-":
        click.echo(document, nl=False)
        return
    if json_file:
        write_all({Path(json_file): document})
    show_notices((*asked.notices, *theirs.notices), lang)
    _show(found, theirs, console(), lang)


def _rules(run: Run, entity: str) -> list[Rule]:
    from hpf.core.errors import did_you_mean

    if entity not in run.checked.rows:
        near = did_you_mean(entity, run.checked.rows)
        raise problem(
            "entity",
            f"没有实体 {entity}",
            f"there is no entity '{entity}'",
            (near.zh, near.en),
            "--entity",
        )
    return [r for r in run.program.rules if r.entity == entity and r.type.is_number]


def _named(columns: Sequence[str]) -> dict[str, str]:
    found = {}
    for text in columns:
        heading, sign, rule = text.rpartition("=")
        if not (sign and heading.strip() and rule.strip()):
            raise problem(
                "column",
                f"看不懂 --column “{text}”",
                f"cannot read --column '{text}'",
                ("请写成 标题=规则", "Write HEADING=RULE"),
                "--column",
            )
        found[heading.strip()] = rule.strip()
    return found


def _show(found: Sequence[Beside], theirs: OldSheet, screen: Console, lang: str) -> None:
    from hpf_cli.console import table
    from hpf_cli.figures import money

    drawn = table(Words(f"与 {theirs.place} 对照", f"Beside {theirs.place}").say(lang))
    drawn.add_column(Words("项目", "Item").say(lang))
    drawn.add_column(Words("原表的列", "Old column").say(lang))
    for words in (
        Words("人数", "People"), Words("一致", "Equal"), Words("不一致", "Differ"),
        Words("我们的合计", "Our sum"), Words("原表合计", "Old sum"), Words("差额", "Difference"),
    ):  # fmt: skip
        drawn.add_column(words.say(lang), justify="right", no_wrap=True)
    for one in found:
        apart = len(one.differing)
        drawn.add_row(
            one.rule.names.say(lang),
            theirs.columns[one.rule.name],
            f"{len(one.pairs):,}",
            f"{len(one.pairs) - apart:,}",
            f"{apart:,}",
            money(one.ours),
            money(one.theirs),
            _signed(one.ours - one.theirs),
        )
    screen.print(drawn)
    for one in found:
        if one.differing:
            screen.print(_people(one, lang))
            more = len(one.differing) - _MOST
            if more > 0:
                words = Words(f"另有 {more} 人", f"{more} more")
                screen.print(words.say(lang), style="dim")
    for line in _remarks(theirs, lang):
        screen.print(line)


def _people(one: Beside, lang: str) -> Any:
    from hpf_cli.console import table
    from hpf_cli.figures import money

    names = one.rule.names.say(lang)
    drawn = table(Words(f"{names}：不一致的人", f"{names}: who differs").say(lang))
    drawn.add_column(Words("编号", "ID").say(lang))
    drawn.add_column(Words("姓名", "Name").say(lang))
    for words in (Words("我们", "Ours"), Words("原表", "Old"), Words("差额", "Difference")):
        drawn.add_column(words.say(lang), justify="right", no_wrap=True)
    none = Words("无", "none").say(lang)
    for pair in one.differing[:_MOST]:
        ours, old = (none if v is None else money(v) for v in (pair.ours, pair.theirs))
        drawn.add_row(pair.id, pair.name, ours, old, _signed(pair.by))
    return drawn


def _remarks(theirs: OldSheet, lang: str) -> Iterator[str]:
    if theirs.strangers:
        listed = "、".join(f"{who}（{place}）" for who, place in theirs.strangers[:10])
        english = ", ".join(f"{who} ({place})" for who, place in theirs.strangers[:10])
        count = len(theirs.strangers)
        yield Words(
            f"原表有 {count} 人不在本期数据里：{listed}",
            f"{count} people of the old sheet are not in this period's facts: {english}",
        ).say(lang)


def _signed(value: Any) -> str:
    from hpf_cli.figures import money

    return f"+{money(value)}" if value > 0 else money(value)


def _document(run: Run, found: Sequence[Beside], theirs: OldSheet) -> dict[str, Any]:
    from hpf.core.results import plain

    def said(value: Any) -> object:
        return None if value is None else plain(value)

    return {
        "scheme": run.program.code,
        "period": str(run.period),
        "seal": run.seal["seal"],
        "old": theirs.place,
        "items": [
            {
                "rule": one.rule.name,
                "column": theirs.columns[one.rule.name],
                "people": len(one.pairs),
                "ours": said(one.ours),
                "theirs": said(one.theirs),
                "differing": [
                    {"id": p.id, "name": p.name, "ours": said(p.ours), "theirs": said(p.theirs),
                     "by": said(p.by)}
                    for p in one.differing
                ],
            }
            for one in found
        ],
        "strangers": [{"who": who, "place": place} for who, place in theirs.strangers],
    }  # fmt: skip


command_compare = compare
