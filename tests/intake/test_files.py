"""Files that are no workbooks, or dangerous ones: one problem each, and never a crash."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import xlwt  # type: ignore[import-untyped]  # it ships no types
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intake_sheets import Edit, Read, Sheets, Told, Write
from xlwt.CompoundDoc import XlsDoc  # type: ignore[import-untyped]  # as above

from hpf.core import Period
from hpf.core.errors import Problem
from hpf.core.program import Program
from hpf.intake import csvs, read_facts

SHEET = "xl/worksheets/sheet3.xml"


def zipped(path: Path, parts: dict[str, bytes], **more: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **more) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def compound(stream: bytes, name: str = "Workbook") -> bytes:
    """An OLE file with one stream, under another name if wanted."""
    out = io.BytesIO()
    XlsDoc().save(out, stream)
    data = bytearray(out.getvalue())
    at = data.index("Workbook".encode("utf-16-le"))
    data[at : at + 64] = name.encode("utf-16-le").ljust(64, b"\0")
    struct.pack_into("<H", data, at + 64, 2 * len(name) + 2)
    return bytes(data)


def test_a_path_that_leads_nowhere(tmp_path: Path, read: Read, told: Told) -> None:
    gone = tmp_path / "gone.xlsx"
    facts, problems = read(gone)
    assert told(problems) == [("no_file", str(gone))]
    assert facts.tables == {}


@pytest.mark.parametrize(
    ("name", "data", "cure"),
    [
        ("a.xlsx", b"", ".xlsx"),
        ("a.xlsx", b"hello", ".xlsx"),
        ("a.xls", b"<html><table></table></html>", "web page"),
        ("staff.csv", b"id,name\n", "folder"),
        ("a.pdf", b"%PDF-1.7", ".xlsx"),
    ],
)
def test_not_a_workbook(
    tmp_path: Path, read: Read, told: Told, name: str, data: bytes, cure: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    _, problems = read(path)
    assert told(problems) == [("not_a_workbook", name)]
    assert cure in problems[0].cure.en


@pytest.mark.parametrize(
    ("part", "kind"),
    [("word/document.xml", ".docx"), ("content.xml", ".ods"), ("x", ".zip"),
     ("xl/workbook.bin", ".xlsb")],
)  # fmt: skip
def test_zips_of_another_kind(tmp_path: Path, read: Read, told: Told, part: str, kind: str) -> None:
    path = zipped(tmp_path / "a.xlsx", {part: b"x"})
    _, problems = read(path)
    assert told(problems) == [("not_a_workbook", "a.xlsx")]
    assert kind in problems[0].message.en


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_workbook_cut_short(
    write: Write, read: Read, good: Sheets, told: Told, keep: float
) -> None:
    path = write(good)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    assert told(read(path)[1]) == [("corrupt", "pay.xlsx")]


def test_an_xls_cut_short(tmp_path: Path, read: Read) -> None:
    book = xlwt.Workbook()
    book.add_sheet("staff").write(0, 0, "id")
    path = tmp_path / "pay.xls"
    book.save(str(path))
    data = path.read_bytes()
    for keep in range(8, len(data), 512):
        path.write_bytes(data[:keep])
        _, problems = read(path)
        assert problems
        assert all(p.severity == "problem" for p in problems)


def test_broken_xml(write: Write, read: Read, good: Sheets, edit: Edit, told: Told) -> None:
    path = edit(write(good), "xl/workbook.xml", lambda s: s[: len(s) // 2])
    assert told(read(path)[1]) == [("corrupt", "pay.xlsx")]


def test_a_doctype_is_refused(
    write: Write, read: Read, good: Sheets, edit: Edit, told: Told
) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    path = edit(
        write(good), "xl/workbook.xml", lambda s: s.replace("<workbook", bomb + "<workbook")
    )
    assert told(read(path)[1]) == [("corrupt", "pay.xlsx")]


def test_encrypted_workbooks(tmp_path: Path, read: Read, told: Told) -> None:
    path = tmp_path / "pay.xlsx"
    path.write_bytes(compound(bytes(8000), "EncryptedPackage"))
    assert told(read(path)[1]) == [("encrypted", "pay.xlsx")]
    path.write_bytes(compound(bytes(100), "EncryptedPackage"))  # among the small streams
    assert told(read(path)[1]) == [("encrypted", "pay.xlsx")]


def test_an_encrypted_xls(tmp_path: Path, read: Read, told: Told) -> None:
    book = xlwt.Workbook()
    book.add_sheet("staff").write(0, 0, "id")
    stream = book.get_biff_data()
    first = 4 + struct.unpack_from("<H", stream, 2)[0]
    locked = stream[:first] + struct.pack("<HHHHH", 0x2F, 6, 0, 1, 2) + stream[first:]
    path = tmp_path / "pay.xls"
    path.write_bytes(compound(locked))
    assert told(read(path)[1]) == [("encrypted", "pay.xls")]


def test_a_compound_file_without_a_workbook(tmp_path: Path, read: Read, told: Told) -> None:
    path = tmp_path / "pay.xls"
    path.write_bytes(compound(bytes(8000), "WordDocument"))
    assert told(read(path)[1]) == [("not_a_workbook", "pay.xls")]


def test_a_zip_bomb_is_not_unpacked(write: Write, read: Read, good: Sheets, told: Told) -> None:
    path = write(good)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet9.xml", bytes(64 * 1024 * 1024))
    assert path.stat().st_size < 200_000
    assert told(read(path)[1]) == [("zip_bomb", "pay.xlsx")]


def test_a_zip_of_very_many_parts(tmp_path: Path, read: Read, told: Told) -> None:
    path = zipped(tmp_path / "pay.xlsx", {f"xl/{i}.xml": b"" for i in range(3000)})
    assert told(read(path)[1]) == [("zip_bomb", "pay.xlsx")]


def test_a_part_larger_than_it_says(write: Write, read: Read, good: Sheets, told: Told) -> None:
    path = write(good)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/extra.xml", bytes(50_000_000))
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/extra.xml"))
    struct.pack_into("<I", data, at + 24, 100)  # the size that the directory states
    path.write_bytes(data)
    assert told(read(path)[1]) == [("corrupt", "pay.xlsx")]


@pytest.mark.parametrize("far", ["XFD1048576", "AAA3", "A1048577", "ZZ900000", "ZZ50000"])
@pytest.mark.parametrize("quote", ['r="{}"', "r='{}'", 'r = "{}"'])
def test_a_cell_far_out_does_not_fill_the_memory(
    write: Write, read: Read, good: Sheets, edit: Edit, told: Told, far: str, quote: str
) -> None:
    row = far.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    cell = f'<row r="{row}"><c {quote.format(far)}><v>1</v></c></row></sheetData>'
    path = edit(write(good), SHEET, lambda s: s.replace("</sheetData>", cell))
    assert told(read(path)[1]) == [("too_large", "pay.xlsx [staff]")]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_one_long_text_in_very_many_cells(
    write: Write, read: Read, good: Sheets, edit: Edit, told: Told, prefix: str
) -> None:
    texts = f"<{prefix}si><{prefix}t>{{}}</{prefix}t></{prefix}si>"
    shared = "".join(texts.format(t) for t in ("a", "x" * 30_000))
    rows = "".join(f'<row r="{r}"><c r="I{r}" t="s"><v>1</v></c></row>' for r in range(4, 30_000))
    path = edit(
        write(good),
        "xl/sharedStrings.xml",
        lambda _: f'<{prefix}sst xmlns:x="u">{shared}</{prefix}sst>',
    )
    path = edit(path, SHEET, lambda s: s.replace("</sheetData>", rows + "</sheetData>"))
    assert told(read(path)[1]) == [("too_large", "pay.xlsx")]


def test_a_long_but_honest_sheet_is_read(write: Write, read: Read, good: Sheets) -> None:
    good["staff"] += [[] for _ in range(60_000)] + [["C", *good["staff"][1][1:]]]
    facts, problems = read(write(good))
    assert problems == []
    assert facts.tables["staff"].place(2, "id") == "pay.xlsx [staff] A60004"


def test_a_folder_that_cannot_be_read_as_csv(tmp_path: Path, read: Read, told: Told) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    assert told(read(folder)[1]) == [("no_csv", str(folder))]
    (folder / "staff.csv").write_bytes(b"\xff\xff\xff\xfe")
    (folder / "department.csv").write_text("id;hospital;income\nD;H;1\n", "utf-8")
    (folder / "hospital.csv").write_text('id,name\nH,"open\n', "utf-8")
    (folder / "stuff.csv").write_text("id\n1\n", "utf-8")
    assert sorted(told(read(folder)[1])) == [
        ("corrupt", "facts/hospital.csv"),
        ("delimiter", "facts/department.csv"),
        ("encoding", "facts/staff.csv"),
        ("unknown_sheet", "facts/stuff.csv [stuff]"),
    ]


def test_csv_of_too_many_columns(tmp_path: Path, read: Read, good: Sheets, told: Told) -> None:
    folder = tmp_path / "facts"
    folder.mkdir()
    for code in ("hospital", "department"):
        text = "\n".join(",".join(str(c or "") for c in row) for row in good[code])
        (folder / f"{code}.csv").write_text(text, "utf-8")
    (folder / "staff.csv").write_text("id" + "," * 5000, "utf-8")
    assert ("too_large", "facts/staff.csv") in told(read(folder)[1])


# --- anything at all -----------------------------------------------------------------------------


def all_is_well_formed(problems: Sequence[Problem]) -> None:
    for p in problems:
        assert p.code.startswith("intake.")
        assert p.message.zh
        assert p.message.en
        assert p.place


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(head=st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<"]),
       data=st.binary(max_size=3000))  # fmt: skip
def test_random_bytes_end_in_problems(
    tmp_path: Path, program: Program, period: Period, head: bytes, data: bytes
) -> None:
    path = tmp_path / "any.xlsx"
    path.write_bytes(head + data)
    _, problems = read_facts(path, program, period)
    assert problems
    all_is_well_formed(problems)


@pytest.mark.parametrize("kind", ["xlsx", "sheet", "xls"])
def test_flipped_bytes_never_raise(
    tmp_path: Path, write: Write, read: Read, good: Sheets, kind: str
) -> None:
    chance = random.Random(20260901)
    if kind == "xls":
        book = xlwt.Workbook()
        for name, rows in good.items():
            sheet = book.add_sheet(name)
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    sheet.write(r, c, value)
        path = tmp_path / "pay.xls"
        book.save(str(path))
    else:
        path = write(good)
    whole = path.read_bytes()
    for _ in range(150):
        if kind == "sheet":
            with zipfile.ZipFile(io.BytesIO(whole)) as archive:
                parts = {n: bytearray(archive.read(n)) for n in archive.namelist()}
            part = parts[chance.choice([SHEET, "xl/sharedStrings.xml", "xl/styles.xml"])]
            for _ in range(3):
                part[chance.randrange(len(part))] = chance.choice(b'<>/"0Az \xff')
            zipped(path, {n: bytes(d) for n, d in parts.items()})
        else:
            data = bytearray(whole)
            for _ in range(chance.randint(1, 12)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            path.write_bytes(data)
        facts, problems = read(path)
        all_is_well_formed(problems)
        assert problems or facts.tables


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=400), good_head=st.booleans())
def test_random_csv_never_raises(
    tmp_path: Path, program: Program, period: Period, data: bytes, good_head: bool
) -> None:
    folder = tmp_path / "facts"
    folder.mkdir(exist_ok=True)
    head = b"id,department,role,points,since\n" if good_head else b""
    (folder / "staff.csv").write_bytes(head + data)
    _, problems = read_facts(folder, program, period)
    all_is_well_formed(problems)
    assert "intake.missing_sheet" in {p.code for p in problems}


# the 3,755 common characters: in GB18030 their first bytes run from B0 to D7
COMMON = [
    bytes((a, b)).decode("gb18030")
    for a in range(0xB0, 0xD8)
    for b in range(0xA1, 0xFF)
    if (a, b) < (0xD7, 0xFA)
]


@given(st.text(st.sampled_from(COMMON), min_size=1, max_size=20))
def test_common_chinese_is_never_taken_for_another_encoding(text: str) -> None:
    assert csvs.encoding(text.encode("utf-8")) == csvs.UTF8
    assert csvs.encoding(text.encode("utf-8-sig")) == csvs.UTF8
    assert csvs.encoding(text.encode("gb18030")) in (csvs.GB, csvs.EITHER)
