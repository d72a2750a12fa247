"""`hpf switches`: what each reading that is not in force would change, on given facts."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Option, command, language
from hpf_cli.inputs import CONFIG, FACTS, JSON_FILE, PAST, PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import show_notices

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hpf.core.kit.switches import Alternative, Change, Survey, Switch
    from hpf.core.parameters import Value

_WIDE = 100  # columns from which on the reading has a column of its own
_STUB = 24  # columns that a switch's code may claim
_ROW = Words("开关", "Switch"), Words("读法", "Reading"), Words("现行 → 改为", "Now → instead")
_PAY = Words("合计", "Total"), Words("差额", "Difference")
_MOVED = Words("变动行", "Rows"), Words("变动结果", "Results"), Words("最大变动", "Largest change")


@command(
    Words(
        "逐个开关（取值为选项或是否的参数）改为另一读法，在同一份数据上重算，列出对绩效的影响。\n"
        "例：hpf switches cardiology --period 2026-09 --facts cardiology.xlsx --config my.yaml",
        "Turn each switch (a parameter that is a choice or a yes/no) to its other readings, "
        "compute the same facts again, and list what it does to pay.\n"
        "E.g. hpf switches cardiology --period 2026-09 --facts cardiology.xlsx --config my.yaml",
    ),
    SCHEME,
    PERIOD,
    FACTS,
    PAST,
    CONFIG,
    JSON_FILE,
    Option(
        "--markdown",
        is_flag=True,
        words=Words("以 Markdown 表格输出，供 source.md 用", "Print Markdown, for source.md"),
    ),
)
def switches(
    scheme: str,
    period: str,
    facts: tuple[str, ...],
    past: str | None,
    config: str | None,
    json_file: str | None,
    markdown: bool,
) -> None:
    """An alternative that cannot be computed is told in its line; it stops nothing."""
    import json
    from pathlib import Path

    from hpf.core.kit.switches import survey
    from hpf_cli.outputs import check_outputs, write_all
    from hpf_cli.running import run_asked, stop_at_problems

    lang = language()
    check_outputs(facts, {"--json": json_file})
    asked = run_asked(scheme, period, facts, past, config)
    stop_at_problems(asked)
    found = survey(asked.run)
    if json_file:
        document = json.dumps(_document(found), ensure_ascii=False, indent=1) + "\n"
        if json_file == "-":
            click.echo(document, nl=False)
            return
        write_all({Path(json_file): document})
    show_notices(asked.notices, lang)
    if markdown:
        click.echo("\n".join(_markdown(found, lang)))
    else:
        _print(found, lang)
    if json_file:
        click.echo(Words(f"已写出 {json_file}", f"wrote {json_file}").say(lang), err=True)


def _print(found: Survey, lang: str) -> None:
    from rich.cells import cell_len

    from hpf_cli.console import console, table

    screen, run = console(), found.run
    screen.print(f"{run.program.names.say(lang)} · {run.period.say(lang)}", style="bold")
    screen.print(_counted(found, lang))
    told: list[str] = []
    if found.switches:
        drawn = table()
        drawn.leading = 1
        # narrow paper: the reading stands below its switch, and the sum is left to the reader
        apart = screen.width >= _WIDE
        codes = [x for s in found.switches for x in (s.label, s.reading)]
        drawn.add_column(_ROW[0].say(lang), min_width=min(_STUB, max(map(len, codes))))
        for words in (*(_ROW[1:2] if apart else ()), _ROW[2]):
            drawn.add_column(words.say(lang))
        pay = _PAY[0 if apart else 1 :] if found.money else ()
        for words in (*pay, *_MOVED[:2]):
            drawn.add_column(words.say(lang), justify="right", no_wrap=words in _PAY)
        tried = [a for s in found.switches for a in s.alternatives]
        changes = [a.largest for a in tried if a.largest]
        amounts = [len(line) for c in changes for line in _largest(c, lang, "\n").split("\n")]
        if troubled := sum(bool(a.problems) for a in tried):
            amounts.append(cell_len(_numbered(troubled, lang)))
        drawn.add_column(_MOVED[2].say(lang), min_width=min(_STUB, max(amounts, default=0)))
        for switch in found.switches:
            for number, one in enumerate(switch.alternatives):
                head = _head(switch, apart, lang) if number == 0 else [""] * (1 + apart)
                cells = _cells(found, switch, one, lang, told)
                if found.money and not apart:
                    del cells[1]
                drawn.add_row(*head, *cells)
        screen.print(drawn)
    for line in told:
        screen.print(line)
    for line in _remarks(found, lang):
        screen.print(line, style="dim")


def _head(switch: Switch, apart: bool, lang: str) -> list[str]:
    parameter, key = switch.parameter, switch.parameter.key(switch.key).say(lang)
    name = f"{parameter.names.say(lang)}{f' · {key}' if key else ''}\n{switch.label}"
    if apart:
        return [name, switch.reading]
    return [f"{name}\n{switch.reading}".rstrip()]


def _cells(
    found: Survey, switch: Switch, one: Alternative, lang: str, told: list[str], glue: str = "\n"
) -> list[str]:
    """The columns after the switch's name; what went wrong is added to `told` and numbered.

    On paper for authors (one line a cell) choices stand as files write them.
    """
    bare = glue == " "
    now, then = (_said(switch, value, lang, bare) for value in (switch.value, one.value))
    turned = f"{now}{glue}→ {then}"
    if one.problems:
        number = len(told) + 1
        told.append(f"({number}) {_trouble(switch, one, lang)}")
        words = _numbered(number, lang)
        return [turned, *([""] * (4 if found.money else 2)), words]
    pay = []
    if found.money:
        assert found.total is not None
        assert one.total is not None
        pay = [_money(one.total), _signed(one.total - found.total)]
    largest = _largest(one.largest, lang, glue) if one.largest else ""
    return [turned, *pay, f"{one.rows:,}", f"{one.results:,}", largest]


def _largest(change: Change, lang: str, glue: str) -> str:
    who = f"{change.measure.entity}:{change.id}"
    if change.measure.money:
        return f"{who}{glue}{_signed(change.by)}"
    from hpf_cli.figures import amount

    sign = "+" if change.by > 0 else ""
    unit = change.measure.rule.unit.say(lang)
    blank = "" if lang == "zh" else " "
    return f"{who}{glue}{change.measure.names.say(lang)} {sign}{amount(change.by)}{blank}{unit}"


def _numbered(number: int, lang: str) -> str:
    return Words(f"有问题 ({number})", f"problem ({number})").say(lang)


def _trouble(switch: Switch, one: Alternative, lang: str) -> str:
    said = "; ".join(p.line(lang) for p in one.problems[:1])
    more = one.troubled - 1
    rest = Words(f"（另有 {more} 处）", f" ({more} more)").say(lang) if more > 0 else ""
    turned = f"{switch.label} → {_said(switch, one.value, lang)}"
    return f"{turned}{'：' if lang == 'zh' else ': '}{said}{rest}"


def _counted(found: Survey, lang: str) -> str:
    """Which sum the table speaks of, and what it is now."""
    run, measure = found.run, found.money or found.score
    if measure is None:
        return Words("方案没有绩效，也没有总分：只数变动的结果。",
                     "The scheme has neither pay nor a total score: changed results are counted."
                     ).say(lang)  # fmt: skip
    names, code, count = measure.names, measure.rule.name, len(run.checked.rows[measure.entity])
    entity = run.program.entities[measure.entity].names
    if found.total is None:
        return Words(
            f"方案没有绩效；比较的是{entity.zh}的“{names.zh}”({code})，共 {count} 行。",
            f"The scheme pays nothing; compared is '{names.en}' ({code}) of {count} "
            f"rows of {entity.en}.",
        ).say(lang)
    money = _money(found.total)
    return Words(
        f"合计：{entity.zh}的“{names.zh}”({code})，共 {count} 行，现为 {money} 元。",
        f"Total: '{names.en}' ({code}) of {count} rows of {entity.en}, now {money} CNY.",
    ).say(lang)


def _remarks(found: Survey, lang: str) -> Iterator[str]:
    if not found.switches:
        yield Words(
            "方案没有开关（取值为选项或是否的参数）。",
            "The scheme has no switch (a parameter that is a choice or a yes/no).",
        ).say(lang)
    if found.unread:
        names = [p.name for p in found.unread]
        yield Words(
            f"没有规则读取的开关：{'、'.join(names)}。",
            f"Switches that no rule reads: {', '.join(names)}.",
        ).say(lang)


def _markdown(found: Survey, lang: str) -> Iterator[str]:
    heads = [w.say(lang) for w in (*_ROW, *(_PAY if found.money else ()), *_MOVED)]
    right = len(heads) - 4
    yield _counted(found, lang)
    yield ""
    told: list[str] = []
    if found.switches:
        yield f"| {' | '.join(heads)} |"
        yield "|---|---|---|" + "---:|" * right + "---|"
    for switch in found.switches:
        name = f"{switch.parameter.names.say(lang)} `{switch.label}`"
        for one in switch.alternatives:
            cells = [name, switch.reading or "–", *_cells(found, switch, one, lang, told, " ")]
            yield f"| {' | '.join(c.replace('|', '/') for c in cells)} |"
    for line in (*told, *_remarks(found, lang)):
        yield ""
        yield line


def _document(found: Survey) -> dict[str, Any]:
    run = found.run
    return {
        "scheme": run.program.code,
        "scheme_version": run.program.version,
        "period": str(run.period),
        "seal": run.seal["seal"],
        "counted": {
            kind: None if m is None else {"entity": m.entity, "rule": m.rule.name}
            for kind, m in (("money", found.money), ("score", found.score))
        },
        "total": _plain(found.total),
        "switches": [
            {
                "parameter": s.parameter.name,
                "key": s.key,
                "names": {"zh": s.parameter.names.zh, "en": s.parameter.names.en},
                "clause": s.parameter.clause,
                "reading": s.reading,
                "value": s.value,
                "alternatives": [_alternative(found, a) for a in s.alternatives],
            }
            for s in found.switches
        ],
        "unread": [p.name for p in found.unread],
    }


def _alternative(found: Survey, one: Alternative) -> dict[str, Any]:
    change = one.largest
    by = None if one.total is None or found.total is None else one.total - found.total
    return {
        "value": one.value,
        "total": _plain(one.total),
        "difference": _plain(by),
        "rows": one.rows,
        "results": one.results,
        "largest": change
        and {
            "entity": change.measure.entity,
            "id": change.id,
            "counted": "money" if change.measure.money else "score",
            "by": _plain(change.by),
        },
        "problems": [p.as_json() for p in one.problems],
        "troubled": one.troubled,
    }


def _plain(value: Decimal | None) -> object:
    from hpf.core.results import plain

    return None if value is None else plain(value)


def _said(switch: Switch, value: Value, lang: str, bare: bool = False) -> str:
    from hpf.core.formula.words import value_words

    if bare and isinstance(value, str):
        return value
    return value_words(switch.parameter, value, lang)


def _money(value: Decimal) -> str:
    from hpf_cli.figures import money

    return money(value)


def _signed(value: Decimal) -> str:
    return f"+{_money(value)}" if value > 0 else _money(value)


command_switches = switches
