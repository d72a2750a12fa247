"""Satisfaction surveys of patients and staff (document S4.5, part 2.3), as the framework's
questionnaires hold them: what share of those who answered is satisfied.

Annex 2, the form, is not printed: these questions on five steps are a form to begin with. Answers
are anonymous, each by a one-time slip that the hospital hands out.
"""

from __future__ import annotations

from hpf.core import HOSPITAL, Figure, Question, Questionnaire, RaterGroup, Text

from .table import scheme

for _code, _zh, _en in (
    ("patient_satisfaction", "病人满意率（问卷）", "Satisfied patients (survey)"),
    ("staff_satisfaction", "职工满意率（问卷）", "Satisfied staff (survey)"),
):
    scheme.decimal(
        HOSPITAL,
        _code,
        zh=_zh,
        en=_en,
        blank="not_applicable",
        low=0,
        high=1,
        clause="S4.5-2.3",
        note=("由问卷汇总，0 到 1；没有问卷的留空", "From a survey, 0 to 1; blank without one"),
    )

_STEPS = (
    Text("很不满意", "very dissatisfied"),
    Text("不满意", "dissatisfied"),
    Text("一般", "neither"),
    Text("满意", "satisfied"),
    Text("很满意", "very satisfied"),
)
_INTRO = Text(
    "不记名。只公布满意的比例，不显示谁怎样回答。",
    "Anonymous: only the share of the satisfied is published, never who said what.",
)
_ASKED = {
    "patients": (
        ("service", "医护人员的服务态度", "How doctors and nurses treated you"),
        ("explained", "对病情和用药的说明", "How illness and medicine were explained"),
        ("waiting", "等候时间", "The time you waited"),
        ("cost", "收费的清楚和合理", "Whether charges were clear and fair"),
        ("place", "就医环境", "The place"),
    ),
    "employees": (
        ("fair", "绩效分配的公平", "Fairness of pay"),
        ("work", "工作条件", "Working conditions"),
        ("growth", "培训和发展", "Training and growth"),
        ("management", "医院管理", "Management of the hospital"),
    ),
}


def _survey(code: str, names: Text, group: Text, indicator: str) -> Questionnaire:
    questions = tuple(
        Question(q, Text(zh, en), labels=_STEPS, optional=True) for q, zh, en in _ASKED[code]
    )
    return Questionnaire(
        code=f"county_{code}",
        scheme=scheme.code,
        entity="hospital",
        names=names,
        intro=_INTRO,
        questions=questions,
        groups=(RaterGroup(code, group, "public"),),
        figures=(
            Figure(
                "satisfied",
                Text("满意率", "Share of the satisfied"),
                tuple(q.code for q in questions),
                measure="share",
                satisfied="survey_satisfied",
                indicator=indicator,
            ),
        ),
        minimum="survey_minimum",
        missing="survey_missing",
        sample="survey_sample",
        clause="S4.5-2.3",
    )


SURVEYS = (
    _survey(
        "patients",
        Text("病人满意度调查", "Survey of patients"),
        Text("病人", "Patients"),
        "patient_satisfaction",
    ),
    _survey(
        "employees",
        Text("职工满意度调查", "Survey of staff"),
        Text("职工", "Staff"),
        "staff_satisfaction",
    ),
)
