"""Bank accounts in the portal: entered by finance, approved by another, masked on every page."""

from __future__ import annotations

import io

import openpyxl
import portal_homes as homes
import pytest
from portal_forms import send, token

from hpf.storage.account_entries import entries, number_of
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Staff, User
from hpf.storage.people import create_user, grant
from hpf.storage.secrets import AccountKeys

PAGE = "/bank/"
NEW, OTHER = "6222999900001111", "6222888800002222"


def held(home, code: str) -> str:
    engine = home.engine()
    with reading(engine) as session:
        person = session.query(Staff).filter_by(code=code).one()
        found = number_of(AccountKeys.read(home.keys), home.hospital_code, person)
    engine.dispose()
    return found


def waiting(home) -> list[int]:
    engine = home.engine()
    with reading(engine) as session:
        found = [e.id for e, _ in entries(session, home.hospital(session), waiting=True)]
    engine.dispose()
    return found


@pytest.fixture
def second(portal_home, login):
    """Another account of finance."""
    engine = portal_home.engine()
    with writing(engine) as session:
        first = session.query(User).filter_by(login="finance").one()
        made, _ = create_user(session, "cashier", "cashier", by="it", hospital="H1")
        made.password_hash, made.must_change = first.password_hash, False
        grant(session, made, "finance", hospital=portal_home.hospital(session), department="",
              by="it")  # fmt: skip
        session.commit()
    engine.dispose()
    return login("cashier")


def book(client, rows: dict[str, str]) -> bytes:
    """The list as it is downloaded, with numbers filled in."""
    answer = client.get("/bank/form.xlsx")
    made = openpyxl.load_workbook(io.BytesIO(answer.data))
    sheet = made.active
    assert sheet["D2"].number_format == "@", "a number typed there keeps all its digits"
    for row in sheet.iter_rows(min_row=2):
        if row[0].value in rows:
            row[3].value = rows[row[0].value]
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def upload(client, data: bytes, name: str = "账号.xlsx"):
    form = {"csrf_token": token(client, PAGE), "file": (io.BytesIO(data), name)}
    return client.post("/bank/upload", data=form, content_type="multipart/form-data")


def test_a_list_is_uploaded_shown_entered_and_approved_by_another(
    portal_home, login, second
) -> None:
    finance = login("finance")
    shown = upload(finance, book(finance, {"K01-1": NEW, "K02-1": OTHER}))
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200, page[-500:]
    assert "可以登记：2 个账号" in page
    assert "****1111" in page
    assert NEW not in page
    assert waiting(portal_home) == [], "nothing is entered before it is confirmed"
    kept = b"".join(p.read_bytes() for p in (portal_home.folder / "spool-accounts").iterdir())
    assert NEW.encode() not in kept, "not in the clear while it waits to be confirmed"
    mark = page.partition('name="token" value="')[2].partition('"')[0]
    assert send(finance, "/bank/confirm", {"token": mark}, PAGE).status_code == 302
    assert list((portal_home.folder / "spool-accounts").iterdir()) == []
    numbers = waiting(portal_home)
    assert len(numbers) == 2
    assert "个银行账号等您批准" in second.get("/").get_data(as_text=True)
    assert "个银行账号等您批准" not in finance.get("/").get_data(as_text=True)
    both = {"deed": "approve", "entry": [str(n) for n in numbers]}
    refused = send(finance, "/bank/answer", both, PAGE)
    assert refused.status_code == 422, "nobody approves their own"
    assert held(portal_home, "K01-1") == ""
    one = {"deed": "approve", "entry": str(numbers[0])}
    assert send(second, "/bank/answer", {**one, "typed": OTHER}, PAGE).status_code == 422
    assert send(second, "/bank/answer", {**one, "typed": NEW}, PAGE).status_code == 302
    assert held(portal_home, "K01-1") == NEW
    back = {"deed": "return", "entry": str(numbers[1])}
    assert send(second, "/bank/answer", back, PAGE).status_code == 422, "a reason is wanted"
    assert send(second, "/bank/answer", {**back, "reason": "户名不符"}, PAGE).status_code == 302
    assert (held(portal_home, "K02-1"), waiting(portal_home)) == ("", [])
    assert "户名不符" in finance.get(PAGE).get_data(as_text=True)


def test_everything_wrong_is_told_by_its_cell_and_nothing_is_kept(portal_home, login) -> None:
    finance = login("finance")
    lines = f"编号,账号\nK01-1,12\nX99,{NEW}\nK02-1,{OTHER}\n"
    answer = upload(finance, lines.encode(), "账号.csv")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "先改 2 处" in page
    assert "8 至 32 位" in page
    assert "X99" in page
    assert OTHER not in page
    assert not (portal_home.folder / "spool-accounts").exists()
    assert list(portal_home.keys.glob("paying-*")) == []


def test_one_person_is_entered_by_typing_it_twice_or_taken_away(portal_home, login, second) -> None:
    finance = login("finance")
    form = {"code": "K01-1", "number": NEW, "again": OTHER}
    assert send(finance, "/bank/enter", form, PAGE).status_code == 422
    assert send(finance, "/bank/enter", {**form, "again": NEW}, PAGE).status_code == 302
    (number,) = waiting(portal_home)
    president = login("president")
    assert "****1111" in president.get(PAGE).get_data(as_text=True)
    assert send(president, "/bank/enter", form, PAGE).status_code == 403, "it only approves"
    answer = {"deed": "approve", "entry": str(number)}
    assert send(president, "/bank/answer", answer, PAGE).status_code == 302
    assert held(portal_home, "K01-1") == NEW
    assert send(finance, "/bank/enter", {"code": "K01-1", "gone": "1"}, PAGE).status_code == 302
    (number,) = waiting(portal_home)
    assert send(second, "/bank/answer", {**answer, "entry": str(number)}, PAGE).status_code == 302
    assert held(portal_home, "K01-1") == ""


@pytest.mark.slow
def test_no_number_is_in_the_clear_on_any_page_or_in_the_trail(app, login, second) -> None:
    """By every role; the list's download too. Only the bank's file has it."""
    finance = login("finance")
    send(finance, "/bank/enter", {"code": "K01-1", "number": NEW, "again": NEW}, PAGE)
    send(finance, "/bank/enter", {"code": "K02-1", "number": OTHER, "again": OTHER}, PAGE)
    send(second, "/bank/answer", {"deed": "approve", "entry": "1"}, PAGE)
    rules = [r.rule for r in app.url_map.iter_rules() if "GET" in r.methods and not r.arguments]
    rules = sorted(r for r in rules if not r.startswith(("/upkeep", "/logout")))
    for name in ("finance", "president", "auditor", "it"):
        client = login(name)
        for rule in (PAGE, "/bank/form.xlsx", "/admin/audit/", "/admin/staff/", *rules):
            body = client.get(rule).data
            assert NEW.encode() not in body, (name, rule)
            assert OTHER.encode() not in body, (name, rule)
    with reading(app.extensions["hpf"].engine) as session:
        trail = str([e.detail for e in session.query(AuditEntry)])
    assert "****1111" in trail
    assert NEW not in trail


def test_nobody_else_gets_in(reader) -> None:
    for name in homes.ROLES:
        status = reader(name).get(PAGE).status_code
        assert (status == 200) is (name in ("finance", "president")), name
        assert (reader(name).get("/bank/form.xlsx").status_code == 200) is (name == "finance")
