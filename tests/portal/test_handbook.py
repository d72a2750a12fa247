"""The handbook on screen: everybody may read it, and it says what the program computes."""

from __future__ import annotations

import datetime as dt

import pytest

from hpf.core.clauses import uncovered
from hpf.storage.configuration import Decision, set_parameters
from hpf.storage.engine import writing


@pytest.mark.parametrize("name", ["nurse", "head", "county", "it", "office"])
def test_everybody_reads_it(reader, name: str) -> None:
    answer = reader(name).get("/handbook/")
    assert answer.headers["Location"].endswith("/handbook/township/")
    assert reader(name).get("/handbook/township/").status_code == 200


def test_every_clause_has_an_anchor_and_every_link_on_the_page_leads_to_one(reader, app) -> None:
    import re

    body = reader("office").get("/handbook/township/").get_data(as_text=True)
    program, yearly = (app.extensions["hpf"].programs[c] for c in ("township", "township_year"))
    anchors = set(re.findall(r'id="(c-[^"]+?)(?:-t)?"', body))
    for clause in program.clauses.values():
        if clause.scheme not in ("", "township"):  # it stands in its own scheme's handbook
            continue
        assert "c-" + re.sub(r"[^A-Za-z0-9]", "-", clause.id) in anchors, clause.id
        assert clause.meaning.zh.split("<")[0][:12] in body
    assert set(re.findall(r'href="#(c-[^"]+)"', body)) <= anchors
    rules = [*program.rules, *yearly.rules]
    assert not uncovered(program.clauses, [c for r in rules for c in r.clauses])


def test_a_decision_of_the_hospital_is_in_it_at_once(app, login) -> None:
    office = login("office")
    assert "改按职代会决议" not in office.get("/handbook/township/").get_data(as_text=True)
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        decision = Decision("township", "assessment_applied", dt.date(2026, 1, 2), "unit",
                            "改按职代会决议")  # fmt: skip
        set_parameters(session, desk.hospital, desk.programs, [decision], by="office")
        session.commit()
    assert "改按职代会决议" in office.get("/handbook/township/").get_data(as_text=True)


def test_another_scheme_is_not_there(reader) -> None:
    assert reader("office").get("/handbook/nothing/").status_code == 404
