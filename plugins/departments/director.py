"""Directors of clinical departments (document S4.7, part 2): annual salary and risk deposit."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    HOSPITAL,
    STAFF,
    Formula,
    Parameters,
    Row,
    Scheme,
    larger,
    round_to,
    smaller,
    when,
)

MONTHS_OF_A_YEAR = 12

# Staff are the directors, one row each. The base is paid by the month; what the year's assessment
# brings, and the deposit, are settled when it ends.
scheme = Scheme(
    "director", zh="科主任基本年薪", en="Directors' base", document="S4.7", here=__file__
)
year = Scheme(
    "director_year",
    zh="科主任年薪结算",
    en="Directors' annual salary",
    document="S4.7",
    here=__file__,
    period="year",
)

for _scheme in (scheme, year):
    _scheme.decimal(
        HOSPITAL,
        "staff_mean",
        zh="员工平均年收入",
        en="Staff's mean annual income",
        unit=CNY,
        low=0,
        clause="S4.7-2.DIR.2",
        note=("基本年薪一般不少于它", "The base is as a rule not less"),
    )
    _scheme.decimal(
        STAFF,
        "set_salary",
        zh="设定年薪",
        en="Set annual salary",
        unit=CNY,
        low=0,
        clause="S4.7-2.DIR.5",
        note=("由医院逐人设定，原文未印表三", "Set by the hospital; table 3 is not printed"),
    )
year.decimal(
    STAFF,
    "result",
    zh="考核值",
    en="Assessment value K",
    low=0,
    direction="higher",
    clause="S4.7-2.DIR.5",
    note=(
        "以 1 为设定值，例如 115% 填 1.15；如何得出由医院规定",
        "1 is the norm, e.g. 1.15 for 115 %; how it comes about is the hospital's",
    ),
)
year.decimal(
    STAFF,
    "base_paid",
    zh="已按月发放的基本年薪",
    en="Base paid by the month",
    unit=CNY,
    low=0,
    clause="S4.7-2.DIR.5",
    note=("十二个月实发之和", "What the twelve months paid"),
)


def _base(director: Row, p: Parameters) -> Formula:
    share = director.set_salary * p.base_share
    lifted = smaller(director.set_salary, larger(share, director.department.hospital.staff_mean))
    return when(p.base_lifted, lifted, share)


# The month


@scheme.rule(STAFF, zh="基本年薪", en="Base", clause=["S4.7-2.DIR.1", "S4.7-2.DIR.5"], unit=CNY)
def base(director: Row, p: Parameters) -> Formula:
    """Half of the set salary; lifted to the staff's mean where the hospital says so."""
    return _base(director, p)


@scheme.pay(STAFF, zh="月基本年薪", en="Base of the month", clause="S4.7-2.DIR.5")
def month_base(director: Row) -> Formula:
    """A twelfth; the fen that twelve of them are off are settled with the year."""
    return round_to(director.base / MONTHS_OF_A_YEAR)


# The year: base and risk


@year.rule(STAFF, zh="基本年薪", en="Base", clause=["S4.7-2.DIR.1", "S4.7-2.DIR.5"], unit=CNY)
def year_base(director: Row, p: Parameters) -> Formula:
    """As by the month."""
    return _base(director, p)


@year.require(
    STAFF,
    zh="基本年薪不少于员工平均年收入",
    en="The base is not below the staff's mean",
    clause="S4.7-2.DIR.2",
    cure=(
        "一般应当如此；请考虑提高设定年薪",
        "It should be, as a rule; consider a higher set salary",
    ),
    severity="notice",
)
def base_reaches_mean(director: Row) -> Formula:
    """The document says so `as a rule`: told, and the run stands."""
    return director.year_base >= director.department.hospital.staff_mean


@year.require(
    STAFF,
    zh="基本年薪不超过年薪的规定比例",
    en="The base is no more than its part of the salary",
    clause="S4.7-2.DIR.2",
    cure=(
        "一般应当如此；请核对基本年薪比例",
        "It should be, as a rule; check the share of the base",
    ),
    severity="notice",
)
def base_within_half(director: Row, p: Parameters) -> Formula:
    """The document says so `as a rule`: told, and the run stands."""
    return director.year_base <= director.set_salary * p.base_most


@year.rule(STAFF, zh="风险年薪", en="Risk part", clause=["S4.7-2.DIR.1", "S4.7-2.DIR.3"], unit=CNY)
def risk(director: Row) -> Formula:
    """The rest of the set salary, at stake until the year is assessed."""
    return director.set_salary - director.year_base


@year.pay(STAFF, zh="实际年薪", en="Annual salary received", clause="S4.7-2.DIR.5")
def received(director: Row) -> Formula:
    """The base, and the risk part times K."""
    return round_to(director.year_base + director.risk * director.result)


@year.pay(STAFF, zh="已发基本年薪", en="Base paid already", clause="S4.7-2.DIR.5")
def base_taken(director: Row) -> Formula:
    """What the months have paid comes off."""
    return round_to(director.base_paid)


# The deposit


@year.rule(STAFF, zh="风险金", en="Deposit", clause=["S4.7-2.DIR.4", "S4.7-2.DIR.6"], unit=CNY)
def deposit(director: Row, p: Parameters) -> Formula:
    """A share of the set salary, without interest."""
    return director.set_salary * p.deposit_share


@year.rule(STAFF, zh="风险金浮动比例", en="The deposit moves by", clause="S4.7-2.DIR.6")
def deposit_move(director: Row) -> Formula:
    """By as much as K is above or below its norm."""
    return director.result - 1


@year.pay(STAFF, zh="应退风险金", en="Deposit returned", clause="S4.7-2.DIR.6")
def deposit_returned(director: Row, p: Parameters) -> Formula:
    """The deposit times K, to the director who paid it in."""
    back = director.deposit + director.deposit * director.deposit_move
    return round_to(when(p.deposit_payer == "director", back, 0))


@year.rule(
    DEPARTMENT,
    zh="应退科室风险金",
    en="Returned to the department",
    clause="S4.7-2.DIR.6",
    unit=CNY,
)
def department_deposit(department: Row, p: Parameters) -> Formula:
    """The same where the department paid it in: it is no part of anybody's pay."""
    back = department.staff.sum(lambda one: round_to(one.deposit + one.deposit * one.deposit_move))
    return when(p.deposit_payer == "department", back, 0)


@year.rule(STAFF, zh="风险金得失", en="Won or lost on the deposit", clause="S4.7-2.DIR.6", unit=CNY)
def deposit_gain(director: Row) -> Formula:
    """With the salary received it makes the set salary times K."""
    return director.deposit * director.deposit_move


# What is paid when the year ends


@year.total(STAFF, zh="年终应付", en="Due", clause=["S4.7-2.DIR.5", "S4.7-2.DIR.6"])
def due(director: Row) -> Formula:
    """The salary received less what the months paid, and the deposit."""
    return director.received - director.base_taken + director.deposit_returned


@year.pay(STAFF, zh="结转待定", en="Claim carried", clause="S4.7-2.DIR.5")
def claim(director: Row) -> Formula:
    """What the months paid too much: nobody is paid less than nothing, the hospital decides."""
    return round_to(larger(0, 0 - director.due))


@year.total(STAFF, zh="年终实付", en="Paid", clause=["S4.7-2.DIR.5", "S4.7-2.DIR.6"])
def paid(director: Row) -> Formula:
    """Due, with a negative amount carried as a claim."""
    return director.due + director.claim
