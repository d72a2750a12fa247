"""`hpf show … --out`: the handbook of a scheme as a page with MathML, or as Markdown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from hpf.core.kit.programs import Programs
    from hpf.core.program import Program
    from hpf_cli.outputs import Content


def write_handbooks(
    asked: Sequence[Program], programs: Programs, out: Path, day: str | None, lang: str
) -> None:
    """One file a scheme; of several, each with its code in the name. All of them or none."""
    from hpf.reports.shown import as_html, as_markdown
    from hpf_cli.outputs import check_outputs, write_all

    kinds = {".html": as_html, ".htm": as_html, ".md": as_markdown}
    draw = kinds.get(out.suffix.lower())
    if draw is None:
        raise problem(
            "suffix",
            "手册写成 .html 或 .md",
            "a handbook is written as .html or .md",
            (f"请写 --out {out.with_suffix('.html')}", f"Write --out {out.with_suffix('.html')}"),
            "--out",
        )
    when = _day(day)
    files: dict[Path, Content] = {}
    for program in asked:
        path = out if len(asked) == 1 else out.with_name(f"{out.stem}-{program.code}{out.suffix}")
        check_outputs((), {"--out": str(path)})
        files[path] = draw(program, when, lang, beside=programs.beside(program.code))
    write_all(files)
    for path in files:
        click.echo(Words(f"已写出 {path}", f"wrote {path}").say(lang))


def _day(day: str | None) -> dt.date:
    try:
        return dt.date.fromisoformat(day) if day else dt.date.today()  # noqa: DTZ011 (a paper's day)
    except ValueError:
        raise problem(
            "day",
            f"“{day}”不是日期",
            f"'{day}' is no date",
            ("请写成 2026-09-01 的样式", "Write it like 2026-09-01"),
            "--day",
        ) from None
