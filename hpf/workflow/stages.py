"""The declared machine of a cycle: which stage follows which, who may move it, what must hold.

plan → collect → calculate → review → publicise → (appeal → recheck) → final → improve → closed

`CycleMachine` declares the stages and moves, `MOVES` the roles and guards of each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from statemachine import State, StateChart

from hpf.core.errors import HpfError, Problem, Text
from hpf.workflow import guards as g
from hpf.workflow.consensus_guards import CONSENSUS, LEDGERS
from hpf.workflow.policy import Request
from hpf.workflow.roles import Role, listed, may_act
from hpf.workflow.tasks import Phase


class Stage(StrEnum):
    """Where a cycle stands."""

    PLAN = "plan"
    COLLECT = "collect"
    CALCULATE = "calculate"
    REVIEW = "review"
    PUBLICISE = "publicise"
    APPEAL = "appeal"
    RECHECK = "recheck"
    FINAL = "final"
    IMPROVE = "improve"
    CLOSED = "closed"

    @property
    def names(self) -> Text:
        """What the stage is called."""
        return _STAGES[self][0]

    @property
    def phase(self) -> Phase | None:
        """Which of the source's four stages it lies in; None when closed."""
        return _STAGES[self][1]


_STAGES: Mapping[Stage, tuple[Text, Phase | None]] = {
    Stage.PLAN: (Text("计划", "plan"), Phase.PLAN),
    Stage.COLLECT: (Text("收集", "collect"), Phase.EXECUTION),
    Stage.CALCULATE: (Text("计算", "calculate"), Phase.ASSESSMENT),
    Stage.REVIEW: (Text("审核", "review"), Phase.ASSESSMENT),
    Stage.PUBLICISE: (Text("公示", "publicise"), Phase.ASSESSMENT),
    Stage.APPEAL: (Text("申诉", "appeal"), Phase.ASSESSMENT),
    Stage.RECHECK: (Text("复核", "recheck"), Phase.ASSESSMENT),
    Stage.FINAL: (Text("定稿", "final"), Phase.ASSESSMENT),
    Stage.IMPROVE: (Text("改进", "improve"), Phase.IMPROVEMENT),
    Stage.CLOSED: (Text("结束", "closed"), None),
}


class CycleMachine(StateChart["CycleMachine"]):
    """Which stage follows which. Each move is let in by `admit`, which asks all its guards."""

    allow_event_without_transition = False
    catch_errors_as_events = False

    plan = State(initial=True)
    collect = State()
    calculate = State()
    review = State()
    publicise = State()
    appeal = State()
    recheck = State()
    final = State()
    improve = State()
    closed = State(final=True)

    start_collecting = plan.to(collect, validators="admit")
    start_calculating = collect.to(calculate, validators="admit")
    collect_again = calculate.to(collect, validators="admit")
    submit = calculate.to(review, validators="admit")
    calculate_again = review.to(calculate, validators="admit")
    approve = review.to(publicise, validators="admit")
    take_appeals = publicise.to(appeal, validators="admit")
    start_recheck = appeal.to(recheck, validators="admit")
    publicise_again = recheck.to(publicise, validators="admit")
    finish_recheck = recheck.to(final, validators="admit")
    finish = publicise.to(final, validators="admit")
    start_improving = final.to(improve, validators="admit")
    close = improve.to(closed, validators="admit")

    def admit(self, event: str, request: Request, stops: tuple[Problem, ...]) -> None:
        """Raises CycleError with every reason why the move is refused."""
        found = (*stops, *refusals(str(event), request))
        if found:
            raise CycleError(found)


class CycleError(HpfError):
    """A move that is refused, with every reason."""


@dataclass(frozen=True, slots=True)
class Move:
    """Who may make a move, and what must hold. back: it goes back, and so wants a reason."""

    names: Text
    roles: frozenset[Role]
    guards: tuple[g.Guard, ...] = ()
    back: bool = False


_BOTH = frozenset({Role.MANAGEMENT, Role.HR})
_HR = frozenset({Role.HR})
_MANAGEMENT = frozenset({Role.MANAGEMENT})
_FINISH = (
    g.PUBLICITY,
    g.APPEAL_TIME,
    g.NO_APPEALS,
    g.EFFECTS,
    g.INFORMED,
    g.DIFFERENCES,
    g.NOT_OWN,
)

MOVES: Mapping[str, Move] = {
    "start_collecting": Move(Text("开始收集", "start collecting"), _BOTH,
        (g.FRAMEWORK, g.SCHEME, g.SETTINGS, g.ROLES, CONSENSUS, g.PLAN_TASKS)),
    "start_calculating": Move(Text("开始计算", "start calculating"), _HR,
        (g.PERIOD, LEDGERS, g.FACTS, g.EXECUTION_TASKS)),
    "collect_again": Move(Text("退回收集", "collect again"), _BOTH, back=True),
    "submit": Move(Text("提交审核", "submit for review"), _HR, (g.RUN, g.SUMMARISED)),
    "calculate_again": Move(Text("退回重算", "calculate again"), _BOTH, back=True),
    "approve": Move(Text("审核通过", "approve"), _MANAGEMENT,
        (g.RUN, g.QUORUM, g.REVIEWED, g.CEILING, g.NOT_OWN)),
    "take_appeals": Move(Text("受理申诉", "take appeals"), _BOTH, (g.AN_APPEAL,)),
    "start_recheck": Move(Text("开始复核", "start the recheck"), _BOTH, (g.REVIEWERS,)),
    "publicise_again": Move(Text("重新公示", "publicise again"), _BOTH,
        (g.NO_APPEALS, g.EFFECTS, g.RUN, g.CEILING, g.NOT_OWN), back=True),
    "finish_recheck": Move(Text("复核后定稿", "finish after the recheck"), _BOTH, _FINISH),
    "finish": Move(Text("定稿", "finish"), _BOTH, _FINISH),
    "start_improving": Move(Text("开始改进", "start improving"), _BOTH, (g.ASSESSMENT_TASKS,)),
    "close": Move(Text("结束", "close"), _MANAGEMENT, (g.IMPROVEMENT_TASKS,)),
}  # fmt: skip


def refusals(code: str, request: Request) -> Iterator[Problem]:
    """Every reason why a move is refused to somebody; nothing if it is not.

    Raises KeyError for an unknown move.
    """
    one = MOVES[code]
    yield from may_act(request.actor, request.situation.appointments)
    allowed = request.policy.narrowed.get(code, one.roles)
    if request.actor.role not in allowed:
        who = listed(allowed)
        yield Problem(
            "cycle.role",
            Text(
                f"{request.actor.role.names.zh}不能{one.names.zh}",
                f"{request.actor.role.names.en} may not {one.names.en}",
            ),
            Text(f"请由{who.zh}操作", f"Leave it to {who.en}"),
            request.actor.account,
            name=code,
        )
    for guard in one.guards:
        yield from guard.check(request)
