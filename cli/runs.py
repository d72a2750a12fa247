"""`hpf runs`: the sealed runs of a hospital; of a supplement, its differences line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from hpf_cli.group import Option, command, language
from hpf_cli.home import HOME, opened
from hpf_cli.speech import Words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

    from hpf.differences import Difference
    from hpf.storage.models import StoredRun

_WIDE = 100  # columns from which on the seal has 16 digits and the day its time
_HELD, _BY = 5, 8  # columns whose words may take several lines

KINDS = {
    "main": Words("计算", "main"),
    "supplement": Words("补充差额", "supplement"),
    "release": Words("暂缓后补发", "release"),
}


@command(
    Words("列出已封印的计算。", "List the sealed runs."),
    Option("--scheme", metavar="SCHEME", words=Words("只列这个方案", "Of this scheme alone")),
    Option("--period", metavar="P", words=Words("只列这个周期", "Of this period alone")),
    Option(
        "--lines",
        type=int,
        metavar="RUN",
        words=Words("逐行列出这次补充差额", "The differences of this supplement, line by line"),
    ),
    HOME,
)
def runs(scheme: str | None, period: str | None, lines: int | None, home: str | None) -> None:
    """Earliest first."""
    from hpf.core.periods import Period
    from hpf.storage.engine import reading
    from hpf.storage.runs import runs_of
    from hpf.supplements import recorded

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        hospital = at.hospital(session)
        if lines is not None:
            show_differences(recorded(session, hospital, lines), lang)
            return
        when = Period.parse(period) if period else None
        found = runs_of(session, hospital, scheme or "", when)
        show_runs(found, lang)


def show_runs(found: Sequence[StoredRun], lang: str) -> None:
    """One line a run, with what it belongs to and whom it holds back."""
    from hpf_cli.console import console, table

    if not found:
        click.echo(Words("还没有封印的计算。", "Nothing is sealed yet.").say(lang))
        return
    screen = console()
    wide = screen.width >= _WIDE
    heads = (("编号", "Run"), ("方案", "Scheme"), ("周期", "Period"), ("种类", "Kind"),
             ("属于", "Of"), ("暂缓", "Held"), ("封印", "Seal"), ("时间", "Sealed"),
             ("经手", "By"))  # fmt: skip
    lines = [
        (
            str(one.id), f"{one.scheme} {one.version}", str(one.period), KINDS[one.kind].say(lang),
            str(one.of_id or ""), ", ".join(f"{e}:{i}" for e, i, *_ in one.held),
            (one.seal or "")[: 16 if wide else 8],
            one.finished.astimezone().strftime("%Y-%m-%d %H:%M" if wide else "%Y-%m-%d"), one.by,
        )
        for one in found
    ]  # fmt: skip
    told = [at for at in range(len(heads)) if any(line[at] for line in lines)]
    drawn = table()
    for at in told:
        drawn.add_column(Words(*heads[at]).say(lang), no_wrap=at not in (_HELD, _BY))
    for line in lines:
        drawn.add_row(*(line[at] for at in told))
    screen.print(drawn)


def show_differences(lines: Sequence[Difference], lang: str) -> None:
    """Person, line of pay, before, after, difference."""
    from hpf_cli.console import console, table
    from hpf_cli.figures import money

    def shown(amount: Decimal | None) -> str:
        return "" if amount is None else money(amount)

    drawn = table()
    heads = (("对象", "Row"), ("项目", "Line"), ("原值", "Old"), ("新值", "New"),
             ("差额", "Difference"))  # fmt: skip
    for at, (zh, en) in enumerate(heads):
        drawn.add_column(Words(zh, en).say(lang), justify="right" if at > 1 else "left")
    for one in lines:
        drawn.add_row(
            f"{one.entity}:{one.id}", one.rule, shown(one.old), shown(one.new), shown(one.by)
        )
    console().print(drawn)


command_runs = runs
