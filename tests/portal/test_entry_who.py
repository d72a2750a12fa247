"""Whose column it is: the document's word for a reporter, the form's word, the account's role."""

from __future__ import annotations

from pathlib import Path

import portal_homes as homes
import pytest
from portal_entry import confirm, facts_of, filled, send, value

from hpf.core import DEPARTMENT, HOSPITAL, STAFF, Column, Form, Scheme, Text
from hpf.core.build import build
from hpf.core.periods import Period
from hpf.core.program import Program
from hpf.portal.pages.entry_who import Scope, forms, meant, scope
from hpf.portal.rights import Role, Viewer
from hpf.storage.engine import writing
from hpf.storage.home import Home
from hpf.storage.models import Cycle

R = Role
FORM = Form("own", "demo", "staff", Text("例", "Own"), (Column("a"), Column("b"), Column("c")),
            role="departments")  # fmt: skip


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """a: nobody named; b: finance; c: each unit; d: the laboratory; e: of departments, finance."""
    made = Scheme("demo", zh="例", en="Demo", document="D",
                  here=str(tmp_path_factory.mktemp("demo") / "x.py"))  # fmt: skip
    made.decimal(STAFF, "a", zh="甲", en="A")
    made.decimal(STAFF, "b", zh="乙", en="B", reporter=("财务科", "Finance section"))
    made.decimal(STAFF, "c", zh="丙", en="C", reporter=("各科室", "Each unit"))
    made.decimal(STAFF, "d", zh="丁", en="D", reporter=("检验科", "Laboratory"))
    made.decimal(DEPARTMENT, "e", zh="戊", en="E", reporter=("财务科", "Finance section"))
    made.decimal(HOSPITAL, "f", zh="己", en="F")
    return build(made)


def viewer(*roles: Role, units: tuple[str, ...] = ()) -> Viewer:
    return Viewer("a", "甲", 1, frozenset(roles), frozenset(units))


def columns(program: Program, who: Viewer, declared=(), headed=()) -> dict[str, dict[str, bool]]:
    found = {f.code: scope(who, f, headed) for f in forms(program, declared)}
    return {code: dict(s.columns) for code, s in found.items() if s}


@pytest.mark.parametrize(
    ("zh", "en", "role"),
    [
        ("财务科", "Finance section", R.FINANCE),
        ("人事部门", "Personnel office", R.PERFORMANCE_OFFICE),
        ("各科室", "Each unit", R.HEAD),
        ("检验科", "Laboratory", None),
        ("", "", None),
    ],
)
def test_what_a_document_s_word_means(zh: str, en: str, role: Role | None) -> None:
    assert meant(Text(zh, en)) is role


def test_without_a_declared_form_there_is_one_for_each_entity_and_reporter(program) -> None:
    found = [(f.entity, f.reporter.zh, [i.code for i, _ in f.columns]) for f in forms(program, ())]
    assert found == [
        ("staff", "", ["a"]), ("staff", "财务科", ["b"]), ("staff", "各科室", ["c"]),
        ("staff", "检验科", ["d"]), ("department", "财务科", ["e"]), ("hospital", "", ["f"]),
    ]  # fmt: skip
    bound = {("department", "e")}
    assert "department" not in [f.entity for f in forms(program, (), bound)]


def test_a_declared_form_takes_its_columns_but_those_that_name_another(program) -> None:
    """Finance's column stays reachable for finance."""
    found = {f.code: [i.code for i, _ in f.columns] for f in forms(program, (FORM,))}
    assert found["own"] == ["a", "b", "c"]
    assert [c for code, cs in found.items() if code != "own" for c in cs] == ["b", "d", "e", "f"]


def test_finance_enters_what_names_it_everywhere(program) -> None:
    assert columns(program, viewer(R.FINANCE), (FORM,)) == {
        "staff.1": {"b": True}, "department.1": {"e": True},
    }  # fmt: skip


def test_a_head_enters_what_the_form_and_each_unit_say_in_the_own_rows(program) -> None:
    """Not what names somebody else, even in a form that is his."""
    head = viewer(R.HEAD, units=("K1",))
    assert columns(program, head, (FORM,)) == {"own": {"a": False, "c": False}}
    assert columns(program, head) == {"staff.3": {"c": False}}


def test_a_head_whose_department_is_named_enters_its_columns_everywhere(program) -> None:
    head = viewer(R.HEAD, units=("K7",))
    assert columns(program, head, headed=("检验科",))["staff.4"] == {"d": True}


def test_the_office_enters_everything_and_others_nothing(program) -> None:
    office = columns(program, viewer(R.PERFORMANCE_OFFICE), (FORM,))
    assert {c for s in office.values() for c in s} == set("abcdef")
    for role in (R.PRESIDENT, R.AUDITOR, R.IT_ADMIN, R.ASSESSOR, R.STAFF):
        assert columns(program, viewer(role), (FORM,)) == {}, role


def test_a_cell_is_open_by_column_and_row() -> None:
    mine = Scope({"a": False, "b": True}, frozenset({"K1"}))
    assert mine.writes("a", {"K1"})
    assert not mine.writes("a", {"K2"})
    assert not mine.writes("a", ())
    assert mine.writes("b", {"K2"})
    assert not mine.writes("z", {"K1"})


def test_a_period_without_facts_begins_with_the_register(portal_home: Home, login) -> None:
    """Departments and people stand there already; what is entered brings them along."""
    engine = portal_home.engine()
    period = Period.parse("2026-10")
    with writing(engine) as session:
        first = session.query(Cycle).one()
        session.add(Cycle(hospital_id=first.hospital_id, scheme="township", period=period,
                          state="collect", run_id=None, pay_first=first.pay_first,
                          calendar=first.calendar))  # fmt: skip
        session.commit()
    engine.dispose()
    office, code = login("office"), "township_direct_costs"
    office.get(f"/entry/?scheme=township&period={period}")
    page = office.get(f"/entry/forms/{code}").get_data(as_text=True)
    assert page.count("来自名册") == len(homes.rows("department"))
    confirm(office, code, send(office, code, filled(office, code, K01__floor_area="5")))
    facts = facts_of(portal_home, "township", period)
    assert facts.tables["department"].frame["id"].to_list() == ["K01"]
    assert value(facts, "department", "K01", "floor_area") == 5
    assert value(facts, "department", "K01", "hospital") == "H1"


def test_the_sample_s_forms_are_those_of_enabled_plugins(made_home: Path) -> None:
    forms_there = {f.code for f in Home.open(made_home).loaded().forms}
    assert forms_there == {"township_clinic", "township_direct_costs"}
