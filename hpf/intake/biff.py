"""Old .xls files: the cells that hold an Excel error or a formula without a value.

As with .xlsx the reader gives blanks for them. An .xls file is a small file system (sectors
chained in a table); the stream `Workbook` in it is a list of records, of which four matter here.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?",
           0x24: "#NUM!", 0x2A: "#N/A"}  # fmt: skip
_END = 0xFFFFFFFA  # sector numbers from here on are marks, not sectors
_EOF, _FILEPASS = 0x000A, 0x002F
_SHEET, _FORMULA, _ERROR, _BEGIN = 0x0085, 0x0006, 0x0205, 0x0809

Marks = dict[str, list[tuple[int, int, str]]]


def streams(data: bytes) -> dict[str, bytes]:
    """The named streams of a compound file; ValueError when it is not whole."""
    try:
        return _streams(data)
    except (struct.error, IndexError, UnicodeDecodeError, OverflowError) as error:
        raise ValueError(str(error)) from error


def _streams(data: bytes) -> dict[str, bytes]:
    shift, small_shift = struct.unpack_from("<HH", data, 30)
    if not 7 <= shift <= 20 or not 2 <= small_shift <= shift:
        raise ValueError("sector size")
    size, small = 1 << shift, 1 << small_shift
    (_, first_dir, _, cutoff, first_small, _, first_more, more) = struct.unpack_from(
        "<8I", data, 44
    )

    def sector(number: int) -> bytes:
        return data[(number + 1) * size : (number + 2) * size]

    table_at = list(struct.unpack_from("<109I", data, 76))
    for _ in range(min(more, len(data) // size)):
        block = struct.unpack(f"<{size // 4}I", sector(first_more))
        table_at += block[:-1]
        first_more = block[-1]
    table: list[int] = []
    for number in table_at:
        if number < _END:
            table += struct.unpack(f"<{size // 4}I", sector(number))

    def chain(first: int, links: list[int]) -> Iterator[int]:
        for _ in range(len(links)):  # a ring must not run for ever
            if first >= _END:
                return
            yield first
            first = links[first]

    def read(first: int) -> bytes:
        return b"".join(map(sector, chain(first, table)))

    directory = read(first_dir)
    small_links = list(struct.unpack(f"<{len(read(first_small)) // 4}I", read(first_small)))
    found: dict[str, bytes] = {}
    mini = b""
    for at in range(0, len(directory) - 127, 128):
        entry = directory[at : at + 128]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(0, min(length, 64) - 2)].decode("utf-16-le")
        start, total = struct.unpack_from("<II", entry, 116)
        if entry[66] == 5:
            mini = read(start)
        elif entry[66] == 2 and total < cutoff:
            parts = (mini[n * small : (n + 1) * small] for n in chain(start, small_links))
            found[name] = b"".join(parts)[:total]
        elif entry[66] == 2:
            found[name] = read(start)[:total]
    return found


def is_encrypted(workbook: bytes) -> bool:
    """Whether the stream asks for a password: a record FILEPASS before its first end."""
    at = 0
    while at + 4 <= len(workbook):
        kind, length = struct.unpack_from("<HH", workbook, at)
        if kind in (_FILEPASS, _EOF):
            return bool(kind == _FILEPASS)
        at += 4 + length
    return False


def marks(workbook: bytes) -> Marks:
    """Sheet name -> (row, column, Excel error or '') of cells without a value."""
    found: Marks = {}
    offsets: dict[int, str] = {}
    name, at = "", 0
    while at + 4 <= len(workbook):
        kind, length = struct.unpack_from("<HH", workbook, at)
        body = workbook[at + 4 : at + 4 + length]
        if kind == _BEGIN:
            name = offsets.get(at, name)
        elif kind == _SHEET and length > 8:
            wide = body[7] & 1
            raw = body[8 : 8 + body[6] * (1 + wide)]
            offsets[struct.unpack_from("<I", body)[0]] = raw.decode(
                "utf-16-le" if wide else "latin-1", "replace"
            )
        elif kind == _ERROR and length >= 8 and body[7]:
            row, column = struct.unpack_from("<HH", body)
            found.setdefault(name, []).append((row, column, _ERRORS.get(body[6], "#ERROR")))
        elif kind == _FORMULA and length >= 14 and body[12:14] == b"\xff\xff" and body[6] in (2, 3):
            row, column = struct.unpack_from("<HH", body)
            text = _ERRORS.get(body[8], "#ERROR") if body[6] == 2 else ""
            found.setdefault(name, []).append((row, column, text))
        at += 4 + length
    return found
