"""What everybody opens on pay day is at hand before the first of them asks."""

from __future__ import annotations

import time

from portal_asked import asked_of
from portal_posted import put_at

from hpf.portal.pages.derivation_runs import shelf
from hpf.portal.warming import warm, warmed


def test_nothing_is_read_before_results_are_public(app, portal_home) -> None:
    assert warm(app) == []
    put_at(portal_home, "review", posted=False)
    assert warm(app) == []


def test_the_first_slip_finds_the_run_already_read(app, portal_home, login) -> None:
    run = put_at(portal_home, "publicise")
    nurse = login("nurse")
    assert warm(app) == [run]
    assert run in shelf(app)
    with asked_of(app) as asked:
        body = nurse.get("/mine/").get_data(as_text=True)
    assert "本期应发" in body
    facts = [s for s in asked if "FROM facts" in s or "fact_columns" in s]
    assert not facts, "no fact is read for a slip"


def test_what_is_published_while_it_is_served_is_read_too(app, portal_home) -> None:
    with warmed(app, every=0.1):
        run = put_at(portal_home, "publicise")
        until = time.monotonic() + 60
        while run not in shelf(app) and time.monotonic() < until:
            time.sleep(0.1)
        assert run in shelf(app)


def test_a_run_that_cannot_be_read_stops_neither_the_thread_nor_the_portal(
    app, portal_home, monkeypatch
) -> None:
    put_at(portal_home, "publicise")
    seen: list[int] = []

    def broken(*rest: object) -> None:
        seen.append(1)
        raise RuntimeError("spoilt")

    monkeypatch.setattr("hpf.portal.warming.issued", broken)
    with warmed(app, every=0.05):
        until = time.monotonic() + 60
        while len(seen) < 2 and time.monotonic() < until:
            time.sleep(0.05)
    assert len(seen) >= 2, "it goes on after the first failure"
    assert app.test_client().get("/login").status_code == 200
