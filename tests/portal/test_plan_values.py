"""A scale as a form, a value taken back, and bindings: with reason and day, and kept for good."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from portal_forms import send, token
from sqlalchemy import select

from hpf.core.parameters import parse_value
from hpf.portal import PortalSettings, create_app
from hpf.storage.engine import reading
from hpf.storage.home import Home, write_toml
from hpf.storage.models import BindingSet, Cycle, ParameterValue

BACK = {"since": "2026-10-01", "reason": "决议 9 号"}


@pytest.fixture
def app(portal_home: Home) -> Iterator[Flask]:
    """The portal with the departments' schemes beside the township's."""
    both = replace(portal_home, plugins=("township", "departments"))
    portal_home.file.write_text(write_toml(both), "utf-8")
    made = create_app(PortalSettings.of(Home.open(portal_home.folder)))
    yield made
    made.extensions["hpf"].engine.dispose()


def stored(app: Flask, model) -> list:
    with reading(app.extensions["hpf"].engine) as session:
        found = list(session.scalars(select(model).order_by(model.id)))
        session.expunge_all()
    return found


@pytest.fixture
def scaled(app, login) -> tuple:
    """The office on a period of a scheme with a scale: client, the scheme, the scale's page."""
    programs = app.extensions["hpf"].programs
    scheme, name = next(
        (c, p.name) for c in programs for p in programs[c].parameters.values() if p.kind == "scale"
    )
    office = login("office")
    period = {"month": "2026-09", "quarter": "2026-Q3", "year": "2026"}[programs[scheme].period]
    planned = send(office, "/plan/settings/cycle", {"scheme": scheme, "period": period}, "/plan/")
    assert planned.status_code == 302, planned.get_data(as_text=True)[-900:]
    return office, scheme, f"/plan/parameters/{name}?scheme={scheme}"


def bands(*rows: tuple[str, str, str, str, str]) -> dict[str, str]:
    names = ("low", "low_in", "high", "high_in", "rate")
    return {f"{n}-{i}": v for i, row in enumerate(rows) for n, v in zip(names, row, strict=True)}


def seen(client, page: str) -> str:
    return client.get(page).get_data(as_text=True).split('name="seen" value="')[1].split('"')[0]


def test_a_period_of_another_scheme_is_planned_from_the_portal(app, scaled) -> None:
    office, scheme, _ = scaled
    assert {c.scheme for c in stored(app, Cycle)} == {"township", scheme}
    assert "/plan/settings/" in office.get("/plan/").get_data(as_text=True)


def test_a_scale_is_entered_band_by_band_and_taken_back(app, scaled) -> None:
    office, scheme, page = scaled
    before = office.get(page).get_data(as_text=True)
    assert 'name="rate-0"' in before, "the bands in force stand in the form"
    given = bands(("0", "yes", "100", "no", "2.5"), ("100", "yes", "", "no", "3"))
    entered = send(office, page, {**given, **BACK, "seen": seen(office, page)}, page)
    assert entered.status_code == 302, entered.get_data(as_text=True)
    (one,) = [v for v in stored(app, ParameterValue) if v.scheme == scheme]
    assert one.value == [
        {"from": "0", "below": "100", "rate": "2.5"}, {"from": "100", "rate": "3"},
    ]  # fmt: skip
    shown = office.get(page).get_data(as_text=True)
    assert "[0, 100): 2.5" in shown
    assert "决议 9 号" in shown
    back = {"since": "2026-10-01", "reason": "决议有误", "back": "yes", "seen": seen(office, page)}
    assert send(office, page, back, page).status_code == 302
    kept = [v.value for v in stored(app, ParameterValue) if v.scheme == scheme]
    assert kept == [one.value, None], "the entry stays, and so does the taking back"
    assert "撤回" in office.get(page).get_data(as_text=True)


def test_the_bands_in_force_can_be_sent_back_as_they_stand(app, scaled) -> None:
    office, scheme, page = scaled
    form = office.get(page).get_data(as_text=True).split("<fieldset>")[1].split("</fieldset>")[0]
    given = dict(re.findall(r'<input type="text" name="([^"]+)" value="([^"]*)"', form))
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form):
        given[name] = options.split(" selected")[0].rsplit('value="', 1)[1].split('"')[0]
    sent = send(office, page, {**given, **BACK, "seen": seen(office, page)}, page)
    assert sent.status_code == 302, sent.get_data(as_text=True)
    program = app.extensions["hpf"].programs[scheme]
    name = page.split("/")[-1].split("?")[0]
    (one,) = [v for v in stored(app, ParameterValue) if v.scheme == scheme]
    parameter = program.parameters[name]
    assert parse_value(parameter, one.value) == parameter.values[-1].value


def test_a_gap_between_bands_is_refused_and_what_was_typed_stays(app, scaled) -> None:
    office, scheme, page = scaled
    given = bands(("0", "yes", "100", "no", "2.5"), ("120", "yes", "", "no", "3"))
    refused = send(office, page, {**given, **BACK, "seen": seen(office, page)}, page)
    assert refused.status_code == 422
    body = refused.get_data(as_text=True)
    assert "空缺" in body
    assert 'value="120"' in body
    assert not [v for v in stored(app, ParameterValue) if v.scheme == scheme]


def test_a_binding_is_entered_from_a_day_on_and_the_old_set_is_kept(app, login) -> None:
    office, page = login("office"), "/plan/bindings/"
    end = {"indicator": "cardiology.department.pool",
           "result": "laboratory.department.pool_to_share"}  # fmt: skip
    form = {**end, "rows": "A=K01", "since": "2026-10-01", "reason": "院长办公会", "seen": "0"}
    assert send(office, page, {**form, "reason": ""}, page).status_code == 422
    assert (
        send(office, page, {**form, "result": "laboratory.department.none"}, page).status_code
        == 422
    )
    assert stored(app, BindingSet) == []
    assert send(office, page, form, page).status_code == 302
    assert send(office, page, form, page).status_code == 409, "the page is out of date"
    (kept,) = stored(app, BindingSet)
    assert kept.bindings == [{**end, "rows": {"A": "K01"}}]
    shown = office.get(page).get_data(as_text=True)
    assert "院长办公会" in shown
    none = {"since": "2026-11-01", "reason": "不再绑定", "seen": seen(office, page)}
    assert send(office, page, none, page).status_code == 302
    assert [s.bindings for s in stored(app, BindingSet)] == [kept.bindings, []]


def test_the_president_reads_bindings_and_enters_none(login) -> None:
    president = login("president")
    assert "登记这一组" not in president.get("/plan/bindings/").get_data(as_text=True)
    given = {"csrf_token": token(president, "/password")}
    assert president.post("/plan/bindings/", data=given).status_code == 403
