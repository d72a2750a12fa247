"""Collection: a template out, a workbook in, everything shown first, and nothing half-written."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from portal_forms import send, token
from sqlalchemy import func, select

from hpf.portal.pages.collect_excerpt import MOST as SHOWN_CELLS
from hpf.portal.pages.collect_spool import MOST, Spool
from hpf.storage.engine import reading
from hpf.storage.models import Import

UPLOAD = "/collect/upload"


def imports(app) -> int:
    with reading(app.extensions["hpf"].engine) as session:
        return session.scalar(select(func.count()).select_from(Import)) or 0


def filled(client) -> bytes:
    answer = client.get("/collect/template.xlsx?filled=1")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    return answer.data


def edited(data: bytes, changes: dict[tuple[str, str, str], object]) -> bytes:
    """A workbook with cells changed: (sheet, row id, column code) -> value."""
    book = load_workbook(BytesIO(data))
    for (sheet, id, code), value in changes.items():
        page = book[sheet]
        heads = {c.value: c.column for c in page[1]}
        row = next(r for r in page.iter_rows() if str(r[heads["id"] - 1].value) == id)
        page.cell(row[0].row, heads[code]).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def upload(client, data: bytes, name: str = "数据.xlsx", extent: str = "whole"):
    form = {"csrf_token": token(client, UPLOAD), "file": (BytesIO(data), name), "extent": extent}
    return client.post(UPLOAD, data=form, content_type="multipart/form-data")


def waiting(answer) -> str:
    return answer.get_data(as_text=True).split('name="token" value="')[1].split('"')[0]


def spooled(app) -> list[Path]:
    folder = app.extensions["hpf"].settings.home.folder / "spool"
    return sorted(folder.iterdir()) if folder.exists() else []


@pytest.fixture(scope="module")
def book(reader) -> bytes:
    """The month as a workbook, taken out once."""
    return filled(reader("office"))


@pytest.fixture(scope="module")
def one_change(book: bytes) -> bytes:
    """The same with one figure of a post changed."""
    return edited(book, {(sheet_of(book), "K02-1@K02", "workload_ratio"): 1.11})


@pytest.fixture
def changed(login, one_change: bytes) -> tuple:
    """Somebody of the office with a workbook in which one figure differs."""
    return login("office"), one_change


def sheet_of(data: bytes, code: str = "workload_ratio") -> str:
    book = load_workbook(BytesIO(data), read_only=True)
    return next(s.title for s in book if code in {c.value for c in next(s.iter_rows(max_row=1))})


def test_the_original_of_an_import_comes_back_byte_for_byte(app, login, changed) -> None:
    """What figures were read from is evidence: it stays, for whoever collects, or is refused."""
    office, data = changed
    form = {"token": waiting(upload(office, data)), "reason": "更正"}
    assert send(office, "/collect/confirm", form, "/collect/").status_code == 302
    page = office.get("/collect/").get_data(as_text=True)
    assert '<a href="/collect/original/2">' in page
    assert '<a href="/collect/original/1">' not in page, "of a folder of files there is none"
    assert office.get("/collect/original/2").data == data
    assert office.get("/collect/original/1").status_code == 404
    for name in ("finance", "head", "it"):
        assert login(name).get("/collect/original/2").status_code == 403
    (kept,) = (app.extensions["hpf"].settings.home.folder / "originals").glob("*/*")
    kept.write_bytes(b"something else")
    assert office.get("/collect/original/2").status_code == 422


def test_who_has_reported_stands_with_what_is_missing(reader) -> None:
    body = reader("office").get("/collect/").get_data(as_text=True)
    assert "谁报了，谁还没报" in body
    assert "第 1 次" in body


@pytest.mark.parametrize("name", ["head", "nurse", "finance", "it", "auditor", "county"])
def test_only_the_office_collects(reader, name: str) -> None:
    for path in ("/collect/", UPLOAD, "/collect/template.xlsx"):
        assert reader(name).get(path).status_code == 403


def test_what_was_taken_out_changes_nothing_when_it_comes_in_again(app, login, book) -> None:
    body = upload(login("office"), book).get_data(as_text=True)
    assert "去掉" in body
    assert "更正</dt><dd>0<" in body
    assert imports(app) == 1


def test_a_change_is_shown_by_its_cell_and_written_only_when_confirmed(app, changed) -> None:
    office, data = changed
    answer = upload(office, data)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "更正</dt><dd>1<" in body
    assert "<s>1.06</s>" in body
    assert "1.11" in body
    assert "+0.05" in body
    columns = body.split('id="columns"')[1].split("</section>")[0]
    assert columns.count('scope="row"') == 1, "a column in which nothing changes is not listed"
    assert imports(app) == 1
    sent = {"token": waiting(answer), "reason": "核对后更正"}
    assert send(office, "/collect/confirm", sent, UPLOAD).status_code == 302
    assert imports(app) == 2
    assert "核对后更正" in office.get("/collect/").get_data(as_text=True)
    assert not spooled(app)


def test_a_second_confirmation_writes_nothing_more(app, changed) -> None:
    """A double submit, or the back button."""
    office, data = changed
    sent = {"token": waiting(upload(office, data))}
    send(office, "/collect/confirm", sent, UPLOAD)
    assert send(office, "/collect/confirm", sent, UPLOAD).status_code == 302
    assert "什么都没有再写" in office.get(UPLOAD).get_data(as_text=True)
    assert imports(app) == 2


def test_where_somebody_else_wrote_in_between_it_is_shown_anew(app, changed, login) -> None:
    office, data = changed
    first = waiting(upload(office, data))
    other = edited(data, {(sheet_of(data), "K02-1@K02", "workload_ratio"): 1.2})
    again = login("office")
    send(again, "/collect/confirm", {"token": waiting(upload(again, other))}, UPLOAD)
    answer = send(office, "/collect/confirm", {"token": first}, UPLOAD)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "别人又写入了数据" in body
    assert "<s>1.2</s>" in body
    assert imports(app) == 2
    assert send(office, "/collect/confirm", {"token": first}, UPLOAD).status_code == 302
    assert imports(app) == 3


def test_a_workbook_with_mistakes_tells_all_of_them_and_is_not_kept(app, login, book) -> None:
    office, sheet = login("office"), sheet_of(book)
    bad = edited(book, {(sheet, "K02-1@K02", "workload_ratio"): "1.O6",
                        (sheet, "K02-2@K02", "workload_ratio"): "很多"})  # fmt: skip
    answer = upload(office, bad)
    body = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "先改 2 处错误，才能写入" in body
    assert body.count("数据.xlsx [") >= 2
    assert imports(app) == 1
    assert not spooled(app)


def test_each_wrong_cell_is_shown_in_its_sheet(login, book) -> None:
    """Its heading, its row, the rows and columns beside it; the cell itself marked."""
    office, sheet = login("office"), sheet_of(book)
    bad = edited(book, {(sheet, "K02-1@K02", "workload_ratio"): "1.O6",
                        (sheet, "K02-2@K02", "share"): None})  # fmt: skip
    body = upload(office, bad).get_data(as_text=True)
    pieces = re.findall(r'<table class="excerpt">.*?</table>', body, re.DOTALL)
    assert len(pieces) == 2
    wrong = next(p for p in pieces if "1.O6" in p)
    assert re.search(r'<td class=" ?hit"><span[^>]*>[^<]*</span>1\.O6</td>', wrong)
    page = load_workbook(BytesIO(book))[sheet]
    heads = {c.value: c for c in page[1]}
    column, row = heads["workload_ratio"], _row_of(page, heads["id"].column, "K02-1@K02")
    assert f"{sheet}!{column.column_letter}{row}" in wrong
    for beside in (row - 1, row + 1):
        assert page.cell(beside, heads["id"].column).value in wrong
    assert page.cell(2, column.column).value in wrong  # the heading people read
    assert wrong.count("hit") == 1
    assert "空白" in next(p for p in pieces if p is not wrong)
    assert body.count('href="#cell-') == 2


def _row_of(page, column: int, id: str) -> int:
    return next(n for n in range(1, page.max_row + 1) if page.cell(n, column).value == id)


def test_many_mistakes_show_the_first_cells_alone(login, book) -> None:
    """Every problem is told; the page stays readable."""
    page = load_workbook(BytesIO(book))[sheet_of(book)]
    heads = {c.value: c.column for c in page[1]}
    ids = [page.cell(n, heads["id"]).value for n in range(3, 15)]
    bad = edited(book, {(page.title, i, "workload_ratio"): "很多" for i in ids})
    body = upload(login("office"), bad).get_data(as_text=True)
    assert "先改 12 处错误" in body
    assert body.count('<table class="excerpt">') == SHOWN_CELLS
    assert "前 8 处" in body


@pytest.mark.parametrize(
    ("data", "name"), [(b"not a workbook", "a.xlsx"), (b"", "b.xlsx"), (b"PK\x03\x04", "c.xlsx")]
)
def test_a_broken_file_is_told_and_nothing_is_kept(app, login, data: bytes, name: str) -> None:
    assert upload(login("office"), data, name).status_code == 422
    assert not spooled(app)


@pytest.mark.parametrize("name", ["a.exe", "a", "../../hpf.toml", "x.xlsx.sh", ""])
def test_what_is_no_workbook_is_refused_by_its_name(app, login, name: str) -> None:
    assert upload(login("office"), b"x", name).status_code == 422
    assert not spooled(app)


def test_another_persons_upload_cannot_be_confirmed(app, changed, tmp_path: Path) -> None:
    office, data = changed
    found = waiting(upload(office, data))
    spool = Spool(app.extensions["hpf"].settings.home.folder / "spool")
    assert spool.get(found, "office")
    assert spool.get(found, "president") is None
    assert spool.get("../" + found, "office") is None
    assert oct((spool.folder / found).stat().st_mode)[-3:] == "700"


def test_only_so_many_files_wait(tmp_path: Path) -> None:
    class File:
        def save(self, dst: Path) -> None:
            dst.write_bytes(b"x")

    spool = Spool(tmp_path / "spool")
    about = {"login": "a", "scheme": "s", "period": "p", "extent": "whole"}
    for _ in range(MOST + 5):
        last = spool.put(File(), "数据.xlsx", **about)
    assert len(list(spool.folder.iterdir())) == MOST
    assert spool.get(last.token, "a")


def test_what_is_discarded_is_gone(app, changed) -> None:
    office, data = changed
    send(office, "/collect/discard", {"token": waiting(upload(office, data))}, UPLOAD)
    assert not spooled(app)
    assert imports(app) == 1


def test_without_its_token_no_file_is_taken(app, login) -> None:
    answer = login("office").post(UPLOAD, data={"file": (BytesIO(b"x"), "a.xlsx")})
    assert answer.status_code == 400
    assert not spooled(app)
