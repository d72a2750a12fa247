"""How workbooks look: calm colours, readable sizes, numbers as numbers."""

from __future__ import annotations

from hpf.core.indicators import Indicator, Type
from hpf.core.units import CNY

_DARK, _MIDDLE, _LIGHT, _LINE = "#2F5D62", "#5E8B7E", "#EAF2EF", "#C9D6D1"


class Styles:
    """The cell formats of one workbook. book: an xlsxwriter Workbook."""

    def __init__(self, book: object) -> None:
        def make(**options: object) -> object:
            return book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, **options})  # type: ignore[attr-defined]  # xlsxwriter has no types

        head = {"bold": True, "font_color": "white", "border": 1, "border_color": _LINE}
        self.title = make(bold=True, font_size=15, font_color=_DARK)
        self.section = make(bold=True, font_size=12, font_color=_DARK)
        self.label = make(bold=True, font_color=_DARK)
        self.text = make(num_format="@")
        self.quiet = make(font_color="#6B7775")
        self.warning = make(bold=True, font_color="#9C4A1A", bg_color="#FBEFE3")
        self.code = make(**head, bg_color=_DARK)
        self.optional_code = make(**head, bg_color=_MIDDLE)
        self.name = make(
            bg_color=_LIGHT, border=1, border_color=_LINE, text_wrap=True, valign="top"
        )
        self.cell = make(border=1, border_color=_LINE, text_wrap=True, valign="top")
        self.as_text = make(num_format="@")
        self.date = make(num_format="yyyy-mm-dd")
        self.money = make(num_format="#,##0.00##########")
        self.whole = make(num_format="#,##0")
        self.decimal = make(num_format="0.00##########")
        self.general = make()
        self.pay = make(num_format="#,##0.00")
        self.total = make(num_format="#,##0.00", bold=True, top=1, bg_color=_LIGHT)
        self.total_text = make(bold=True, top=1, bg_color=_LIGHT)
        self.bad = make(font_color="#9C1A1A", bg_color="#FBE3E3")

    def of(self, indicator: Indicator) -> object:
        """The format of an indicator's column."""
        match indicator.type:
            case Type.DECIMAL:
                return self.money if indicator.unit == CNY else self.decimal
            case Type.INTEGER:
                return self.whole
            case Type.DATE:
                return self.date
        return self.as_text
