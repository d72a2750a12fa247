"""What the framework's rooms are told of this scheme: its ledger, its talks, its strategy map."""

from __future__ import annotations

from hpf.core import Dialogue, Ledger, StrategyMap, Text

from .points import MINUS, PLUS
from .scheme import ADJUSTMENT, ALIGNMENT, CAUSE_EFFECT, ENTRY, OBJECTIVE, scheme
from .standards import BONUS

LEDGER = Ledger(
    code="points",
    scheme=scheme.code,
    entity=ENTRY.code,
    names=Text("积分", "Points"),
    account="tally",
    person="staff",
    standard="standard",
    reverses="reverses",
    sign="sign",
    signs=(PLUS, MINUS),
    points="points",
    day="day",
    reason="evidence",
    seen="seen",
    earlier="earlier",
    kind="kind",
    bonus=BONUS,
    worth="points",
    seen_within="feedback_time_limit",
    adjustable="adjustable",
    adjustment=ADJUSTMENT.code,
    unit="department",
    before="before",
    after="after",
    decided="decided",
    since="holds_from",
    why="reason",
    limit="adjustment_limit",
    budget="adjustment_budget",
    clause="S0-4-1",
)
DIALOGUE = Dialogue(
    code="talks",
    scheme=scheme.code,
    entity="staff",
    names=Text("绩效沟通与培训", "Talks and trainings"),
    talks="talks",
    trainings="trainings",
    least="min_talks_per_period",
    often="training_frequency",
    target="training_coverage_target",
    clause="S0-2-5",
)
MAP = StrategyMap(
    code="strategy",
    scheme=scheme.code,
    entity=OBJECTIVE.code,
    names=Text("战略地图", "Strategy map"),
    perspective="perspective",
    level="level",
    sources=("from_strategy", "from_business", "from_policy"),
    arrow=CAUSE_EFFECT.code,
    cause="cause",
    effect="effect",
    alignment=ALIGNMENT.code,
    objective="objective",
    indicator="indicator",
    score="achievement",
)
