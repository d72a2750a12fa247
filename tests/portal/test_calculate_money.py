"""Reconciliation: pools, lines, departments, people, batches; each difference with its reason."""

from __future__ import annotations

import csv
import re
from decimal import Decimal

import portal_homes as homes
import pytest
from portal_forms import send
from portal_posted import put_at

from hpf.holds import approve, hold
from hpf.storage.engine import writing

PAGE = "/calculate/money"


def shown(client, path: str = PAGE) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.get_data(as_text=True)


def amount(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace("−", "-").replace("+", ""))


def steps(body: str) -> list[list[Decimal]]:
    """The two strips: from the pools to what is paid, and from there to the batches."""
    return [
        [amount(x) for x in re.findall(r"<dd[^>]*>([−+]?[\d,.]+)", strip.split("</dl>")[0])]
        for strip in body.split('<dl class="strip sum')[1:]
    ]


def rows(body: str, id: str) -> list[list[str]]:
    """The cells of numbers in each line of a table."""
    table = body.split(f'id="{id}"')[1].split("</table>")[0]
    return [re.findall(r'<td class="n[^"]*">([−+]?[\d,.]+|—)<', tr) for tr in table.split("<tr")]


def test_each_step_adds_up_to_the_next(reader) -> None:
    body = shown(reader("auditor"))
    assert "差额 0.00" in body.split("<h1>")[1].split("</h1>")[0]
    first, second = steps(body)
    assert sum(first[:-1]) == first[-1] > 0
    assert sum(second[:-1]) == second[-1] == first[-1]
    assert second[:2] == [0, 0], "there is no batch yet"
    units = [r for r in rows(body, "units") if len(r) > 6]
    assert len(units) == 17
    for column in range(len(units[0])):
        each = [amount(r[column]) for r in units[:-1] if r[column] != "—"]
        assert sum(each) == amount(units[-1][column])
    assert all(amount(r[1]) + amount(r[2]) == amount(r[3]) for r in units)


def test_pools_stand_with_what_was_shared_out_of_them(reader) -> None:
    """The department's pool of the derivation is the one that its people share."""
    body = shown(reader("office"))
    run = reader("office").get("/derivation/1/department/K01/to_share").get_data(as_text=True)
    pool = next(r for r in rows(body, "pools") if r and r[0] in run and "," in r[0])
    assert pool[0] == pool[2]
    assert pool[3] == "0.00"


@pytest.mark.parametrize("name", ["head", "nurse", "it", "county", "expert", "assessed"])
def test_it_is_for_those_who_see_everybody_s_pay(reader, name: str) -> None:
    assert reader(name).get(PAGE).status_code in (302, 403)


@pytest.mark.slow
def test_batches_and_what_they_leave_out_make_up_the_run(portal_home, app, login) -> None:
    """A department is held back, the others are paid; one payment comes back and goes out again."""
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        entry = hold(session, desk.hospital, "township", homes.PERIOD, "department", "X05",
                     "synthetic", by="office")  # fmt: skip
        approve(session, desk.hospital, entry.id, by="president")
        session.commit()
    office = login("office")
    assert send(office, "/calculate/seal", {}, "/calculate/").status_code == 302
    run = put_at(portal_home, "final")
    finance = login("finance")
    made = send(finance, "/pay/make", {"run": str(run), "cash": "1"}, "/pay/")
    code = made.headers["Location"].rpartition("/")[2]
    body = shown(office)
    first, second = steps(body)
    assert sum(first[:-1]) == first[-1] == second[0] + second[1]
    assert second[2] == 0, "all of it is in a batch, or has its reason"
    assert code in body
    assert "暂缓" in body.split('id="batches"')[1]
    assert "synthetic" in body.split('id="batches"')[1]
    held = [r for r in csv_rows("staff") if r["department"] == "X05"]
    assert all(r["id"] in body.split('id="batches"')[1] for r in held)
    page = f"/pay/{code}"
    for data in ({"state": "sent"}, {"state": "returned", "ids": "K02-1", "reason": "户名不符"}):
        assert send(finance, f"{page}/mark", data, page).status_code == 302
    assert (
        send(finance, f"{page}/again", {"reason": "已更正", "cash": "1"}, page).status_code == 302
    )
    later = shown(office)
    assert steps(later) == [first, second], "what is paid again counts once"
    assert "补发退回的" in later
    assert "差额 0.00" in later.split("<h1>")[1].split("</h1>")[0]


def csv_rows(entity: str) -> list[dict[str, str]]:
    path = homes.SAMPLE / str(homes.PERIOD) / f"{entity}.csv"
    with path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))[1:]
