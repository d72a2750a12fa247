"""A satisfaction survey of assessed hospitals: slips, a sample, an item that takes the share."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from county import Desk, codes

from hpf.core.errors import HpfError
from hpf.storage.engine import reading, writing
from hpf.storage.facts import facts_at
from hpf.storage.people import create_user, grant
from hpf.workflow.acting import Act
from hpf.workflow.questionnaire_answers import by_token
from hpf.workflow.questionnaire_close import close
from hpf.workflow.questionnaire_facts import hand_over
from hpf.workflow.questionnaires import hand_out, open_questionnaire
from hpf_cli.demo_county_home import CODE, YEAR, moment

ASKED = ("service", "explained", "waiting", "cost", "place")
DAY = "2026-09-10"


class Survey:
    """The survey of patients, held by the bureau's office."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.keys = desk, desk.county.home.keys
        self.form = next(q for q in desk.county.home.loaded().questionnaires
                         if q.code == "county_patients")  # fmt: skip
        with writing(desk.county.engine) as session:
            user, _ = create_user(session, "office", "示例", by="admin", hospital=CODE)
            grant(session, user, "hr", hospital=desk.county.hospital, by="admin")
            act = self.act(session)
            last = moment("2026-09-30").date()
            one = open_questionnaire(act, self.keys, self.form, desk.county.program, YEAR, last)
            self.number = one.id
            session.commit()

    def act(self, session) -> Act:
        return Act(session, self.desk.county.hospital, "office", moment(DAY))

    def slips(self, hospital: str, count: int) -> list[str]:
        with writing(self.desk.county.engine) as session:
            _, made = hand_out(self.act(session), self.keys, self.number, "slips", "patients",
                               hospital, count)  # fmt: skip
            session.commit()
            return list(made)

    def answer(self, token: str, step: int) -> None:
        with writing(self.desk.county.engine) as session:
            by_token(session, self.keys, self.desk.county.hospital, self.number, token,
                     dict.fromkeys(ASKED, str(step)), moment(DAY).date())  # fmt: skip
            session.commit()

    def close(self, short: str = ""):
        return close(self.desk.county.engine, self.keys, self.desk.county.hospital, self.number,
                     account="office", at=moment("2026-10-01"), short=short)  # fmt: skip


def test_an_item_takes_its_hospitals_share_of_satisfied_patients(fresh: Desk) -> None:
    """Thirty slips a hospital, each one once: 24 of 30 satisfied is 0.8 of that hospital alone."""
    survey = Survey(fresh)
    with pytest.raises(HpfError):
        survey.slips("H9", 1)
    for hospital, happy in (("H1", 24), ("H2", 30), ("H3", 15)):
        given = survey.slips(hospital, 30)
        for n, token in enumerate(given):
            survey.answer(token, 5 if n < happy else 2)
        with pytest.raises(HpfError):
            survey.answer(given[0], 5)
    survey.close()
    hand_over(fresh.county.engine, fresh.county.program, fresh.county.hospital, survey.number,
              by="office")  # fmt: skip
    with reading(fresh.county.engine) as session:
        facts = facts_at(session, fresh.county.hospital, fresh.county.program, YEAR)
    frame = facts.tables["hospital"].frame
    found = dict(zip(frame["id"], frame["patient_satisfaction"], strict=True))
    assert found == {"H1": D("0.8"), "H2": D("1"), "H3": D("0.5")}


def test_a_survey_below_its_sample_is_refused_until_somebody_answers_for_it(fresh: Desk) -> None:
    survey = Survey(fresh)
    for hospital in ("H1", "H2", "H3"):
        for token in survey.slips(hospital, 5):
            survey.answer(token, 4)
    with pytest.raises(HpfError) as error:
        survey.close()
    assert any("sample" in code for code in codes(error)), codes(error)
    told = "".join(p.message.en for p in error.value.problems)
    assert "30" in told
    assert survey.close("示例：停诊，只收到五份").outcome is not None
