"""Features of the community hospital (S0, section 12) that the workflow carries, by their numbers.

FR0-1, 3, 4, 7 to 9, 13 and 20 are the plugin's own, or have tests of their own rooms.
"""

from __future__ import annotations

import datetime as dt
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

import community_home as homes
from community_home import JULY, JUNE, OCTOBER, Q3

from hpf.core.calculate import calculate
from hpf.core.errors import HpfError
from hpf.storage import cycles as kept
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.home import Home
from hpf.storage.ledgers import book_of
from hpf.storage.people import committee, seats
from hpf.workflow import consensus, diagnosis, feedback, honours, staffing, talks
from hpf.workflow.acting import Act
from hpf.workflow.ballots import open_ballot, seat_member
from hpf.workflow.ledgers import open_book
from hpf.workflow.ledgers_adjust import adjust
from hpf.workflow.ledgers_close import close_book
from hpf.workflow.ledgers_entries import book_points, lines_of, reverse
from hpf.workflow.service import move_cycle
from hpf.workflow.tasks import Phase

PERSON, HEAD = homes.second_of("D01"), homes.first_of("D01")


class House:
    """The community hospital on a database of its own."""

    def __init__(self, folder: Path, declared: Any, programs: Any) -> None:
        self.engine, self.programs = Home.open(folder).engine(), programs
        self.program = programs["community"]
        (self.ledger,), (self.dialogue,) = declared.ledgers, declared.dialogues

    @contextmanager
    def acting(self, login: str = "office", at: dt.datetime = JULY) -> Iterator[Act]:
        with writing(self.engine) as session:
            yield Act(session, 1, login, at)
            session.commit()

    def book(self, act: Act) -> Any:
        return book_of(act.session, 1, "points", Q3)

    def agree(self) -> House:
        """Every level says yes, from the top."""
        with self.acting("president", JUNE) as act:
            consensus.agree(act, "community", Q3, "hospital", "院长办公会第 6 次")
        with self.acting(at=JUNE) as act:
            for unit in kept.departments_on(act.session, 1, Q3.first_day):
                consensus.agree(act, "community", Q3, "department", "科务会", department=unit)
            consensus.agree(act, "community", Q3, "staff", "职工代表大会")
        return self

    def opened(self) -> House:
        self.agree()
        with self.acting(at=JUNE) as act:
            open_book(act, self.ledger, self.program, Q3)
        return self

    def add(self, person: str, standard: str, day: dt.date, at: dt.datetime = JULY) -> int:
        with self.acting("office", at) as act:
            return book_points(act, self.book(act), person, standard, day, "台账").id

    def facts(self) -> Any:
        with reading(self.engine) as session:
            return facts_at(session, 1, self.program, Q3)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return homes.build(tmp_path_factory.mktemp("community") / "home").folder


@pytest.fixture(scope="module")
def declared(made: Path) -> tuple[Any, Any]:
    """What the plugin declares, and its programs: built once."""
    home = Home.open(made)
    return home.loaded(), home.programs()


@pytest.fixture
def house(made: Path, declared: tuple[Any, Any], tmp_path: Path) -> Iterator[House]:
    shutil.copytree(made, tmp_path / "home")
    found = House(tmp_path / "home", *declared)
    yield found
    found.engine.dispose()


def codes(error: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code for p in error.value.problems]


def test_fr0_2_a_period_opens_only_when_every_level_has_agreed(house: House) -> None:
    """From the top to the bottom; neither the ledger nor the cycle goes on before."""

    def lacking() -> int:
        with pytest.raises(HpfError) as error, house.acting(at=JUNE) as act:
            open_book(act, house.ledger, house.program, Q3)
        assert set(codes(error)) == {"cycle.consensus"}
        return len(error.value.problems)

    assert lacking() == 3
    with pytest.raises(HpfError) as error, house.acting(at=JUNE) as act:
        consensus.agree(act, "community", Q3, "staff", "职工大会")
    assert codes(error) == ["note.above", "note.above"]
    with pytest.raises(HpfError) as error, house.acting("head", JUNE) as act:
        consensus.agree(act, "community", Q3, "hospital", "我同意")
    assert codes(error) == ["role.not_held"]
    with house.acting("president", JUNE) as act:
        consensus.agree(act, "community", Q3, "hospital", "院长办公会")
    assert lacking() == 2
    with house.acting("head", JUNE) as act:
        consensus.agree(act, "community", Q3, "department", "本科会议")
    with pytest.raises(HpfError) as error, house.acting("president", JUNE) as act:
        move_cycle(act, house.programs, "community", Q3, "start_collecting")
    told = [p.message.zh for p in error.value.problems if p.code == "cycle.consensus"]
    assert len(told) == 2
    assert "D02" in told[0]
    assert "D01" not in told[0]
    with house.acting(at=JUNE) as act:
        for unit in sorted(kept.departments_on(act.session, 1, Q3.first_day) - {"D01"}):
            consensus.agree(act, "community", Q3, "department", "科会", department=unit)
        consensus.agree(act, "community", Q3, "staff", "职工大会")
        assert open_book(act, house.ledger, house.program, Q3).digest is None
    with pytest.raises(HpfError) as error, house.acting("president", JUNE) as act:
        move_cycle(act, house.programs, "community", Q3, "start_collecting")
    assert "cycle.consensus" not in codes(error)


def test_fr0_5_the_ledger_s_sum_is_the_points(house: House) -> None:
    """Base 80, two bonuses of 3 and 2, a deduction that is taken back."""
    house.opened()
    house.add(PERSON, "B01", dt.date(2026, 7, 3))
    house.add(PERSON, "B02", dt.date(2026, 7, 5))
    wrong = house.add(PERSON, "M02", dt.date(2026, 7, 6))
    with house.acting() as act:
        reverse(act, wrong, "查无此事")
    with pytest.raises(HpfError) as error:
        house.add(PERSON, "B99", dt.date(2026, 7, 3))
    assert codes(error) == ["ledger.standard"]
    with house.acting(at=OCTOBER) as act:
        close_book(act, house.ledger, house.program, house.book(act))
    run = calculate_points(house)
    assert run.value("staff", PERSON, "points") == 85
    assert run.value("staff", HEAD, "points") == 80
    entry = house.facts().tables["entry"]
    assert entry.place(0, "points").startswith("积分账 ledger points [2026-Q3]")


def calculate_points(house: House) -> Any:
    """The period computed with the hospital's settings."""
    from hpf.storage.configuration import settings_of

    with reading(house.engine) as session:
        settings = settings_of(session, 1, house.program)
    return calculate(house.program, house.facts(), settings)


def test_fr0_6_a_manager_adjusts_within_bounds_for_what_is_still_to_come(house: House) -> None:
    """At the bound it passes, a step beyond it is refused; booked events keep their value; the
    staff of the department sees it, and the log has it."""
    house.opened()
    before = house.add(PERSON, "B01", dt.date(2026, 7, 3))
    since = dt.date(2026, 7, 12)

    def change(after: str) -> int:
        with house.acting("head") as act:
            return adjust(act, house.book(act), "", "B01", Decimal(after), since, "旺季").id

    with pytest.raises(HpfError) as error:
        change("3.61")
    assert codes(error) == ["ledger.limit"]
    made = change("3.6")
    later = JULY + dt.timedelta(days=10)
    after = house.add(PERSON, "B01", since, later)
    with house.acting("head_staff", later) as act:
        points = {one.entry.id: one.entry.points for one in lines_of(act, house.book(act))}
    assert points == {before: 3, after: Decimal("3.6")}
    assert made > 0


def test_fr0_10_recognition_bears_no_money_and_the_criterion_was_public_before(
    house: House,
) -> None:
    def honour(kind: str, text: str, excellent: bool = False) -> int:
        with house.acting("president", OCTOBER) as act:
            return honours.honour(act, "community", Q3, PERSON, kind, text, excellent).id

    with pytest.raises(HpfError) as error:
        honour("奖金", "奖励 500 元", excellent=True)
    assert codes(error) == ["note.type", "note.money", "note.criterion"]
    with pytest.raises(HpfError) as error, house.acting(at=JULY) as act:
        honours.publish_criterion(act, "community", Q3, "一年内三期评优")
    assert codes(error) == ["note.late"]
    with house.acting(at=JUNE) as act:
        public = honours.publish_criterion(act, "community", Q3, "一年内三期评优").id
    plain = honour("通报表扬", "随访做得细致")
    talent = honour("优秀人才", "符合本期条件", excellent=True)
    with reading(house.engine) as session:
        found = honours.honours(session, 1)
    assert [n.id for n in found] == [talent, plain]
    assert found[0].detail["criterion"] == public
    assert not any("amount" in n.detail for n in found)


def test_fr0_11_results_are_not_final_before_publicity_has_run(ward: Any) -> None:
    """Posted on 16 November for five working days: on the 20th it is too early."""
    cycle = ward.along("start_collecting", "start_calculating", "submit", "approve")
    clock = ward.Clock(dt.datetime(2026, 11, 20, 9, tzinfo=ward.ZONE))
    early = ward.ask(given=ward.situation(today=dt.date(2026, 11, 20)))
    with pytest.raises(HpfError) as error:
        ward.move(cycle, "finish", early, clock.tick())
    assert "cycle.publicity" in codes(error)
    assert (
        ward.along(
            "start_collecting", "start_calculating", "submit", "approve", "finish"
        ).stage.value
        == "final"
    )


def test_fr0_12_feedback_is_closed_when_both_sides_have_written(house: House) -> None:
    """One side alone stays open, and is overdue after the limit; a stranger has no part in it."""
    with house.acting("head") as act:
        number = feedback.write(act, "community", Q3, PERSON, "本季随访数量偏少").id
    with pytest.raises(HpfError) as error, house.acting("head") as act:
        feedback.close(act, number, "谈过了")
    assert codes(error) == ["note.one_side"]
    for login in ("head2", "head2_staff", "president"):
        with pytest.raises(HpfError) as error, house.acting(login) as act:
            feedback.answer(act, number, "插一句")
        assert codes(error) == ["ledger.charge"], login
    with reading(house.engine) as session:
        (item,) = feedback.items(session, 1)
    assert (item.waits_for, item.due) == ("staff", dt.date(2026, 7, 17))
    assert [item.overdue(item.due + dt.timedelta(n)) for n in (0, 1)] == [False, True]
    with house.acting("head_staff") as act:
        feedback.answer(act, number, "下季度补上")
    with house.acting("head") as act:
        feedback.close(act, number, "约定每周随访")
    with reading(house.engine) as session:
        (item,) = feedback.items(session, 1)
    assert (item.open, item.sides) == (False, {"manager", "staff"})
    with pytest.raises(HpfError) as error, house.acting("head") as act:
        feedback.answer(act, number, "又及")
    assert codes(error) == ["note.done"]


def test_fr0_12_a_stage_without_a_talk_is_flagged_and_talks_become_facts(house: House) -> None:
    with house.acting("head") as act:
        talks.talk(act, "community", Q3, PERSON, Phase.PLAN, dt.date(2026, 7, 2), "谈目标")
    with pytest.raises(HpfError) as error, house.acting("head") as act:
        talks.talk(act, "community", Q3, HEAD, Phase.PLAN, dt.date(2026, 7, 2), "自己谈")
    assert codes(error) == ["note.own"]
    with house.acting() as act:
        lacking = talks.without_talk(act, "community", Q3, [Phase.PLAN])[Phase.PLAN]
    assert PERSON not in lacking
    assert HEAD in lacking


def test_fr0_14_a_committee_without_its_seats_is_refused(house: House) -> None:
    """Personnel, medical services, nursing, another department, and clinical experts."""

    def lacking() -> list[str]:
        with pytest.raises(HpfError) as error, house.acting(at=OCTOBER) as act:
            open_ballot(act, house.programs, "community", Q3, "board", "")
        return [p.name for p in error.value.problems if p.code == "vote.composition"]

    def sit(login: str, seat: str) -> None:
        with house.acting(at=OCTOBER) as act:
            day = OCTOBER.date()
            seat_member(act, "board", login, day, name="考核委员会", title=seat)

    sit("office", "人事")
    assert lacking() == ["医务", "护理", "其他科室", "临床专家"]
    sit("president", "医务、临床专家")
    sit("head", "护理")
    sit("head2", "其他科室")
    assert lacking() == ["临床专家"], "one of two"
    sit("head_staff", "临床专家")
    assert lacking() == []
    with house.acting(at=OCTOBER) as act:
        assert len(seats(act.session, committee(act.session, 1, "board").id, OCTOBER.date())) == 5


def test_fr0_15_training_records_make_the_coverage(house: House) -> None:
    people = [r["id"] for r in homes.rows("staff") if not r["left"]]
    with house.acting() as act:
        talks.training(act, "community", Q3, people[:45], dt.date(2026, 7, 4), "积分标准培训")
        share = talks.coverage(act, "community", Q3, 1)
        there = staffing.register_of(act.session, 1, act.today).people
    assert share == Fraction(45, len(there))
    with pytest.raises(HpfError) as error, house.acting() as act:
        talks.training(act, "community", Q3, ["X9"], dt.date(2026, 7, 4), "培训")
    assert codes(error) == ["note.person"]
    with house.acting() as act:
        made = talks.hand_over(act, house.dialogue, house.program, Q3)
        assert made is not None
        assert talks.hand_over(act, house.dialogue, house.program, Q3) is None, "it stands there"
    rows = {r["id"]: r for r in house.facts().tables["staff"].frame.iter_rows(named=True)}
    assert [rows[p]["trainings"] for p in people[:46]] == [1] * 45 + [0]
    run = calculate_points(house)
    assert run.value("hospital", "H1", "training_coverage") * len(rows) == 45


def test_fr0_16_who_has_nobody_above_is_reported(house: House) -> None:
    """D01 and D02 have heads, who answer to management; all others lack one."""
    with house.acting() as act:
        above, lacking = staffing.responsibility(act)
    heads = {p.place for p in lacking if p.code == "level.no_head"}
    units = {r["id"] for r in homes.rows("department")}
    assert heads == units - {"D01", "D02"}
    assert above[PERSON] == (HEAD,)
    nobody = {p.place for p in lacking if p.code == "level.nobody"}
    assert HEAD in nobody, "management has no place in the register here"
    assert PERSON not in nobody


def test_fr0_17_a_period_is_not_archived_without_its_improvement_record(ward: Any) -> None:
    """The last move of a cycle wants every task of the improvement stage."""
    path = ("start_collecting", "start_calculating", "submit", "approve", "finish",
            "start_improving")  # fmt: skip
    cycle = ward.along(*path)
    without = ward.situation(done=ward.all_done(["S1-2.4-3"]))
    clock = ward.Clock(dt.datetime(2026, 12, 1, 9, tzinfo=ward.ZONE))
    with pytest.raises(HpfError) as error:
        ward.move(cycle, "close", ward.ask(given=without), clock.tick())
    assert "S1-2.4-3" in "".join(p.name + p.message.en + p.place for p in error.value.problems)
    assert ward.along(*path, "close").stage.value == "closed"


def test_fr0_18_a_finding_rests_on_sources_of_three_kinds(house: House) -> None:
    with house.acting() as act:
        asked = diagnosis.add_source(act, "questionnaire", "认知度调查", "问卷 3 号").id
        talked = diagnosis.add_source(act, "interview", "科主任访谈", "记录 2026-07-04").id
        first = diagnosis.find(act, "积分反馈不及时", [asked, talked]).id
        counted = diagnosis.add_source(act, "data", "分录看到天数", "账 2026-Q3").id
        second = diagnosis.find(act, "积分反馈不及时", [asked, talked, counted]).id
        found = {f.note.id: f.lacks for f in diagnosis.findings(act.session, 1)}
    assert found == {first: ("data",), second: ()}
    for sources in ([], [999]):
        with pytest.raises(HpfError) as error, house.acting() as act:
            diagnosis.find(act, "无据", sources)
        assert codes(error) in (["note.sources"], ["note.source"])
    with pytest.raises(HpfError) as error, house.acting() as act:
        diagnosis.add_source(act, "rumour", "听说", "")
    assert codes(error) == ["note.source", "note.where"]


def test_fr0_19_rates_come_from_the_register(house: House) -> None:
    """By hand: who joined and left in 2025, of the head count averaged over its days."""
    first, last = dt.date(2025, 1, 1), dt.date(2025, 12, 31)
    people = homes.register().people.values()
    joined = sum(first <= p.joined <= last for p in people)
    left = sum(p.left is not None and first <= p.left <= last for p in people)
    days = [first + dt.timedelta(n) for n in range(365)]
    held = sum(p.joined <= d and (p.left is None or p.left > d) for p in people for d in days)
    with reading(house.engine) as session:
        found = staffing.turnover(session, 1, 2025, OCTOBER.date())
    assert (found.recruited, found.departed, found.mean) == (joined, left, Fraction(held, 365))
    assert found.recruitment == Fraction(joined * 365, held)
    assert found.retention == 1 - Fraction(left * 365, held)
    assert replace(found, mean=Fraction(0)).retention is None
