"""What is assessed (document S4.5, parts 1 and 2): the county's indicator table, and its items.

The document leaves indicators, targets and points to an annex that is not printed, so the table
is the county's own data: one row an indicator (`INDICATOR`), and one row for each hospital's
result under it (`ITEM`). Nothing of the table stands in Python but the kinds of lines it may have.
"""

from __future__ import annotations

from hpf.core import (
    CNY,
    HOSPITAL,
    JURISDICTION,
    POINT,
    Formula,
    Row,
    Scheme,
    entity,
    link,
    when,
)

from .methods import HIGHER, LOWER, METHODS, PERCENT

MANAGEMENT, QUALITY, PUBLIC = "综合管理", "医疗质量管理", "群众评价与监督"
PARTS = {
    MANAGEMENT: (
        "指令性任务",
        "药品零加成与费用控制",
        "便民措施",
        "精细化管理",
        "基层人员培训",
        "医德医风与人才",
        "财务与价格",
        "依法执业",
    ),
    QUALITY: ("核心制度", "服务数量", "服务质量", "费用与基本药物", "医疗安全"),
    PUBLIC: ("院务公开", "病人满意度", "社会监督", "职工满意度"),
}
WAYS = ("查阅资料", "现场检查", "问卷调查", "负责人述职", "访谈")
REASONS = ("未设该项服务", "当年未开展", "上级另有规定", "统计口径变更", "其他")
PATIENTS, EMPLOYEES = "病人满意度调查", "职工满意度调查"  # annex 2, and the fourth topic's own
MEASURES = (PERCENT, "人次", "天", "元", "件", "分", "其他")

scheme = Scheme(
    "county_public",
    zh="县级公立医院绩效考核",
    en="County public hospitals",
    document="S4.5",
    here=__file__,
    period="year",
)

INDICATOR = scheme.entity(
    entity(
        "indicator",
        "指标",
        "Indicator",
        link("jurisdiction", JURISDICTION, "辖区", "Jurisdiction", "indicators"),
    )
)
ITEM = scheme.entity(
    entity(
        "item",
        "指标项",
        "Item",
        link("hospital", HOSPITAL, "医院", "Hospital", "items"),
        link("indicator", INDICATOR, "指标", "Indicator", "items"),
        key=("hospital", "indicator"),
    )
)

scheme.integer(
    JURISDICTION,
    "division_code",
    zh="行政区划代码",
    en="Division code",
    low=0,
    clause="S4.5-1",
    note=(
        "据此核对医院与指标是否属于同一辖区",
        "By it a hospital and its indicators are seen to be of one jurisdiction",
    ),
)
scheme.decimal(
    HOSPITAL,
    "subsidy_full",
    zh="当年补助资金",
    en="Subsidy of the year",
    unit=CNY,
    low=0,
    clause="S4.5-4.3.a",
    note=("考核合格时全额拨付的金额", "What is paid in full to a qualified hospital"),
)

# A line of the table

scheme.choice(
    INDICATOR,
    "topic",
    [topic for topics in PARTS.values() for topic in topics],
    zh="考核内容",
    en="Topic",
    clause="S4.5-2.附",
)
scheme.decimal(
    INDICATOR,
    "standard_points",
    zh="标准分值",
    en="Standard points",
    unit=POINT,
    low=0,
    clause="S4.5-2.附",
    note=("全表合计应为满分", "Together they make the full marks"),
)
scheme.choice(
    INDICATOR,
    "method",
    [method.code for method in METHODS],
    zh="计分方法",
    en="Method",
    clause="S4.5-4.1.a",
)
scheme.choice(
    INDICATOR,
    "direction",
    [HIGHER, LOWER],
    zh="方向",
    en="Direction",
    blank="not_applicable",
    clause="S4.5-4.1.a",
    note=("定性指标留空", "Blank for a qualitative indicator"),
)
scheme.choice(
    INDICATOR,
    "measure",
    MEASURES,
    zh="计量单位",
    en="Measure",
    blank="not_applicable",
    clause="S4.5-4.1.b",
    note=(
        "百分数填 93，不填 0.93；定性指标留空",
        "A percentage is written 93, not 0.93; blank for a qualitative indicator",
    ),
)
scheme.decimal(
    INDICATOR,
    "target",
    zh="目标值",
    en="Target",
    blank="not_applicable",
    clause="S4.5-4.1.a",
    note=(
        "区间法为得满分的标杆值；逐院另定目标的填在指标项；定性指标留空",
        "Interval method: the benchmark that earns full points; blank where each hospital has one",
    ),
)
scheme.decimal(
    INDICATOR,
    "threshold",
    zh="门槛值",
    en="Threshold",
    blank="not_applicable",
    clause="S4.5-5.a",
    note=("区间法：得零分的值", "Interval method: the value that earns nothing"),
)
scheme.decimal(
    INDICATOR,
    "off_per_unit",
    zh="每差一个单位扣分",
    en="Points off a unit",
    unit=POINT,
    blank="not_applicable",
    low=0,
    clause="S4.5-5.a",
    note=("差额法：与目标每差一个单位扣的分", "Difference method: off for each unit of distance"),
)
scheme.choice(
    INDICATOR,
    "survey",
    [PATIENTS, EMPLOYEES],
    zh="取自问卷",
    en="From a survey",
    blank="not_applicable",
    clause="S4.5-2.3",
    note=(
        "填写的，没有报实际完成值的取问卷的满意率",
        "Where it is given, an item without an actual takes the survey's share",
    ),
)
scheme.boolean(
    INDICATOR,
    "evidence_required",
    zh="须有佐证",
    en="Evidence required",
    clause="S4.5-3.4.a",
    note=("是：每项须写明考核方式与佐证材料", "yes: each item says how it was assessed"),
)


@scheme.grade(
    INDICATOR,
    list(PARTS),
    zh="所属部分",
    en="Part",
    clause=["S4.5-2.1", "S4.5-2.2", "S4.5-2.3"],
)
def part(line: Row) -> Formula:
    """Which of the document's three parts a topic belongs to."""
    return when(
        line.topic.is_one_of(*PARTS[MANAGEMENT]),
        MANAGEMENT,
        when(line.topic.is_one_of(*PARTS[QUALITY]), QUALITY, PUBLIC),
    )


@scheme.rule(
    JURISDICTION, zh="指标表标准分值合计", en="Points of the table", clause="S4.5-2.附", unit=POINT
)
def table_points(county: Row) -> Formula:
    """Over all lines of the county's table."""
    return county.indicators.standard_points.sum()


# A hospital's result under one line

scheme.decimal(
    ITEM,
    "own_target",
    zh="本院目标值",
    en="Hospital's own target",
    blank="not_applicable",
    clause="S4.5-2.0",
    note=("县里给本院另定目标时填写，否则留空", "Only where the county set this hospital its own"),
)
scheme.decimal(
    ITEM,
    "actual",
    zh="实际完成值",
    en="Actual",
    blank="not_applicable",
    clause="S4.5-4.1.a",
    note=("定量指标必填；定性指标留空", "Required but for a qualitative indicator"),
)
scheme.decimal(
    ITEM,
    "deductions",
    zh="扣分合计",
    en="Deductions",
    unit=POINT,
    blank="not_applicable",
    low=0,
    clause="S4.5-4.1.c",
    note=("定性指标必填，没有扣分填 0", "Required for a qualitative indicator; 0 if there is none"),
)
scheme.boolean(
    ITEM,
    "checked",
    zh="小数已核对",
    en="Small value confirmed",
    blank="zero",
    clause="S4.5-4.1.b",
    note=(
        "百分数看来像小数时，核对无误填“是”；空白表示未核对",
        "yes: a percentage that looks like a fraction is right; blank: not confirmed",
    ),
)
scheme.boolean(
    ITEM,
    "not_scorable",
    zh="不能计分",
    en="Not scorable",
    blank="zero",
    clause="S4.5-4.1.e",
    note=("空白表示照常计分；填“是”须写明理由", "Blank: scored as usual; yes needs a reason"),
)
scheme.choice(
    ITEM,
    "reason",
    REASONS,
    zh="不能计分的理由",
    en="Why not scorable",
    blank="not_applicable",
    clause="S4.5-4.1.e",
    note=("照常计分的留空", "Blank where it is scored as usual"),
)
scheme.choice(
    ITEM,
    "assessed_by",
    WAYS,
    zh="考核方式",
    en="Assessed by",
    blank="not_applicable",
    clause="S4.5-3.4.a",
    note=("须有佐证的指标项必填", "Required where the table asks for evidence"),
)
scheme.text(
    ITEM,
    "evidence",
    zh="佐证材料",
    en="Evidence",
    blank="not_applicable",
    clause="S4.5-3.4.a",
    note=("材料名称与编号", "Name and number of the document"),
)
