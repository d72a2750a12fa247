"""Second-level distribution: what a hospital decided about how heads share out a fixed pool.

pool: the result of another scheme that is a department's money. amount: the indicator of the staff
scheme that takes each person's part of it. low, high: bounds of one person's part, as multiples of
the equal part. days: from the day the pool was sealed, the head has so many. default: what holds
for a head who is silent: the same for all (`equal`), or by an indicator (`points`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hpf.core.errors import Problem, Text, did_you_mean
from hpf.core.program import Program
from hpf.core.units import CNY
from hpf.storage.audit import record
from hpf.storage.models import Filing, Hospital
from hpf.storage.troubles import StorageError, trouble

KIND = "allocation.rule"
DEFAULTS = ("equal", "points")


@dataclass(frozen=True, slots=True)
class AllocationRule:
    """A hospital's decision for one staff scheme; names are `scheme.entity.name` and `entity.name`.

    low, high: multiples of the equal part, as text; points: '' unless the default goes by it.
    """

    scheme: str
    pool: str
    amount: str
    low: str
    high: str
    default: str
    days: int
    points: str = ""

    @property
    def pool_scheme(self) -> str:
        """The scheme whose result the pool is."""
        return self.pool.split(".")[0]

    @property
    def unit(self) -> str:
        """The entity that has the pool: department …"""
        return self.pool.split(".")[1]

    @property
    def pool_rule(self) -> str:
        """The rule that the pool is the result of."""
        return self.pool.split(".")[2]

    @property
    def person(self) -> str:
        """The entity that has a part."""
        return self.amount.split(".")[0]

    @property
    def indicator(self) -> str:
        """The indicator that a part becomes."""
        return self.amount.split(".")[1]

    def link(self, program: Program) -> str:
        """The link from a person to who has the pool. KeyError: there is none."""
        for link in program.entities[self.person].links:
            if link.to == self.unit:
                return link.name
        raise KeyError(self.unit)


def set_rule(
    session: Session,
    hospital: int,
    programs: Mapping[str, Program],
    rule: AllocationRule,
    *,
    by: str,
    reason: str,
) -> Filing:
    """Decide how a staff scheme's pools are shared out; a later decision takes its place.

    Raises StorageError with everything that does not fit.
    """
    wrong = list(_misfits(programs, rule))
    if not reason.strip():
        wrong.append(trouble("no_reason", ("要写明理由", "it wants a reason"), place=rule.scheme))
    if wrong:
        raise StorageError(wrong)
    made = Filing(
        hospital_id=hospital, cycle_id=None, kind=KIND, subject=rule.scheme, text=reason.strip(),
        detail=asdict(rule), by=by, role="", at=dt.datetime.now(dt.UTC),
    )  # fmt: skip
    session.add(made)
    session.flush()
    code = session.get_one(Hospital, hospital).code
    record(session, by, "allocation.decided", f"filing:{made.id}", asdict(rule), hospital=code)
    return made


def rule_of(session: Session, hospital: int, scheme: str) -> AllocationRule | None:
    """What holds for a staff scheme now; None where nothing was decided."""
    found = session.scalar(
        select(Filing)
        .where(Filing.hospital_id == hospital, Filing.kind == KIND, Filing.subject == scheme)
        .order_by(Filing.id.desc())
        .limit(1)
    )
    return AllocationRule(**found.detail) if found is not None else None


def decided_rule(session: Session, hospital: int, scheme: str) -> AllocationRule:
    """As `rule_of`; StorageError where nothing was decided."""
    rule = rule_of(session, hospital, scheme)
    if rule is None:
        words = ("没有规定二次分配", "nothing is decided about sharing out its pools")
        cure = (f"请先：hpf allocate decide {scheme} …", f"First: hpf allocate decide {scheme} …")
        raise StorageError([trouble("allocation_rule", words, cure, scheme)])
    return rule


def _misfits(programs: Mapping[str, Program], rule: AllocationRule) -> list[Problem]:
    found: list[Problem] = []

    def say(zh: str, en: str, cure: Text = Text("", "")) -> None:
        found.append(Problem("allocation.rule", Text(zh, en), cure, rule.scheme))

    if rule.pool.count(".") != 2 or rule.amount.count(".") != 1:
        say("要写成 方案.实体.规则 和 实体.指标", "write scheme.entity.rule and entity.indicator")
        return found
    for code in (rule.scheme, rule.pool_scheme):
        if code not in programs:
            say(f"没有方案 {code}", f"there is no scheme '{code}'", did_you_mean(code, programs))
    if found:
        return found
    above, own = programs[rule.pool_scheme], programs[rule.scheme]
    source = above.rule(rule.unit, rule.pool_rule)
    if source is None or source.unit != CNY:
        say(f"{rule.pool} 不是金额", f"{rule.pool} is no amount of money")
    names = [rule.amount] + ([rule.points] if rule.default == "points" else [])
    for name in names:
        entity, _, code = name.partition(".")
        indicator = own.indicator(entity, code)
        if indicator is None or not indicator.type.is_number or entity != rule.person:
            say(f"{name} 不是{rule.person}的数值指标", f"{name} is no number of a {rule.person}")
        elif name == rule.amount and indicator.unit != CNY:
            say(f"{name} 的单位不是元", f"{name} is not in CNY")
    links = own.entities[rule.person].links if rule.person in own.entities else ()
    if all(k.to != rule.unit for k in links):
        say(f"{rule.person} 没有到 {rule.unit} 的关联", f"no link to {rule.unit}")
    low, high = _number(rule.low), _number(rule.high)
    if low is None or high is None or not 0 <= low <= 1 <= high:
        say("上下限是均额的倍数，下限不大于 1，上限不小于 1",
            "bounds are multiples of the equal part: 0 <= low <= 1 <= high")  # fmt: skip
    if rule.default not in DEFAULTS:
        say("默认办法是 equal 或 points", "the default is `equal` or `points`")
    if rule.days < 0:
        say("期限不能是负数", "the time limit cannot be negative")
    return found


def _number(text: str) -> Decimal | None:
    try:
        found = Decimal(text)
    except ArithmeticError:
        return None
    return found if found.is_finite() else None
