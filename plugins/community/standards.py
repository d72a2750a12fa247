"""Standards of points (document S0, chapter 4): what may earn a bonus, what costs a deduction."""

from __future__ import annotations

from hpf.core import HOSPITAL, POINT, Formula, Row

from .scheme import STANDARD, given, scheme

BONUS, DEDUCTION = "加分", "扣分"
PERFORMANCE, CAPABILITY = "业绩", "能力"
COURSE, OUTCOME = "过程", "结果"

scheme.choice(
    STANDARD, "kind", [BONUS, DEDUCTION], zh="加分或扣分", en="Bonus or deduction", clause="S0-4-1"
)
scheme.choice(
    STANDARD, "aspect", [PERFORMANCE, CAPABILITY], zh="业绩或能力", en="Performance or capability",
    clause="S0-4-3",
)  # fmt: skip
scheme.choice(
    STANDARD, "basis", [COURSE, OUTCOME], zh="过程或结果", en="Process or outcome",
    clause="S0-4-3",
)  # fmt: skip
scheme.decimal(
    STANDARD,
    "points",
    zh="每次分值",
    en="Points each time",
    unit=POINT,
    low=0,
    clause="S0-4-1",
    note=("加分、扣分都填正数", "Positive, for a deduction too"),
)
scheme.decimal(
    STANDARD,
    "most",
    zh="每人每期上限",
    en="Most per person and period",
    unit=POINT,
    blank="not_applicable",
    low=0,
    clause="S0-4-1",
    note=("留空表示不设上限", "Blank: without a limit"),
)
scheme.boolean(
    STANDARD,
    "adjustable",
    zh="负责人可调整",
    en="A manager may adjust it",
    clause="S0-8-1",
)


@scheme.require(
    HOSPITAL,
    zh="设有加分标准",
    en="There are bonus standards",
    clause=["S0-4-1", "S0-4-4"],
    cure=("请在积分标准表加一条加分标准", "Add a bonus standard to the table of standards"),
)
def bonus_exists(hospital: Row) -> Formula:
    """Bonus points are what is to raise enthusiasm."""
    return hospital.standards.where(lambda s: s.kind == BONUS).count() > 0


@scheme.require(
    HOSPITAL,
    zh="积分标准包括业绩与能力两类",
    en="Standards cover performance and capability",
    clause="S0-4-3",
    cure=("请补上缺的一类积分标准", "Add a standard of the class that lacks"),
)
def both_aspects(hospital: Row) -> Formula:
    """A class without a standard would not be communicated at all."""
    one = hospital.standards.where(lambda s: s.aspect == PERFORMANCE).count()
    other = hospital.standards.where(lambda s: s.aspect == CAPABILITY).count()
    return (one > 0) & (other > 0)


@scheme.require(
    HOSPITAL,
    zh="过程也能得分",
    en="Process earns points as well",
    clause="S0-4-3",
    cure=("请加一条按过程加分的标准", "Add a bonus standard that rewards process"),
)
def process_earns(hospital: Row) -> Formula:
    """Not results alone."""
    earning = hospital.standards.where(lambda s: (s.kind == BONUS) & (s.basis == COURSE))
    return earning.count() > 0


@scheme.require(
    STANDARD,
    zh="扣分标准写明所保护的职责",
    en="A deduction names the responsibility it protects",
    clause="S0-4-5",
    cure=("请填“所保护的职责”", "Fill in the responsibility"),
    only=lambda standard: standard.kind == DEDUCTION,
)
def deduction_names_duty(standard: Row) -> Formula:
    """Only where it leads to a responsibility is there anything to count."""
    return given(standard.responsibility.standards.count())


@scheme.require(
    STANDARD,
    zh="积分标准对应一个指标",
    en="A standard serves an indicator",
    clause="S0-4-2",
    cure=("请填“所服务的指标”，或撤销该标准", "Fill in the indicator, or give the standard up"),
    severity="notice",
)
def standard_serves(standard: Row) -> Formula:
    """Reported, not refused."""
    return given(standard.indicator.perspective)
