"""A department for its head: its own people and sums, and how its pool is shared out."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import portal_homes as homes
import pytest
from flask import Flask
from portal_posted import put_at

from hpf.allocation_rules import AllocationRule
from hpf.pools import Pool
from hpf.portal.pages import department_pool as form
from hpf.portal.rights import Role, Viewer
from hpf.reports.figures import money

PERIOD = str(homes.PERIOD)


def test_a_head_sees_the_own_people_and_no_others(reader, amounts) -> None:
    body = reader("head").get("/department/").get_data(as_text=True)
    own = {i for i in amounts if i.startswith(f"{homes.HEADED}-")}
    assert all(money(amounts[i]) in body for i in own)
    assert all(money(v) not in body for i, v in amounts.items() if i not in own)
    assert money(sum((amounts[i] for i in own), Decimal(0))) in body
    assert reader("head").get("/department/?unit=K02").status_code == 404
    card = f"/department/card/township/{PERIOD}/K02.pdf"
    assert reader("head").get(card).status_code == 404
    assert reader("nurse").get(card).status_code == 403
    assert reader("it").get("/department/").status_code == 403


def test_every_account_of_it_is_reconciled_to_the_fen(reader) -> None:
    body = reader("finance").get("/department/?unit=K02").get_data(as_text=True)
    section = body.split('id="check"')[1].split("</section>")[0]
    assert section.count('<td class="n ok">0.00</td>') >= 3


@pytest.mark.slow
def test_the_card_is_a_pdf_for_its_head(portal_home, login) -> None:
    put_at(portal_home, "review", posted=False)
    card = login("head").get(f"/department/card/township/{PERIOD}/{homes.HEADED}.pdf")
    assert card.data[:5] == b"%PDF-"


POOL = Pool("W1", Decimal("1000.00"), 1, dt.date(2999, 1, 1), {"A": None, "B": Decimal(2)})
RULE = AllocationRule("s", "p.department.pool", "staff.part", "0.5", "1.5", "equal", 5)


def test_the_form_of_a_pool_says_bounds_and_who_may_submit(app: Flask) -> None:
    head = Viewer("h", "h", 1, frozenset({Role.HEAD}), frozenset({"W1"}))
    other = Viewer("o", "o", 1, frozenset({Role.HEAD}), frozenset({"W2"}))
    office = Viewer("p", "p", 1, frozenset({Role.PERFORMANCE_OFFICE}))
    shown = form._shared(RULE, POOL, {"A": "甲"}, head)
    assert (shown.low, shown.high, shown.amount) == ("250.00", "750.00", "1,000.00")
    assert [(p.id, p.name, p.points) for p in shown.people] == [("A", "甲", ""), ("B", "B", "2")]
    assert shown.mine
    assert not form._shared(RULE, POOL, {}, other).mine
    assert not form._shared(RULE, POOL, {}, office).may_approve  # nothing was submitted


def test_without_a_decision_on_pools_there_is_nothing_to_share_out(login) -> None:
    head = login("head")
    assert "二次分配" not in head.get("/department/").get_data(as_text=True)
    from portal_forms import send

    answer = send(head, "/department/allocate", {"unit": homes.HEADED}, "/department/")
    assert answer.status_code == 422
    assert send(head, "/department/allocate", {"unit": "K02"}, "/department/").status_code == 404
