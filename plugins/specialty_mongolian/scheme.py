"""The scheme (document S4.3), and what every department reports."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, Scheme

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
