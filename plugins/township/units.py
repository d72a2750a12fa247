"""Accounting units (S2 chapter I): what kinds there are, and what each of them hands in."""

from __future__ import annotations

from hpf.core import (
    CNY,
    DEPARTMENT,
    STAFF,
    Formula,
    Parameters,
    Row,
    first_of,
    unit,
)

from .scheme import (
    ADMINISTRATIVE,
    CLASSES,
    CLINICAL,
    DUE_DAY,
    FINANCE,
    KINDS,
    OF_THEATRE,
    TECHNICAL,
    administrative,
    clinical,
    has_account,
    scheme,
)

BY_PROGRAMME, BY_PLAN = "照本方案核算", "按规划定额"

# S2-1.2-2 and S2-1.5: the department is the accounting unit

scheme.choice(
    DEPARTMENT,
    "kind",
    KINDS,
    zh="科室类别",
    en="Kind of unit",
    clause="S2-1.5-1",
    note=(
        "不在表内的科室按性质选“其他”类；原文所列十个职能科室为行政后勤科室",
        "Outside the list: one of the 'other' kinds; the ten named sections: administrative",
    ),
)
scheme.decimal(
    DEPARTMENT,
    "floor_area",
    zh="用房面积",
    en="Floor area",
    unit=unit("m2"),
    low=0,
    reporter=FINANCE,
    clause="S2-2.3-6",
)


@scheme.grade(
    DEPARTMENT, CLASSES, zh="核算办法", en="Method of account", clause=["S2-1.2-2", "S2-1.5-1"]
)
def unit_class(unit: Row, p: Parameters) -> Formula:
    """Clinical, theatre, technical, or a section without an account of its own."""
    return p.unit_class[unit.kind]


@scheme.condition(DEPARTMENT, zh="临床科室", en="Clinical unit", clause="S2-1.5-1")
def is_clinical(unit: Row) -> Formula:
    """Accounts by section (c) of chapter II."""
    return unit.unit_class == CLINICAL


@scheme.condition(DEPARTMENT, zh="手术麻醉科室", en="Theatre", clause="S2-1.5-1")
def is_theatre(unit: Row) -> Formula:
    """Accounts by the section on operating theatre and anaesthesia (A2-22)."""
    return unit.unit_class == OF_THEATRE


@scheme.condition(DEPARTMENT, zh="医技科室", en="Technical unit", clause="S2-1.5-1")
def is_technical(unit: Row) -> Formula:
    """Accounts by section (ii)."""
    return unit.unit_class == TECHNICAL


@scheme.condition(DEPARTMENT, zh="行政后勤科室", en="Administrative section", clause="S2-1.5-1")
def is_administrative(unit: Row) -> Formula:
    """Paid by the average of the others; no accounting unit."""
    return unit.unit_class == ADMINISTRATIVE


@scheme.rule(DEPARTMENT, zh="科室人数", en="People of the unit", clause="S2-2.3-6")
def heads(unit: Row) -> Formula:
    """Declared shares of its people, as the shares per head count them."""
    return unit.posts.share.sum()


# S2-1.5-2: a newly built unit

scheme.choice(
    DEPARTMENT,
    "new_unit_rule",
    (BY_PROGRAMME, BY_PLAN),
    zh="新建科室核算办法",
    en="Rule of a newly built unit",
    blank="not_applicable",
    clause="S2-1.5-2",
    note=(
        "新建科室按发展规划逐个确定；空白为已有科室",
        "Set for each new unit by the development plan; blank for an established one",
    ),
)
scheme.decimal(
    DEPARTMENT,
    "planned_pool",
    zh="规划定额",
    en="Pool set by the plan",
    unit=CNY,
    blank="not_applicable",
    low=0,
    clause="S2-1.5-2",
    note=("只有按规划定额的新建科室填写", "Only for a new unit whose pool the plan sets"),
)


@scheme.condition(DEPARTMENT, zh="按规划定额", en="Pool by plan", clause="S2-1.5-2")
def by_plan(unit: Row) -> Formula:
    """Whether the development plan, not the account, sets the unit's pool."""
    return first_of(unit.new_unit_rule, BY_PROGRAMME) == BY_PLAN


@scheme.require(
    DEPARTMENT,
    zh="按规划定额的新建科室有大于0的定额",
    en="A new unit paid by plan has a pool above 0",
    clause="S2-1.5-2",
    cure=("请按发展规划填写规划定额", "Enter the pool that the development plan sets"),
    only=lambda unit: unit.by_plan,
)
def plan_is_complete(unit: Row) -> Formula:
    """The plan names an amount."""
    return first_of(unit.planned_pool, 0) > 0


# What every unit hands in: one income sheet and one cost sheet, by the 10th (S2-5-8)


@scheme.require(
    DEPARTMENT,
    zh="核算科室交了一份收入表",
    en="The unit has handed in its income sheet",
    clause=["S2-1.2-2", "S2-5-8"],
    cure=(
        "请在收入表里为该科室填一行（只填一行）；确无收入也要填，各项为0",
        "Give the unit one row (one only) in the income sheet, with 0 where it had no income",
    ),
    only=has_account,
)
def has_income_sheet(unit: Row) -> Formula:
    """One sheet for each accounting unit: a missing one is no income of 0."""
    return unit.income_sheets.count() > 0


@scheme.require(
    DEPARTMENT,
    zh="核算科室交了一份支出表",
    en="The unit has handed in its cost sheet",
    clause=["S2-1.2-2", "S2-5-8"],
    cure=("请在支出表里为该科室填一行（只填一行）", "Give the unit one row in the cost sheet"),
    only=has_account,
)
def has_cost_sheet(unit: Row) -> Formula:
    """One sheet for each accounting unit."""
    return unit.cost_sheets.count() > 0


@scheme.require(
    DEPARTMENT,
    zh="行政后勤科室不单独核算，没有收入表和支出表",
    en="An administrative section keeps no account and has no sheets",
    clause="S2-1.5-1",
    cure=(
        "请删去该科室的收入表、支出表，或改正科室类别",
        "Take its sheets out, or correct the kind of unit",
    ),
    only=administrative,
)
def has_no_sheets(section: Row) -> Formula:
    """Sections of 2.5-1 are no accounting units."""
    return section.income_sheets.count() + section.cost_sheets.count() == 0


@scheme.require(
    DEPARTMENT,
    zh="临床科室报了实际开放床日数",
    en="A clinical unit has reported its open bed-days",
    clause="S2-2.3-12",
    cure=("请在支出表里填写；没有病床写0", "Enter them in the cost sheet; 0 without beds"),
    only=clinical,
)
def has_bed_days(unit: Row) -> Formula:
    """Medical waste goes by them."""
    return unit.cost_sheets.open_bed_days.count() > 0


@scheme.condition(
    DEPARTMENT, zh="账表齐全", en="Both sheets are there", clause="S2-5-8", only=has_account
)
def sheets_complete(unit: Row) -> Formula:
    """Without both sheets a unit has no account at all, rather than one of 0."""
    return (unit.income_sheets.count() > 0) & (unit.cost_sheets.count() > 0)


# S2-1.2-4: file salary

scheme.decimal(
    STAFF,
    "file_salary",
    zh="档案工资",
    en="File salary",
    unit=CNY,
    blank="not_applicable",
    low=0,
    reporter=("人事部门", "Personnel office"),
    due_day=DUE_DAY,
    clause="S2-1.2-4",
    note=(
        "只作养老、医疗保险和退休费的计算依据；不在编人员留空",
        "Base of insurance and retirement pay only; blank for staff without a file",
    ),
)


@scheme.rule(STAFF, zh="保险缴费基数", en="Insurance base", clause="S2-1.2-4", unit=CNY)
def insurance_base(member: Row) -> Formula:
    """The file salary, which no performance pay and no deduction changes."""
    return member.file_salary
