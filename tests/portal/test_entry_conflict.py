"""Two people at one form: no change is lost in silence, and nobody approves their own."""

from __future__ import annotations

from decimal import Decimal

import portal_homes as homes
import pytest
from portal_entry import confirm, facts_of, filled, held, send, value
from portal_forms import token

from hpf.portal.pages import entry_filing as filed
from hpf.portal.rights import Role, Viewer
from hpf.storage.engine import reading, writing
from hpf.storage.home import Home
from hpf.storage.models import Filing
from hpf.storage.troubles import StorageError

COSTS = "township_direct_costs"


def area(home: Home, id: str) -> Decimal:
    return value(facts_of(home, "township", homes.PERIOD), "department", id, "floor_area")


def test_the_same_cell_changed_by_two_shows_both_versions(portal_home, login) -> None:
    """The second one sees what stood, what stands by whom, and what they typed; nothing written."""
    one, two = login("office"), login("office")
    late = filled(two, COSTS, K01__floor_area="300", K02__floor_area="301")
    confirm(one, COSTS, send(one, COSTS, filled(one, COSTS, K01__floor_area="410.5")))
    answer = send(two, COSTS, late)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "有 1 处别人刚刚改过" in page
    for said in ("420", "410.5", "300", "office"):
        assert said in page, said
    assert "另外 1 处" in page
    assert area(portal_home, "K01") == Decimal("410.5")
    assert area(portal_home, "K02") == 360


@pytest.mark.parametrize(("keep", "left"), [("mine", "300"), ("theirs", "410.5")])
def test_one_version_is_chosen_and_the_other_cells_come_along(
    portal_home, login, keep: str, left: str
) -> None:
    one, two = login("office"), login("office")
    late = filled(two, COSTS, K01__floor_area="300", K02__floor_area="301")
    confirm(one, COSTS, send(one, COSTS, filled(one, COSTS, K01__floor_area="410.5")))
    page = send(two, COSTS, late).get_data(as_text=True)
    shown = send(two, COSTS, {**held(page), "keep|v|K01|floor_area": keep})
    confirm(two, COSTS, shown)
    assert area(portal_home, "K01") == Decimal(left)
    assert area(portal_home, "K02") == 301


def test_different_cells_do_not_meet(portal_home, login) -> None:
    """Two people in two rows of one form both get their change."""
    one, two = login("office"), login("office")
    late = send(two, COSTS, filled(two, COSTS, K02__floor_area="301"))
    confirm(one, COSTS, send(one, COSTS, filled(one, COSTS, K01__floor_area="410.5")))
    assert confirm(two, COSTS, late).status_code == 302
    assert (area(portal_home, "K01"), area(portal_home, "K02")) == (Decimal("410.5"), 301)


def test_a_change_between_preview_and_confirmation_is_a_conflict_too(portal_home, login) -> None:
    one, two = login("office"), login("office")
    late = send(two, COSTS, filled(two, COSTS, K01__floor_area="300"))
    confirm(one, COSTS, send(one, COSTS, filled(one, COSTS, K01__floor_area="410.5")))
    assert confirm(two, COSTS, late).status_code == 409
    assert area(portal_home, "K01") == Decimal("410.5")


def test_confirming_twice_writes_once(portal_home, login) -> None:
    office = login("office")
    shown = send(office, COSTS, filled(office, COSTS, K01__floor_area="300"))
    confirm(office, COSTS, shown)
    again = confirm(office, COSTS, shown)
    assert "没有改动" in office.get(again.headers["Location"]).get_data(as_text=True)
    table = facts_of(portal_home, "township", homes.PERIOD)
    assert value(table, "department", "K01", "floor_area") == 300


def test_an_entry_that_is_sent_twice_waits_once_and_is_answered_once(portal_home, login) -> None:
    """A double click, and two of the office who approve at once."""
    finance, office = login("finance"), login("office")
    shown = send(finance, COSTS, filled(finance, COSTS, K01__floor_area="300"))
    for _ in range(2):
        assert confirm(finance, COSTS, shown).status_code == 302
    number, page = _number(office), office.get("/entry/").get_data(as_text=True)
    assert "1 份填报待批准" in page
    base = held(office.get(f"/entry/filed/{number}").get_data(as_text=True))["base"]
    data = {"csrf_token": token(office, "/entry/"), "base": base}
    assert office.post(f"/entry/filed/{number}/approve", data=data).status_code == 302
    latest = held(office.get(f"/entry/forms/{COSTS}").get_data(as_text=True))["base"]
    again = office.post(f"/entry/filed/{number}/approve", data={**data, "base": latest})
    assert again.status_code == 422
    assert "已经处理过" in again.get_data(as_text=True)
    assert area(portal_home, "K01") == 300


def test_an_approval_shows_what_was_changed_since(portal_home, login) -> None:
    """The page says which cells; an approval from an older page is refused."""
    finance, office = login("finance"), login("office")
    confirm(finance, COSTS, send(finance, COSTS, filled(finance, COSTS, K01__floor_area="300")))
    number = _number(office)
    old = held(office.get(f"/entry/filed/{number}").get_data(as_text=True))["base"]
    confirm(office, COSTS, send(office, COSTS, filled(office, COSTS, K01__floor_area="410.5")))
    data = {"csrf_token": token(office, "/entry/")}
    office.post(f"/entry/filed/{number}/approve", data={**data, "base": old})
    assert area(portal_home, "K01") == Decimal("410.5")
    shown = office.get(f"/entry/filed/{number}").get_data(as_text=True)
    assert "别人改过其中 1 处" in shown
    office.post(f"/entry/filed/{number}/approve", data={**data, "base": held(shown)["base"]})
    assert area(portal_home, "K01") == 300


def test_an_entry_is_sent_back_with_its_reason(portal_home, login) -> None:
    finance, office = login("finance"), login("office")
    confirm(finance, COSTS, send(finance, COSTS, filled(finance, COSTS, K01__floor_area="300")))
    number = _number(office)
    data = {"csrf_token": token(office, "/entry/")}
    office.post(f"/entry/filed/{number}/return", data=data)
    assert "待批准" in office.get(f"/entry/filed/{number}").get_data(as_text=True)
    office.post(f"/entry/filed/{number}/return", data={**data, "reason": "面积与图纸不符"})
    assert "面积与图纸不符" in finance.get(f"/entry/filed/{number}").get_data(as_text=True)
    assert area(portal_home, "K01") == 420


def test_nobody_approves_their_own_entry(portal_home, login) -> None:
    """Not with all rights: who submits as finance and then may collect needs somebody else."""
    finance, office = login("finance"), login("office")
    confirm(finance, COSTS, send(finance, COSTS, filled(finance, COSTS, K01__floor_area="300")))
    number = int(_number(office))
    engine = portal_home.engine()
    with writing(engine) as session:
        hospital = home_of(portal_home)
        one = filed.entry(session, hospital, number)
        both = Viewer("finance", "甲", hospital, frozenset({Role.FINANCE, Role.PERFORMANCE_OFFICE}))
        with pytest.raises(StorageError, match="nobody approves their own entry"):
            filed.answer(session, both, one, filed.APPROVED)
    with reading(engine) as session:
        kinds = {f.kind for f in session.query(Filing) if f.kind.startswith("entry")}
    engine.dispose()
    assert kinds == {"entry"}


def home_of(home: Home) -> int:
    engine = home.engine()
    with reading(engine) as session:
        found = home.hospital(session)
    engine.dispose()
    return found


def _number(client) -> str:
    page = client.get("/entry/").get_data(as_text=True)
    return page.partition("/entry/filed/")[2].partition('"')[0]
