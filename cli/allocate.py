"""`hpf allocate`: heads share out a sealed pool; approved, it becomes the staff run's facts."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, Opened, opened, who
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from decimal import Decimal

    from hpf.core.periods import Period
    from hpf.core.program import Program

DEPARTMENT = Argument("unit", metavar="ID", words=Words("哪个科室", "Which department"))


def _asked(at: Opened, scheme: str, period: str) -> tuple[Program, Period]:
    from hpf_cli.finding import period_of

    program = at.programs.find(scheme)
    return program, period_of(period, program)


def _today() -> dt.date:
    return dt.datetime.now().astimezone().date()


@command(
    Words(
        "规定怎样二次分配：哪个总额、分到哪个指标、每人上下限、期限、逾期的默认办法。",
        "Decide how a pool is shared out: of which result, into which indicator, bounds, days, "
        "and what holds for a head who is silent.",
    ),
    SCHEME,
    Option("--pool", required=True, metavar="SCHEME.ENTITY.RULE",
           words=Words("总额是哪个结果", "The result that the pool is")),
    Option("--amount", required=True, metavar="ENTITY.INDICATOR",
           words=Words("每人所得填入哪个指标", "The indicator that takes each person's part")),
    Option("--low", required=True, metavar="N",
           words=Words("下限：均额的几倍", "Lower bound, as a multiple of the equal part")),
    Option("--high", required=True, metavar="N",
           words=Words("上限：均额的几倍", "Upper bound, as a multiple of the equal part")),
    Option("--days", required=True, type=int, metavar="N",
           words=Words("总额封印后几天之内", "Days that the head has after the pool is sealed")),
    Option("--default", "default", required=True, metavar="equal|points",
           words=Words("逾期怎么分：平均或按得分", "When late: all the same, or by points")),
    Option("--points", default="", metavar="ENTITY.INDICATOR",
           words=Words("按哪个指标的得分", "The indicator that the points are")),
    Option("--reason", required=True, metavar="TEXT", words=Words("依据", "By what decision")),
    BY,
    HOME,
)  # fmt: skip
def decide(
    scheme: str, pool: str, amount: str, low: str, high: str, days: int, default: str,
    points: str, reason: str, by: str | None, home: str | None,
) -> None:  # fmt: skip
    """A later decision takes the place of an earlier one."""
    from hpf.allocation_rules import AllocationRule, set_rule
    from hpf.storage.engine import writing

    with opened(home) as at, writing(at.engine) as session:
        code = at.programs.find(scheme).code
        rule = AllocationRule(code, pool, amount, low, high, default, days, points)
        set_rule(session, at.hospital(session), at.programs, rule, by=who(by), reason=reason)
        session.commit()
    click.echo(Words("已规定。", "Decided.").say(language()))


@command(
    Words(
        "登记科室的分配方案，每人写 编号=金额；合计须等于总额。",
        "Enter a department's allocation, ID=AMOUNT for each person; they sum to the pool.",
    ),
    SCHEME,
    DEPARTMENT,
    Argument("parts", nargs=-1, metavar="ID=AMOUNT...",
             words=Words("每人分多少元", "How many CNY for each person")),
    PERIOD,
    BY,
    HOME,
)  # fmt: skip
def propose(
    scheme: str, unit: str, parts: tuple[str, ...], period: str, by: str | None, home: str | None
) -> None:
    """Everything that is wrong with it is listed at once."""
    from hpf.allocations import propose as enter
    from hpf.storage.engine import writing

    with opened(home) as at, writing(at.engine) as session:
        program, when = _asked(at, scheme, period)
        one = enter(
            session, at.hospital(session), program, when, unit, _parts(parts), by=who(by),
            on=_today(),
        )  # fmt: skip
        session.commit()
        number = one.id
    words = Words(
        f"已登记，编号 {number}；须由另一个账号批准：hpf allocate approve {scheme} {number}",
        f"Entered as {number}; another account approves it: hpf allocate approve {scheme} {number}",
    )
    click.echo(words.say(language()))


def _parts(given: tuple[str, ...]) -> dict[str, Decimal]:
    from decimal import Decimal, InvalidOperation

    from hpf_cli.acting import pairs
    from hpf_cli.stops import problem

    found = {}
    for id, text in pairs(given).items():
        try:
            found[id] = Decimal(text)
        except InvalidOperation:
            found[id] = Decimal("NaN")
        if not found[id].is_finite():
            raise problem("amount", f"“{text}”不是金额", f"'{text}' is no amount", ("例如 600.00",
                          "For instance 600.00"))  # fmt: skip
    return found


@command(
    Words("批准分配方案，写入数据；不能批准自己的。", "Approve an allocation: it becomes facts."),
    SCHEME,
    Argument("entry", type=int, metavar="ENTRY", words=Words("登记的编号", "Its number")),
    BY,
    HOME,
)
def approve(scheme: str, entry: int, by: str | None, home: str | None) -> None:
    """Nobody approves their own."""
    from hpf.allocations import approve as agree
    from hpf.storage.engine import writing

    with opened(home) as at, writing(at.engine) as session:
        agree(session, at.hospital(session), at.programs.find(scheme), entry, by=who(by))
        session.commit()
    click.echo(Words(f"已批准 {entry} 号。", f"Approved: {entry}.").say(language()))


@command(
    Words("逾期未分的科室按规定的默认办法分。", "Share out by the default what is late."),
    SCHEME,
    PERIOD,
    BY,
    HOME,
)
def default(scheme: str, period: str, by: str | None, home: str | None) -> None:
    """What was proposed in time waits for its approval."""
    from hpf.allocations import fall_back
    from hpf.storage.engine import writing

    with opened(home) as at, writing(at.engine) as session:
        program, when = _asked(at, scheme, period)
        done = fall_back(
            session, at.hospital(session), program, when, by=who(by), on=_today()
        )  # fmt: skip
        session.commit()
    names = ", ".join(done)
    words = Words(f"按默认办法分配：{names or '无'}", f"Shared out by the default: {names or '-'}")
    click.echo(words.say(language()))


@command(
    Words("把批准的方案重新写入数据。", "Put what was approved back into the facts."),
    SCHEME,
    PERIOD,
    HOME,
)
def write(scheme: str, period: str, home: str | None) -> None:
    """Where the facts hold it already nothing is written."""
    from hpf.allocations import write_again
    from hpf.storage.engine import writing

    with opened(home) as at, writing(at.engine) as session:
        program, when = _asked(at, scheme, period)
        done = write_again(session, at.hospital(session), program, when)
        session.commit()
    names = ", ".join(done) or "-"
    click.echo(Words(f"已核对并写入：{names}", f"As approved: {names}").say(language()))


@command(Words("列出各科室的总额和分配情况。", "List pools and how they stand."),
         SCHEME, PERIOD, HOME)  # fmt: skip
def show(scheme: str, period: str, home: str | None) -> None:
    """Pool, persons, deadline, what was proposed, who approved it."""
    from hpf.pools import pools
    from hpf.storage.engine import reading
    from hpf_cli.console import console, table
    from hpf_cli.figures import money

    lang = language()
    with opened(home) as at, reading(at.engine) as session:
        program, when = _asked(at, scheme, period)
        found = pools(session, at.hospital(session), program, when)
    drawn = table()
    heads = (("科室", "Unit"), ("总额（元）", "Pool, CNY"), ("人数", "Persons"),
             ("期限", "Until"), ("方案", "Entry"), ("批准", "Approved by"))  # fmt: skip
    for zh, en in heads:
        drawn.add_column(Words(zh, en).say(lang))
    for one in found.values():
        number = str(one.given.id) if one.given else ""
        drawn.add_row(one.unit, money(one.amount), str(len(one.people)), str(one.deadline),
                      number, one.approved_by)  # fmt: skip
    console().print(drawn)


command_allocate = Verbs(
    "allocate",
    Words(
        "二次分配：总额封印后由科室分到人，批准后成为数据。",
        "Second-level distribution: a sealed pool, shared out by its head, approved, then facts.",
    ),
    (decide, show, propose, approve, default, write),
)
