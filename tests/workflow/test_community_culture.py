"""Features of the community hospital (S0, section 12) about its people, by their numbers.

Recognition, feedback, talks, trainings, levels of responsibility, diagnosis, who comes and stays.
"""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

sys.path.insert(0, str(Path(__file__).parent))  # helpers beside the tests

import community_home as homes
from community_home import JULY, JUNE, OCTOBER, Q3, House

from hpf.core.errors import HpfError
from hpf.storage.engine import reading
from hpf.storage.models import AuditEntry
from hpf.workflow import diagnosis, feedback, honours, staffing, talks
from hpf.workflow.tasks import Phase

PERSON, HEAD = homes.second_of("D01"), homes.first_of("D01")


def codes(error: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code for p in error.value.problems]


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
    with reading(house.engine) as session:
        told = [e.detail for e in session.scalars(select(AuditEntry)) if "feedback" in e.action]
    assert len(told) == 3
    assert told[0]["text"] == sha256("本季随访数量偏少".encode()).hexdigest(), "its seal, no words"


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


def test_fr0_15_training_records_make_the_coverage(house: House) -> None:
    people = [r["id"] for r in homes.rows("staff") if not r["left"]]
    with house.acting() as act:
        talks.training(act, "community", Q3, people[:45], dt.date(2026, 7, 4), "积分标准培训")
        share = talks.coverage(act, "community", Q3, 1)
        there = staffing.register_of(act.session, 1, act.today).people
        how = talks.standing(act, house.dialogue, house.program, Q3)
    assert share == Fraction(45, len(there))
    assert (how.share, how.reached) == (share, False)
    assert PERSON in how.few
    with pytest.raises(HpfError) as error, house.acting() as act:
        talks.training(act, "community", Q3, ["X9"], dt.date(2026, 7, 4), "培训")
    assert codes(error) == ["note.person"]
    with house.acting() as act:
        made = talks.hand_over(act, house.dialogue, house.program, Q3)
        assert made is not None
        assert talks.hand_over(act, house.dialogue, house.program, Q3) is None, "it stands there"
    rows = {r["id"]: r for r in house.facts().tables["staff"].frame.iter_rows(named=True)}
    assert [rows[p]["trainings"] for p in people[:46]] == [1] * 45 + [0]
    run = house.calculate()
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
