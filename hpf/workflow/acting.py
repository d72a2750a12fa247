"""Who acts: an account in one of its roles, and what the audit says of it.

The command line trusts the operating system's user and records both: the account in whose name,
and who sat at the machine.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.storage.audit import record
from hpf.storage.cycles import local_day
from hpf.storage.models import Hospital
from hpf.storage.people import find_user
from hpf.workflow.roles import Actor, Role, listed, may_act
from hpf.workflow.situation import appointments


@dataclass(frozen=True, slots=True)
class Act:
    """An act in a transaction: in which hospital, by which account, when, at whose machine."""

    session: Session
    hospital: int
    account: str
    at: dt.datetime
    seat: str = ""

    @property
    def today(self) -> dt.date:
        """The day in China."""
        return local_day(self.at)

    @property
    def code(self) -> str:
        """The hospital's code."""
        return self.session.get_one(Hospital, self.hospital).code

    def told(self) -> dict[str, str]:
        """Who sat at the machine, for the audit."""
        return {"os_user": self.seat} if self.seat else {}

    def audit(self, action: str, object: str, detail: Mapping[str, Any]) -> None:
        """An entry in the audit chain, in the same transaction."""
        record(self.session, self.account, action, object, {**detail, **self.told()},
               hospital=self.code, at=self.at)  # fmt: skip


def actor(
    act: Act, among: Iterable[Role], *, role: str | None = None, department: str = ""
) -> Actor:
    """The account in the role in which it may act: the one asked for, or the only one that fits.

    Raises HpfError where it holds none of them, or several and none was asked for.
    """
    find_user(act.session, act.account)
    held = appointments(act.session, act.hospital)
    mine = next((a for a in held if a.account == act.account), None)
    wanted = set(among)
    if role is not None:
        chosen = Role(role)
    else:
        fits = [r for r in Role if mine is not None and r in mine.roles and r in wanted]
        if not fits:
            raise HpfError([_holds_none(act.account, wanted)])
        if len(fits) > 1 and fits != [Role.MANAGEMENT, Role.HR]:
            raise HpfError([_several(act.account, fits)])
        chosen = fits[0]
    unit = department
    if chosen is Role.DEPARTMENTS and not unit and mine is not None and len(mine.departments) == 1:
        (unit,) = mine.departments
    found = Actor(act.account, chosen, unit if chosen is Role.DEPARTMENTS else "")
    problems = may_act(found, held)
    if problems:
        raise HpfError(problems)
    return found


def _holds_none(account: str, wanted: set[Role]) -> Problem:
    who = listed(wanted)
    return Problem(
        "role.not_held",
        Text(
            f"账号 {account} 不是{who.zh}，不能做这件事",
            f"account '{account}' does not stand for {who.en}",
        ),
        Text(
            f"请由{who.zh}操作；任命：hpf user roles {account} --add 角色",
            f"Leave it to {who.en}; to appoint it: hpf user roles {account} --add ROLE",
        ),
        account,
    )


def _several(account: str, fits: list[Role]) -> Problem:
    who = listed(fits)
    return Problem(
        "role.several",
        Text(f"账号 {account} 身兼{who.zh}", f"account '{account}' stands for {who.en}"),
        Text(
            f"请用 --role 写明以哪个身份：{'、'.join(fits)}",
            f"Say in which role, with --role: {', '.join(fits)}",
        ),
        account,
    )
