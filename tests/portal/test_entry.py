"""Entry forms: filled in, shown as changes, confirmed; approved by somebody else; conflicts."""

from __future__ import annotations

from decimal import Decimal

import portal_homes as homes
from portal_entry import confirm, facts_of, filled, held, send, value
from portal_forms import token

from hpf.storage.engine import reading
from hpf.storage.home import Home
from hpf.storage.models import AuditEntry, Import

CLINIC, COSTS = "township_clinic", "township_direct_costs"


def stored(home: Home, entity: str, id: str, code: str):
    return value(facts_of(home, "township", homes.PERIOD), entity, id, code)


def test_a_form_is_made_of_indicators_and_prefilled(reader) -> None:
    """A field each by its type, its unit, what a blank means, bounds, clause, who reports it."""
    page = reader("office").get(f"/entry/forms/{CLINIC}").get_data(as_text=True)
    assert held(page)["v|K01-1|visits"] == "412"
    for said in (
        "必填，不能空",
        "不小于 0",
        "S2-2.1-1",
        "人次",
        "由各科室报",
        'inputmode="numeric"',
    ):
        assert said in page, said
    kinds = reader("office").get("/entry/forms/leave.2").get_data(as_text=True)
    assert "<select" in kinds  # a choice
    dates = reader("office").get("/entry/forms/leave.1").get_data(as_text=True)
    assert 'type="date"' in dates
    assert "空白表示不适用" in dates


def test_what_the_office_confirms_is_written_with_who_and_whence(portal_home, login) -> None:
    """Preview first; then an import of its own whose reason names the form; other cells stay."""
    office = login("office")
    data = filled(office, CLINIC, K01_1__visits="1,412", K02_1__surgery_income="5200.10")
    shown = send(office, CLINIC, data)
    page = shown.get_data(as_text=True)
    assert "将改变 2 处" in page
    assert "5,200.10" in page
    assert stored(portal_home, "clinic", "K01-1", "visits") == 412  # nothing yet
    assert confirm(office, CLINIC, shown, reason="复核").status_code == 302
    assert stored(portal_home, "clinic", "K01-1", "visits") == 1412
    assert stored(portal_home, "clinic", "K02-1", "surgery_income") == Decimal("5200.10")
    facts = facts_of(portal_home, "township", homes.PERIOD)
    table = facts.tables["clinic"]
    row = int(table.frame["id"].index_of("K01-1"))
    by, _ = table.source.reported(row, "visits")
    assert by == "office"
    assert table.source.place(row, "visits") == f"门户填报 portal form {CLINIC} [clinic] visits 1"
    assert table.source.place(row, "admissions").endswith("[clinic] D3")  # its cell, as before
    engine = portal_home.engine()
    with reading(engine) as session:
        last = session.query(Import).order_by(Import.id.desc()).first()
        assert (last.by, last.extent, last.versions) == ("office", "part", 2)
        assert last.reason == f"portal form {CLINIC}: 复核"
    engine.dispose()


def test_a_blank_is_no_zero(portal_home, login) -> None:
    """A required value that was reported cannot be emptied; an empty optional one is a blank."""
    office = login("office")
    wrong = send(office, CLINIC, filled(office, CLINIC, K01_1__visits=""))
    assert wrong.status_code == 422
    assert "不能清空" in wrong.get_data(as_text=True)
    shown = send(office, COSTS, filled(office, COSTS, K09__opening_deficit=""))
    assert "空白（按零计）" in shown.get_data(as_text=True)
    confirm(office, COSTS, shown)
    assert stored(portal_home, "department", "K09", "opening_deficit") is None
    zero = send(office, COSTS, filled(office, COSTS, K09__opening_deficit="0"))
    assert "0.00" in zero.get_data(as_text=True)
    confirm(office, COSTS, zero)
    assert stored(portal_home, "department", "K09", "opening_deficit") == 0


def test_everything_wrong_stands_at_its_field_and_in_a_list(login) -> None:
    """Not a number, not whole, out of bounds: all at once, and what was typed stays typed."""
    office = login("office")
    data = filled(office, CLINIC, K01_1__visits="一百", K01_2__visits="1.5", K02_1__admissions="3")
    answer = send(office, CLINIC, data)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "先改 2 处" in page
    assert held(page)["v|K01-1|visits"] == "一百"
    assert held(page)["v|K02-1|admissions"] == "3"
    bounds = send(office, CLINIC, filled(office, CLINIC, K01_1__visits="-1"))
    assert bounds.status_code == 422
    assert 'href="#c-v|K01-1|visits"' in bounds.get_data(as_text=True)
    assert 'aria-invalid="true"' in bounds.get_data(as_text=True)


def test_nothing_changed_writes_nothing(login) -> None:
    office = login("office")
    answer = send(office, CLINIC, filled(office, CLINIC))
    assert answer.status_code == 302
    assert "没有改动" in office.get(answer.headers["Location"]).get_data(as_text=True)


def test_a_head_enters_only_the_own_department_s_rows(login) -> None:
    """Others' rows are not shown, and sending one is refused."""
    head = login("head")
    page = head.get(f"/entry/forms/{CLINIC}").get_data(as_text=True)
    assert "v|K01-1|visits" in page
    assert "K02-1" not in page
    data = {**held(page), "v|K02-1|visits": "1"}
    assert send(head, CLINIC, data).status_code == 403
    assert head.get(f"/entry/forms/{COSTS}").status_code == 403


def test_a_reporter_enters_only_the_columns_that_name_him(login) -> None:
    finance = login("finance")
    page = finance.get(f"/entry/forms/{COSTS}").get_data(as_text=True)
    assert "v|K02|floor_area" in page
    assert finance.get(f"/entry/forms/{CLINIC}").status_code == 403
    data = {**held(page), "v|K02|kind": "clinical"}
    assert send(finance, COSTS, data).status_code == 403
    listed = finance.get("/entry/").get_data(as_text=True)
    assert "收入表：财务科报" in listed
    assert "人事部门报" not in listed


def test_others_have_no_forms(reader) -> None:
    for name in ("nurse", "it", "auditor", "county", "president"):
        assert reader(name).get("/entry/").status_code == 403, name
        assert reader(name).get(f"/entry/forms/{CLINIC}").status_code == 403, name
    assert reader("office").get("/entry/forms/mongolian_doctors").status_code == 404


def test_a_head_s_entry_counts_once_somebody_else_approved_it(portal_home, login) -> None:
    """Submitted, it changes nothing; approved, the value is the head's."""
    head, office = login("head"), login("office")
    answer = confirm(
        head, CLINIC, send(head, CLINIC, filled(head, CLINIC, K01_1__visits="400")), reason="重数"
    )
    assert answer.status_code == 302
    assert stored(portal_home, "clinic", "K01-1", "visits") == 412
    page = office.get("/entry/").get_data(as_text=True)
    assert "1 份填报待批准" in page
    assert "1 份填报待批准" in office.get("/collect/").get_data(as_text=True)
    number = page.partition("/entry/filed/")[2].partition('"')[0]
    shown = office.get(f"/entry/filed/{number}").get_data(as_text=True)
    assert "重数" in shown
    data = {"csrf_token": token(office, "/entry/"), "base": held(shown)["base"]}
    assert office.post(f"/entry/filed/{number}/approve", data=data).status_code == 302
    assert stored(portal_home, "clinic", "K01-1", "visits") == 400
    table = facts_of(portal_home, "township", homes.PERIOD).tables["clinic"]
    assert table.source.reported(0, "visits")[0] == "head"
    assert "已批准" in head.get(f"/entry/filed/{number}").get_data(as_text=True)
    again = office.post(f"/entry/filed/{number}/approve", data={**data, "base": "2"})
    assert again.status_code in (302, 422)
    engine = portal_home.engine()
    with reading(engine) as session:
        actions = [a.action for a in session.query(AuditEntry).order_by(AuditEntry.seq)]
    engine.dispose()
    assert actions.count("entry.submitted") == actions.count("entry.approved") == 1


def test_an_entry_is_open_to_its_author_and_to_those_who_approve(login) -> None:
    head, finance = login("head"), login("finance")
    confirm(head, CLINIC, send(head, CLINIC, filled(head, CLINIC, K01_1__visits="401")))
    page = head.get("/entry/").get_data(as_text=True)
    number = page.partition("/entry/filed/")[2].partition('"')[0]
    assert finance.get(f"/entry/filed/{number}").status_code == 404
    data = {"csrf_token": token(head, "/entry/")}
    assert head.post(f"/entry/filed/{number}/approve", data=data).status_code == 403
    assert head.post(f"/entry/filed/{number}/return", data=data).status_code == 302
    assert "已退回" in head.get(f"/entry/filed/{number}").get_data(as_text=True)


def test_a_row_is_added_with_its_id_and_links(portal_home, login) -> None:
    """A new row of the own department; its id must be new, and its links chosen."""
    office = login("office")
    data = filled(office, CLINIC)
    more = {f"new|{c}": "7" for c in ("visits", "admissions", "examination_income",
                                      "laboratory_income", "surgery_income")}  # fmt: skip
    taken = send(office, CLINIC, {**data, **more, "new-id": "K01-1", "link|doctor": "K01-1"})
    assert taken.status_code == 422
    assert "编号 K01-1 已经有了" in taken.get_data(as_text=True)
    lacking = send(office, CLINIC, {**data, **more, "new-id": "K01-9"})
    assert lacking.status_code == 422
    shown = send(office, CLINIC, {**data, **more, "new-id": "K01-9", "link|doctor": "K01-9"})
    confirm(office, CLINIC, shown)
    assert stored(portal_home, "clinic", "K01-9", "visits") == 7
    assert stored(portal_home, "clinic", "K01-9", "doctor") == "K01-9"
    assert stored(portal_home, "clinic", "K01-1", "doctor") == "K01-1"


def test_a_head_adds_rows_of_the_own_people_alone(login) -> None:
    head = login("head")
    data = filled(head, CLINIC) | {"new-id": "x", "new|visits": "1", "link|doctor": "K02-1"}
    assert send(head, CLINIC, data).status_code == 403
