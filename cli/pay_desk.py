"""What stands around payment: ceilings, bank accounts and their key, and lists of batches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hpf_cli.group import Argument, Option, command, language
from hpf_cli.home import BY, HOME, Opened, opened, who
from hpf_cli.speech import Words
from hpf_cli.stops import problem

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hpf.storage.models import PayoutBatch

_WHY = {
    "held": Words("暂缓", "held back"),
    "paid": Words("已发过", "paid before"),
    "owed": Words("应扣回", "owed back"),
}


@command(
    Words("登记某月或某年的核定总额（元）。", "Record the approved ceiling of a month or year."),
    Argument("period", metavar="PERIOD", words=Words("2026-09 或 2026", "2026-09 or 2026")),
    Argument("amount", metavar="AMOUNT", words=Words("金额，元", "The amount in CNY")),
    Option("--reason", required=True, metavar="TEXT", words=Words("核定依据", "By what document")),
    BY,
    HOME,
)  # fmt: skip
def ceiling(period: str, amount: str, reason: str, by: str | None, home: str | None) -> None:
    """The last one holds; none is changed."""
    from hpf.core.errors import BadValue
    from hpf.core.periods import Period
    from hpf.storage.ceilings import set_ceiling
    from hpf.storage.engine import writing

    try:
        span = Period.parse(period)
    except BadValue as error:
        raise problem("period", error.text.zh, error.text.en) from error
    figure = _amount(amount)
    with opened(home) as at, writing(at.engine) as session:
        set_ceiling(session, at.hospital(session), span, figure, by=who(by), reason=reason)
        session.commit()
    words = Words(f"已登记 {span} 核定总额。", f"The ceiling of {span} is recorded.")
    click.echo(words.say(language()))


@command(
    Words(
        "载入银行账号：工作簿或 .csv，两列“编号”“账号”；账号加密保存。",
        "Load bank accounts from a workbook or .csv with columns 'id' and 'account'; they are "
        "kept encrypted.",
    ),
    Argument("path", metavar="FILE", words=Words("文件", "The file")),
    BY,
    HOME,
)
def accounts(path: str, by: str | None, home: str | None) -> None:
    """All of them or none."""
    from sqlalchemy import select

    from hpf.core.errors import BadValue
    from hpf.intake.accounts import read_accounts
    from hpf.storage.engine import writing
    from hpf.storage.models import Staff
    from hpf.storage.secrets import AccountKeys, set_account
    from hpf.storage.troubles import StorageError, trouble

    given = read_accounts(Path(path))
    problems = []
    with opened(home) as at, writing(at.engine) as session:
        keys = AccountKeys.read(at.home.keys)
        hospital = at.hospital(session)
        known = {s.code: s for s in session.scalars(
            select(Staff).where(Staff.hospital_id == hospital))}  # fmt: skip
        for one in given:
            if one.id not in known:
                words = ("不在人员名册里", "is not in the register")
                cure = ("请先用 hpf register 登记", "Register them with hpf register")
                problems.append(trouble("unknown_person", words, cure, one.place, "staff", one.id))
                continue
            try:
                set_account(session, keys, known[one.id], one.number, who(by))
            except BadValue as error:
                words = (error.text.zh, error.text.en)
                problems.append(trouble("account", words, ("", ""), one.place, "staff", one.id))
        if problems:
            raise StorageError(problems)
        session.commit()
    words2 = Words(f"已登记 {len(given)} 个账号。", f"{len(given)} accounts entered.")
    click.echo(words2.say(language()))


@command(
    Words(
        "更换账号密钥：所有账号用新密钥重新加密，旧密钥留在密钥文件夹里供旧备份使用。",
        "Change the key of account numbers: all are encrypted anew. The old key stays in the "
        "folder of keys, for older backups.",
    ),
    BY,
    HOME,
)
def rotate_key(by: str | None, home: str | None) -> None:
    """Both keys are read until the change is complete."""
    from hpf.storage.engine import writing
    from hpf.storage.secrets import finish_rotation, rotate

    with opened(home) as at:
        with writing(at.engine) as session:
            count = rotate(session, at.home.keys, who(by))
            session.commit()
        finish_rotation(at.home.keys)
    words = Words(f"{count} 个账号已换新密钥。", f"{count} account numbers have the new key.")
    click.echo(words.say(language()))


COMMANDS = (ceiling, accounts, rotate_key)


def show_batches(session: Session, hospital: int, lang: str) -> None:
    """All batches, the newest first, with how many lines are in which state."""
    from sqlalchemy import select

    from hpf.storage.models import PayoutBatch
    from hpf.storage.payout_states import STATE_NAMES, state_of
    from hpf_cli.console import console, table
    from hpf_cli.figures import money

    drawn = table()
    heads = (("批次", "Batch"), ("方案", "Scheme"), ("周期", "Period"), ("计算", "Run"),
             ("金额（元）", "CNY"), ("状态", "States"), ("生成", "Made by"))  # fmt: skip
    for zh, en in heads:
        drawn.add_column(Words(zh, en).say(lang), justify="right" if en == "CNY" else "left")
    asked = select(PayoutBatch).where(PayoutBatch.hospital_id == hospital)
    for one in session.scalars(asked.order_by(PayoutBatch.id.desc())):
        counts: dict[str, int] = {}
        for state in state_of(session, one).values():
            counts[state.state] = counts.get(state.state, 0) + 1
        said = ", ".join(
            f"{Words(*STATE_NAMES[s]).say(lang)} {counts[s]}" for s in STATE_NAMES if s in counts
        )
        drawn.add_row(one.code, one.scheme, str(one.period), str(one.run_id), money(one.total),
                      said, one.by)  # fmt: skip
    console().print(drawn)


def show_lines(session: Session, batch: PayoutBatch, at: Opened, lang: str) -> None:
    """The lines of a batch with their last state; what it leaves out."""
    from hpf.storage.payout_states import STATE_NAMES, batch_lines, state_of
    from hpf.storage.secrets import AccountKeys, masked, owner_of
    from hpf_cli.console import console, table
    from hpf_cli.figures import money

    keys = AccountKeys.read(at.home.keys)
    states = state_of(session, batch)
    drawn = table(batch.code)
    heads = (("编号", "Id"), ("姓名", "Name"), ("账号", "Account"), ("金额（元）", "CNY"),
             ("状态", "State"), ("原因", "Why"), ("经办", "By"), ("时间", "When"))  # fmt: skip
    for zh, en in heads:
        drawn.add_column(Words(zh, en).say(lang), justify="right" if en == "CNY" else "left")
    for line in batch_lines(session, batch):
        state = states[line.id]
        owner = owner_of(at.code, line.row_id)
        shown = masked(keys.open(line.account, owner)) if line.account else (
            Words("现金", "cash").say(lang)
        )  # fmt: skip
        when = state.at.astimezone().strftime("%Y-%m-%d %H:%M") if state.at else ""
        drawn.add_row(line.row_id, line.name, shown, money(line.amount),
                      Words(*STATE_NAMES[state.state]).say(lang), state.reason, state.by,
                      when)  # fmt: skip
    drawn.add_section()
    drawn.add_row(Words("合计", "Total").say(lang), "", "", money(batch.total), style="bold")
    console().print(drawn)
    show_left_out(batch.left_out, lang)


def show_left_out(left_out: Sequence[Mapping[str, Any]], lang: str) -> None:
    """Each line that the run has and the batch does not pay, and why."""
    from hpf_cli.console import console, table
    from hpf_cli.figures import money

    if not left_out:
        return
    drawn = table(Words("不在本批次发放", "Not paid by this batch").say(lang))
    for zh, en in (("编号", "Id"), ("姓名", "Name"), ("金额（元）", "CNY"), ("为什么", "Why")):
        drawn.add_column(Words(zh, en).say(lang), justify="right" if en == "CNY" else "left")
    for one in left_out:
        amount = "" if one["amount"] is None else money(Decimal(one["amount"]))
        why = " ".join(x for x in (_WHY[one["why"]].say(lang), one["reason"]) if x)
        drawn.add_row(one["id"], one["name"], amount, why)
    console().print(drawn)


def _amount(text: str) -> Decimal:
    try:
        found = Decimal(text.replace(",", ""))
    except ArithmeticError:
        found = Decimal("NaN")
    if not found.is_finite() or found != round(found, 2):
        zh, en = f"“{text}”不是到分的金额", f"'{text}' is no amount to the fen"
        raise problem("amount", zh, en, ("例如 120000.00", "For instance 120000.00"))
    return found
