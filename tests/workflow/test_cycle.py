"""The cycle: every way through it, and every way in which a move is refused."""

from __future__ import annotations

import dataclasses
import datetime as dt
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpf.core.errors import ParameterError, Problem, Text
from hpf.workflow.cycle import Cycle, move, narrow, next_moves
from hpf.workflow.policy import OpenAppeal, PayOrder, Policy, Request, Resolution, SealedRun
from hpf.workflow.roles import Actor, Role
from hpf.workflow.stages import MOVES, CycleError, CycleMachine, Stage
from hpf.workflow.tasks import Phase

MISSING = (Text("A1 的收入", "Income of A1"),)
UNSET = (("hr_assessor", Text("考核人", "assessor")),)

STRAIGHT = (
    "start_collecting",
    "start_calculating",
    "submit",
    "approve",
    "finish",
    "start_improving",
    "close",
)
TO_REVIEW, TO_PUBLICISE = STRAIGHT[:3], STRAIGHT[:4]


def refused(ward: Any, cycle: Cycle, code: str, actor: Actor, **changes: Any) -> list[Problem]:
    policy = changes.pop("policy", None)
    request = ward.ask(actor, policy, ward.situation(**changes))
    at = ward.Clock(cycle.trail[-1].when).tick()
    with pytest.raises(CycleError) as error:
        move(cycle, code, request, at, why="so agreed")
    assert all(p.message.zh and p.message.en and p.cure.zh and p.cure.en
               for p in error.value.problems)  # fmt: skip
    return list(error.value.problems)


def test_straight_through_leaves_a_record_of_every_move(ward: Any) -> None:
    cycle = ward.along(*STRAIGHT)
    assert cycle.stage is Stage.CLOSED
    assert [t.move for t in cycle.trail] == list(STRAIGHT)
    assert [t.source for t in cycle.trail[1:]] == [t.target for t in cycle.trail[:-1]]
    approved = cycle.trail[3]
    assert (approved.account, approved.role) == ("boss", Role.MANAGEMENT)
    assert (approved.source, approved.target) == (Stage.REVIEW, Stage.PUBLICISE)
    with pytest.raises(dataclasses.FrozenInstanceError):
        approved.why = "otherwise"
    assert next_moves(cycle.stage) == ()


def test_by_way_of_appeal_and_recheck(ward: Any) -> None:
    clock = ward.Clock()
    cycle = ward.along(*TO_PUBLICISE, clock=clock)
    open_one = (OpenAppeal("AP-1", ("office2",)),)
    for code, appeals in (
        ("take_appeals", open_one),
        ("start_recheck", open_one),
        ("publicise_again", ()),
        ("finish", ()),
    ):
        request = ward.ask(ward.BOSS, given=ward.situation(appeals=appeals))
        cycle = move(cycle, code, request, clock.tick(), why="figure corrected")
    assert cycle.stage is Stage.FINAL
    rejected = ward.along(*TO_PUBLICISE)
    for code, appeals in (
        ("take_appeals", open_one),
        ("start_recheck", open_one),
        ("finish_recheck", ()),
    ):
        request = ward.ask(ward.BOSS, given=ward.situation(appeals=appeals))
        rejected = move(rejected, code, request, clock.tick())
    assert rejected.stage is Stage.FINAL


def test_evidence_and_reason_stand_in_the_record(ward: Any) -> None:
    cycle = ward.along(*TO_REVIEW)
    request = ward.ask(ward.BOSS)
    when = ward.Clock(cycle.trail[-1].when).tick()
    after = move(cycle, "approve", request, when, why=" agreed ", evidence=("minutes-7",))
    assert after.trail[-1].evidence == ("minutes-7",)
    assert after.trail[-1].why == "agreed"
    assert cycle.stage is Stage.REVIEW, "the cycle before is as it was"


def test_the_machine_and_the_table_of_moves_are_the_same() -> None:
    machine = CycleMachine()
    assert {str(e.id) for e in machine.events} == set(MOVES)
    assert {s.value for s in machine.states} == {s.value for s in Stage}


def test_every_stage_lies_in_a_stage_of_the_source() -> None:
    assert [s.phase for s in Stage if s is not Stage.CLOSED] == sorted(
        s.phase for s in Stage if s.phase is not None
    )
    assert {s.phase for s in Stage} == {*Phase, None}


@pytest.mark.parametrize("skipped", ["submit", "approve", "finish", "close", "take_appeals"])
def test_a_stage_cannot_be_skipped(ward: Any, skipped: str) -> None:
    cycle = ward.along("start_collecting")
    (problem,) = refused(ward, cycle, skipped, ward.BOSS)
    assert problem.code == "cycle.not_from_here"
    assert "start_calculating" in problem.cure.en


def test_an_unknown_move_is_answered_with_the_possible_ones(ward: Any) -> None:
    (problem,) = refused(ward, ward.along(*TO_REVIEW), "aprove", ward.BOSS)
    assert problem.code == "cycle.not_from_here"
    assert "approve" in problem.cure.en


def test_every_reason_is_told_at_once(ward: Any) -> None:
    cycle = ward.along(*TO_REVIEW)
    found = refused(
        ward, cycle, "approve", Actor("admin", Role.IT),
        run=SealedRun("0" * 64, "admin", problems=3),
        resolution=Resolution("minutes-8", 3, 6, False, ward.SEAL),
        done=ward.all_done(but=["S1-2.3-2"]),
        ceiling_exceeded=(Text("超出 1 元", "1 yuan too much"),),
    )  # fmt: skip
    assert [p.code for p in found] == [
        "cycle.role",
        "cycle.run_problems",
        "cycle.quorum",
        "cycle.majority",
        "cycle.other_run",
        "cycle.task_open",
        "cycle.ceiling",
        "role.own_entry",
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"posted": None}, "cycle.not_posted"),
        ({"posted": dt.date(2026, 11, 24)}, "cycle.publicity"),
        ({"changed_after_posting": True}, "cycle.changed"),
        ({"appeals": (OpenAppeal("AP-1"),)}, "cycle.open_appeal"),
        ({"informed": frozenset({"A1"})}, "cycle.informed"),
    ],
)
def test_what_keeps_a_cycle_from_being_finished(
    ward: Any, changes: dict[str, Any], code: str
) -> None:
    found = refused(ward, ward.along(*TO_PUBLICISE), "finish", ward.BOSS, **changes)
    assert code in [p.code for p in found]


def test_publicity_over_spring_festival_is_counted_in_working_days(ward: Any) -> None:
    cycle = ward.along(*TO_PUBLICISE)
    posted = dt.date(2026, 2, 12)  # Thursday before the festival of 15–23 February
    found = refused(ward, cycle, "finish", ward.BOSS, posted=posted, today=dt.date(2026, 2, 25))
    publicity = next(p for p in found if p.code == "cycle.publicity")
    assert "4 working days, of 5" in publicity.message.en  # 13, 14 (made up), 24, 25 February
    assert "2026-02-26" in publicity.cure.zh
    on = ward.situation(posted=posted, today=dt.date(2026, 2, 26))
    request = ward.ask(ward.BOSS, given=on)
    done = move(cycle, "finish", request, ward.Clock(cycle.trail[-1].when).tick())
    assert done.stage is Stage.FINAL


@pytest.mark.parametrize(
    ("code", "upto", "changes", "wanted"),
    [
        ("start_collecting", (), {"goals": ()}, "cycle.framework"),
        ("start_collecting", (), {"scheme_lacks": ("weights",)}, "cycle.scheme"),
        ("start_collecting", (), {"settings_lack": UNSET}, "cycle.setting"),
        ("start_collecting", (), {"done": ()}, "cycle.task_open"),
        ("start_calculating", STRAIGHT[:1], {"today": dt.date(2026, 10, 31)}, "cycle.period"),
        ("start_calculating", STRAIGHT[:1], {"facts_missing": MISSING}, "cycle.facts"),
        ("submit", STRAIGHT[:2], {"run": None}, "cycle.run"),
        ("approve", TO_REVIEW, {"resolution": None}, "cycle.resolution"),
        ("take_appeals", TO_PUBLICISE, {}, "cycle.no_appeal"),
    ],
)
def test_each_guard_refuses(
    ward: Any, code: str, upto: tuple[str, ...], changes: dict[str, Any], wanted: str
) -> None:
    cycle = ward.along(*upto)
    actor = ward.OFFICE if code in ("start_calculating", "submit") else ward.BOSS
    request = ward.ask(actor, given=ward.situation(**changes))
    with pytest.raises(CycleError) as error:
        move(cycle, code, request, dt.datetime(2026, 12, 1, tzinfo=ward.ZONE))
    assert wanted in ward.codes(error)


def test_missing_facts_may_be_listed_instead(ward: Any) -> None:
    listed = {"facts_missing": MISSING, "missing_listed": "list-3"}
    assert ward.along("start_collecting", "start_calculating", **listed).stage is Stage.CALCULATE


def test_nobody_approves_their_own_entry(ward: Any) -> None:
    cycle = ward.along(*TO_REVIEW)
    found = refused(ward, cycle, "approve", ward.BOSS, run=SealedRun(ward.SEAL, "boss"))
    assert [p.code for p in found] == ["role.own_entry"]
    published = ward.along(*TO_PUBLICISE)
    by_submitter = refused(ward, published, "finish", ward.OFFICE)
    assert [p.code for p in by_submitter] == ["role.own_entry"]
    other = ward.ask(Actor("office2", Role.HR))
    when = ward.Clock(published.trail[-1].when).tick()
    assert move(published, "finish", other, when).stage is Stage.FINAL


def test_a_role_that_the_account_does_not_hold_is_refused(ward: Any) -> None:
    found = refused(ward, ward.along(*TO_REVIEW), "approve", Actor("office", Role.MANAGEMENT))
    assert [p.code for p in found] == ["role.not_held", "role.own_entry"]


def test_going_back_wants_a_reason_and_time_runs_forward(ward: Any) -> None:
    cycle = ward.along(*TO_REVIEW)
    with pytest.raises(CycleError) as error:
        move(cycle, "calculate_again", ward.ask(), cycle.trail[0].when, why=" ")
    assert ward.codes(error) == ["cycle.time", "cycle.why"]
    naive = dt.datetime(2027, 1, 1)  # noqa: DTZ001 (what the test is about)
    with pytest.raises(CycleError, match="time zone"):
        move(cycle, "calculate_again", ward.ask(), naive, why="sum was wrong")
    when = ward.Clock(cycle.trail[-1].when).tick()
    again = move(cycle, "calculate_again", ward.ask(), when, why="sum was wrong")
    assert again.stage is Stage.CALCULATE


def test_a_scheme_may_narrow_who_moves_but_not_widen(ward: Any) -> None:
    only = narrow(Policy(), {"finish": frozenset({Role.MANAGEMENT})})
    cycle = ward.along(*TO_PUBLICISE)
    found = refused(ward, cycle, "finish", Actor("office2", Role.HR), policy=only)
    assert [p.code for p in found] == ["cycle.role"]
    with pytest.raises(ParameterError) as error:
        narrow(
            Policy(),
            {
                "approve": frozenset({Role.HR}),
                "aprove": frozenset({Role.HR}),
                "close": frozenset(),
            },
        )
    assert ward.codes(error) == ["cycle.narrow", "cycle.unknown", "cycle.narrow"]


@pytest.mark.parametrize(
    ("present", "entitled", "valid"),
    [(11, 16, True), (10, 16, False), (10, 15, True), (6, 9, True), (6, 10, False), (0, 0, False)],
)
def test_s4_1_1_6_the_quorum_is_two_thirds_exactly(
    ward: Any, present: int, entitled: int, valid: bool
) -> None:
    held = Resolution("m", present, entitled, True, ward.SEAL)
    request = ward.ask(given=ward.situation(resolution=held))
    found = [p.code for p in MOVES["approve"].guards[1].check(request)]
    assert found == ([] if valid else ["cycle.quorum"])
    assert Policy().quorum == Fraction(2, 3)


def test_paid_first_a_difference_must_be_settled_before_the_end(ward: Any) -> None:
    cycle = ward.along(*TO_PUBLICISE)
    early = Policy(order=PayOrder.PAY_THEN_PUBLICISE)
    owed = {"differences_open": ("A1/pay",)}
    found = refused(ward, cycle, "finish", ward.BOSS, policy=early, **owed)
    assert [p.code for p in found] == ["cycle.differences"]


def attempted(cycle: Cycle, code: str, request: Request, when: dt.datetime) -> Cycle | None:
    """The cycle after the move, or None where it is refused."""
    try:
        return move(cycle, code, request, when, why="tried")
    except CycleError:
        return None


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted(MOVES)), max_size=12), st.sampled_from(sorted(Role)))
def test_no_sequence_of_moves_skips_review_or_publicity(
    ward: Any, moves: list[str], role: Role
) -> None:
    """Whatever is tried: a final cycle was approved, and by management."""
    cycle, clock = ward.start(), ward.Clock()
    appeals = (OpenAppeal("AP-1", ("office2",)),)
    for code in moves:
        open_now = appeals if cycle.stage in (Stage.PUBLICISE, Stage.APPEAL) else ()
        request = ward.ask(Actor(ward.WHO[role], role), given=ward.situation(appeals=open_now))
        for actor in (request.actor, ward.BOSS, ward.OFFICE):
            tried = dataclasses.replace(request, actor=actor)
            moved = attempted(cycle, code, tried, clock.tick())
            if moved is not None:
                cycle = moved
                break
    trail = [t.move for t in cycle.trail]
    if cycle.stage in (Stage.FINAL, Stage.IMPROVE, Stage.CLOSED):
        assert "approve" in trail
        assert all(t.role is Role.MANAGEMENT for t in cycle.trail if t.move == "approve")
