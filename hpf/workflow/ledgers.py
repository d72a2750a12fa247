"""Ledgers opened: a declared ledger of points in a period, with the standards in force.

    book = open_book(act, ledger, program, period)       # parameters and standards are frozen
    book_points(act, book, "A17", "S3", day, "…")        # hpf.workflow.ledgers_entries
    adjust(act, book, "W1", "S3", after, since, "…")     # hpf.workflow.ledgers_adjust
    close_book(act, ledger, program, book)               # hpf.workflow.ledgers_close

Before it is opened, every level that the hospital named has agreed to the period's objectives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select

from hpf.core import Ledger
from hpf.core.errors import HpfError, Problem, Text, did_you_mean
from hpf.core.facts import Facts, decimal_of
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.core.results import plain
from hpf.core.settings import resolve
from hpf.storage.configuration import settings_of
from hpf.storage.engine import lock
from hpf.storage.facts import facts_at
from hpf.storage.ledgers import LOCK, book_of
from hpf.storage.models import LedgerBook, Staff, User
from hpf.workflow.acting import Act, actor
from hpf.workflow.consensus import consensus_stops
from hpf.workflow.roles import Role
from hpf.workflow.situation import appointments


@dataclass(frozen=True, slots=True)
class Standard:
    """A written standard as it stood when the ledger was opened. worth: its own points."""

    id: str
    name: str
    bonus: bool
    worth: Decimal
    adjustable: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """What is frozen with a ledger. limit: a share of the worth; budget: points of a manager in
    the period; both None where managers may not adjust. seen_within: days."""

    seen_within: int
    limit: Fraction | None
    budget: Decimal | None
    standards: Mapping[str, Standard]

    @classmethod
    def of(cls, book: LedgerBook) -> Rules:
        """The rules of a ledger."""
        data = book.rules
        limit, budget = data["limit"], data["budget"]
        standards = {
            id: Standard(id, s["name"], s["bonus"], Decimal(s["worth"]), s["adjustable"])
            for id, s in data["standards"].items()
        }
        return cls(
            data["seen_within"],
            None if limit is None else Fraction(limit),
            None if budget is None else Decimal(budget),
            standards,
        )

    def standard(self, id: str) -> Standard:
        """A standard in force. HpfError with the nearest one where there is none."""
        if id not in self.standards:
            near = did_you_mean(id, self.standards)
            raise refuse("standard", f"没有在用的积分标准 {id}",
                         f"no standard '{id}' is in force", (near.zh, near.en), id)  # fmt: skip
        return self.standards[id]


def refuse(
    code: str, zh: str, en: str, cure: tuple[str, str] = ("", ""), place: str = ""
) -> HpfError:
    """A refusal with its reason and its cure."""
    return HpfError([problem(code, zh, en, cure, place)])


def problem(
    code: str, zh: str, en: str, cure: tuple[str, str] = ("", ""), place: str = ""
) -> Problem:
    """One reason of a refusal."""
    return Problem(f"ledger.{code}", Text(zh, en), Text(*cure), place)


def open_book(act: Act, ledger: Ledger, program: Program, period: Period) -> LedgerBook:
    """Open the ledger of a period, with its parameters and standards as they are now.

    Raises HpfError with every reason: a level that has not agreed, a parameter without a value, no
    standards in the period's facts, standards that are not whole, opened already.
    """
    who = actor(act, (Role.HR,))
    lock(act.session.connection(), LOCK + act.hospital)
    where = f"{ledger.code} {period}"
    if book_of(act.session, act.hospital, ledger.code, period) is not None:
        raise refuse("twice", f"{period} 的“{ledger.names.zh}”已经打开",
                     f"'{ledger.names.en}' of {period} is open already", place=where)  # fmt: skip
    wrong = consensus_stops(act.session, act.hospital, ledger.scheme, period)
    names = [n for n in (ledger.seen_within, ledger.limit, ledger.budget) if n]
    wrong += [
        problem("parameter", f"方案没有参数 {n}", f"the scheme has no parameter '{n}'", place=where)
        for n in names if n not in program.parameters
    ]  # fmt: skip
    asked = {n: program.parameters[n] for n in names if n in program.parameters}
    settings = settings_of(act.session, act.hospital, program)
    held, lacking = resolve(asked, period.last_day, settings)
    wrong += lacking
    facts = facts_at(act.session, act.hospital, program, period)
    standards, bad = read_standards(ledger, program, facts)
    wrong += bad
    if wrong:
        raise HpfError(wrong)
    values: dict[str, Any] = {n: r.value for n, r in held.items()}
    days = values[ledger.seen_within]
    if days.denominator != 1 or days < 0:
        raise refuse("parameter", f"参数 {ledger.seen_within} 应是整天数",
                     f"parameter '{ledger.seen_within}' is to be whole days")  # fmt: skip
    rules = {
        "seen_within": int(days),
        "limit": str(values[ledger.limit]) if ledger.limit else None,
        "budget": plain(decimal_of(values[ledger.budget])) if ledger.budget else None,
        "standards": {
            s.id: {"name": s.name, "bonus": s.bonus, "worth": plain(s.worth),
                   "adjustable": s.adjustable}
            for s in standards
        },
        "frozen": frozen_columns(ledger, program),
    }  # fmt: skip
    book = LedgerBook(
        hospital_id=act.hospital, ledger=ledger.code, scheme=ledger.scheme, period=period,
        rules=rules, by=act.account, at=act.at, import_id=None, closed_by=None, closed_at=None,
        digest=None,
    )  # fmt: skip
    act.session.add(book)
    act.session.flush()
    told = {"period": str(period), "role": who.role.value, "standards": len(standards),
            **{n: rules[n] for n in ("seen_within", "limit", "budget")}}  # fmt: skip
    act.audit("ledger.opened", f"ledger:{ledger.code}:{period}", told)
    return book


def read_standards(
    ledger: Ledger, program: Program, facts: Facts
) -> tuple[list[Standard], list[Problem]]:
    """The standards in a period's facts, and what is wrong with them."""
    entity = standard_entity(ledger, program)
    where = f"{ledger.scheme} {facts.period}"
    table = facts.tables.get(entity)
    if table is None or table.frame.is_empty():
        cure = ("请先导入积分标准表", "Import the table of standards first")
        return [], [problem("no_standards", "本期数据里没有积分标准",
                            "the period's facts have no standards", cure, where)]  # fmt: skip
    found, wrong = [], []
    for row in table.frame.iter_rows(named=True):
        kind, worth = row.get(ledger.kind), row.get(ledger.worth)
        if kind is None or worth is None:
            cure = ("请补齐后再打开", "Fill it in, and open the ledger then")
            wrong.append(problem("standard", f"积分标准 {row['id']} 没有类别或分值",
                                 f"standard '{row['id']}' lacks its kind or its points", cure,
                                 where))  # fmt: skip
            continue
        adjustable = bool(row.get(ledger.adjustable)) if ledger.adjustable else False
        found.append(
            Standard(row["id"], row.get("name") or row["id"], kind == ledger.bonus,
                     Decimal(worth), adjustable)
        )  # fmt: skip
    return found, wrong


def standard_entity(ledger: Ledger, program: Program) -> str:
    """The code of the entity of standards."""
    return link_to(program, account_entity(ledger, program), ledger.standard)


def account_entity(ledger: Ledger, program: Program) -> str:
    """The entity that leads to person and standard: the account's, or the entry itself."""
    return link_to(program, ledger.entity, ledger.account) if ledger.account else ledger.entity


def link_to(program: Program, entity: str, name: str) -> str:
    """Where a link leads."""
    return next(k.to for k in program.entities[entity].links if k.name == name)


def frozen_columns(ledger: Ledger, program: Program) -> list[str]:
    """The facts that come from the ledger alone, or hold still while it has them."""
    standard = standard_entity(ledger, program)
    kept = [f"{standard}.{n}" for n in (ledger.kind, ledger.worth, ledger.adjustable) if n]
    own = {ledger.entity, account_entity(ledger, program), ledger.adjustment} - {""}
    return sorted([*kept, *(f"{e}.*" for e in own)])


def open_row(act: Act, book: LedgerBook) -> LedgerBook:
    """The ledger, held alone until the transaction ends. HpfError where it is closed."""
    lock(act.session.connection(), LOCK + act.hospital)
    act.session.refresh(book)
    if book.digest is not None:
        raise refuse("closed", f"{book.period} 的账已经结清，不能再记",
                     f"the ledger of {book.period} is closed",
                     ("更正请在下一期的账里冲销", "What is to be mended is reversed in the next"),
                     f"{book.ledger} {book.period}")  # fmt: skip
    return book


def person_of(act: Act) -> str:
    """The code in the register of whoever acts; '' where the account is nobody's there."""
    wanted = (
        select(Staff.code)
        .join(User, User.staff_id == Staff.id)
        .where(User.login == act.account, Staff.hospital_id == act.hospital)
    )
    return act.session.scalar(wanted) or ""


def in_charge(act: Act, department: str) -> Iterator[Problem]:
    """Why an account may not write about a department's people: the office may, and its head."""
    held = appointments(act.session, act.hospital)
    mine = next((a for a in held if a.account == act.account), None)
    if mine is not None and Role.HR in mine.roles:
        return
    if mine is not None and Role.DEPARTMENTS in mine.roles and department in mine.departments:
        return
    yield problem(
        "charge", f"账号 {act.account} 不负责 {department or '这个人所在的科室'}",
        f"account '{act.account}' is not in charge of {department or 'where that person works'}",
        ("请由该科室负责人或绩效办操作", "Leave it to the department's head or the office"),
        act.account,
    )  # fmt: skip


def within(book: LedgerBook, day: dt.date) -> bool:
    """Whether a day lies in the ledger's period."""
    return book.period.first_day <= day <= book.period.last_day


def stop(wrong: Iterable[Problem]) -> None:
    """HpfError with all of them, if there are any."""
    found = list(wrong)
    if found:
        raise HpfError(found)
