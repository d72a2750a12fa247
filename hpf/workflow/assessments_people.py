"""Who is who in an assessment: the group, the experts of the pool, those who speak for a hospital.

Roles are words of `user_roles`; which expert or hospital an account stands for is its last entry
in the pool or among the assessed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from hpf.core.errors import HpfError, Problem, Text
from hpf.storage.models import AssessedAccount, Expert, User, UserRole
from hpf.storage.people import find_user
from hpf.workflow.acting import Act
from hpf.workflow.draws import Candidate

GROUP, EXPERT, ASSESSED = "assessor", "expert", "assessed"


def holds(session: Session, hospital: int, account: str, role: str) -> bool:
    """Whether an account holds a role here, or everywhere."""
    return session.scalar(
        select(UserRole.id)
        .join(User, User.id == UserRole.user_id)
        .where(
            User.login == account,
            UserRole.role == role,
            or_(UserRole.hospital_id == hospital, UserRole.hospital_id.is_(None)),
        )
        .limit(1)
    ) is not None  # fmt: skip


def of_group(act: Act) -> None:
    """Raises HpfError unless the account acts for the assessment group."""
    find_user(act.session, act.account)
    if holds(act.session, act.hospital, act.account, GROUP):
        return
    message = Text(
        f"账号 {act.account} 不属于考核小组", f"account '{act.account}' is not of the group"
    )
    cure = Text(
        f"请由考核小组操作；授权：hpf user roles {act.account} --add {GROUP}",
        f"Leave it to the group; to appoint it: hpf user roles {act.account} --add {GROUP}",
    )
    raise HpfError([Problem("assess.group", message, cure, act.account)])


def pool(session: Session, hospital: int, *, all: bool = False) -> list[Expert]:
    """The experts as their last entries say, in order of code. all: those taken out, too."""
    last = select(func.max(Expert.id)).where(Expert.hospital_id == hospital).group_by(Expert.code)
    found = session.scalars(select(Expert).where(Expert.id.in_(last)).order_by(Expert.code))
    return [one for one in found if all or one.active]


def candidates(experts: Iterable[Expert]) -> list[Candidate]:
    """Experts as a draw sees them."""
    return [Candidate(e.code, e.speciality, e.employer) for e in experts]


@dataclass(frozen=True, slots=True)
class Named:
    """An expert as handed in. employer: the assessed hospital they work at, '' for none; place:
    the cell of a list, '' for a form."""

    code: str
    name: str
    speciality: str
    employer: str = ""
    account: str = ""
    place: str = ""

    @property
    def said(self) -> tuple[str, str, str, str]:
        """What is said of them, without code and place."""
        return self.name, self.speciality, self.employer, self.account


@dataclass(frozen=True, slots=True)
class Change:
    """What a line does to the pool. kind: new, changed or same; before: what stood there."""

    line: Named
    kind: str
    before: tuple[str, str, str, str] | None = None


def add_experts(act: Act, given: Sequence[tuple[str, str, str, str, str]]) -> int:
    """Put experts into the pool or say something new of them: code, name, speciality, employer,
    account. Returns how many differ from what stood there; refused as `enter_experts` is."""
    return enter_experts(act, [Named(*line) for line in given])


def enter_experts(act: Act, given: Sequence[Named]) -> int:
    """Put experts into the pool, all lines or none; how many differ from what stood there.

    Raises HpfError with every line that will not do: blank code, name or speciality, a code or an
    account twice, no such account.
    """
    of_group(act)
    changes, wrong = expert_changes(act.session, act.hospital, given)
    if wrong:
        raise HpfError(wrong)
    fresh = [c.line for c in changes if c.kind != "same"]
    for one in fresh:
        act.session.add(_entry(act, one.code, *one.said, active=True))
    if fresh:
        told = {"experts": [[x.code, x.speciality, x.employer] for x in fresh]}
        act.audit("expert.entered", "experts", told)
    return len(fresh)


def expert_changes(
    session: Session, hospital: int, given: Sequence[Named]
) -> tuple[list[Change], list[Problem]]:
    """What lines would do to the pool, and everything that is wrong with them."""
    held = {e.code: e for e in pool(session, hospital, all=True)}
    wrong = [p for one in given for p in _lacking(one)]
    logins = {one.account for one in given if one.account}
    known = set(session.scalars(select(User.login).where(User.login.in_(logins))))
    codes: set[str] = set()
    accounts = {e.account: e.code for e in held.values() if e.account and e.active}
    for one in given:
        place = one.place or one.code
        if one.code in codes:
            message = Text(f"专家 {one.code} 写了两次", f"expert '{one.code}' stands twice")
            cure = Text("每位专家一行", "One line an expert")
            wrong.append(Problem("expert.twice", message, cure, place))
        codes.add(one.code)
        if not one.account:
            continue
        if accounts.setdefault(one.account, one.code) != one.code:
            message = Text(
                f"账号 {one.account} 已属于专家 {accounts[one.account]}",
                f"account '{one.account}' is expert '{accounts[one.account]}' already",
            )
            cure = Text("一个账号对应一位专家", "An account is one expert")
            wrong.append(Problem("expert.account", message, cure, place))
        if one.account not in known:
            message = Text(f"没有账号 {one.account}", f"there is no account '{one.account}'")
            cure = Text("请信息科先开账号，或留空", "Have IT open it first, or leave it blank")
            wrong.append(Problem("expert.no_account", message, cure, place))
    return [_change(one, held.get(one.code)) for one in given], wrong


def _lacking(one: Named) -> list[Problem]:
    if one.code.strip() and one.name.strip() and one.speciality.strip():
        return []
    message = Text(f"专家“{one.code}”缺编号、姓名或专业",
                   f"expert '{one.code}' lacks code, name or speciality")  # fmt: skip
    cure = Text("请补齐", "Give them")
    return [Problem("expert.lacks", message, cure, one.place or one.code)]


def _change(one: Named, held: Expert | None) -> Change:
    if held is None or not held.active:
        return Change(one, "new")
    before = _said(held)
    return Change(one, "same" if before == one.said else "changed", before)


def remove_expert(act: Act, code: str) -> None:
    """Take an expert out of the pool; HpfError where there is none of that code."""
    of_group(act)
    one = next((e for e in pool(act.session, act.hospital) if e.code == code), None)
    if one is None:
        message = Text(f"库里没有专家 {code}", f"there is no expert '{code}' in the pool")
        raise HpfError([Problem("expert.unknown", message, place=code)])
    act.session.add(_entry(act, code, *_said(one), active=False))
    act.audit("expert.removed", f"expert:{code}", {})


def expert_of(session: Session, hospital: int, account: str) -> Expert | None:
    """The expert of the pool whose account it is."""
    return next((e for e in pool(session, hospital) if e.account and e.account == account), None)


def speak_for(act: Act, account: str, unit: str, *, active: bool = True) -> None:
    """Say that an account speaks for an assessed hospital, or no longer does."""
    of_group(act)
    find_user(act.session, account)
    act.session.add(
        AssessedAccount(hospital_id=act.hospital, account=account, unit=unit, active=active,
                        by=act.account, at=act.at)
    )  # fmt: skip
    act.audit("assessed.account", f"assessed:{unit}", {"account": account, "active": active})


def unit_of(session: Session, hospital: int, account: str) -> str:
    """The assessed hospital that an account speaks for; '' for none."""
    last = session.scalar(
        select(AssessedAccount)
        .where(AssessedAccount.hospital_id == hospital, AssessedAccount.account == account)
        .order_by(AssessedAccount.id.desc())
        .limit(1)
    )
    return last.unit if last is not None and last.active else ""


def _said(one: Expert) -> tuple[str, str, str, str]:
    return one.name, one.speciality, one.employer, one.account


def _entry(
    act: Act, code: str, name: str, speciality: str, employer: str, account: str, *, active: bool
) -> Expert:
    return Expert(
        hospital_id=act.hospital, code=code, name=name, speciality=speciality, employer=employer,
        account=account, active=active, by=act.account, at=act.at,
    )  # fmt: skip
