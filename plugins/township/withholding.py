"""Cases and suspended pay (S2 chapter IV), set against what is due."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOUR,
    STAFF,
    Formula,
    Parameters,
    Row,
    Type,
    entity,
    first_day,
    first_of,
    last_day,
    link,
    months_later,
    when,
)

from .scheme import scheme

LATE_REPORT = "重大事件未及时报告"
EVENT_PENALTY = "重大事件责任人另行处罚"
PRIVATE_PRACTICE = "私自转诊或院外行医"
PRIVATE_CASH = "私收现金"
LOST_FEES = "漏收少收检查费"
DISHONOUR = "损害声誉或受处分"
ASSETS = "资产损失"
MEDICAL_ERROR = "医疗差错事故"
IN_MONTHS = (LATE_REPORT, PRIVATE_PRACTICE, LOST_FEES, DISHONOUR)
IN_MONEY = (EVENT_PENALTY, PRIVATE_CASH, ASSETS, MEDICAL_ERROR)
CASES = (
    LATE_REPORT,
    EVENT_PENALTY,
    PRIVATE_PRACTICE,
    PRIVATE_CASH,
    LOST_FEES,
    DISHONOUR,
    ASSETS,
    MEDICAL_ERROR,
)
WARNING, DEMERIT = "警告", "记过及以上"

CASE_OF = scheme.entity(
    entity(
        "case",
        "违规案件",
        "Case",
        link("staff", STAFF, "责任人", "Person who pays", "cases", optional=True),
        link("unit", DEPARTMENT, "责任科室", "Unit that pays", "cases", optional=True),
    )
)
SUSPENSION = scheme.entity(
    entity(
        "suspension",
        "停发记录",
        "Suspended pay",
        link("staff", STAFF, "人员", "Staff", "suspensions"),
    )
)

# The case: reported, investigated, confirmed, decided; only then deducted

scheme.choice(CASE_OF, "kind", CASES, zh="案件类别", en="Kind of case", clause="S2-4-1")
for _code, _zh, _en in (
    ("confirmed_on", "查实日期", "Confirmed on"),
    ("decided_on", "决定日期", "Decided on"),
):
    scheme.date(
        CASE_OF,
        _code,
        zh=_zh,
        en=_en,
        blank="not_applicable",
        clause="S2-4-2",
        note=("尚未查实或决定的留空", "Blank while not yet confirmed or decided"),
    )
scheme.decimal(
    CASE_OF,
    "amount",
    zh="金额",
    en="Amount",
    unit=CNY,
    blank="not_applicable",
    low=0,
    clause="S2-4-3",
    note=(
        "私收的现金、资产价值，或按医院其他规定确定的处罚；按月扣发的案件留空",
        "Cash, the asset's value, or the penalty by other rules; blank where months are deducted",
    ),
)
scheme.decimal(
    CASE_OF,
    "hours_to_report",
    zh="逐级报告用时",
    en="Hours until it was reported",
    unit=HOUR,
    blank="not_applicable",
    low=0,
    clause="S2-4-1",
    note=("重大事件：报到院长为止；未报告留空", "Major events, up to the president; blank: never"),
)
scheme.boolean(
    CASE_OF,
    "adverse",
    zh="造成不良后果",
    en="Adverse consequences",
    blank="not_applicable",
    clause="S2-4-1",
    note=("重大事件和损害声誉的案件填写", "For major events and harm to the hospital's honour"),
)
scheme.choice(
    CASE_OF,
    "sanction",
    (WARNING, DEMERIT),
    zh="党政处分",
    en="Sanction",
    blank="not_applicable",
    clause="S2-4-5",
    note=("没有处分留空", "Blank without one"),
)
scheme.choice(
    CASE_OF,
    "value_basis",
    ("购置价", "账面净值", "重置价"),
    zh="资产计价依据",
    en="Basis of the asset's value",
    blank="not_applicable",
    clause="S2-4-6",
    note=("资产损失案件填写", "For lost or damaged assets"),
)


@scheme.condition(STAFF, zh="涉案", en="Named in a case", clause="S2-4-2")
def has_cases(member: Row) -> Formula:
    """Whether a case names them as the one who pays."""
    return member.cases.count() > 0


@scheme.condition(DEPARTMENT, zh="涉案科室", en="Unit named in a case", clause="S2-4-1")
def unit_has_cases(unit: Row) -> Formula:
    """Whether a case names it as the one that pays."""
    return unit.cases.count() > 0


@scheme.condition(CASE_OF, zh="由个人承担", en="A person pays", clause="S2-4-2")
def person_pays(case: Row) -> Formula:
    """The case names a person."""
    return first_of(case.staff.has_cases, False)


@scheme.condition(CASE_OF, zh="由科室承担", en="A unit pays", clause="S2-4-1")
def unit_pays(case: Row) -> Formula:
    """The case names a unit."""
    return first_of(case.unit.unit_has_cases, False)


@scheme.require(
    CASE_OF,
    zh="案件只写一个责任人或责任科室：未及时报告写科室，资产损失写其一，其余写个人",
    en="A case names who pays: the unit for a late report, either for assets, else the person",
    clause=["S2-4-1", "S2-4-6"],
    cure=("请改正责任人或责任科室", "Correct the person or the unit"),
)
def names_who_pays(case: Row) -> Formula:
    """Two would pay twice, none would not pay at all."""
    unit_alone = case.unit_pays & ~case.person_pays
    person_alone = case.person_pays & ~case.unit_pays
    return when(
        case.kind == LATE_REPORT,
        unit_alone,
        person_alone | ((case.kind == ASSETS) & unit_alone),
    )


@scheme.require(
    CASE_OF,
    zh="处罚或赔偿案件有金额",
    en="A fine or compensation has an amount",
    clause=["S2-4-3", "S2-4-6", "S2-4-7"],
    cure=("请填写金额", "Enter the amount"),
    only=lambda case: case.kind.is_one_of(*IN_MONEY),
)
def has_amount(case: Row) -> Formula:
    """A blank is no amount of 0."""
    return first_of(case.amount, 0) > 0


@scheme.require(
    CASE_OF,
    zh="资产按医院规定的依据计价",
    en="An asset is valued on the hospital's basis",
    clause="S2-4-6",
    cure=("请按规定的依据重新计价", "Value it again on that basis"),
    only=lambda case: case.kind == ASSETS,
)
def valued_as_decided(case: Row, p: Parameters) -> Formula:
    """Purchase, book or replacement value, one for all cases."""
    return first_of(case.value_basis == p.asset_value_basis, False)


@scheme.require(
    CASE_OF,
    zh="案件决定不早于查实",
    en="A case is decided no earlier than it is confirmed",
    clause=["S2-4-2", "S2-4-3"],
    cure=("请改正日期", "Correct the dates"),
)
def decided_once_confirmed(case: Row) -> Formula:
    """Only a confirmed case leads to a deduction."""
    return case.decided_on >= case.confirmed_on


@scheme.condition(CASE_OF, zh="案件成立", en="Case stands", clause=["S2-4-1", "S2-4-2", "S2-4-5"])
def stands(case: Row, p: Parameters) -> Formula:
    """Confirmed and decided, with what its kind asks for besides."""
    settled = (case.confirmed_on <= case.decided_on) & (case.decided_on <= last_day())
    late = first_of(case.hours_to_report > p.prompt_report_limit, True)
    adverse = first_of(case.adverse, False)
    demerit = first_of(case.sanction == DEMERIT, False)
    enough = when(
        case.kind == LATE_REPORT,
        late & adverse,
        (case.kind != DISHONOUR) | adverse | demerit,
    )
    return first_of(settled, False) & enough


@scheme.rule(
    CASE_OF,
    zh="扣发起始日",
    en="Deducted from",
    clause="S2-4-2",
    type=Type.DATE,
    only=lambda case: case.stands,
)
def deducted_from(case: Row, p: Parameters) -> Formula:
    """The month of the decision or the next, as the hospital says (A2-30)."""
    decided = case.decided_on
    return when(p.deduction_start == "same_month", decided, months_later(decided, 1))


@scheme.rule(
    CASE_OF,
    zh="本月扣发月数",
    en="Months deducted now",
    clause=["S2-4-1", "S2-4-2", "S2-4-4", "S2-4-5"],
    only=lambda case: case.stands & case.kind.is_one_of(*IN_MONTHS),
)
def months_taken(case: Row, p: Parameters) -> Formula:
    """1 in each of the months that the case costs, one after another."""
    since = case.deducted_from
    after = months_later(since, p.months_deducted[case.kind])
    return when((since <= last_day()) & (after > last_day()), 1, 0)


@scheme.rule(
    CASE_OF,
    zh="本月罚款或赔偿",
    en="Fined or compensated now",
    clause=["S2-4-1", "S2-4-3", "S2-4-6", "S2-4-7"],
    unit=CNY,
    only=lambda case: case.stands & case.kind.is_one_of(*IN_MONEY),
)
def amount_taken(case: Row, p: Parameters) -> Formula:
    """Once: ten times the cash, twice the asset's value, other amounts as they are."""
    times = when(case.kind == ASSETS, p.asset_compensation_multiple, 1)
    times = when(case.kind == PRIVATE_CASH, p.cash_fine_multiple, times)
    since = case.deducted_from
    return when((since >= first_day()) & (since <= last_day()), case.amount * times, 0)
