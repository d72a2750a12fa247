"""The four parties of performance management, and what one account may hold (seed S1, parts 1, 4).

problems(Appointment("a1", {Role.HR}), …)      # nobody holds all four; each has somebody
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from hpf.core.errors import Problem, Text


class Role(StrEnum):
    """A party of the cycle. HR: the office that runs performance management, however named."""

    MANAGEMENT = "management"
    HR = "hr"
    DEPARTMENTS = "departments"
    IT = "it"

    @property
    def names(self) -> Text:
        """What the party is called."""
        return _NAMES[self]


_NAMES = {
    Role.MANAGEMENT: Text("管理层", "management"),
    Role.HR: Text("人力资源（绩效）部门", "the HR or performance office"),
    Role.DEPARTMENTS: Text("科室与职能部门", "departments"),
    Role.IT: Text("信息部门", "IT"),
}


@dataclass(frozen=True, slots=True)
class Appointment:
    """What one account holds. departments: those it speaks for; empty for none."""

    account: str
    roles: frozenset[Role]
    departments: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts now: an account in one of its roles, for a department where that is the role."""

    account: str
    role: Role
    department: str = ""


def listed(roles: Iterable[Role]) -> Text:
    """Roles as words, in the order of the matrix."""
    held = set(roles)
    names = [r.names for r in Role if r in held]
    return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names))


def appointment_problems(appointments: Iterable[Appointment]) -> list[Problem]:
    """What is wrong with a hospital's appointments (S1-4-1); empty if nothing is.

    Performance management is a joint duty: no account holds all four roles, every role has
    somebody, nobody stands twice, and who speaks for departments says which.
    """
    found: list[Problem] = []
    seen: set[str] = set()
    held: set[Role] = set()
    for one in appointments:
        held |= one.roles
        if one.account in seen:
            message = Text(
                f"账号 {one.account} 任命了两次", f"account '{one.account}' stands twice"
            )
            cure = Text("请合并成一行", "Make it one line")
            found.append(Problem("role.twice", message, cure, place=one.account))
        seen.add(one.account)
        if one.roles >= set(Role):
            message = Text(
                f"账号 {one.account} 同时担任四方角色",
                f"account '{one.account}' holds all four roles",
            )
            cure = Text(
                "绩效管理由四方共同负责，请把至少一个角色交给别人（S1-4-1）",
                "It is a joint duty: give at least one of them to somebody else (S1-4-1)",
            )
            found.append(Problem("role.all_four", message, cure, place=one.account))
        if Role.DEPARTMENTS in one.roles and not one.departments:
            message = Text(
                f"账号 {one.account} 代表科室，却没写是哪个科室",
                f"account '{one.account}' speaks for departments, but for none by name",
            )
            cure = Text("请写明科室", "Name the department")
            found.append(Problem("role.no_department", message, cure, place=one.account))
    for role in Role:
        if role not in held:
            message = Text(f"没有人担任{role.names.zh}", f"nobody stands for {role.names.en}")
            cure = Text("请为它任命至少一个账号（S1-4-1）", "Appoint at least one account (S1-4-1)")
            found.append(Problem("role.vacant", message, cure, place=role.value))
    return found


def may_act(actor: Actor, appointments: Iterable[Appointment]) -> list[Problem]:
    """Why an account may not act in a role; empty if it may."""
    mine = next((a for a in appointments if a.account == actor.account), None)
    if mine is None or actor.role not in mine.roles:
        message = Text(
            f"账号 {actor.account} 没有{actor.role.names.zh}的角色",
            f"account '{actor.account}' does not stand for {actor.role.names.en}",
        )
        cure = Text("请换有此角色的账号，或先任命", "Use an account that does, or appoint it")
        return [Problem("role.not_held", message, cure, place=actor.account)]
    if actor.role is Role.DEPARTMENTS and actor.department not in mine.departments:
        message = Text(
            f"账号 {actor.account} 不代表科室 {actor.department}",
            f"account '{actor.account}' does not speak for department '{actor.department}'",
        )
        known = ", ".join(sorted(mine.departments))
        cure = Text(f"它代表：{known}", f"It speaks for: {known}")
        return [Problem("role.other_department", message, cure, place=actor.account)]
    return []


def own_entry(actor: Actor, authors: Iterable[str], what: Text) -> list[Problem]:
    """Why an account may not approve: it made the entry itself. Empty if it did not."""
    if actor.account not in set(authors):
        return []
    message = Text(
        f"账号 {actor.account} 不能批准自己提交的{what.zh}",
        f"account '{actor.account}' may not approve its own {what.en}",
    )
    cure = Text("请由另一个账号批准", "Let another account approve it")
    return [Problem("role.own_entry", message, cure, place=actor.account)]
