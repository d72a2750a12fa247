"""The scheme (document S4.3): what every department reports, and who is paid in which way."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, STAFF, Formula, Parameters, Row, Scheme

scheme = Scheme(
    "mongolian",
    zh="蒙医医院奖金",
    en="Bonus of a Mongolian-medicine hospital",
    document="S4.3",
    here=__file__,
)

CLINICAL = "临床科室"
NURSING = "门诊病房护理"
TREATMENT = "处置室"
TECHNICAL = "医技科室"
PHARMACY = "药房"
PREPARATION = "制剂室"
CASHIERS = "收款室"
BATH = "药浴室"
OFFICE = "行政后勤"
KINDS = (CLINICAL, NURSING, TREATMENT, TECHNICAL, PHARMACY, PREPARATION, CASHIERS, BATH, OFFICE)

scheme.choice(
    DEPARTMENT,
    "kind",
    KINDS,
    zh="科室类别",
    en="Kind",
    clause="S4.3-2.6",
    note=(
        "医生归临床科室，护士另立护理单元：两者按各自的清单核算",
        "Doctors belong to a clinical department, nurses to a nursing unit: each has its own list",
    ),
)
scheme.decimal(
    DEPARTMENT,
    "quality_factor",
    zh="综合目标考核系数",
    en="Quality factor",
    low=0,
    high=2,
    clause="S4.3-1.2",
    note=(
        "奖金以质量考核为基础，原文未印权重：由医院评定，不考核的填 1",
        "From an assessment whose weight is not printed: the hospital's; 1 where there is none",
    ),
)
for _code, _zh, _en, _clause, _note in (
    ("materials", "卫生材料", "Sanitary materials", "S4.3-2.8", ("", "")),
    ("office_supplies", "办公用品", "Office supplies", "S4.3-2.8", ("", "")),
    ("consumables", "低值耗品", "Low-value consumables", "S4.3-2.8", ("", "")),
    (
        "reagents",
        "试剂",
        "Reagents",
        "S4.3-2.8",
        ("只计入临床、医技科室支出；", "Expense of clinical and technical departments only; "),
    ),
    (
        "oxygen",
        "氧气",
        "Oxygen",
        "S4.3-3.1",
        ("只计入护理单元支出；", "Expense of nursing units only; "),
    ),
):
    scheme.decimal(
        DEPARTMENT,
        _code,
        zh=_zh,
        en=_en,
        unit=CNY,
        blank="zero",
        low=0,
        clause=_clause,
        note=(f"{_note[0]}空白表示本月没有领用", f"{_note[1]}blank: nothing was issued"),
    )

# Posts: who earns a bonus of their own, and who is paid by the others' average

DOCTOR = "医生"
DRIVER = "驾驶员"
# Those that begin with 其他 are not in the document: the hospital sets their multiples.
POSTS = (
    *(DOCTOR, "护士", "医技人员", "药房人员", "制剂室人员", "收款员", "药浴室工作人员"),
    *("出纳员", "统计员", "医教科干事", "医保科干事", "消毒供应室护理员", DRIVER),
    *("其他行政后勤人员", "院长", "副院长", "医教科主任", "护理部主任", "药剂科主任"),
    *("门诊主任", "病房主任", "药房主任", "制剂室主任", "办公室主任", "财会主任", "疗术科主任"),
    *("门诊护士长", "病房护士长", "其他科室负责人"),
)

OWN = "单独取得奖金"
CLERK = "取平均奖"
HALF = "取平均奖一半"
OTHER_OFFICE = "其他行政后勤人员"
DIRECTOR = "院领导"
SENIOR_HEAD = "三科主任"
HEAD = "其他主任护士长"
OTHER_HEAD = "其他科室负责人"
CLASSES = (OWN, CLERK, HALF, OTHER_OFFICE, DIRECTOR, SENIOR_HEAD, HEAD, OTHER_HEAD)

scheme.choice(STAFF, "post", POSTS, zh="岗位", en="Post", clause="S4.3-9")


@scheme.grade(
    STAFF,
    CLASSES,
    zh="奖金来源",
    en="How the post is paid",
    clause=["S4.3-7.1", "S4.3-8.1", "S4.3-8.2.a", "S4.3-8.2.b", "S4.3-9"],
)
def paid_by(person: Row, p: Parameters) -> Formula:
    """Each post in one class: nobody paid by the average is among those who make it."""
    return p.paid_by[person.post]


@scheme.condition(
    STAFF, zh="主任或护士长", en="Head or head nurse", clause=["S4.3-8.2.a", "S4.3-8.2.b"]
)
def is_head(person: Row) -> Formula:
    """Section 8, item 2."""
    return person.paid_by.is_one_of(SENIOR_HEAD, HEAD, OTHER_HEAD)


@scheme.condition(
    STAFF,
    zh="领取本人单项奖与科室份额",
    en="Paid awards and a department share",
    clause=["S4.3-9", "S4.3-8.2.b"],
)
def keeps_own(person: Row, p: Parameters) -> Formula:
    """Posts with a bonus of their own; heads only where it comes besides their multiple."""
    besides = (p.heads_receive == "besides") & person.is_head
    return (person.paid_by == OWN) | besides


@scheme.condition(STAFF, zh="可开展诊疗", en="Treats patients", clause="S4.3-2.4")
def treats(person: Row) -> Formula:
    """In whose name prescriptions, records and operations may stand."""
    return (person.post == DOCTOR) | person.is_head


@scheme.condition(
    STAFF, zh="领取医生单项奖", en="Paid doctors' awards", clause=["S4.3-2.1", "S4.3-8.2.b"]
)
def earns_awards(person: Row) -> Formula:
    """Doctors; heads where they keep their own."""
    return person.treats & person.keeps_own
