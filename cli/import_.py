"""`hpf import`: a period's facts into the database, after a look at every cell that changes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, opened, who
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.stops import show_notices

if TYPE_CHECKING:
    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.storage.changes import ColumnChange
    from hpf.storage.imports import Preview
    from hpf_cli.home import Opened

SHOWN = 40  # changed cells that are shown without --all
YES = Option(
    "--yes", is_flag=True, words=Words("不再询问，直接写入", "Do not ask: write what was shown")
)
REASON = Option(
    "--reason",
    default="",
    metavar="TEXT",
    words=Words("为什么（更正时请写）", "Why; please say it when it is a correction"),
)


@command(
    Words(
        "把一个周期的数据导入数据库。先逐格列出与已有数据的差别，确认之后才写入。",
        "Import a period's facts into the database. What differs from what is there is shown cell "
        "by cell; it is written when you confirm.",
    ),
    SCHEME,
    Argument(
        "path",
        metavar="PATH",
        words=Words(
            "工作簿（.xlsx、.xls）或 CSV 文件夹", "A workbook (.xlsx, .xls) or a folder of CSV"
        ),
    ),
    PERIOD,
    Option(
        "--part",
        is_flag=True,
        words=Words(
            "只是部分数据：没提到的行和列保持原样（不写就是全部，没提到的会被去掉）",
            "Part of the facts: rows and columns it does not name stay (else they are removed)",
        ),
    ),
    Option(
        "--map",
        "mapping",
        metavar="NAME",
        words=Words(
            "按已保存的对照（hpf map）读取别的系统的明细导出",
            "Read another system's detail export by a saved mapping (hpf map)",
        ),
    ),
    REASON,
    YES,
    Option(
        "--all",
        "everything",
        is_flag=True,
        words=Words("列出每一个变化的单元格", "Show every cell that changes"),
    ),
    BY,
    HOME,
)
def import_(
    scheme: str,
    path: str,
    period: str,
    part: bool,
    mapping: str | None,
    reason: str,
    yes: bool,
    everything: bool,
    by: str | None,
    home: str | None,
) -> None:
    """Shows, asks, writes; begins again where somebody else imported in between."""
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        while True:
            with working(Words("正在读取和比对…", "Reading and comparing…"), lang):
                shown = _receive(at, program, when, Path(path), part, mapping)
            show(shown, lang, everything)
            if shown.empty:
                return
            if not yes and not confirmed(lang):
                return
            if _keep(at, shown, who(by), reason, Path(path), lang):
                return


def _receive(
    at: Opened, program: Program, period: Period, path: Path, part: bool, mapping: str | None
) -> Preview:
    from hpf.core.bindings import bound_indicators
    from hpf.receiving import receive
    from hpf.storage.configuration import bindings_on
    from hpf.storage.engine import reading

    with reading(at.engine) as session:
        hospital = at.hospital(session)
        bindings = bindings_on(session, hospital, at.programs, period.last_day)
    if mapping is not None:
        from hpf.receiving import receive_mapped

        return receive_mapped(at.engine, hospital, program, period, path, mapping)
    others = [p for p in at.programs.beside(program.code) if p is not program]
    return receive(
        at.engine,
        hospital,
        program,
        period,
        path,
        extent="part" if part else "whole",
        others=others,
        bound=bound_indicators(program.code, bindings),
    )


def _keep(at: Opened, shown: Preview, by: str, reason: str, path: Path, lang: str) -> bool:
    """Whether it was written; False: another import came in between, so look again."""
    from hpf.core.errors import HpfError
    from hpf.receiving import keep
    from hpf.storage.imports import MOVED

    try:
        with working(Words("正在写入…", "Writing…"), lang):
            saved = keep(
                at.engine, shown, by=by, reason=reason, path=path, home=at.home.folder
            )  # fmt: skip
    except HpfError as error:
        if [p.code for p in error.problems] != [MOVED]:
            raise
        click.echo(error.problems[0].line(lang), err=True)
        return False
    if saved is not None:
        words = Words(
            f"已写入：第 {saved.number} 次导入，{saved.versions} 个值。",
            f"Written: import {saved.number}, {saved.versions} values.",
        )
        click.echo(words.say(lang))
    return True


def confirmed(lang: str) -> bool:
    """Whether whoever sits at the terminal wants it written; where nobody does: no."""
    if not sys.stdin.isatty():
        words = Words(
            "以上只是对照，没有写入。确认无误后加 --yes。",
            "This was a preview: nothing was written. To write it, add --yes.",
        )
        click.echo(words.say(lang))
        return False
    if click.confirm(Words("写入？", "Write this?").say(lang), default=False):
        return True
    click.echo(Words("没有写入。", "Nothing was written.").say(lang))
    return False


def show(shown: Preview, lang: str, everything: bool = False) -> None:
    """What an import would change: counts by column, then the cells."""
    show_notices(shown.facts.notices, lang)
    counts, zeros = shown.counts, shown.accepted_zeros
    if shown.empty:
        words = Words(
            f"与已有数据完全相同（{counts['unchanged']} 个值），无需写入。",
            f"All {counts['unchanged']} values stand there already: nothing to write.",
        )
        click.echo(words.say(lang))
        return
    _columns(shown, lang)
    changed = counts["changed"] + counts["removed"]
    if changed:
        _cells(shown, changed, lang, None if everything else SHOWN)
    words = Words(
        f"新增 {counts['new']}，改动 {counts['changed']}，去掉 {counts['removed']}，"
        f"不变 {counts['unchanged']}；空白按零处理 {zeros} 处。",
        f"{counts['new']} new, {counts['changed']} changed, {counts['removed']} removed, "
        f"{counts['unchanged']} unchanged; {zeros} blanks count as zero.",
    )
    click.echo(words.say(lang))


def _columns(shown: Preview, lang: str) -> None:
    from hpf_cli.console import console, table

    drawn = table()
    heads = (("表", "Table"), ("列", "Column"), ("新增", "New"), ("改动", "Changed"),
             ("去掉", "Removed"), ("不变", "Unchanged"))  # fmt: skip
    for at, (zh, en) in enumerate(heads):
        drawn.add_column(Words(zh, en).say(lang), justify="right" if at > 1 else "left")
    every = Words("（全部列）", "(all columns)").say(lang)
    for entity, columns in groupby(shown.found, key=lambda one: one.entity):
        some = list(columns)
        if _all_new(some):
            drawn.add_row(entity, every, str(sum(one.added for one in some)), "", "", "")
            continue
        for one in some:
            if one.writes:
                name = column_name(shown.program, entity, one.code, lang)
                numbers = (*one.counts.values(), one.unchanged)
                drawn.add_row(entity, name, *(str(n) if n else "" for n in numbers))
    console().print(drawn)


def _all_new(columns: Sequence[ColumnChange]) -> bool:
    """Whether a table is imported for the first time: its columns one by one tell nothing more."""
    return all(one.first and one.spoken for one in columns)


def _cells(shown: Preview, total: int, lang: str, most: int | None) -> None:
    from hpf_cli.console import console, table

    drawn = table(Words("变化的单元格", "Cells that change").say(lang))
    heads = (("行", "Row"), ("列", "Column"), ("原值", "Old"), ("新值", "New"), ("位置", "Cell"))
    for zh, en in heads:
        drawn.add_column(Words(zh, en).say(lang))
    nothing = Words("（去掉）", "(removed)").say(lang)
    for cell in islice(shown.cells(), most):
        name = column_name(shown.program, cell.entity, cell.code, lang)
        new = nothing if cell.new is None else cell.new
        drawn.add_row(f"{cell.entity}:{cell.id}", name, cell.old, new, cell.place)
    console().print(drawn)
    if most is not None and total > most:
        words = Words(
            f"另有 {total - most} 个单元格变化，用 --all 列出。",
            f"{total - most} more cells change; --all shows them.",
        )
        click.echo(words.say(lang))


def column_name(program: Program, entity: str, code: str, lang: str) -> str:
    """What people call a column: the indicator's, or the link's, name with its code."""
    short = code.removeprefix("@link:").removeprefix("@")
    indicator = program.indicator(entity, short)
    if indicator is not None:
        return f"{indicator.names.say(lang)} {short}"
    known = program.entities.get(entity)
    links = {link.name: link.names for link in known.links} if known else {}
    return f"{links[short].say(lang)} {short}" if short in links else short


@contextmanager
def working(words: Words, lang: str) -> Iterator[None]:
    """A turning sign on a terminal while something long goes on; nothing where it is piped."""
    if not sys.stderr.isatty():
        yield
        return
    from hpf_cli.console import console

    with console(sys.stderr).status(words.say(lang)):
        yield


command_import = import_
