"""Settings of the cycle and ceilings: only added, with a reason; nothing of an outdated page."""

from __future__ import annotations

import pytest
from portal_forms import send
from sqlalchemy import func, select

from hpf.storage.engine import reading
from hpf.storage.models import AuditEntry, Ceiling, Cycle, Filing

PAGE = "/plan/settings/"


def count(app, model) -> int:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def body(client) -> str:
    return client.get(PAGE).get_data(as_text=True)


def form(client, **changes: str) -> dict[str, str]:
    seen = body(client).split('name="seen" value="')[1].split('"')[0]
    return {"reason": "职代会决议 5 号", "seen": seen, **changes}


def test_every_setting_stands_there_with_value_clause_and_reason(reader) -> None:
    from hpf.workflow.settings import SETTINGS

    shown = body(reader("president"))
    for one in SETTINGS.values():
        assert f'<label for="s-{one.name}">' in shown
        assert one.name in ("order", "count_posting_day", "payer_apart") or one.names.zh in shown
    assert "publicise_then_pay</td>" not in shown, "a choice is told in words"
    assert "synthetic: for the tests" in shown
    assert "流程设置已定齐" in shown


def test_a_change_is_added_with_its_reason_and_stands_in_the_audit(app, login) -> None:
    office, before = login("office"), count(app, Filing)
    assert (
        send(office, PAGE, form(office, publicity_days="7", majority="1/2"), PAGE).status_code
        == 302
    )
    assert count(app, Filing) == before + 1, "what is as it was is not entered again"
    assert "职代会决议 5 号" in body(office)
    with reading(app.extensions["hpf"].engine) as session:
        (told,) = session.scalars(select(AuditEntry).where(
            AuditEntry.action == "setting.set", AuditEntry.who == "office",
            AuditEntry.object == "setting:publicity_days")).all()[-1:]  # fmt: skip
        assert told.detail["value"] == "7"
        assert told.detail["before"] == "5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"publicity_days": "0"},
        {"majority": "2"},
        {"pay_day": "x"},
        {"publicity_days": "7", "reason": " "},
    ],
)
def test_what_will_not_do_is_refused_with_the_entry_kept_in_the_form(app, login, wrong) -> None:
    office, before = login("office"), count(app, Filing)
    refused = send(office, PAGE, form(office, **wrong), PAGE)
    assert refused.status_code == 422
    assert count(app, Filing) == before
    assert f'value="{next(iter(wrong.values()))}"' in refused.get_data(as_text=True)


def test_of_two_people_the_second_is_shown_what_holds_now_and_what_they_entered(app, login) -> None:
    office, president = login("office"), login("president")
    late = form(president, publicity_days="9")
    assert send(office, PAGE, form(office, publicity_days="7"), PAGE).status_code == 302
    before = count(app, Filing)
    shown = send(president, PAGE, late, PAGE)
    assert shown.status_code == 409
    text = shown.get_data(as_text=True)
    assert "<td>7</td>" in text
    assert 'value="9"' in text
    assert count(app, Filing) == before


def test_a_ceiling_is_recorded_with_its_document(app, login) -> None:
    office, at = login("office"), f"{PAGE}ceilings"
    given = {"period": "2026-10", "amount": "210,000.50", "reason": "县财 8 号"}
    assert send(office, at, given, PAGE).status_code == 302
    assert "210,000.50" in body(office)
    before = count(app, Ceiling)
    for wrong in ({"amount": "NaN"}, {"amount": "1.001"}, {"amount": "-1"}, {"amount": "1e99"},
                  {"period": "2026-Q3"}, {"period": "x"}, {"reason": ""}):  # fmt: skip
        assert send(office, at, {**given, **wrong}, PAGE).status_code == 422, wrong
    assert count(app, Ceiling) == before
    assert send(login("president"), at, given, PAGE).status_code == 403


def test_the_next_period_is_planned_and_refused_where_it_is_none(app, login) -> None:
    office, at = login("office"), f"{PAGE}cycle"
    page = office.get("/plan/").get_data(as_text=True)
    assert 'value="2026-10"' in page, "the period after the planned one is proposed"
    before = count(app, Cycle)
    assert send(office, at, {"scheme": "township", "period": "2026"}, "/plan/").status_code == 422
    assert send(office, at, {"scheme": "nothing", "period": "2026-10"}, "/plan/").status_code == 422
    assert count(app, Cycle) == before
    planned = send(office, at, {"scheme": "township", "period": "2026-10"}, "/plan/")
    assert planned.headers["Location"].endswith("period=2026-10")
    assert count(app, Cycle) == before + 1
