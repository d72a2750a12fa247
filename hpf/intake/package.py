"""The zip that an .xlsx file is: opened within bounds before anything in it is parsed.

Every part is unpacked once, with its declared size as the limit, and handed to the reader in a
zip without compression: a part that lies about its size never reaches it.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree

from hpf.core.errors import Problem
from hpf.intake.grid import trouble

MAX_PARTS = 2_000
MAX_UNPACKED = 768 * 1024 * 1024  # bytes of all parts that are read
MAX_RATIO = 250  # unpacked to packed size; full sheets reach about 20
SMALL = 4 * 1024 * 1024  # below this, no ratio is suspicious
_NEEDED = re.compile(r"(?i).*\.(xml|rels)")
_NOT_NEEDED = re.compile(
    r"(?i)(docProps|xl/(media|drawings|charts|theme|comments|threadedComments|pivot|printer))"
)
_PERCENT_FORMATS = (9, 10)
_BROKEN = (  # what unpacking and parsing raise on files that break off or contradict themselves
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    LookupError,
    ElementTree.ParseError,
    RecursionError,
    RuntimeError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class Package:
    """plain: the same zip, uncompressed; sheets: sheet name -> its XML."""

    plain: bytes
    sheets: dict[str, bytes]
    shared: bytes
    percent_styles: frozenset[int]


def unpack(data: bytes, file: str) -> Package | Problem:
    """Open a workbook's zip, or say what is wrong with it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _unpack(archive, file)
    except _BROKEN as error:
        return corrupt(file, str(error))


def corrupt(file: str, why: str) -> Problem:
    """A workbook that breaks off or contradicts itself."""
    why = " ".join(why.split())[:200]
    return trouble(
        "corrupt",
        (f"工作簿已损坏，无法读取（{why}）", f"the workbook is damaged and cannot be read ({why})"),
        (
            "请用 Excel 或 WPS 打开，另存为新的 .xlsx 再交",
            "Open it in Excel and save it as a new .xlsx",
        ),
        file,
    )


def encrypted(file: str) -> Problem:
    """A workbook that asks for a password."""
    return trouble(
        "encrypted",
        ("工作簿设有打开密码", "the workbook is encrypted"),
        ("请去掉打开密码后再交", "Remove the password and save it again"),
        file,
    )


def _unpack(archive: zipfile.ZipFile, file: str) -> Package | Problem:
    wrong = _bounds(archive, file)
    if wrong:
        return wrong
    names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.bin" in names:
        return _other_kind(file, ".xlsb")
    if "xl/workbook.xml" not in names:
        return _other_kind(file, _kind(names))
    parts: dict[str, bytes] = {}
    for info in archive.infolist():
        if _NEEDED.fullmatch(info.filename) and not _NOT_NEEDED.match(info.filename):
            with archive.open(info) as part:  # reads no more than the declared size, checks the CRC
                parts[info.filename] = part.read()
            if b"<!DOCTYPE" in parts[info.filename][:4096]:
                raise ValueError("DOCTYPE")
    by_lower = {name.lower(): name for name in parts}
    shared = parts.get(by_lower.get("xl/sharedstrings.xml", ""), b"")
    styles = parts.get(by_lower.get("xl/styles.xml", ""), b"")
    return Package(_plain(parts), _sheets(parts, by_lower), shared, _percent_styles(styles))


def _bounds(archive: zipfile.ZipFile, file: str) -> Problem | None:
    infos = archive.infolist()
    total = sum(info.file_size for info in infos)
    packed = sum(info.compress_size for info in infos)
    if len(infos) > MAX_PARTS or total > MAX_UNPACKED or (
        total > SMALL and total > packed * MAX_RATIO
    ):  # fmt: skip
        return trouble(
            "zip_bomb",
            (
                f"解压后会有 {total // 1_000_000} MB（{len(infos)} 个部分），超出限度，未读取",
                f"it would unpack to {total // 1_000_000} MB in {len(infos)} parts: not read",
            ),
            (
                "请只保留需要填报的表格，另存为新的 .xlsx",
                "Keep only the sheets that are asked for, in a new .xlsx",
            ),
            file,
        )
    if any(info.flag_bits & 1 for info in infos):
        return encrypted(file)
    return None


def _kind(names: set[str]) -> str:
    if "word/document.xml" in names:
        return ".docx"
    return ".ods" if "content.xml" in names else ".zip"


def _other_kind(file: str, kind: str) -> Problem:
    return trouble(
        "not_a_workbook",
        (f"这是 {kind} 文件，不是 Excel 工作簿", f"this is a {kind} file, not an Excel workbook"),
        ("请另存为 .xlsx", "Save it as .xlsx"),
        file,
    )


def _plain(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data)
    return out.getvalue()


def _sheets(parts: dict[str, bytes], by_lower: dict[str, str]) -> dict[str, bytes]:
    book = ElementTree.fromstring(parts[by_lower["xl/workbook.xml"]])
    links = ElementTree.fromstring(parts[by_lower["xl/_rels/workbook.xml.rels"]])
    target = {e.get("Id"): e.get("Target", "") for e in links}
    found = {}
    for element in book.iter():
        if element.tag.rpartition("}")[2] != "sheet":
            continue
        relation = next((v for k, v in element.attrib.items() if k.endswith("}id")), None)
        path = posixpath.normpath(posixpath.join("/xl", target.get(relation, ""))).lstrip("/")
        found[element.get("name", "")] = parts.get(by_lower.get(path.lower(), ""), b"")
    return found


def _percent_styles(styles: bytes) -> frozenset[int]:
    if not styles:
        return frozenset()
    root = ElementTree.fromstring(styles)
    space = root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""
    formats = {
        int(e.get("numFmtId", "-1"))
        for e in root.iter(f"{space}numFmt")
        if "%" in re.sub(r'"[^"]*"|\\.', "", e.get("formatCode", ""))
    }
    formats.update(_PERCENT_FORMATS)
    cells = root.find(f"{space}cellXfs")
    if cells is None:
        return frozenset()
    return frozenset(i for i, e in enumerate(cells) if int(e.get("numFmtId", "0")) in formats)
