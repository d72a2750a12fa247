"""`hpf ledger`: points booked, taken back, adjusted within bounds, and closed into facts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import click

from hpf_cli.acting import AS, DEPARTMENT, acting
from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import HOME, Opened, opened
from hpf_cli.inputs import PERIOD, SCHEME
from hpf_cli.speech import Words
from hpf_cli.verbs import Verbs

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hpf.core import Ledger
    from hpf.core.periods import Period
    from hpf.core.program import Program
    from hpf.storage.models import LedgerBook

STANDARD = Argument("standard", metavar="STANDARD", words=Words("积分标准的编号", "Its code"))
REASON = Option("--reason", required=True, metavar="TEXT", words=Words("事由或理由", "Why"))


def found(at: Opened, scheme: str, period: str) -> tuple[Program, Ledger, Period]:
    """The scheme's declared ledger and the period. HpfError where there is none."""
    from hpf_cli.finding import period_of
    from hpf_cli.stops import problem

    program = at.programs.find(scheme)
    declared = [one for one in at.home.loaded().ledgers if one.scheme == program.code]
    if not declared:
        raise problem("ledger", f"方案 {scheme} 没有积分账", f"'{scheme}' declares no ledger")
    return program, declared[0], period_of(period, program)


def book_at(session: Session, hospital: int, ledger: Ledger, period: Period) -> LedgerBook:
    """The ledger of a period. HpfError where it is not open yet."""
    from hpf.storage.ledgers import book_of
    from hpf_cli.stops import problem

    book = book_of(session, hospital, ledger.code, period)
    if book is None:
        raise problem(
            "ledger", f"{period} 的账还没有打开", f"the ledger of {period} is not open",
            (f"先打开：hpf ledger open {ledger.scheme} --period {period}",
             f"Open it: hpf ledger open {ledger.scheme} --period {period}"),
        )  # fmt: skip
    return book


@command(
    Words(
        "打开一个周期的账：积分标准、调整幅度和反馈期限就此定下。",
        "Open a period's ledger: its standards, the bounds of adjustment and the days of feedback "
        "are settled with it.",
    ),
    SCHEME,
    PERIOD,
    AS,
    HOME,
)
def open_(scheme: str, period: str, account: str, home: str | None) -> None:
    from hpf.workflow.ledgers import Rules, open_book

    with acting(home, account) as (at, act):
        program, ledger, when = found(at, scheme, period)
        count = len(Rules.of(open_book(act, ledger, program, when)).standards)
    said = Words(f"{period} 的账已打开，{count} 条标准",
                 f"The ledger of {period} is open, with {count} standards")  # fmt: skip
    click.echo(said.say(language()))


@command(
    Words(
        "给一个人记一条：分值由标准定，记下不能改。",
        "Book an entry to a person: the standard sets the points, and the entry stays.",
    ),
    SCHEME,
    Argument("person", metavar="PERSON", words=Words("工号", "The person's code")),
    STANDARD,
    PERIOD,
    Option("--day", metavar="YYYY-MM-DD", words=Words("哪一天（默认今天）", "Which day (today)")),
    REASON,
    AS,
    HOME,
)
def add(
    scheme: str, person: str, standard: str, period: str, day: str | None, reason: str,
    account: str, home: str | None,
) -> None:  # fmt: skip
    from hpf.reports.figures import change
    from hpf.workflow.ledgers_entries import book_points, signed
    from hpf_cli.vote import day_of

    with acting(home, account) as (at, act):
        _, ledger, when = found(at, scheme, period)
        book = book_at(act.session, act.hospital, ledger, when)
        made = book_points(act, book, person, standard, day_of(day, act.today), reason)
        number, points = made.id, change(signed(made))
    click.echo(Words(f"{number} 号：{person} {points} 分",
                     f"Entry {number}: {person} {points}").say(language()))  # fmt: skip


@command(
    Words(
        "冲销一条：另记一条相反的，连到原分录；已结清的在下一期冲销。",
        "Take an entry back by a counter-entry that leads to it; one of a closed period in the "
        "next one open.",
    ),
    Argument("number", metavar="N", type=int, words=Words("几号分录", "The entry's number")),
    REASON,
    AS,
    HOME,
)
def reverse(number: int, reason: str, account: str, home: str | None) -> None:
    from hpf.workflow.ledgers_entries import reverse as take_back

    with acting(home, account) as (_, act):
        made = take_back(act, number, reason).id
    click.echo(Words(f"{number} 号已由 {made} 号冲销",
                     f"Entry {made} takes {number} back").say(language()))  # fmt: skip


@command(
    Words(
        "负责人为本科室调整一条标准的分值：幅度和额度之内，不溯及既往。",
        "Adjust a standard's points for one's department, within bounds, never backwards.",
    ),
    SCHEME,
    STANDARD,
    Argument("points", metavar="POINTS", words=Words("改为几分", "The new points")),
    PERIOD,
    Option("--from", "since", metavar="YYYY-MM-DD",
           words=Words("从哪天起（默认今天）", "From which day (today)")),
    REASON,
    DEPARTMENT,
    AS,
    HOME,
)  # fmt: skip
def adjust(
    scheme: str, standard: str, points: str, period: str, since: str | None, reason: str,
    department: str, account: str, home: str | None,
) -> None:  # fmt: skip
    from hpf.core.results import plain
    from hpf.workflow.ledgers_adjust import adjust as change
    from hpf_cli.stops import problem
    from hpf_cli.vote import day_of

    try:
        after = Decimal(points)
    except InvalidOperation:
        after = Decimal("NaN")
    if not after.is_finite():
        raise problem("points", f"{points} 不是数", f"'{points}' is no number")
    with acting(home, account) as (at, act):
        _, ledger, when = found(at, scheme, period)
        book = book_at(act.session, act.hospital, ledger, when)
        made = change(act, book, department, standard, after, day_of(since, act.today), reason)
        said = f"{made.department} {standard}: {plain(made.before)} → {plain(made.after)}"
        first = made.since
    click.echo(Words(f"{said}，{first} 起", f"{said}, from {first}").say(language()))


@command(
    Words("列出一个周期的分录。", "List the entries of a period."),
    SCHEME,
    PERIOD,
    Option("--person", metavar="PERSON", words=Words("只看一个人", "Of one person")),
    Option("--late", is_flag=True, words=Words("只看没有按时反馈的", "Those not seen in time")),
    HOME,
)
def list_(scheme: str, period: str, person: str | None, late: bool, home: str | None) -> None:
    from hpf.reports.figures import change
    from hpf.storage.engine import reading
    from hpf.workflow.acting import Act
    from hpf.workflow.ledgers import Rules
    from hpf.workflow.ledgers_entries import late as late_ones
    from hpf.workflow.ledgers_entries import lines_of, sum_of
    from hpf_cli.acting import now
    from hpf_cli.console import console, table

    lang = language()
    drawn = table()
    for words in (
        Words("号", "No."),
        Words("日期", "Day"),
        Words("谁", "Who"),
        Words("标准", "Standard"),
        Words("分", "Points"),
        Words("事由", "Reason"),
        Words("记账", "By"),
        Words("看到", "Seen"),
        Words("冲销", "Taken back"),
    ):
        drawn.add_column(words.say(lang))
    with opened(home) as at, reading(at.engine) as session:
        _, ledger, when = found(at, scheme, period)
        book = book_at(session, at.hospital(session), ledger, when)
        act = Act(session, at.hospital(session), "", now())
        lines = lines_of(act, book, [person] if person else None)
        if late:
            today = min(act.today, when.last_day)
            lines = late_ones(lines, Rules.of(book).seen_within, today)
        for one in lines:
            e = one.entry
            drawn.add_row(str(e.id), str(e.day), e.person, f"{e.standard} {one.standard.name}",
                          change(one.effect), e.reason, e.by, str(one.seen or ""),
                          str(one.by_entry or ""))  # fmt: skip
        total = change(sum_of([one.entry for one in lines]))
    if lines:
        console().print(drawn)
    click.echo(Words(f"{len(lines)} 条，合计 {total} 分",
                     f"{len(lines)} entries, {total} in all").say(lang))  # fmt: skip


@command(
    Words(
        "结清一个周期的账：不再记入，分录成为本期数据。",
        "Close a period's ledger: nothing more is booked, and its entries become facts.",
    ),
    SCHEME,
    PERIOD,
    AS,
    HOME,
)
def close(scheme: str, period: str, account: str, home: str | None) -> None:
    from hpf.storage.ledgers import entries_of
    from hpf.workflow.ledgers_close import close_book

    with acting(home, account) as (at, act):
        program, ledger, when = found(at, scheme, period)
        book = close_book(act, ledger, program, book_at(act.session, act.hospital, ledger, when))
        count = len(entries_of(act.session, book.id))
    said = Words(f"{period} 的账已结清，{count} 条分录成为数据",
                 f"The ledger of {period} is closed: {count} entries are facts now")  # fmt: skip
    click.echo(said.say(language()))


command_ledger = Verbs(
    "ledger",
    Words(
        "积分账：记分、冲销、调整、结清。", "The ledger of points: book, take back, adjust, close."
    ),
    [open_, add, reverse, adjust, list_, close],
)
