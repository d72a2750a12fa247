"""`hpf hold`: hold a unit back; entered by one account, approved by another."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, Opened, opened, who
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.storage.models import Adjustment

    Enter = Callable[[Session, int, str, Period, str, str, str], Adjustment]

UNIT = Argument(
    "unit",
    metavar="ENTITY:ID",
    words=Words("哪个单位，如 department:D03", "Which unit, such as department:D03"),
)
REASON = Option(
    "--reason", required=True, metavar="TEXT", words=Words("为什么", "Why it is to be so")
)
ENTRY = Argument("entry", type=int, metavar="ENTRY", words=Words("登记的编号", "Its number"))


def entered(scheme: str, unit: str, period: str, reason: str, home: str | None, do: Enter) -> None:
    """Enter a hold or a release, in one transaction, and say that it waits for approval."""
    from hpf.storage.engine import writing
    from hpf_cli.finding import period_of

    with opened(home) as at:
        program = at.programs.find(scheme)
        when = period_of(period, program)
        entity, id = unit_of(unit)
        with writing(at.engine) as session:
            one = do(session, at.hospital(session), program.code, when, entity, id, reason)
            session.commit()
            number = one.id
    words = Words(
        f"已登记，编号 {number}；须由另一个账号批准：hpf hold approve {number}",
        f"Entered as {number}; another account approves it: hpf hold approve {number}",
    )
    click.echo(words.say(language()))


def unit_of(text: str) -> tuple[str, str]:
    """entity and id. Raises HpfError for anything else."""
    from hpf_cli.stops import problem

    entity, sign, id = text.partition(":")
    if not (entity and sign and id):
        cure = ("例如 department:D03", "For instance department:D03")
        raise problem("unit", f"“{text}”不是 实体:编号", f"'{text}' is no ENTITY:ID", cure)
    return entity, id


@command(
    Words(
        "登记暂缓一个单位：数据没有报齐，其他单位先算。别人的结果要用到所缺的数时拒绝，并列出是谁。",
        "Ask that a unit be held back while its facts are incomplete and the others go on. It is "
        "refused where another result rests on what is missing, and says whose.",
    ),
    SCHEME,
    UNIT,
    PERIOD,
    REASON,
    Option(
        "--in-doubt",
        is_flag=True,
        words=Words(
            "已报的数据也有疑问：别人的结果一概不能用到它",
            "What is reported is in doubt as well: nobody else's result may rest on any of it",
        ),
    ),
    BY,
    HOME,
)
def add(
    scheme: str,
    unit: str,
    period: str,
    reason: str,
    in_doubt: bool,
    by: str | None,
    home: str | None,
) -> None:
    """Whoever would be touched is listed before anything is entered."""
    from hpf.holds import hold
    from hpf_cli.finding import period_of

    with opened(home) as at:
        program = at.programs.find(scheme)
        _refuse(at, program, period_of(period, program), unit_of(unit), in_doubt)
    entered(scheme, unit, period, reason, home, partial(hold, by=who(by), in_doubt=in_doubt))


def _refuse(
    at: Opened, program: Program, period: Period, unit: tuple[str, str], in_doubt: bool
) -> None:
    from hpf.core.holding import HeldUnit
    from hpf.runs import hold_problems

    held = HeldUnit(*unit, in_doubt)
    hold_problems(at.engine, at.programs, at.hospital_id, program.code, period, held)


@command(
    Words(
        "批准一条暂缓或放行的登记；不能批准自己登记的。",
        "Approve a hold or a release; nobody approves their own.",
    ),
    ENTRY,
    BY,
    HOME,
)
def approve(entry: int, by: str | None, home: str | None) -> None:
    """From now on runs leave the unit out, or take it in again."""
    from hpf import holds
    from hpf.storage.engine import writing

    with opened(home) as at, writing(at.engine) as session:
        one = holds.approve(session, at.hospital(session), entry, by=who(by))
        session.commit()
        zh, en = ("暂缓", "held back") if one.kind == holds.HOLD else ("放行", "released")
        words = Words(
            f"已批准{zh}：{one.entity}:{one.row_id}", f"Approved: {one.entity}:{one.row_id} is {en}"
        )
    click.echo(words.say(language()))


@command(Words("列出暂缓的单位。", "List the units held back."), SCHEME, PERIOD, HOME)
def list_(scheme: str, period: str, home: str | None) -> None:
    """Also what waits for its approval."""
    from hpf.holds import holds
    from hpf.storage.engine import reading
    from hpf_cli.console import console, table
    from hpf_cli.finding import period_of

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        program = at.programs.find(scheme)
        found = holds(session, at.hospital(session), program.code, period_of(period, program))
        drawn = table()
        heads = (("编号", "Entry"), ("单位", "Unit"), ("原因", "Why"), ("登记", "Entered by"),
                 ("批准", "Approved by"))  # fmt: skip
        for zh, en in heads:
            drawn.add_column(Words(zh, en).say(lang))
        for one in found:
            unit = f"{one.entity}:{one.row_id}"
            drawn.add_row(str(one.id), unit, one.reason, one.entered_by, one.approved_by or "")
    console().print(drawn)


list_.name = "list"
command_hold = Verbs(
    "hold",
    Words(
        "暂缓：一个单位的结果先不定，其余照常封印、发放。",
        "Hold a unit back: its results stay open while the rest is sealed and paid.",
    ),
    (add, approve, list_),
)
