"""The ledger's pages: who sees what, what may be booked, and that everything else is refused."""

from __future__ import annotations

import io
import re
import shutil
from dataclasses import replace
from pathlib import Path

import community_home as homes
import pytest
from portal_forms import send
from sqlalchemy import text

from hpf.portal import PortalSettings, create_app
from hpf.storage.home import Home, write_toml

PERSON, OTHER = homes.second_of("D01"), homes.second_of("D02")
HEAD = homes.first_of("D01")
LOGINS = ("president", "office", "finance", "auditor", "it", "head", "head2", "head_staff",
          "head2_staff")  # fmt: skip
WHOLE = {"president", "office", "finance", "auditor"}


def words(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


@pytest.mark.parametrize("name", LOGINS)
def test_nobody_finds_an_entry_of_somebody_else(login, name: str) -> None:
    """Each entry's reason is a word of its own; it stands only where its reader may see it."""
    own = {"head": {"canary-D01", "canary-head-D01"}, "head2": {"canary-D02", "canary-head-D02"},
           "head_staff": {"canary-D01"}, "head2_staff": {"canary-D02"}}  # fmt: skip
    every = {f"canary-{k}{u}" for u in ("D01", "D02") for k in ("", "head-")}
    seen = every if name in WHOLE else own.get(name, set())
    client = login(name)
    for path in ("/ledger/", "/ledger/mine/", "/ledger/standards/", "/feedback/", "/honours/",
                 "/strategy/", "/", "/ledger/?page=1"):  # fmt: skip
        body = client.get(path).get_data(as_text=True)
        assert not [c for c in every - seen if re.search(rf"{c}\b", body)], (name, path)
    if name in WHOLE | {"head", "head2"}:
        body = client.get("/ledger/").get_data(as_text=True)
        assert all(re.search(rf"{c}\b", body) for c in seen)


def test_my_points_say_who_booked_what_and_why_and_note_that_i_saw_it(login, app) -> None:
    client = login("head_staff")
    shown = words(client.get("/ledger/mine/"))
    assert "已记 +3.00 分" in shown
    assert "随访 canary-D01 · office 记" in shown
    assert "1 条是新的" in shown
    assert "4.00 → 4.40" in shown, "the manager's adjustment is open to the staff"
    assert "条是新的" not in words(client.get("/ledger/mine/")), "seen once"
    with app.extensions["hpf"].engine.connect() as connection:
        rows = connection.execute(text('SELECT entry_id, "by" FROM ledger_sightings')).all()
    assert [tuple(r) for r in rows] == [(1, "head_staff")]
    assert "4.00 → 4.40" not in words(login("head2_staff").get("/ledger/mine/")), "another ward"


def test_a_head_books_for_the_own_department_and_takes_back(login) -> None:
    head = login("head")
    entry = {"person": PERSON, "standard": "M06", "day": "2026-08-05", "reason": "迟到"}
    assert send(head, "/ledger/book", entry, "/ledger/").status_code == 302
    page = words(head.get("/ledger/"))
    assert "迟到 head" in page
    number = max(map(int, re.findall(r"/ledger/(\d+)/reverse",
                                     head.get("/ledger/").get_data(as_text=True))))  # fmt: skip
    undo = f"/ledger/{number}/reverse"
    assert send(head, undo, {"reason": "查无此事"}, "/ledger/").status_code == 302
    again = send(head, undo, {"reason": "查无此事"}, "/ledger/")
    assert again.status_code == 422
    assert "已由" in words(again)


def test_what_is_refused_comes_with_every_reason(login) -> None:
    """Another's people, one's own, a day outside; a foreign entry is not there at all."""
    head = login("head")
    wrong = send(head, "/ledger/book", {"person": OTHER, "standard": "B01", "day": "2026-10-05",
                                        "reason": ""}, "/ledger/")  # fmt: skip
    assert wrong.status_code == 422
    shown = words(wrong)
    assert "不负责" in shown
    assert "不在 2026-07-01 至 2026-09-30" in shown
    own = {"person": HEAD, "standard": "B01", "day": "2026-08-05", "reason": "我"}
    assert "不能给自己记分" in words(send(head, "/ledger/book", own, "/ledger/"))
    foreign = send(head, "/ledger/3/reverse", {"reason": "x"}, "/ledger/")
    assert foreign.status_code == 404
    assert send(head, "/ledger/999/reverse", {"reason": "x"}, "/ledger/").status_code in (404, 422)
    bad = send(head, "/ledger/adjust", {"standard": "B03", "after": "x"}, "/ledger/")
    assert "分值要写数字" in words(bad)
    assert "不是日期" in words(
        send(head, "/ledger/book", {**own, "person": PERSON, "day": "x"}, "/ledger/")
    )
    assert head.post("/ledger/book", data=own).status_code == 400, "without the form's token"
    for name in ("president", "head_staff", "it"):
        assert send(login(name), "/ledger/book", own, "/").status_code == 403, name


def test_from_agreement_to_the_open_ledger(at_first) -> None:
    """What lacks is listed; each level agrees in its own name; then the office opens it."""
    office, president = at_first("office"), at_first("president")
    page = words(office.get("/ledger/"))
    assert "还没有打开" in page
    assert page.count("还没有同意本期目标") == 3
    assert send(office, "/ledger/open", {}).status_code == 422
    agree = "/ledger/consent"
    low = send(office, agree, {"level": "staff", "text": "职代会"}, "/ledger/")
    assert low.status_code == 422
    assert (
        send(president, agree, {"level": "hospital", "text": "院会"}, "/ledger/").status_code == 302
    )
    mine = send(at_first("head"), agree, {"level": "department", "text": "科会"}, "/ledger/")
    assert mine.status_code == 302
    for row in homes.rows("department"):
        if row["id"] != "D01":
            data = {"level": "department", "department": row["id"], "text": "科会"}
            assert send(office, agree, data, "/ledger/").status_code == 302
    send(office, agree, {"level": "staff", "text": "职代会"}, "/ledger/")
    assert send(office, "/ledger/open", {}).status_code == 302
    assert "还没有分录" in words(office.get("/ledger/"))
    assert "本期的积分标准" not in words(at_first("head_staff").get("/ledger/standards/"))


def test_the_office_closes_it_and_nothing_more_is_booked(login) -> None:
    office = login("office")
    assert send(office, "/ledger/close", {}).status_code == 302
    assert "已结清" in words(office.get("/ledger/"))
    entry = {"person": PERSON, "standard": "M06", "day": "2026-08-05", "reason": "迟到"}
    assert "已经结清，不能再记" in words(send(office, "/ledger/book", entry, "/feedback/"))


def test_rooms_are_not_there_where_no_plugin_declares_them(reader) -> None:
    """The township has no ledger: no line in the navigation, and no page."""
    office = reader("office")
    body = office.get("/").get_data(as_text=True)
    assert "/ledger/" not in body
    assert "/strategy/" not in body
    for path in ("/ledger/", "/ledger/standards/", "/feedback/", "/honours/", "/strategy/"):
        assert office.get(path).status_code == 404, path


def test_a_plugin_that_is_switched_off_takes_its_rooms_with_it(
    filled: Path, tmp_path: Path
) -> None:
    shutil.copytree(filled, tmp_path / "home")
    home = Home.open(tmp_path / "home")
    other = replace(home, plugins=("township",))
    other.file.write_text(write_toml(other), "utf-8")
    app = create_app(PortalSettings.of(Home.open(tmp_path / "home")))
    client = app.test_client()
    send(client, "/login", {"login": "office", "password": homes.PASSWORD})
    assert client.get("/ledger/").status_code == 404
    assert "/ledger/" not in client.get("/").get_data(as_text=True)
    app.extensions["hpf"].engine.dispose()


def test_evidence_is_open_to_whoever_sees_the_entry_and_to_nobody_else(login) -> None:
    """A file in the place of a reason; one of a type that is not allowed is refused."""
    office = login("office")
    entry = {"person": PERSON, "standard": "B02", "day": "2026-08-05", "reason": ""}

    def book(name: str, data: bytes):
        page = office.get("/ledger/").get_data(as_text=True)
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
        sent = {"csrf_token": token[1], **entry, "papers": (io.BytesIO(data), name)}
        return office.post("/ledger/book", data=sent, content_type="multipart/form-data")

    assert book("a.exe", b"MZ").status_code == 422
    assert book("letter.pdf", b"%PDF-1.4 canary").status_code == 302
    place = re.search(r"/ledger/paper/\d+", office.get("/ledger/").get_data(as_text=True))
    assert place
    assert place[0] in login("head_staff").get("/ledger/mine/").get_data(as_text=True)
    for name in LOGINS:
        answer = login(name).get(place[0])
        sees = name in WHOLE | {"head", "head_staff"}
        assert (answer.status_code == 200) is sees, name
        assert (b"canary" in answer.data) is sees, name
