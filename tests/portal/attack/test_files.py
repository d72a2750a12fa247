"""Files in and out: no upload takes the server away or writes where it should not, and nothing that
is handed out is a formula in somebody's spreadsheet."""

from __future__ import annotations

import csv
import io
import re
import time
import zipfile

import portal_homes as homes
import pytest
from portal_forms import token
from sqlalchemy import func, select, update

from hpf.storage.engine import reading, writing
from hpf.storage.models import Department, Import, Staff, User

pytestmark = pytest.mark.slow
UPLOAD = "/collect/upload"
NEEDED = 60  # seconds that no upload may take, on a busy machine
CELL = '<c r="A1" t="inlineStr"><is><t>x</t></is></c>'
SHEET = (
    '<?xml version="1.0"?>{dtd}<worksheet xmlns="http://schemas.openxmlformats.org/'
    'spreadsheetml/2006/main"><sheetData>{rows}</sheetData>{after}</worksheet>'
)


def workbook(rows: str = CELL, dtd: str = "", after: str = "", more: dict | None = None) -> bytes:
    """A workbook with one sheet called staff, made by hand."""
    parts = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org'
        '/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.'
        'openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.'
        'openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org'
        '/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org'
        '/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/'
        'spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships"><sheets><sheet name="staff" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.'
        'openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/'
        'sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": SHEET.format(dtd=dtd, rows=f"<row>{rows}</row>", after=after),
        **(more or {}),
    }  # fmt: skip
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


LAUGHS = "<!DOCTYPE x [<!ENTITY a 'ha'>" + "".join(
    f"<!ENTITY {chr(98 + n)} '{f'&{chr(97 + n)};' * 30}'>" for n in range(8)
) + "]>"  # fmt: skip
FILES: dict[str, bytes] = {
    "empty.xlsx": b"",
    "empty.csv": b"",
    "text.xlsx": b"not a workbook",
    "picture.xlsx": b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
    "nul.csv": b"id,name\n\0,\0\n" * 50,
    "laughs.xlsx": workbook(dtd=LAUGHS, rows="<c><v>&i;</v></c>"),
    "late-laughs.xlsx": workbook(dtd=f"<!--{'x' * 9000}-->{LAUGHS}", rows="<c><v>&i;</v></c>"),
    "utf16-laughs.xlsx": workbook(more={"xl/worksheets/sheet1.xml": SHEET.format(
        dtd=LAUGHS, rows="<row><c><v>&i;</v></c></row>", after="").replace(
            '"1.0"?>', '"1.0" encoding="utf-16"?>').encode("utf-16")}),
    "outside.xlsx": workbook(dtd='<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
                             rows="<c><v>&e;</v></c>"),
    "sparse.xlsx": workbook(rows="".join(
        f'<c r="A{n}"><v>1</v></c>' for n in range(1, 1_000_000, 40)) + '<c r="XFD1048576"/>'),
    "linked.xlsx": workbook(rows='<c r="A1"><f>[1]Sheet1!A1</f><v>5</v></c>', more={
        "xl/externalLinks/externalLink1.xml": "<externalLink/>",
        "xl/externalLinks/_rels/externalLink1.xml.rels": '<Relationships><Relationship Id="r1" '
        'Target="//evil.example/x" TargetMode="External"/></Relationships>'}),
    "macros.xlsm": workbook(more={"xl/vbaProject.bin": "x" * 1000}),
    "outside-part.xlsx": workbook(more={"../../../evil.xml": "<x/>", "/etc/evil.xml": "<x/>"}),
    "bomb.xlsx": workbook(more={"xl/worksheets/sheet2.xml": "0" * 30_000_000}),
}  # fmt: skip
NAMES = (
    "../../x.xlsx", "..\\..\\x.xlsx", "/etc/x.xlsx", "C:\\x.xlsx", "x.xlsx\0.exe", ".xlsx",
    "con.xlsx", "upload.json.xlsx", "x" * 300 + ".xlsx", "=1+1.xlsx", "<s-x>.xlsx", "upload.json",
)  # fmt: skip


def sent(client, data: bytes, name: str):
    form = {"csrf_token": token(client, UPLOAD), "file": (io.BytesIO(data), name)}
    return client.post(UPLOAD, data=form, content_type="multipart/form-data")


def test_no_file_takes_the_server_away_or_is_half_taken(app, login) -> None:
    client, desk = login("office"), app.extensions["hpf"]
    with reading(desk.engine) as session:
        before = session.scalar(select(func.count()).select_from(Import))
    for name, data in FILES.items():
        begun = time.monotonic()
        answer = sent(client, data, name)
        assert answer.status_code in (200, 413, 422), (name, answer.status_code)
        assert time.monotonic() - begun < NEEDED, name
        page = answer.get_data(as_text=True)
        assert "root:" not in page, name
        assert "haha" not in page, name
    with reading(desk.engine) as session:
        assert session.scalar(select(func.count()).select_from(Import)) == before


def test_a_name_leads_nowhere_and_is_no_mark_up(app, login) -> None:
    client, home = login("office"), app.extensions["hpf"].settings.home.folder
    before = {p for p in home.parent.rglob("*") if "spool" not in p.parts}
    for name in NAMES:
        answer = sent(client, b"not a workbook", name)
        assert answer.status_code == 422, name
        assert "<s-x>" not in answer.get_data(as_text=True)
    after = {p for p in home.parent.rglob("*") if "spool" not in p.parts}
    assert {p for p in after - before if p.suffix not in (".db-wal", ".db-shm")} == set()


def test_an_upload_that_breaks_off_leaves_nothing(app, login) -> None:
    """The browser went away in the middle: what came is no form, and no file waits."""
    client, home = login("office"), app.extensions["hpf"].settings.home.folder
    given = token(client, UPLOAD)
    body = (
        b"--b\r\nContent-Disposition: form-data; name=\"csrf_token\"\r\n\r\n" + given.encode()
        + b"\r\n--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x.xlsx\"\r\n\r\nPK"
    )  # fmt: skip
    answer = client.post(UPLOAD, data=body, content_type="multipart/form-data; boundary=b")
    assert answer.status_code in (400, 422)
    spool = home / "spool"
    assert not spool.exists() or not any(spool.iterdir())


EVIL = ("=HYPERLINK(\"http://evil.example\";\"x\")", "+1+cmd|' /C calc'!A0", "-2+3+cmd|' /C x'!A0",
        "@SUM(1+1)*cmd|' /C x'!A0", "\t=1+1", "\r=1+1", "＝1+1")  # fmt: skip
FORMULA = re.compile(r"[=+@＝＋－＠\t\r\n]|-(?![\d.])|-\d[\d.,]*[^\d.,%]")


def test_no_list_hands_out_a_formula(app, login) -> None:
    """Names that are formulas, in every list that there is, for whoever may take it."""
    desk = app.extensions["hpf"]
    with writing(desk.engine) as session:
        for model in (Staff, Department, User):
            for number, one in enumerate(session.scalars(select(model))):
                session.execute(
                    update(model).where(model.id == one.id).values(name=EVIL[number % len(EVIL)])
                )
        session.commit()
    taken = 0
    for name in homes.ROLES:
        client = login(name)
        for rule in app.url_map.iter_rules():
            if not rule.rule.endswith("/export/<export_type>/"):
                continue
            answer = client.get(rule.rule.replace("<export_type>", "csv"))
            if answer.status_code != 200:
                continue
            taken += 1
            text = answer.data.decode("utf-8-sig")
            cells = [c for row in csv.reader(io.StringIO(text, newline="")) for c in row]
            assert not [c for c in cells if FORMULA.match(c)], rule.rule
            book = client.get(rule.rule.replace("<export_type>", "xlsx"))
            assert not formulas(book.data), rule.rule
    assert taken > 20
    filled = login("office").get("/collect/template.xlsx?filled=1")
    assert not [f for f in formulas(filled.data) if "cmd" in f or "HYPERLINK" in f]


def formulas(data: bytes) -> list[str]:
    """All formulas of a workbook's sheets."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "worksheets/" in n]
    return [f for sheet in sheets for f in re.findall(r"<f[ >].*?</f>", sheet)]
