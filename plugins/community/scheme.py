"""The scheme (document S0): who and what a community hospital's performance is told of.

Two levels: departments by a balanced scorecard, people by points. The document prints no number,
so weights, targets, standards and points are rows of the hospital's own tables, and what is one
value for everybody is a required parameter.

Entries of points lead to a tally, one person's account under one standard, because a standard's
cap per period holds for the two together.
"""

from __future__ import annotations

from hpf.core import DEPARTMENT, HOSPITAL, STAFF, Formula, Scheme, Symbol, entity, link

scheme = Scheme(
    "community",
    zh="社区医院平衡计分卡与积分",
    en="Community hospital: scorecards and points",
    document="S0",
    here=__file__,
    period="quarter",
)

CLINICAL, TECHNICAL, PHARMACY, OFFICE = "临床科室", "医技科室", "药剂科室", "行政管理科室"
KINDS = (CLINICAL, TECHNICAL, PHARMACY, OFFICE)
FINANCE, CUSTOMER, PROCESS, GROWTH = "财务", "客户", "内部流程", "学习与成长"
PERSPECTIVES = (FINANCE, CUSTOMER, PROCESS, GROWTH)

# The organisational level: scorecards, their indicators, and each department's items

SCORECARD = scheme.entity(
    entity(
        "scorecard",
        "评分卡",
        "Scorecard",
        link("hospital", HOSPITAL, "医院", "Hospital", "scorecards"),
    )
)
scheme.link(DEPARTMENT, link("scorecard", SCORECARD, "评分卡", "Scorecard", "departments"))
INDICATOR = scheme.entity(
    entity(
        "indicator",
        "指标",
        "Indicator",
        link("hospital", HOSPITAL, "医院", "Hospital", "indicators"),
    )
)
LINE = scheme.entity(
    entity(
        "line",
        "评分卡指标",
        "Line of a scorecard",
        link("scorecard", SCORECARD, "评分卡", "Scorecard", "lines"),
        link("indicator", INDICATOR, "指标", "Indicator", "lines"),
        key=("scorecard", "indicator"),
    )
)
ITEM = scheme.entity(
    entity(
        "item",
        "指标项",
        "Item",
        link("department", DEPARTMENT, "科室", "Department", "items"),
        link("line", LINE, "评分卡指标", "Line of a scorecard", "items"),
        key=("department", "line"),
    )
)

# The strategy map

OBJECTIVE = scheme.entity(
    entity(
        "objective",
        "战略目标",
        "Objective",
        link("hospital", HOSPITAL, "医院", "Hospital", "objectives"),
    )
)
CAUSE_EFFECT = scheme.entity(
    entity(
        "cause_effect",
        "因果关系",
        "Cause and effect",
        link("cause", OBJECTIVE, "原因目标", "Cause", "effects"),
        link("effect", OBJECTIVE, "结果目标", "Effect", "causes"),
        key=("cause", "effect"),
    )
)
ALIGNMENT = scheme.entity(
    entity(
        "alignment",
        "目标与指标",
        "Objective and indicator",
        link("objective", OBJECTIVE, "战略目标", "Objective", "alignments"),
        link("indicator", INDICATOR, "指标", "Indicator", "alignments"),
        key=("objective", "indicator"),
    )
)

# The individual level: standards, each person's tallies under them, and the entries

RESPONSIBILITY = scheme.entity(
    entity(
        "responsibility",
        "职责",
        "Responsibility",
        link("hospital", HOSPITAL, "医院", "Hospital", "responsibilities"),
    )
)
STANDARD = scheme.entity(
    entity(
        "standard",
        "积分标准",
        "Standard of points",
        link("hospital", HOSPITAL, "医院", "Hospital", "standards"),
        link(
            "responsibility",
            RESPONSIBILITY,
            "所保护的职责",
            "Responsibility protected",
            "standards",
            optional=True,
        ),
        link(
            "indicator",
            INDICATOR,
            "所服务的指标",
            "Indicator served",
            "standards",
            optional=True,
        ),
    )
)
TALLY = scheme.entity(
    entity(
        "tally",
        "积分户头",
        "Tally",
        link("staff", STAFF, "人员", "Person", "tallies"),
        link("standard", STANDARD, "积分标准", "Standard", "tallies"),
        key=("staff", "standard"),
    )
)
_ENTRY = entity("entry", "积分分录", "Entry", link("tally", TALLY, "积分户头", "Tally", "entries"))
ENTRY = scheme.entity(_ENTRY)
scheme.link(ENTRY, link("reverses", _ENTRY, "冲销的分录", "Reverses", "reversals", optional=True))
ADJUSTMENT = scheme.entity(
    entity(
        "adjustment",
        "积分标准调整",
        "Adjustment",
        link("department", DEPARTMENT, "科室", "Department", "adjustments"),
        link("standard", STANDARD, "积分标准", "Standard", "adjustments"),
    )
)

# 360 degrees, rank groups, those who moved, the committee

RATING = scheme.entity(
    entity("rating", "360度评价", "Rating", link("staff", STAFF, "人员", "Person", "ratings"))
)
RANK_GROUP = scheme.entity(
    entity(
        "rank_group",
        "排名组",
        "Rank group",
        link("hospital", HOSPITAL, "医院", "Hospital", "rank_groups"),
    )
)
scheme.link(STAFF, link("rank_group", RANK_GROUP, "排名组", "Rank group", "members"))
scheme.link(STAFF, link("assessor", STAFF, "考核人", "Assessor", "assessed", optional=True))
STINT = scheme.entity(
    entity(
        "stint",
        "分段任职",
        "Stint",
        link("staff", STAFF, "人员", "Person", "stints"),
        link("department", DEPARTMENT, "科室", "Department", "stints"),
        key=("staff", "department"),
    )
)
MEMBER = scheme.entity(
    entity(
        "member",
        "考核委员",
        "Committee member",
        link("hospital", HOSPITAL, "医院", "Hospital", "members"),
    )
)


def given(value: Symbol) -> Formula:
    """Whether there is a value: a comparison with itself is undecided only where there is none."""
    return (value == value).or_(False)
