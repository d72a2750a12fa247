"""The register as a workbook: what it changes is shown, and then written, or not at all."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import portal_homes as homes
from portal_forms import send, token

from hpf.core.organisation import Register, Unit, merge
from hpf.storage.engine import reading, writing
from hpf.storage.models import AuditEntry, Staff
from hpf.storage.organisation import register_of, save_register

PAGE = "/register/"


def book(client):
    return openpyxl.load_workbook(io.BytesIO(client.get("/register/register.xlsx").data))


def column(sheet, code: str) -> int:
    return next(c.column for c in sheet[1] if c.value == code)


def put(sheet, id: str, **values: object) -> None:
    """Write into the row of an id, or into a new one at the end."""
    row = next((r[0].row for r in sheet.iter_rows() if r[0].value == id), sheet.max_row + 1)
    for code, value in {"id": id, **values}.items():
        sheet.cell(row, column(sheet, code)).value = value


def upload(client, made, since: str = "2026-10-01"):
    out = io.BytesIO()
    made.save(out)
    out.seek(0)
    form = {"csrf_token": token(client, PAGE), "since": since, "file": (out, "名册.xlsx")}
    return client.post("/register/upload", data=form, content_type="multipart/form-data")


def hidden(page: str) -> dict[str, str]:
    return {n: page.partition(f'name="{n}" value="')[2].partition('"')[0]
            for n in ("token", "seen")}  # fmt: skip


def changed(client):
    """A workbook in which somebody joins, somebody leaves, and somebody moves."""
    made = book(client)
    put(made["staff"], "N1", name="新来的", joined=dt.date(2026, 10, 1))
    put(made["staff"], "K02-1", left=dt.date(2026, 10, 16))
    made["assignment"].delete_rows(3, 1000)  # whom it does not name stays
    put(made["assignment"], "90001", staff="N1", department="K01", title="护士", share=1)
    put(made["assignment"], "90002", staff="K01-2", department="K02", title="医师", share=1)
    return made


def whole(home):
    engine = home.engine()
    with reading(engine) as session:
        found = register_of(session, home.hospital(session))
    engine.dispose()
    return found


def test_who_joins_leaves_and_moves_is_shown_and_then_written(portal_home, login) -> None:
    office, before = login("office"), whole(portal_home)
    shown = upload(office, changed(office))
    page = shown.get_data(as_text=True)
    assert shown.status_code == 200, page[-800:]
    for word in ("入职", "新来的", "2026-10-16 离开", "变动任职", "2026-10-01–"):
        assert word in page, word
    assert whole(portal_home) == before, "nothing is written before it is confirmed"
    form = {**hidden(page), "reason": "十月变动"}
    assert send(office, "/register/confirm", form, PAGE).status_code == 302
    after = whole(portal_home)
    assert after.people["N1"].joined == dt.date(2026, 10, 1)
    assert after.people["K02-1"].left == dt.date(2026, 10, 16)
    assert after.on(dt.date(2026, 9, 30)).people.keys() == before.people.keys()
    moved = [p for p in after.placements if p.person == "K01-2"]
    assert [(p.department, p.until) for p in moved] == [
        ("K01", dt.date(2026, 10, 1)), ("K02", None),
    ]  # fmt: skip
    engine = portal_home.engine()
    with reading(engine) as session:
        last = session.query(AuditEntry).filter_by(action="register.saved").all()[-1]
        assert (last.who, last.detail["reason"]) == ("office", "十月变动")
    engine.dispose()
    assert send(office, "/register/confirm", form, PAGE).status_code == 302, "a second click"
    assert whole(portal_home) == after


def test_all_problems_are_told_by_their_cells_and_nothing_is_written(portal_home, login) -> None:
    office, before = login("office"), whole(portal_home)
    made = book(office)
    put(made["staff"], "K01-1", left=dt.date(2019, 1, 1))
    put(made["assignment"], "90001", staff="K03-1", department="K99", title="护士", share=2)
    answer = upload(office, made)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "处错误，才能写入" in page
    assert "K99" in page
    assert "[staff]" in page
    assert "excerpt" in page, "the cell in its sheet"
    assert whole(portal_home) == before
    assert list((portal_home.folder / "spool").iterdir()) == [], "the file is not kept"


def test_where_somebody_else_wrote_in_between_both_are_shown(portal_home, login) -> None:
    office = login("office")
    page = upload(office, changed(office)).get_data(as_text=True)
    engine = portal_home.engine()
    with writing(engine) as session:
        hospital = portal_home.hospital(session)
        base = register_of(session, hospital)
        other = merge(base, Register({"K98": Unit("K98", "新科室", dt.date(2027, 1, 1))}))
        save_register(session, hospital, base, other, by="else")
        session.commit()
    engine.dispose()
    moved = send(office, "/register/confirm", hidden(page), PAGE)
    shown = moved.get_data(as_text=True)
    assert moved.status_code == 409
    assert "别人改了名册" in shown
    assert "N1" not in whole(portal_home).people
    assert send(office, "/register/confirm", hidden(shown), PAGE).status_code == 302
    after = whole(portal_home)
    assert "N1" in after.people
    assert "K98" in after.units, "neither is lost"


def test_joiners_are_offered_to_the_counter(portal_home, login) -> None:
    office = login("office")
    page = upload(office, changed(office)).get_data(as_text=True)
    send(office, "/register/confirm", hidden(page), PAGE)
    shown = office.get(PAGE).get_data(as_text=True)
    engine = portal_home.engine()
    with reading(engine) as session:
        today = dt.datetime.now(dt.UTC).date()
        people = [s for s in session.query(Staff) if s.left is None or s.left > today]
    engine.dispose()
    assert f"{len(people) - len(homes.PERSON) + 1} 人还没有账号" in shown, "K02-1 has left"
    assert "/counter/" not in shown, "the office makes no accounts"


def test_it_is_the_offices_alone_and_a_file_is_its_uploaders(portal_home, login, reader) -> None:
    for name in homes.ROLES:
        for path in (PAGE, "/register/register.xlsx"):
            assert (reader(name).get(path).status_code == 200) is (name == "office"), (name, path)
    office = login("office")
    page = upload(office, changed(office)).get_data(as_text=True)
    form = {"csrf_token": "", **hidden(page)}
    assert login("finance").post("/register/confirm", data=form).status_code in (400, 403)
    assert "N1" not in whole(portal_home).people
