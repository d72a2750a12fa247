"""The procedure around the scores (document S4.5, part 3): which facts and results it is about."""

from __future__ import annotations

from hpf.core import OutsideAssessment, Text

from .methods import QUALITATIVE
from .outcome import EXCELLENT, QUALIFIED, UNQUALIFIED

YEAR = OutsideAssessment(
    code="county_year",
    scheme="county_public",
    entity="item",
    names=Text("县级公立医院年度考核", "The year's assessment of county hospitals"),
    unit="hospital",
    line="indicator",
    points="standard_points",
    method="method",
    judged=QUALITATIVE,
    topic="topic",
    deduction="deductions",
    way="assessed_by",
    evidence="evidence",
    out="not_scorable",
    own=("own_target",),
    actual="actual",
    asked="survey",
    ratings=(
        (EXCELLENT, Text(EXCELLENT, "excellent")),
        (QUALIFIED, Text(QUALIFIED, "qualified")),
        (UNQUALIFIED, Text(UNQUALIFIED, "unqualified")),
    ),
    score="score",
    total="total",
    grade="rating",
    place="place",
    full="subsidy_full",
    paid="subsidy",
    taken="reduction",
    bad="unqualified",
    removal="removal_due",
    parties=(
        Text("卫生健康部门", "Health"),
        Text("财政部门", "Finance"),
        Text("人力资源社会保障部门", "Personnel and social security"),
    ),
    window=((10, 11), (10, 20)),  # reading S4.5-AMB-04
    publicity=5,
    report_by=(11, 30),
    report_to=(Text("市级卫生健康部门", "City"), Text("自治区级卫生健康部门", "Autonomous region")),
)
