"""Questionnaires as plugins declare them: questions, who answers, and what the answers become.

One declaration serves evaluation from all sides (people rate people, in groups) and surveys of
patients and staff (anybody with a slip or a link answers, in strata): a stratum is a group. What a
document leaves to the hospital, such as weights, the fewest answers and the sample, is named here
as parameters of the scheme; the values in force are frozen when a questionnaire is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hpf.core.errors import Text

if TYPE_CHECKING:  # pragma: no cover
    from hpf.core.schemes import Scheme

KINDS = ("scale", "text")
MEASURES = ("mean", "share")
RELATIONS: dict[str, tuple[str, ...]] = {  # who may judge rows of an entity
    "staff": ("self", "superior", "peers", "subordinates", "others", "public"),
    "department": ("members", "others", "public"),
    "hospital": ("members", "public"),
}
STEPS = (2, 11)  # answers a scale offers, at least and at most


@dataclass(frozen=True, slots=True)
class Question:
    """One question. kind: `scale` (whole steps from low to high) or `text` (a free remark).

    labels: words for the steps, the lowest first; none for numbers alone. optional: a scale may be
    answered with 'cannot say', which counts as no answer; texts always may be left blank.
    """

    code: str
    names: Text
    kind: str = "scale"
    low: int = 1
    high: int = 5
    labels: tuple[Text, ...] = ()
    optional: bool = False


@dataclass(frozen=True, slots=True)
class RaterGroup:
    """Who answers. relation: to the row that is judged, one of RELATIONS of its entity.

    `public` are whoever holds a slip or the link; all others are found in the register.
    """

    code: str
    names: Text
    relation: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What answers come to for each row: the mean on the scale, or the share that is satisfied.

    questions: scales alike; one answer counts with the mean of those that it answered.
    satisfied: of a share, the number (a parameter) from which on an answer counts as satisfied.
    indicator: the fact that the figure becomes. points: a scale (a parameter) that turns the figure
    into points; points_indicator: the fact that those become. '' for none of them.
    """

    code: str
    names: Text
    questions: tuple[str, ...]
    measure: str = "mean"
    satisfied: str = ""
    indicator: str = ""
    points: str = ""
    points_indicator: str = ""


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """A set of questions put about each row of an entity.

    Parameters of the scheme, by group where they are keyed: weights (of the groups, sum 1; '' for a
    single group), minimum (fewest answers of a group that are looked at), raters (how many are
    asked about a row; '' for everybody), sample (answers that a group needs; '' for none) and
    missing (`reweight` or `withhold`: what holds where a group has too few).
    """

    code: str
    scheme: str
    entity: str
    names: Text
    questions: tuple[Question, ...]
    groups: tuple[RaterGroup, ...]
    figures: tuple[Figure, ...]
    minimum: str
    missing: str
    weights: str = ""
    raters: str = ""
    sample: str = ""
    intro: Text = Text("", "")
    clause: str = ""


def wrong_questionnaire(
    one: Questionnaire,
    scheme: Scheme,
    unknown: Callable[[str, Iterable[str]], None],
    bad: Callable[[Text, Text], None],
) -> None:
    """Tells names that are not there, and whatever else keeps the declaration from being used.

    Parameters are read only once the scheme is built: opening a questionnaire looks at them.
    """
    if one.entity not in RELATIONS:
        unknown(one.entity, RELATIONS)
    allowed = RELATIONS.get(one.entity, ())
    for group in one.groups if allowed else ():
        if group.relation not in allowed:
            unknown(group.relation, allowed)
    asked = {q.code: q for q in one.questions}
    for codes in (asked, {g.code: g for g in one.groups}, {f.code: f for f in one.figures}):
        if not codes:
            bad(Text("要有问题、评价人和结果", "it needs questions, groups and figures"),
                Text("见 docs/hooks.md", "See docs/hooks.md"))  # fmt: skip
    for named in (one.questions, one.groups, one.figures):
        codes_of = [n.code for n in named]
        for code in sorted({c for c in codes_of if codes_of.count(c) > 1}):
            bad(Text(f"{code} 写了两次", f"'{code}' stands twice"),
                Text("请改其中一个", "Rename one of them"))  # fmt: skip
    for question in one.questions:
        _question(question, unknown, bad)
    if len(one.groups) > 1 and not one.weights:
        bad(Text("几组评价人之间没有权数", "several groups, and no weights between them"),
            Text("请写明 weights", "Name the parameter: weights"))  # fmt: skip
    facts = sorted(i.code for i in scheme.indicators if i.entity == one.entity)
    for figure in one.figures:
        _figure(figure, asked, facts, unknown, bad)


def _question(
    one: Question,
    unknown: Callable[[str, Iterable[str]], None],
    bad: Callable[[Text, Text], None],
) -> None:
    if one.kind not in KINDS:
        unknown(one.kind, KINDS)
    if one.kind != "scale":
        return
    steps = one.high - one.low + 1
    if not STEPS[0] <= steps <= STEPS[1]:
        bad(Text(f"{one.code}：选项应有 {STEPS[0]} 至 {STEPS[1]} 个",
                 f"'{one.code}': a scale has {STEPS[0]} to {STEPS[1]} steps"),
            Text("请改 low 与 high", "Mend low and high"))  # fmt: skip
    elif one.labels and len(one.labels) != steps:
        bad(Text(f"{one.code}：{steps} 个选项，{len(one.labels)} 个说法",
                 f"'{one.code}': {steps} steps, {len(one.labels)} labels"),
            Text("每个选项写一个说法，或都不写", "A label for each step, or none"))  # fmt: skip


def _figure(
    one: Figure,
    asked: dict[str, Question],
    facts: list[str],
    unknown: Callable[[str, Iterable[str]], None],
    bad: Callable[[Text, Text], None],
) -> None:
    scales = sorted(c for c, q in asked.items() if q.kind == "scale")
    for code in one.questions:
        if code not in scales:
            unknown(code, scales)
    known = [asked[c] for c in one.questions if c in asked]
    if len({(q.low, q.high) for q in known}) > 1:
        bad(Text(f"{one.code}：几个问题的选项不一样", f"'{one.code}': scales differ"),
            Text("请分成几个结果", "Make several figures of it"))  # fmt: skip
    if not one.questions:
        bad(Text(f"{one.code}：没有问题", f"'{one.code}': it has no questions"),
            Text("请写明 questions", "Name its questions"))  # fmt: skip
    if one.measure not in MEASURES:
        unknown(one.measure, MEASURES)
    if (one.measure == "share") is not bool(one.satisfied):
        bad(Text(f"{one.code}：share 要写 satisfied，mean 不写",
                 f"'{one.code}': a share names `satisfied`, a mean does not"),
            Text("请改正", "Mend it"))  # fmt: skip
    if one.points_indicator and not one.points:
        bad(Text(f"{one.code}：没有写由哪张表折算成分", f"'{one.code}': points by which scale?"),
            Text("请写明 points", "Name the parameter: points"))  # fmt: skip
    for name in filter(None, (one.indicator, one.points_indicator)):
        if name not in facts:
            unknown(name, facts)
