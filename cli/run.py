"""`hpf run`: compute a period from a workbook; no database."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.inputs import CONFIG, FACTS, JSON_FILE, PAST, PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import show_notices

if TYPE_CHECKING:
    from hpf_cli.outputs import Content
    from hpf_cli.running import Asked


@command(
    Words(
        "计算一个周期：读工作簿，逐项检查，计算并打印绩效表。\n"
        "算完退出码为 0；数据不成立时为 2，列出全部问题，不写出任何文件。",
        "Compute a period: read the workbook, check all of it, compute, print the pay table.\n"
        "Exit code 0 when it ran; 2 when the facts do not hold: every problem is listed, and no "
        "file is written.",
    ),
    SCHEME,
    PERIOD,
    FACTS,
    PAST,
    CONFIG,
    JSON_FILE,
    Option(
        "--xlsx",
        "xlsx_file",
        metavar="FILE",
        words=Words("结果写入工作簿", "Write the results as a workbook"),
    ),
    Option(
        "--all",
        "everything",
        is_flag=True,
        words=Words(
            "打印全部结果和全部行，不只绩效表", "Print every rule and row, not the pay table alone"
        ),
    ),
)
def run(
    scheme: str,
    period: str,
    facts: tuple[str, ...],
    past: str | None,
    config: str | None,
    json_file: str | None,
    xlsx_file: str | None,
    everything: bool,
) -> None:
    """Files first, then the table: what is printed was also written."""
    from hpf_cli.outputs import check_outputs
    from hpf_cli.running import run_asked, stop_at_problems

    lang = language()
    check_outputs(facts, {"--json": json_file, "--xlsx": xlsx_file})
    asked = run_asked(scheme, period, facts, past, config)
    stop_at_problems(asked)
    files = _files(asked, json_file, xlsx_file)
    if files:
        from hpf_cli.outputs import write_all

        write_all(files)
    show_notices(asked.notices, lang)
    _zeros(asked, lang)
    if json_file == "-":
        click.echo(_document(asked, scheme), nl=False)
    else:
        _print(asked, everything, lang)
    for path in files:
        click.echo(Words(f"已写出 {path}", f"wrote {path}").say(lang), err=True)


def _document(asked: Asked, code: str) -> str:
    import json

    from hpf.core.results import as_json

    return json.dumps(as_json(asked.runs[code]), ensure_ascii=False, indent=1) + "\n"


def _files(asked: Asked, json_file: str | None, xlsx_file: str | None) -> dict[Path, Content]:
    """JSON of the asked scheme, and beside it of those it rests on; one workbook of them all."""
    found: dict[Path, Content] = {}
    for code, one in asked.runs.items() if json_file and json_file != "-" else ():
        assert json_file is not None
        found[_beside(json_file, code, one is asked.run)] = _document(asked, code)
    if xlsx_file:
        from hpf.intake.export import write_results

        others = [r for r in asked.runs.values() if r is not asked.run]
        found[Path(xlsx_file)] = partial(write_results, [asked.run, *others])
    return found


def _beside(name: str, code: str, mine: bool) -> Path:
    path = Path(name)
    return path if mine else path.with_name(f"{path.stem}.{code}{path.suffix}")


def _zeros(asked: Asked, lang: str) -> None:
    count = sum(one.checked.accepted_zeros for one in asked.runs.values())
    if count:
        words = Words(f"按规定作零处理的空白：{count} 处。", f"Blanks that mean zero: {count}.")
        click.echo(words.say(lang), err=True)


def _print(asked: Asked, everything: bool, lang: str) -> None:
    from hpf_cli.console import MOST_ROWS, console, draw_sheet, left_out
    from hpf_cli.sheets import of_run, pay_tables

    one = asked.run
    screen = console()
    counts = [
        f"{one.program.entities[e].names.say(lang)} {len(rows)}"
        for e, rows in one.checked.rows.items()
    ]
    comma = "、" if lang == "zh" else ", "
    screen.print(f"{one.program.names.say(lang)} · {one.period.say(lang)}", style="bold")
    screen.print(comma.join(counts), style="dim")
    sheets = of_run(one)
    shown = sheets if everything else pay_tables(sheets)
    most = None if everything else MOST_ROWS
    for sheet in shown:
        screen.print(draw_sheet(sheet, lang, screen.width, most))
    if rest := left_out(shown, most, lang):
        screen.print(rest)
    screen.print(
        Words(f"封签 {one.seal['seal'][:16]}…", f"Seal {one.seal['seal'][:16]}…").say(lang),
        style="dim",
    )


command_run = run
