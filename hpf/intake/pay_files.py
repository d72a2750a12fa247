"""Files of pay lists: .xlsx to read and sign, .csv, and a bank's fixed-width form as an example.

Amounts stand in them as they were computed. A name that a spreadsheet would take for a formula is
kept from being one; one that a bank's field cannot hold is an error, never cut short.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal

import xlsxwriter  # type: ignore[import-untyped]  # it ships no types

from hpf.core.errors import HpfError, Problem, Text
from hpf.core.kit.hookspecs import PayoutWriter
from hpf.core.paylists import PayLine, PayList
from hpf.intake.export import guarded
from hpf.intake.grid import trouble
from hpf.intake.guide import bilingual
from hpf.intake.styles import Styles
from hpf.intake.template import must

CASH = Text("现金", "cash")
_HEADS = (
    Text("编号", "id"),
    Text("姓名", "name"),
    Text("账号", "account"),
    Text("方式", "way"),
    Text("金额(元)", "amount (CNY)"),
)
_WIDTHS = (14, 16, 28, 12, 16)
_FIRST = 3
# the example bank's fields, in bytes of GB18030
_BATCH, _NUMBER, _ACCOUNT, _NAME, _FEN, _ID, _COUNT = 40, 6, 32, 60, 15, 20, 8


def write_xlsx(pay: PayList) -> Iterator[bytes]:
    """A sheet with a line a person, the total below, and a place to sign."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    # the same list gives the same file
    book.set_properties({"created": _moment(pay)})
    style = Styles(book)
    sheet = book.add_worksheet("发放表 Pay list")
    title = f"{pay.hospital_name} {pay.period.say('zh')} {pay.scheme_names.zh}"
    must(sheet.write_string(0, 0, guarded(title), style.title))
    must(sheet.write_string(1, 0, guarded(f"批次 Batch {pay.batch}"), style.quiet))
    for column, (head, width) in enumerate(zip(_HEADS, _WIDTHS, strict=True)):
        must(sheet.write_string(2, column, bilingual(head), style.code))
        sheet.set_column(column, column, width)
    for row, line in enumerate(pay.lines, _FIRST):
        for column, text in enumerate(_texts(line)):
            must(sheet.write_string(row, column, text, style.as_text))
        must(sheet.write_number(row, 4, line.amount, style.pay))
    end = _FIRST + len(pay.lines)
    must(sheet.write_string(end, 0, f"合计 Total ({len(pay.lines)})", style.total_text))
    for column in (1, 2, 3):
        must(sheet.write_blank(end, column, None, style.total_text))
    if pay.lines:
        area = f"E{_FIRST + 1}:E{end}"
        must(sheet.write_formula(end, 4, f"=SUM({area})", style.total, pay.total))
    must(
        sheet.write_string(
            end + 2, 0, "制表 Made by          审核 Checked by          批准 Approved by"
        )
    )
    sheet.freeze_panes(_FIRST, 2)
    sheet.repeat_rows(2)
    book.close()
    yield out.getvalue()


def write_csv(pay: PayList) -> Iterator[bytes]:
    """UTF-8 with a byte order mark, so that Excel reads the Chinese; no total, no title."""
    yield b"\xef\xbb\xbf"
    yield _csv([head.zh for head in _HEADS])
    for line in pay.lines:
        yield _csv([*_texts(line), f"{line.amount:.2f}"])


def write_fixed(pay: PayList) -> Iterator[bytes]:
    """Fields of fixed width in GB18030: a head with count and total, a line an account. No cash.

    H batch(40) count(8) fen(15) period(7); D number(6) account(32) name(60) fen(15) id(20). Raises
    HpfError with every text that does not fit its field.
    """
    problems: list[Problem] = []
    lines = []
    total = sum((line.amount for line in pay.transfers), Decimal(0))
    for number, line in enumerate(pay.transfers, 1):
        lines.append(
            b"D"
            + f"{number:0{_NUMBER}d}".encode()
            + _field(line.account, _ACCOUNT, line, problems)
            + _field(line.name, _NAME, line, problems)
            + _fen(line.amount)
            + _field(line.id, _ID, line, problems)
            + b"\r\n"
        )
    head = b"H" + pay.batch.encode("gb18030").ljust(_BATCH)
    head += f"{len(lines):0{_COUNT}d}".encode() + _fen(total) + str(pay.period).encode().ljust(7)
    if problems:
        raise HpfError(problems)
    yield head + b"\r\n"
    yield from lines


BUILT_IN = (
    PayoutWriter("xlsx", Text("发放表", "Pay list"), ".xlsx", write_xlsx),
    PayoutWriter("csv", Text("发放表（CSV）", "Pay list (CSV)"), ".csv", write_csv),
    PayoutWriter("fixed", Text("银行定长文件", "Bank file, fixed width"), ".txt", write_fixed),
)


def _texts(line: PayLine) -> tuple[str, str, str, str]:
    way = "" if line.account else bilingual(CASH)
    return guarded(line.id), guarded(line.name), guarded(line.account), way


def _csv(cells: list[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(cells)
    return out.getvalue().encode()


def _fen(amount: Decimal) -> bytes:
    return f"{int(amount * 100):0{_FEN}d}".encode()


def _field(text: str, width: int, line: PayLine, problems: list[Problem]) -> bytes:
    data = text.encode("gb18030", "replace")
    if len(data) > width or not text.isprintable() or (b"?" in data and "?" not in text):
        words = (f"“{text}”写不进银行文件（{width} 字节）", f"'{text}' does not fit {width} bytes")
        cure = ("请更正姓名或编号", "Mend the name or the id")
        problems.append(trouble("bank_field", words, cure, f"staff:{line.id}"))
    return data.ljust(width)


def _moment(pay: PayList) -> object:
    import datetime as dt

    return dt.datetime.combine(pay.period.last_day, dt.time())
