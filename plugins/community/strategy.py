"""The strategy map (document S0, chapter 3): objectives, causes and effects, and their indicators.

No objective may be its own cause, however far round. Each objective stands on a level of the map,
and an effect stands above its cause; levels that rise along every arrow leave no way back, and a
map without a cycle can always be numbered so. A cycle therefore shows as an arrow that does not
rise, and is named with its cells.
"""

from __future__ import annotations

from hpf.core import HOSPITAL, POINT, Formula, Parameters, Row, round_to

from .scheme import (
    ALIGNMENT,
    CAUSE_EFFECT,
    GROWTH,
    INDICATOR,
    OBJECTIVE,
    PERSPECTIVES,
    PROCESS,
    scheme,
)

LEADING, LAGGING = "先行", "滞后"
EFFECTS = ("工作目标聚焦", "员工激励", "公益性", "目标管理文化", "其他")

for _code, _zh, _en in (
    ("from_strategy", "来自战略目标", "From strategic objectives"),
    ("from_business", "来自业务运营", "From business operation"),
    ("from_policy", "来自国家政策", "From national policy"),
):
    scheme.boolean(OBJECTIVE, _code, zh=_zh, en=_en, clause="S0-3-1")
scheme.choice(OBJECTIVE, "perspective", PERSPECTIVES, zh="维度", en="Perspective", clause="S0-3-1")
scheme.integer(
    OBJECTIVE, "level", zh="层次", en="Level", low=1, clause="S0-3-1",
    note=(
        "由下往上编号：结果目标的层次高于它的每个原因",
        "Numbered from below: an effect stands above each of its causes",
    ),
)  # fmt: skip
scheme.choice(
    INDICATOR, "timing", [LEADING, LAGGING], zh="先行或滞后", en="Leading or lagging",
    clause="S0-3-6",
)  # fmt: skip
scheme.choice(
    INDICATOR, "effect", EFFECTS, zh="检验的成效", en="Effect that it checks", clause="S0-1-4"
)


@scheme.require(
    OBJECTIVE,
    zh="目标至少有一个来源",
    en="An objective has a source at least",
    clause="S0-3-1",
    cure=("请在三个来源中至少选一个", "Say yes to one of the three sources"),
)
def has_source(objective: Row) -> Formula:
    """It may have several."""
    return objective.from_strategy | objective.from_business | objective.from_policy


@scheme.require(
    HOSPITAL,
    zh="战略地图用到三个来源",
    en="The map draws on all three sources",
    clause="S0-3-1",
    cure=("请补上缺的来源的目标", "Add an objective of the source that lacks"),
)
def all_sources(hospital: Row) -> Formula:
    """Strategic objectives, business operation, national policy."""
    objectives = hospital.objectives
    return (
        (objectives.where(lambda o: o.from_strategy).count() > 0)
        & (objectives.where(lambda o: o.from_business).count() > 0)
        & (objectives.where(lambda o: o.from_policy).count() > 0)
    )


@scheme.require(
    HOSPITAL,
    zh="战略地图有四个维度的目标",
    en="The map has objectives in all four perspectives",
    clause=["S0-3-1", "S0-3-5"],
    cure=("请补上缺的维度的目标", "Add an objective of the perspective that lacks"),
)
def all_perspectives(hospital: Row) -> Formula:
    """A map of one perspective would be none."""
    one, two, three, four = (
        hospital.objectives.where(lambda o, n=name: o.perspective == n).count() > 0
        for name in PERSPECTIVES
    )
    return one & two & three & four


@scheme.require(
    CAUSE_EFFECT,
    zh="结果目标的层次高于原因目标",
    en="An effect stands on a higher level than its cause",
    clause="S0-3-1",
    cure=(
        "请改层次；怎样编号都不行时，因果关系成了环，请去掉其中一条",
        "Correct the levels; where no numbering fits, the links form a ring: take one of them out",
    ),
)
def effect_above_cause(arrow: Row) -> Formula:
    """What rises along every arrow never comes back to where it began."""
    return arrow.effect.level > arrow.cause.level


@scheme.rule(OBJECTIVE, zh="指标数", en="Indicators", clause="S0-3-4")
def indicators(objective: Row) -> Formula:
    """How many serve it."""
    return objective.alignments.count()


@scheme.require(
    OBJECTIVE,
    zh="每个目标至少有一个指标",
    en="Each objective has an indicator at least",
    clause="S0-3-4",
    cure=("请在“目标与指标”表补上对应", "Add the pair to the table of objectives and indicators"),
    severity="notice",
)
def objective_has_indicator(objective: Row) -> Formula:
    """Reported: an objective that nothing measures."""
    return objective.indicators > 0


@scheme.require(
    INDICATOR,
    zh="每个指标至少服务一个目标",
    en="Each indicator serves an objective at least",
    clause="S0-3-4",
    cure=("请在“目标与指标”表补上对应，或停用该指标", "Add the pair, or give the indicator up"),
    severity="notice",
)
def indicator_serves(indicator: Row) -> Formula:
    """Reported: an indicator without a purpose."""
    return indicator.alignments.count() > 0


@scheme.rule(OBJECTIVE, zh="先行指标数", en="Leading indicators", clause="S0-3-6")
def leading(objective: Row) -> Formula:
    """Of learning and growth or the internal process: what drives."""
    return objective.alignments.where(
        lambda a: (
            (a.indicator.timing == LEADING) & a.indicator.perspective.is_one_of(GROWTH, PROCESS)
        )
    ).count()


@scheme.rule(OBJECTIVE, zh="滞后指标数", en="Lagging indicators", clause="S0-3-6")
def lagging(objective: Row) -> Formula:
    """What shows the outcome, of whatever perspective."""
    return objective.alignments.where(lambda a: a.indicator.timing == LAGGING).count()


@scheme.condition(CAUSE_EFFECT, zh="先行带动滞后", en="Leading drives lagging", clause="S0-3-6")
def drives(arrow: Row) -> Formula:
    """The cause has a leading indicator, the effect a lagging one."""
    return (arrow.cause.leading > 0) & (arrow.effect.lagging > 0)


@scheme.require(
    HOSPITAL,
    zh="至少有一对先行与滞后指标相连",
    en="A leading indicator is linked to a lagging one",
    clause="S0-3-6",
    cure=(
        "请给学习与成长或内部流程的目标配先行指标，并连到有滞后指标的目标",
        "Give a growth or process objective a leading indicator, and link it to a lagging one",
    ),
)
def driver_exists(hospital: Row) -> Formula:
    """The scorecard is to show what drives performance from within."""
    return hospital.objectives.effects.where(lambda a: a.drives).count() > 0


@scheme.require(
    HOSPITAL,
    zh="四项成效各有指标检验",
    en="Each of the four effects is checked by an indicator",
    clause="S0-1-4",
    cure=("请给缺的成效选定指标", "Choose an indicator for the effect that lacks"),
    severity="notice",
)
def effects_checked(hospital: Row) -> Formula:
    """An effect is to be checked, not taken for granted."""
    one, two, three, four = (_checked(hospital, e) for e in EFFECTS[:4])
    return one & two & three & four


def _checked(hospital: Row, effect: str) -> Formula:
    return hospital.indicators.where(lambda i: i.effect == effect).count() > 0


# What became of the objectives


@scheme.rule(
    INDICATOR,
    zh="平均得分",
    en="Mean score",
    clause="S0-11-3",
    unit=POINT,
    only=lambda indicator: indicator.lines.items.score.count() > 0,
)
def mean_score(indicator: Row) -> Formula:
    """Over all departments that were scored by it."""
    return indicator.lines.items.score.mean()


@scheme.rule(
    ALIGNMENT, zh="指标平均得分", en="Indicator's mean score", clause="S0-11-3", unit=POINT
)
def achieved(alignment: Row) -> Formula:
    """What the indicator says of the objective."""
    return alignment.indicator.mean_score


@scheme.rule(
    OBJECTIVE,
    zh="目标达成得分",
    en="Achievement",
    clause="S0-11-3",
    unit=POINT,
    only=lambda objective: objective.alignments.achieved.count() > 0,
)
def achievement(objective: Row, p: Parameters) -> Formula:
    """The mean over its indicators: what the report by objective says."""
    return round_to(objective.alignments.achieved.mean(), p.score_rounding)


@scheme.rule(
    OBJECTIVE, zh="本年达成得分", en="Achievement of the year", clause="S0-11-3", unit=POINT
)
def achievement_year(objective: Row) -> Formula:
    """The mean of the year's periods up to this one."""
    return objective.year_to_date().achievement.mean()
