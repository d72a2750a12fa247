"""Second-level distribution on the page: in bounds, conserved, sent once, approved by another."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from portal_forms import send
from portal_pools import PEOPLE, PERIOD, pool, programs

from hpf.pools import pools
from hpf.storage.engine import reading

PAGE = f"/department/?scheme=ward&period={PERIOD}"


@pytest.fixture
def pooled(app: Flask, tmp_path: Path) -> Flask:
    """The portal of a hospital whose pools are sealed: K01 has 100.00 for three, K02 10.00."""
    return pool(app, tmp_path)


def submit(client, mark: str, *amounts: str, unit: str = "K01"):
    data = {f"amount-{i}": v for i, v in zip(PEOPLE, amounts, strict=True)}
    return send(client, "/department/allocate", {"unit": unit, "pool": mark, **data}, PAGE)


def mark_of(client) -> str:
    body = client.get(PAGE).get_data(as_text=True)
    return str(body.split('name="pool" value="')[1].split('"')[0])


def test_a_head_shares_out_the_own_pool_and_another_approves_it(pooled, login) -> None:
    head, office = login("head"), login("office")
    shown = head.get(PAGE).get_data(as_text=True)
    assert "100.00" in shown
    assert "K02-1" not in shown  # another head's people
    mark = mark_of(head)
    assert submit(head, mark, "50", "20", "29.99").status_code == 422  # a fen is missing
    assert submit(head, mark, "80", "10", "10").status_code == 422  # out of bounds
    assert submit(head, mark, "x", "50", "50").status_code == 422
    assert submit(head, mark, "50", "20", "30", unit="K02").status_code == 404
    assert submit(head, mark, "50", "20", "30").status_code == 302
    assert submit(head, mark, "50", "20", "30").status_code == 409  # sent twice
    with reading(pooled.extensions["hpf"].engine) as session:
        given = pools(session, 1, programs(Path("/"))["ward"], PERIOD)["K01"]
        assert sum(given.parts.values()) == Decimal(100)
        number = given.given.id
    path = f"/department/allocations/{number}/approve"
    assert send(head, path, {}, PAGE).status_code == 403
    assert send(office, path, {}, PAGE).status_code == 302
    assert "已批准" in head.get(PAGE).get_data(as_text=True)
    assert send(office, path, {}, PAGE).status_code == 409  # sent twice
