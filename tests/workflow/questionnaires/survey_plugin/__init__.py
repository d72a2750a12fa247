"""A plugin of tests: evaluation from all sides, and a survey of patients and staff. Synthetic."""

from __future__ import annotations

from hpf.core import (
    HOSPITAL,
    POINT,
    STAFF,
    Figure,
    Question,
    Questionnaire,
    RaterGroup,
    Scheme,
    Text,
    hookimpl,
    round_to,
)

scheme = Scheme(
    "surveyed", zh="问卷示例", en="Questioned", document="T", here=__file__, period="quarter"
)
scheme.decimal(STAFF, "evaluated", zh="360 评价", en="Evaluation", blank="not_applicable")
scheme.decimal(HOSPITAL, "satisfied", zh="满意率", en="Satisfied", blank="not_applicable")
scheme.decimal(
    HOSPITAL, "satisfaction_points", zh="满意度得分", en="Points", unit=POINT,
    blank="not_applicable",
)  # fmt: skip


@scheme.rule(STAFF, zh="评价得分", en="Score", clause="T.1")
def score(person):
    return round_to(person.evaluated * 20)


@scheme.rule(HOSPITAL, zh="满意度", en="Satisfaction", clause="T.2", unit=POINT)
def satisfaction(hospital):
    return hospital.satisfaction_points


LABELS = tuple(
    Text(*pair)
    for pair in (("很差", "Very poor"), ("较差", "Poor"), ("一般", "Fair"), ("较好", "Good"),
                 ("很好", "Very good"))
)  # fmt: skip
ALL_SIDES = Questionnaire(
    "all_sides", "surveyed", "staff", Text("360 度评价", "360-degree evaluation"),
    (
        Question("skill", Text("业务能力如何？", "How skilled are they?"), labels=LABELS),
        Question("teamwork", Text("与同事协作如何？", "How well do they work with others?"),
                 labels=LABELS, optional=True),
        Question("remark", Text("还想对这位同事说什么？", "What would you like to tell them?"),
                 kind="text"),
    ),
    (
        RaterGroup("superior", Text("上级", "Superior"), "superior"),
        RaterGroup("peers", Text("同事", "Peers"), "peers"),
        RaterGroup("subordinates", Text("下级", "Those led"), "subordinates"),
        RaterGroup("own", Text("自评", "Oneself"), "self"),
    ),
    (
        Figure("overall", Text("总评", "Overall"), ("skill", "teamwork"), indicator="evaluated"),
        Figure("skill", Text("业务能力", "Skill"), ("skill",)),
    ),
    weights="rater_weights", minimum="rater_minimum", missing="rater_missing",
    raters="raters_asked",
    intro=Text("请按本季度的实际情况作答。", "Answer by what you saw this quarter."),
)  # fmt: skip
PATIENTS = Questionnaire(
    "patients", "surveyed", "hospital", Text("患者满意度调查", "Patient survey"),
    (
        Question("care", Text("您对这次就医总体满意吗？", "Were you satisfied on the whole?"),
                 labels=LABELS),
        Question("remark", Text("您的意见和建议", "What could be better?"), kind="text"),
    ),
    (
        RaterGroup("outpatients", Text("门诊患者", "Outpatients"), "public"),
        RaterGroup("inpatients", Text("住院患者", "Inpatients"), "public"),
    ),
    (
        Figure("satisfied", Text("满意率", "Satisfied"), ("care",), "share", "satisfied_from",
               "satisfied", "satisfaction_scale", "satisfaction_points"),
        Figure("level", Text("平均满意程度", "Mean"), ("care",)),
    ),
    weights="patient_weights", minimum="patient_minimum", missing="patient_missing",
    sample="patient_sample",
)  # fmt: skip


@hookimpl
def hpf_schemes():
    return [scheme]


@hookimpl
def hpf_questionnaires():
    return [ALL_SIDES, PATIENTS]
