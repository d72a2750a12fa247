"""A questionnaire's course: opened, drawn, answered once, closed once, handed over as facts."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from fractions import Fraction

import pytest
from surveying import BOSS, LAST, NOW, PERIOD, TODAY, House, people

from hpf.core.errors import HpfError
from hpf.core.settings import Settings
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.models import AuditEntry
from hpf.workflow.acting import Act
from hpf.workflow.questionnaire_answers import due, slip
from hpf.workflow.questionnaire_facts import hand_over
from hpf.workflow.questionnaire_rules import freeze
from hpf.workflow.questionnaires import draw_raters, open_questionnaire, progress

GOOD = {"skill": "5", "teamwork": "4", "remark": ""}


def codes(told: pytest.ExceptionInfo[HpfError]) -> list[str]:
    return [p.code.removeprefix("questionnaire.") for p in told.value.problems]


def test_all_sides_from_the_opening_to_the_facts(either: House) -> None:
    number = either.answered()
    with reading(either.engine) as session:
        shown = progress(either.act(session), either.keys, either.row(number))
    assert shown.owed == {}
    assert all(g.asked == g.answered for g in shown.groups)
    one = either.close(number)
    assert one.closed == TODAY
    assert [row["row"] for row in one.outcome["rows"]] == people()
    (made,) = hand_over(either.engine, either.program, either.hospital, number, by="office")
    assert made.reason == f"questionnaire:{number} {TODAY}"
    assert hand_over(either.engine, either.program, either.hospital, number, by="office") == []
    with reading(either.engine) as session:
        table = facts_at(session, either.hospital, either.program, PERIOD).tables["staff"]
    values = dict(zip(table.frame["id"], table.frame["evaluated"], strict=True))
    for row in one.outcome["rows"]:
        value = values[row["row"]]
        said = None if value is None else f"{value.normalize():f}"
        assert row["figures"][0]["value"] == said, "a row without a figure has no fact"
    assert f"questionnaire {number} [all_sides {TODAY}] #3" in table.place(2, "evaluated")


def test_what_is_in_the_audit_trail(house: House) -> None:
    number = house.answered()
    house.close(number)
    with reading(house.engine) as session:
        told = [e for e in session.query(AuditEntry) if e.action.startswith("questionnaire.")]
    assert [e.action for e in told] == [
        "questionnaire.opened", "questionnaire.drawn", "questionnaire.closed"]  # fmt: skip
    assert {e.who for e in told} == {"office"}
    assert told[1].detail["seed"] == "s"
    assert told[2].detail["answers"] == len(house.asked(number))


def test_a_survey_of_the_public_from_slips_to_points(either: House) -> None:
    number = either.open("patients")
    slips = {g: either.hand_out(number, g, 12) for g in ("outpatients", "inpatients")}
    assert len({t for made in slips.values() for t in made}) == 24
    for group, made in slips.items():
        for n, token in enumerate(made):
            care = "5" if n < 9 or group == "inpatients" else "2"
            either.answer(number, token.lower().replace("-", " "), {"care": care})
    one = either.close(number)
    satisfied = one.outcome["rows"][0]["figures"][0]
    assert satisfied["value"] == "0.85"
    assert satisfied["points"] == "10"
    assert satisfied["low"] < "0.85" < satisfied["high"]
    assert len(hand_over(either.engine, either.program, either.hospital, number, by="office")) == 2
    with reading(either.engine) as session:
        table = facts_at(session, either.hospital, either.program, PERIOD).tables["hospital"]
    assert str(table.frame["satisfied"][0].normalize()) == "0.85"
    assert table.frame["id"].to_list() == ["示例"], "the facts' own hospital, not a second one"


def test_a_slip_and_an_assignment_are_good_for_one_answer(either: House) -> None:
    number = either.open("patients")
    token = either.hand_out(number, "outpatients", 1)[0]
    either.answer(number, token, {"care": "5"})
    with pytest.raises(HpfError) as told:
        either.answer(number, token, {"care": "1"})
    assert codes(told) == ["spent"]
    with reading(either.engine) as session:
        assert slip(session, either.keys, either.hospital, number, token).spent
    sides = either.drawn()
    asked = either.asked(sides)[0]
    either.rate(sides, asked, GOOD)
    with pytest.raises(HpfError) as told:
        either.rate(sides, asked, GOOD)
    assert codes(told) == ["spent"]


def test_a_link_is_for_everybody_and_said_to_be_weaker(house: House) -> None:
    number = house.open("patients")
    (link,) = house.hand_out(number, "outpatients", 0, "link")
    for _ in range(12):
        house.answer(number, link, {"care": "4"})
    for token in house.hand_out(number, "inpatients", 8):
        house.answer(number, token, {"care": "4"})
    assert house.close(number).outcome["open_link"] is True


@pytest.mark.parametrize("token", ["", "x", "AAAA-AAAA-AAAA-AAAA-AAAA", "7" * 20, "9" * 4000])
def test_a_code_that_was_never_made_leads_nowhere(house: House, token: str) -> None:
    number = house.open("patients")
    genuine = house.hand_out(number, "outpatients", 1)[0]
    other = genuine[:-1] + ("0" if genuine[-1] != "0" else "1")
    for one in (token, other):
        with pytest.raises(HpfError) as told:
            house.answer(number, one, {"care": "5"})
        assert codes(told) == ["token"]


def test_slips_of_one_questionnaire_are_none_of_another(house: House) -> None:
    first = house.open("patients")
    token = house.hand_out(first, "outpatients", 1)[0]
    with writing(house.engine) as session:
        form = replace(house.forms["patients"], code="again")
        second = open_questionnaire(
            house.act(session), house.keys, form, house.program, PERIOD, LAST
        ).id
        session.commit()
    house.hand_out(second, "outpatients", 1)
    with pytest.raises(HpfError) as told:
        house.answer(second, token, {"care": "5"})
    assert codes(told) == ["token"]


def test_answers_are_taken_from_the_first_day_through_the_last(house: House) -> None:
    number = house.drawn()
    asked = house.asked(number)[0]
    with pytest.raises(HpfError) as told:
        house.rate(number, asked, GOOD, TODAY - dt.timedelta(days=1))
    assert codes(told) == ["early"]
    with pytest.raises(HpfError) as told:
        house.rate(number, asked, GOOD, LAST + dt.timedelta(days=1))
    assert codes(told) == ["late"]
    house.rate(number, asked, GOOD, LAST)


def test_what_is_wrong_with_an_answer_is_told_at_once_and_costs_nothing(house: House) -> None:
    number = house.drawn()
    asked = house.asked(number)[0]
    with pytest.raises(HpfError) as told:
        house.rate(number, asked, {"skill": "6", "teamwork": "", "remark": "x" * 301})
    assert [p.name for p in told.value.problems] == ["skill", "teamwork", "remark"]
    assert all(p.message.zh and p.message.en for p in told.value.problems)
    house.rate(number, asked, {"skill": "1", "teamwork": "-", "remark": "\x01" * 300})


def test_one_without_an_answer_is_given_up_and_opened_anew(house: House) -> None:
    number = house.open("patients")
    with pytest.raises(HpfError) as told:
        house.close(number)
    assert codes(told) == ["no_answer"]
    assert house.close(number, short="参数有误").outcome["rows"] == []
    assert house.open("patients") > number


def test_only_who_was_asked_may_answer(house: House) -> None:
    number = house.drawn()
    asked = house.asked(number)[0]
    asked.rater = "W3-2"
    with pytest.raises(HpfError) as told:
        house.rate(number, asked, GOOD)
    assert codes(told) == ["not_asked"]


def test_below_the_sample_it_closes_with_a_reason_alone_and_becomes_no_fact(house: House) -> None:
    number = house.open("patients")
    for group, many in (("outpatients", 10), ("inpatients", 7)):
        for token in house.hand_out(number, group, many):
            house.answer(number, token, {"care": "5"})
    with pytest.raises(HpfError, match="7 answers, the sample is 8") as told:
        house.close(number)
    assert [(p.code, p.name) for p in told.value.problems] == [
        ("questionnaire.sample", "inpatients")]  # fmt: skip
    assert house.row(number).digest is None, "refused: nothing is closed"
    one = house.close(number, short="病房停用一周")
    assert one.outcome["short"] == "病房停用一周"
    with pytest.raises(HpfError) as told:
        hand_over(house.engine, house.program, house.hospital, number, by="office")
    assert codes(told) == ["short"]


def test_it_closes_once_and_takes_nothing_afterwards(house: House) -> None:
    number = house.drawn()
    asked, other = house.asked(number)[:2]
    house.rate(number, other, GOOD)
    house.close(number)
    for again in (lambda: house.close(number), lambda: house.rate(number, asked, GOOD)):
        with pytest.raises(HpfError) as told:
            again()
        assert codes(told)[0] in ("closed", "late")


def test_one_of_a_kind_in_a_period_drawn_once_by_the_office(house: House) -> None:
    number = house.drawn()
    with pytest.raises(HpfError) as told:
        house.open("all_sides")
    assert codes(told) == ["twice"]
    with writing(house.engine) as session, pytest.raises(HpfError) as told:
        draw_raters(house.act(session), number)
    assert codes(told) == ["drawn"]
    with writing(house.engine) as session, pytest.raises(HpfError) as told:
        draw_raters(Act(session, house.hospital, BOSS, NOW), number)
    assert told.value.problems[0].code == "role.not_held"
    form, past = house.forms["patients"], dt.date(2026, 10, 1)
    with writing(house.engine) as session, pytest.raises(HpfError) as told:
        open_questionnaire(house.act(session), house.keys, form, house.program, PERIOD, past)
    assert codes(told) == ["days"]


def test_who_is_to_be_reminded_and_of_how_many(house: House) -> None:
    number = house.drawn()
    asked = [a for a in house.asked(number) if a.rater == "W1-2"]
    house.rate(number, asked[0], GOOD)
    with reading(house.engine) as session:
        shown = progress(house.act(session), house.keys, house.row(number))
        mine = due(session, house.keys, [house.row(number)], "W1-2", TODAY)
        assert due(session, house.keys, [house.row(number)], "W1-2", LAST + dt.timedelta(1)) == []
    assert shown.owed["W1-2"] == len(asked) - 1 == len(mine)
    assert "W1-2" in shown.without, "they have no account yet"
    assert "W1-1" not in shown.without
    assert shown.answers == 1


def test_rules_that_do_not_fit_are_told_all_at_once(house: House) -> None:
    data = {
        "rater_weights": {"superior": "0.4", "peers": "0.4", "subordinates": "0.1", "own": "0"},
        "rater_minimum": {"superior": "1", "peers": "2", "subordinates": "3.5", "own": "1"},
        "raters_asked": {"superior": "2", "peers": "1", "subordinates": "4", "own": "1"},
    }
    entries = {n: [{"from": "2026-01-01", "value": v, "reason": "x"}] for n, v in data.items()}
    settings = Settings.parse(house.program.parameters, entries, "test")
    form = house.forms["all_sides"]
    with pytest.raises(HpfError) as told:
        freeze(form, house.program, settings, PERIOD.last_day)
    said = " ".join(p.message.en for p in told.value.problems)
    assert "the weights sum to 9/10" in said
    assert "subordinates: 7/2 is no positive whole number" in said
    assert "a minimum of 2 gives people away" in said
    assert "peers: below the minimum of 2" in said
    with pytest.raises(HpfError, match="no parameter 'rater_weight'") as told:
        freeze(replace(form, weights="rater_weight"), house.program, Settings(), PERIOD.last_day)
    assert "rater_weights" in told.value.problems[0].cure.en
    with pytest.raises(HpfError, match="has no value on 2020"):
        freeze(form, house.program, Settings(), dt.date(2020, 1, 1))
    assert freeze(form, house.program, Settings(), PERIOD.last_day).weights["peers"] == Fraction(
        2, 5
    )
