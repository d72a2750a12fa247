"""Fee kinds and charges: each kind has one class, so each charge counts once."""

from __future__ import annotations

from hpf.core import CNY, DEPARTMENT, HOSPITAL, Formula, Parameters, Row, entity, link, when

from .scheme import scheme

DIRECT = "直接收入"
SHARED = "直接兼护理收入"
NURSES = "护理收入"
EXAM = "检查收入"
MONGOLIAN = "蒙药收入"
OTHER = "其他收入"
UNCOUNTED = "不计科室收入"
CLASSES = (DIRECT, SHARED, NURSES, EXAM, MONGOLIAN, OTHER, UNCOUNTED)

UNPRINTED = "其他"
# Section 2, item 7 (1): 28 kinds.
DOCTORS_LIST = (
    *("挂号费", "体检费", "治疗费", "注射费", "诊查费", "会诊费", "往诊费", "针灸费", "放血费"),
    *("拔罐费", "封闭费", "理疗费", "药物熏蒸费", "手法复位费", "牵引费", "整骨费", "按摩费"),
    *("监护费", "麻醉费", "手术费", "抢救费", "处置费", "床位费", "护理费", "仪器费", "陪护费"),
    *("氧气费", "吸入费"),
)
# Section 2, item 7 (2).
EXAMS = ("检验费", "B超费", "彩超费", "心电费", "胃镜费", "放射费")
MONGOLIAN_DRUGS = "蒙药费"
# Section 3, item 1: 13 kinds, four of them under the same name in the doctors' list.
NURSES_LIST = (
    *("注射费", "输液费", "皮试费", "护理费", "陪护费", "床费", "健康教育费", "吸氧费"),
    *("雾化吸入费", "灌肠费", "导尿费", "抢救费", "留观费"),
)
# In both lists, but under another name in each: bed, oxygen, inhalation.
NEAR_NAMES = ("床位费", "床费", "氧气费", "吸氧费", "吸入费", "雾化吸入费")
PRINTED = tuple(dict.fromkeys((*DOCTORS_LIST, *EXAMS, MONGOLIAN_DRUGS, *NURSES_LIST)))
NOBODY = "无"

FEE_KIND = scheme.entity(
    entity(
        "fee_kind",
        "收费项目",
        "Fee kind",
        link("hospital", HOSPITAL, "医院", "Hospital", "fee_kinds"),
    )
)
CHARGE = scheme.entity(
    entity(
        "charge",
        "收费",
        "Charge",
        link("fee_kind", FEE_KIND, "收费项目", "Fee kind", "charges"),
        link("ordering", DEPARTMENT, "开单科室", "Ordering department", "charges_ordered"),
        link(
            "performing",
            DEPARTMENT,
            "操作科室",
            "Performing department",
            "charges_performed",
            optional=True,
        ),
    )
)

scheme.choice(
    FEE_KIND,
    "printed_as",
    (*PRINTED, UNPRINTED),
    zh="文件所列名称",
    en="Name in the document",
    clause="S4.3-2.7.1",
    note=(
        "本院收费项目对应文件清单中的哪一个名称；清单之外的填“其他”",
        "Which name of the document's lists the hospital's item stands under; 其他 if none",
    ),
)
scheme.choice(
    FEE_KIND,
    "class_given",
    CLASSES,
    zh="医院自定类别",
    en="Class set by the hospital",
    blank="not_applicable",
    clause="S4.3-2.7.1",
    note=(
        "只有“其他”填：文件的清单以“等”结尾，由医院归类",
        "For 其他 alone: the document's lists are open, the hospital classes the rest",
    ),
)
scheme.decimal(CHARGE, "amount", zh="金额", en="Amount", unit=CNY, clause="S4.3-2.7")


@scheme.grade(
    FEE_KIND, CLASSES, zh="收费类别", en="Class", clause=["S4.3-2.7.1", "S4.3-2.7.2", "S4.3-3.1"]
)
def fee_class(kind: Row, p: Parameters) -> Formula:
    """By the document's lists, near names as one fee; by the hospital what they do not name."""
    near = kind.printed_as.is_one_of(*NEAR_NAMES) & p.near_names_are_one_fee
    listed = when(near, SHARED, p.fee_class[kind.printed_as])
    return when(kind.printed_as == UNPRINTED, kind.class_given, listed)


@scheme.require(
    FEE_KIND,
    zh="清单之外的收费项目已由医院归类",
    en="A fee kind outside the lists is classed by the hospital",
    clause="S4.3-2.7.1",
    only=lambda kind: kind.printed_as == UNPRINTED,
    cure=(
        "请填医院自定类别；若清单里有这个名称，请改正文件所列名称",
        "Fill in the class; or correct the name in the document, if a list has it",
    ),
)
def unprinted_is_classed(kind: Row) -> Formula:
    """A blank is no class: the fee would be nobody's."""
    return (kind.fee_class == kind.class_given).or_(False)


@scheme.require(
    FEE_KIND,
    zh="清单之内的收费项目不另定类别",
    en="A fee kind of the lists has the class of the lists",
    clause="S4.3-2.7.1",
    only=lambda kind: kind.printed_as != UNPRINTED,
    cure=(
        "请清空自定类别，或把文件所列名称改为“其他”",
        "Clear the class, or change the name in the document to 其他",
    ),
)
def class_as_listed(kind: Row) -> Formula:
    """Lists are changed by a dated parameter, not by a cell."""
    return kind.class_given == kind.fee_class


@scheme.grade(CHARGE, CLASSES, zh="类别", en="Class", clause="S4.3-2.7")
def charge_class(charge: Row) -> Formula:
    """That of its fee kind."""
    return charge.fee_kind.fee_class


# What a department orders, by class: each charge in one of seven sums.


def _ordered(department: Row, name: str) -> Formula:
    return department.charges_ordered.where(lambda c: c.charge_class == name).amount.sum()


@scheme.rule(DEPARTMENT, zh="直接收入项目", en="Direct fees", clause="S4.3-2.7.1", unit=CNY)
def direct_fees(department: Row) -> Formula:
    """In the doctors' list alone."""
    return _ordered(department, DIRECT)


@scheme.rule(
    DEPARTMENT, zh="直接兼护理收入项目", en="Fees of both lists", clause="S4.3-2.7.1", unit=CNY
)
def shared_fees(department: Row) -> Formula:
    """In the doctors' and in the nurses' list."""
    return _ordered(department, SHARED)


@scheme.rule(DEPARTMENT, zh="护理收入项目", en="Nurses' fees", clause="S4.3-3.1", unit=CNY)
def nurses_fees(department: Row) -> Formula:
    """In the nurses' list alone: no income of the department that orders them."""
    return _ordered(department, NURSES)


@scheme.rule(DEPARTMENT, zh="检查收入项目", en="Examination fees", clause="S4.3-2.7.2", unit=CNY)
def exam_fees(department: Row) -> Formula:
    """Laboratory, both ultrasounds, ECG, gastroscopy, radiology."""
    return _ordered(department, EXAM)


@scheme.rule(DEPARTMENT, zh="蒙药收入项目", en="Mongolian drug fees", clause="S4.3-2.7.2", unit=CNY)
def mongolian_fees(department: Row) -> Formula:
    """Mongolian drugs prescribed."""
    return _ordered(department, MONGOLIAN)


@scheme.rule(DEPARTMENT, zh="其他收入项目", en="Other fees", clause="S4.3-2.7.2", unit=CNY)
def other_fees(department: Row) -> Formula:
    """Counted by the hospital's own ratio."""
    return _ordered(department, OTHER)


@scheme.rule(DEPARTMENT, zh="不计科室收入项目", en="Fees not counted", clause="S4.3-2.7", unit=CNY)
def uncounted_fees(department: Row) -> Formula:
    """What the hospital has classed as no department's income, such as other drugs."""
    return _ordered(department, UNCOUNTED)


@scheme.rule(DEPARTMENT, zh="开单收费合计", en="Ordered in all", clause="S4.3-2.7", unit=CNY)
def ordered_total(department: Row) -> Formula:
    """All charges of the department, whatever their class."""
    return department.charges_ordered.amount.sum()


def by_class(row: Row) -> Formula:
    """The sum over the seven classes."""
    return (
        row.direct_fees
        + row.shared_fees
        + row.nurses_fees
        + row.exam_fees
        + row.mongolian_fees
        + row.other_fees
        + row.uncounted_fees
    )
