"""Lists of the administration: search, filters, order, pages, details and both exports."""

from __future__ import annotations

import csv
import io
import re

import openpyxl
import portal_homes as homes
import pytest
from sqlalchemy import select

from hpf.storage.engine import writing
from hpf.storage.models import Staff

LISTS = (
    "departments", "staff", "assignments", "users", "indicators", "parameters", "calendars",
    "imports", "runs", "audit", "jobs", "plugins",
)  # fmt: skip
OF = {"users": "it", "jobs": "it", "plugins": "it", "audit": "auditor"}


def page(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.get_data(as_text=True)


def table(body: str) -> str:
    """What stands in the list itself."""
    return re.sub(r'href="[^"]*"', "", body[body.index("<tbody>") : body.index("</tbody>")])


def many(body: str) -> int:
    return int(re.search(r"共 (\d+) 条", body)[1])


def sheet(client, path: str) -> list[list[str]]:
    """A CSV export, without its mark."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    text = answer.get_data().decode("utf-8")
    assert text.startswith("\ufeff"), "Excel needs the mark to read Chinese"
    return list(csv.reader(io.StringIO(text[1:])))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_can_be_searched_sorted_and_opened_and_exports_what_it_shows(
    reader, name: str
) -> None:
    client = reader(OF.get(name, "office"))
    body = page(client, f"/admin/{name}/?page_size=100")
    shown = many(body)
    rows = sheet(client, f"/admin/{name}/export/csv/")
    assert len(rows) - 1 == shown
    assert "还没有记录" in body if not shown else body.count("<tr>") >= min(shown, 100)
    for at in range(len(rows[0])):
        page(client, f"/admin/{name}/?sort={at}")
        page(client, f"/admin/{name}/?sort={at}&desc=1")
    if name not in ("parameters",):
        assert many(page(client, f"/admin/{name}/?search=%25no-such%25")) == 0
    for link in re.findall(rf'href="(/admin/{name}/details/\?[^"]+)"', body)[:3]:
        page(client, link.replace("&amp;", "&"))
    assert client.get(f"/admin/{name}/details/?id=no-such").status_code == 404
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/admin/{name}/export/xlsx/").get_data()))
    assert book.active.max_row == len(rows)


def test_search_filter_and_pages_count_together(reader) -> None:
    client = reader("office")
    everybody = many(page(client, "/admin/staff/"))
    inside = page(client, "/admin/staff/?only_unit=K02&page_size=100")
    assert 0 < many(inside) < everybody
    assert "K01-1<" not in inside
    assert "科室 是 K02" in inside, "the filter stands there in words"
    both = page(client, "/admin/staff/?only_unit=K02&search=K02-1")
    assert 0 < many(both) < many(inside)
    assert many(page(client, "/admin/staff/?only_state=left")) == 0
    assert many(page(client, "/admin/staff/?only_state=nonsense")) == everybody
    second = page(client, "/admin/staff/?page=1")
    assert f"第 21–{min(40, everybody)} 条，共 {everybody} 条" in second
    assert many(page(client, "/admin/staff/?search=%25")) == 0, "a wildcard is a letter"
    exported = sheet(client, "/admin/staff/export/csv/?only_unit=K02&sort=0&desc=1")
    codes = [row[0] for row in exported[1:]]
    assert len(codes) == many(inside)
    assert codes == sorted(codes, reverse=True)


def test_english_lists_speak_english(app, login) -> None:
    client = login("office")
    from portal_forms import send

    send(client, "/language", {"lang": "en", "next": "/admin/staff/"}, page="/")
    body = page(client, "/admin/staff/?only_unit=K02")
    assert "Department is K02" in body
    assert "Export Excel" in body
    head = sheet(client, "/admin/parameters/export/csv/")[0]
    assert head[0] == "Name"


def test_no_cell_of_an_export_is_a_formula(app, login) -> None:
    with writing(app.extensions["hpf"].engine) as session:
        one = session.scalars(select(Staff).where(Staff.code == "K02-2")).one()
        one.name = '=HYPERLINK("http://evil.example")'
        session.commit()
    client = login("office")
    rows = sheet(client, "/admin/staff/export/csv/?search=K02-2")
    assert rows[1][1].startswith("'=HYPERLINK")
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/admin/staff/export/xlsx/?search=K02-2").get_data())
    )
    cell = book.active["B2"]
    assert cell.data_type == "s"
    assert cell.value.startswith("'=")


@pytest.mark.parametrize("name", ["staff", "assignments", "departments"])
def test_a_head_sees_no_row_of_another_department_in_list_search_details_or_export(
    reader, name: str
) -> None:
    head, office = reader("head"), reader("office")
    every = sheet(office, f"/admin/{name}/export/csv/")
    own = sheet(head, f"/admin/{name}/export/csv/")
    assert 1 < len(own) < len(every)
    assert "K02" not in str(own)
    assert "K02" not in table(page(head, f"/admin/{name}/?page_size=100"))
    assert many(page(head, f"/admin/{name}/?search=K02")) == 0
    assert "K02" not in table(page(head, f"/admin/{name}/?only_unit=K02&page_size=100"))
    body = page(office, f"/admin/{name}/?page_size=100")
    links = re.findall(rf'href="(/admin/{name}/details/\?id=\d+)', body)
    opened = [link for link in links if head.get(link).status_code == 200]
    assert len(opened) == len(own) - 1
    assert len(links) > len(opened)


@pytest.mark.parametrize("name", [None, *homes.ROLES])
def test_no_list_or_export_shows_anybodys_amount(reader, amounts, name: str | None) -> None:
    """Lists are for administration: no pay stands in them, not even for those who may see it."""
    client = reader(name)
    for listed in LISTS:
        for path in ("?page_size=100", "export/csv/"):
            answer = client.get(f"/admin/{listed}/{path}")
            assert answer.status_code in (200, 302, 403), (name, listed)
            said = answer.get_data(as_text=True).replace(",", "")
            for person, amount in amounts.items():
                assert f"{amount:.2f}" not in said, (name, listed, person)


def test_the_trail_tells_it_who_did_what_and_no_amount(reader) -> None:
    """The approved ceiling of a month stands in the detail of its entry."""
    auditor, it = reader("auditor"), reader("it")
    assert "200000" in str(sheet(auditor, "/admin/audit/export/csv/"))
    for path in ("/admin/audit/export/csv/", "/admin/audit/?page_size=100"):
        body = it.get(path).get_data(as_text=True)
        assert "ceiling" in body
        assert "200000" not in body
    assert many(page(it, "/admin/audit/?search=200000")) == 0
    for link in re.findall(r'href="(/admin/audit/details/\?id=\d+)', page(it, "/admin/audit/")):
        assert "200000" not in page(it, link)


def test_the_trail_s_list_reads_as_words_and_its_entry_is_whole(reader) -> None:
    auditor = reader("auditor")
    listed = page(auditor, "/admin/audit/?search=ceiling")
    assert "金额：200000" in listed
    assert "理由：synthetic: for the tests" in listed
    assert "&#34;amount" not in listed
    link = re.search(r'href="(/admin/audit/details/\?id=\d+)', listed)[1]
    assert "&#34;amount&#34;" in page(auditor, link)
    assert '"amount"' in str(sheet(auditor, "/admin/audit/export/csv/"))


def test_parameters_say_what_holds_since_when_and_why(reader) -> None:
    client = reader("auditor")
    rows = sheet(client, "/admin/parameters/export/csv/?only_origin=hospital")
    assert len(rows) > 1
    at = {name: n for n, name in enumerate(rows[0])}
    assert all(row[at["起始日"]] and row[at["依据"]] for row in rows[1:])
    every = len(sheet(client, "/admin/parameters/export/csv/"))
    parts = [
        len(sheet(client, f"/admin/parameters/export/csv/?only_origin={o}")) - 1
        for o in ("missing", "hospital", "scheme")
    ]
    assert sum(parts) == every - 1
    code = rows[1][0]
    link = re.search(
        r'href="(/admin/parameters/details/\?id=[^&"]+)',
        page(client, f"/admin/parameters/?search={code}"),
    )
    detail = page(client, link[1])
    assert "历史" in detail
    assert rows[1][at["起始日"]] in detail


def test_plugins_that_are_installed_and_not_enabled_say_so(reader) -> None:
    rows = sheet(reader("it"), "/admin/plugins/export/csv/")
    state = {row[0]: row[3] for row in rows[1:]}
    assert state["township"] == "是"
    assert "否" in state.values()


def test_a_list_that_does_not_say_its_rows_cannot_be_made() -> None:
    """What a base asks for is asked for when the portal starts, not when somebody opens a page."""
    from hpf.portal.admin.bulk import Bulk
    from hpf.portal.admin.listed import Listed
    from hpf.portal.admin.views import ModelPage

    for base, needed in ((Listed, "rows"), (ModelPage, "visible"), (Bulk, "enact")):
        with pytest.raises(TypeError, match=needed):
            type(base)("Forgetful", (base,), {"code": "forgetful"})()
