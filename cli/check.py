"""`hpf check`: does a scheme keep its promises? With --mutate: would its examples notice?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.speech import Words
from hpf_cli.stops import NOT_CLEAN

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rich.console import Console

    from hpf.core.clauses import Clause
    from hpf.core.kit.check import Report
    from hpf.core.kit.programs import Programs
    from hpf.core.program import Program

_WIDE = 112  # columns from which on every count has a column of its own
# the columns of the summary; whether only a wide terminal has them
_HEADS = (
    (Words("算例", "Examples"), False),
    (Words("核对的数", "Figures"), True),
    (Words("问题", "Problems"), False),
    (Words("提示", "Notices"), False),
)
_MUTANTS = (
    (Words("改动", "Mutants"), True),
    (Words("被发现", "Noticed"), False),
    (Words("有理由", "Excused"), True),
    (Words("漏网", "Survived"), True),
)


@command(
    Words(
        "检查方案：条款是否都有着落、算例是否算对、参数是否注明出处。不写方案则检查全部；"
        "写插件的文件夹，则不用安装就检查。\n"
        "不干净时退出码为 1。",
        "Check schemes: every clause covered, every worked example right, every parameter with its "
        "source. Without a scheme, all of them; a plugin's folder is checked without being "
        "installed.\nExit code 1 when one is not clean.",
    ),
    Argument(
        "scheme",
        metavar="[SCHEME|FOLDER]",
        required=False,
        words=Words(
            "方案代码，或插件的文件夹；不写则全部",
            "A scheme's code, or a plugin's folder; all without it",
        ),
    ),
    Option(
        "--mutate",
        is_flag=True,
        words=Words(
            "再改动每个参数、比较和项，看算例能否发现",
            "Also change each parameter, comparison and term: would the examples notice?",
        ),
    ),
)
def check(scheme: str | None, mutate: bool) -> None:
    """All findings of all schemes asked for, then the tables."""
    from hpf_cli.console import console
    from hpf_cli.finding import installed, schemes_of
    from hpf_cli.stops import show_notices

    lang = language()
    if scheme:
        asked, programs = schemes_of(scheme)
    else:
        programs = installed()
        asked = list(programs.values())
    screen = console()
    reports = [_one(p, programs, mutate, lang) for p in asked]
    screen.print(_clauses(asked, programs, lang))
    screen.print(_summary(asked, reports, mutate, screen.width, lang))
    problems = [p for r in reports for p in r.problems if p.severity == "problem"]
    notices = [p for r in reports for p in r.problems if p.severity != "problem"]
    for report in reports:
        _findings(report, screen, lang)
    show_notices(notices, lang)
    if problems:
        words = Words(
            f"共 {len(problems)} 个问题。", f"{len(problems)} problem{'s' * (len(problems) > 1)}."
        )
        screen.print(words.say(lang), style="bold red")
        click.get_current_context().exit(NOT_CLEAN)
    screen.print(Words("全部通过。", "All clean.").say(lang), style="bold green")


def _one(program: Program, programs: Programs, mutate: bool, lang: str) -> Report:
    from hpf.core.kit.check import check_scheme

    beside = programs.beside(program.code)
    if not mutate:
        return check_scheme(program, beside, False, None, programs.named(program.code))
    import sys

    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    from hpf_cli.console import console

    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console(sys.stderr),
        transient=True,
        disable=not sys.stderr.isatty(),
    ) as bar:
        task = bar.add_task(program.names.say(lang), total=None)
        return check_scheme(
            program, beside, True, lambda done, of: bar.update(task, completed=done, total=of),
            programs.named(program.code),
        )  # fmt: skip


def _clauses(asked: list[Program], programs: Programs, lang: str) -> object:
    """How many clauses of each kind each scheme has, and by what they are covered."""
    from hpf.core.clauses import COVERS, KINDS
    from hpf_cli.console import table

    kinds = dict(
        zip(
            KINDS,
            (
                Words("计算", "calc"),
                Words("分档", "band"),
                Words("后果", "cons"),
                Words("数据", "data"),
                Words("流程", "flow"),
                Words("文字", "text"),
            ),
            strict=True,
        )
    )
    drawn = table(
        Words("条款覆盖（由规则实现/全部）", "Clause coverage (by a rule / all)").say(lang)
    )
    drawn.add_column(Words("方案", "Scheme").say(lang), no_wrap=True)
    for words in kinds.values():
        drawn.add_column(words.say(lang), justify="right")
    for zh, en in (
        ("由流程", "by workflow"),
        ("由定义", "by definition"),
        ("未建模", "not modelled"),
    ):
        drawn.add_column(Words(zh, en).say(lang), justify="right", style="dim")
    for head, mine in _groups(asked, programs, lang):
        cells = []
        for kind in kinds:
            of = [c for c in mine if c.kind == kind]
            cells.append(f"{sum(c.covered == 'rule' for c in of)}/{len(of)}" if of else "·")
        others = [str(sum(c.covered == w for c in mine) or "·") for w in COVERS[1:]]
        drawn.add_row(head, *cells, *others)
    return drawn


def _groups(
    asked: list[Program], programs: Programs, lang: str
) -> Iterator[tuple[str, list[Clause]]]:
    """Each scheme's own clauses; then, of each folder of several, those of the whole document."""
    rest: dict[Path, list[Clause]] = {}
    for program in asked:
        family = {p.code for p in programs.beside(program.code)}
        alone = family == {program.code}
        listed = program.clauses.values()
        yield program.code, [c for c in listed if c.scheme == program.code or alone]
        if not alone:
            rest[program.folder] = [c for c in listed if c.scheme not in family]
    for loose in rest.values():
        if loose:
            yield Words("未归入方案", "not in a scheme").say(lang), loose


def _summary(
    asked: list[Program], reports: list[Report], mutate: bool, width: int, lang: str
) -> object:
    """A line a scheme. In a narrow terminal what the lists below name anyway has no column."""
    from rich.text import Text as Styled

    from hpf_cli.console import table

    drawn = table(Words("算例与结论", "Examples and verdict").say(lang))
    heads = [
        Words("方案", "Scheme"),
        *(words for words, wide in _HEADS if width >= _WIDE or not wide),
    ]
    heads += [words for words, wide in _MUTANTS if mutate and (width >= _WIDE or not wide)]
    heads += [Words("结论", "Verdict")]
    for number, words in enumerate(heads):
        right = 0 < number < len(heads) - 1
        drawn.add_column(words.say(lang), justify="right" if right else "left", no_wrap=number == 0)
    for program, report in zip(asked, reports, strict=True):
        verdict = Words("通过", "clean") if report.holds else Words("不通过", "not clean")
        style = "green" if report.holds else "red"
        texts = _counts(report, mutate, width >= _WIDE)
        drawn.add_row(program.code, *texts, Styled(verdict.say(lang), style=style))
    return drawn


def _counts(report: Report, mutate: bool, wide: bool) -> list[str]:
    """The figures of a scheme's line, under `_HEADS` and `_MUTANTS`."""
    stopping = sum(p.severity == "problem" for p in report.problems)
    notices = len(report.problems) - stopping
    counts = [report.examples, *([report.figures] if wide else []), stopping, notices]
    texts = [str(c) for c in counts]
    if not mutate:
        return texts
    gate = report.gate
    if gate is None:
        return [*texts, *["–"] * (4 if wide else 1)]
    if not wide:
        return [*texts, f"{gate.killed}/{gate.total}"]
    found = (gate.total, gate.killed, len(gate.excused), len(gate.survivors))
    return [*texts, *map(str, found)]


def _findings(report: Report, screen: Console, lang: str) -> None:
    stopping = [p for p in report.problems if p.severity == "problem"]
    for number, one in enumerate(stopping, 1):
        row = f"{one.entity}:{one.id}" if one.id else ""
        where = "  ".join(x for x in (one.place, row, one.name) if x)
        screen.print(f"{report.scheme} {number}. {where}", style="bold")
        screen.print(f"   {one.message.say(lang)}", style="red")
        if cure := one.cure.say(lang):
            screen.print(f"   → {cure}")
    if report.gate:
        for mutant, excuse in report.gate.excused:
            words = Words(
                f"有理由：{mutant.meaning.zh}（{excuse.reason}）",
                f"excused: {mutant.meaning.en} ({excuse.reason})",
            )
            screen.print(f"  · {mutant.id}  {words.say(lang)}", style="dim")


command_check = check
