"""Workbooks by XlsxWriter: numbers are numbers, texts are harmless, every sheet looks alike.

A text that a spreadsheet would read as a formula is neutralised; fen become yuan with two decimals.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from salesoffice.core.text import neutralise_cell

Cell = str | int | Decimal | None
"""A text, an amount in fen, a figure as it is (area, share), or nothing."""

NUMBERS: Mapping[str, str] = {
    "text": "@", "code": "@", "area": "#,##0.00", "money": "#,##0.00", "rate": "0.0%", "count": "0",
}  # fmt: skip
"""How figures of each kind are shown."""

PAPER_A3, PAPER_A4 = 8, 9
_LONGEST_NAME = 31
_EDGE = {"border": 1, "border_color": "#999999", "valign": "vcenter"}


class SheetBook:
    """A workbook in memory with the formats that its sheets share."""

    def __init__(self) -> None:
        from xlsxwriter import Workbook

        self.stream = BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book: Any = Workbook(self.stream, options)
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.note = self.book.add_format({"font_color": "#555555"})
        self.warning = self.book.add_format({"bold": True, "font_color": "#98161B"})
        head = {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#ECF0F4"}
        self.head = self.book.add_format({**_EDGE, **head})
        foot = {"bold": True, "bg_color": "#F6F8FA"}
        self.formats = {
            kind: self.book.add_format({**_EDGE, "num_format": number}) for kind, number in NUMBERS.items()
        }
        self.feet = {
            kind: self.book.add_format({**_EDGE, **foot, "num_format": number})
            for kind, number in NUMBERS.items()
        }

    def add_sheet(
        self, name: str, titles: Sequence[str], *, paper: int = PAPER_A4, foot: str = "", warning: str = ""
    ) -> Any:
        """Add a worksheet across the paper with its title lines on top, the first one large, a warning last."""
        sheet = self.book.add_worksheet(self._free_name(name))
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L" + foot.replace("&", "&&")[:200] + "&R&P / &N")
        for place, text in enumerate(titles):
            sheet.write_string(place, 0, neutralise_cell(text), self.note if place else self.title)
        if warning:
            sheet.write_string(len(titles), 0, neutralise_cell(warning), self.warning)
        return sheet

    def write_cell(self, sheet: Any, row: int, column: int, value: Cell, form: Any) -> None:
        """Write one cell in a format."""
        if value is None or value == "":
            sheet.write_blank(row, column, None, form)
        elif isinstance(value, str):
            sheet.write_string(row, column, neutralise_cell(value), form)
        else:
            sheet.write_number(row, column, to_number(value), form)

    def close(self) -> bytes:
        """Finish the workbook and return it."""
        self.book.close()
        return self.stream.getvalue()

    def _free_name(self, name: str) -> str:
        plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:_LONGEST_NAME] or "1"
        taken = {sheet.get_name().lower() for sheet in self.book.worksheets()}
        number, free = 2, plain
        while free.lower() in taken:
            free = f"{plain[: _LONGEST_NAME - 5]} {number}"
            number += 1
        return free


def to_number(value: Decimal | int) -> Decimal | int:
    """Return the figure that a cell holds: fen become yuan, whole ones as whole numbers; the rest as it is."""
    if isinstance(value, Decimal):
        return value
    yuan, rest = divmod(value, 100)
    return Decimal(value).scaleb(-2) if rest else yuan


def name_column(place: int) -> str:
    """Return the letters of a column (A, Z, AA) for its place, the first being 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
