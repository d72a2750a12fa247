"""The township programme (document S2): one scheme, its units and sheets, its calendar days.

Rules stand in the modules beside this one, in the document's order; `__init__` imports them.
"""

from __future__ import annotations

from hpf.core import (
    DEPARTMENT,
    Formula,
    Row,
    Scheme,
    Symbol,
    days_between,
    entity,
    first_day,
    first_of,
    larger,
    link,
    months_later,
)

scheme = Scheme(
    "township",
    zh="乡镇卫生院绩效工资",
    en="Township health centre",
    document="S2",
    here=__file__,
)

# Kinds of unit: the nine that the document names, its open end, and the sections of 2.5-1.
INTERNAL, SURGERY, GYNAECOLOGY = "内科", "外科", "妇产科"
THEATRE = "手术麻醉科"
OTHER_CLINICAL, OTHER_TECHNICAL = "其他临床科室", "其他医技科室"
ADMINISTRATIVE_SECTION = "行政后勤科室"
KINDS = (
    INTERNAL,
    SURGERY,
    GYNAECOLOGY,
    OTHER_CLINICAL,
    THEATRE,
    "放射科",
    "检验科",
    "超声科",
    "心脑电室",
    "理疗科",
    OTHER_TECHNICAL,
    ADMINISTRATIVE_SECTION,
)
CLINICAL, OF_THEATRE, TECHNICAL, ADMINISTRATIVE = "临床", "手术麻醉", "医技", "行政后勤"
CLASSES = (CLINICAL, OF_THEATRE, TECHNICAL, ADMINISTRATIVE)

# Who reports, and by which day of the next month (S2-5-8).
DUE_DAY = 10
FINANCE = ("财务科", "Finance section")
UNIT_ITSELF = ("各科室", "Each unit")

PAID, SUSPENDED = "计发", "依法停发"  # what a slip says of an item that higher law may stop

INCOME_SHEET = scheme.entity(
    entity(
        "income_sheet",
        "收入表",
        "Income sheet",
        link("unit", DEPARTMENT, "科室", "Unit", "income_sheets"),
        key=("unit",),
    )
)
COST_SHEET = scheme.entity(
    entity(
        "cost_sheet",
        "支出表",
        "Cost sheet",
        link("unit", DEPARTMENT, "科室", "Unit", "cost_sheets"),
        key=("unit",),
    )
)
TRANSFER = scheme.entity(
    entity(
        "transfer",
        "科室间转移",
        "Transfer between units",
        link("from_unit", DEPARTMENT, "提供科室", "Providing unit", "transfers_given"),
        link("to_unit", DEPARTMENT, "接受科室", "Receiving unit", "transfers_taken"),
    )
)
LARGE_COST = scheme.entity(
    entity(
        "large_cost",
        "大额支出",
        "Large cost",
        link("unit", DEPARTMENT, "科室", "Unit", "large_costs"),
    )
)

# Conditions of `units`, as `only=` takes them.


def clinical(unit: Row) -> Formula:
    """Internal medicine, surgery, gynaecology and the other wards."""
    return unit.is_clinical


def theatre(unit: Row) -> Formula:
    """Operating theatre and anaesthesia."""
    return unit.is_theatre


def technical(unit: Row) -> Formula:
    """Medical-technical units."""
    return unit.is_technical


def administrative(unit: Row) -> Formula:
    """Administrative and logistics sections, which keep no account."""
    return unit.is_administrative


def has_account(unit: Row) -> Formula:
    """Every unit that earns by its own account."""
    return ~unit.is_administrative


# Dated records in a month: half-open, the day of the end does not count.


def next_month() -> Symbol:
    """The day after the period's last."""
    return months_later(first_day(), 1)


def days_of(begins: Symbol, ends: Symbol) -> Symbol:
    """Calendar days of the period from `begins` up to and without `ends`; absent ends: open."""
    until = first_of(ends, next_month())
    before = larger(0, days_between(begins, first_day()))
    after = first_of(larger(0, days_between(next_month(), ends)), 0)
    return larger(0, days_between(begins, until) - before - after)


def days_of_month() -> Symbol:
    """Calendar days of the period."""
    return days_between(first_day(), next_month())
