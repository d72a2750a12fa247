"""The 360-degree questionnaire (document S0, 5-1), as the framework's questionnaires hold it.

The document prints neither questions nor scale: these four questions on five steps are a form to
begin with. Weights, least raters and what becomes of a side that is too small are the parameters
by which `ratings.py` counts as well; with this form `rating_scale` runs from 1 to 5.
"""

from __future__ import annotations

from hpf.core import Figure, Question, Questionnaire, RaterGroup, Text

from .ratings import SIDE_NAMES, SIDES
from .scheme import scheme

_SCALES = (
    Question("duty", Text("履行岗位职责", "Does the duties of the post")),
    Question("skill", Text("专业能力与学习", "Is able, and goes on learning")),
    Question("teamwork", Text("协作与沟通", "Works and talks well with others")),
    Question("service", Text("服务居民", "Serves residents well")),
)
_RELATIONS = {"residents": "public"}  # the others are called as they are

QUESTIONNAIRE = Questionnaire(
    code="all_sides",
    scheme=scheme.code,
    entity="staff",
    names=Text("360 度评价", "360-degree evaluation"),
    intro=Text(
        "请按您的了解评价。只公布各方的平均分，不显示谁怎样评价。",
        "Please rate as far as you can tell. Only means of a side are shown, never who said what.",
    ),
    questions=(
        *_SCALES,
        Question("remark", Text("长处与改进建议", "Strengths, and what to improve"), kind="text"),
    ),
    groups=tuple(
        RaterGroup(side, Text(*SIDE_NAMES[side]), _RELATIONS.get(side, side)) for side in SIDES
    ),
    figures=(
        Figure(
            "overall",
            Text("总评", "Overall"),
            tuple(q.code for q in _SCALES),
            indicator="rating_mean",
        ),
    ),
    weights="rater_weight",
    minimum="min_raters_per_group",
    missing="missing_group",
    clause="S0-5-1",
)
