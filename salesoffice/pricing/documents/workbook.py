"""Price sheets as workbooks: numbers are numbers, rooms are texts, the foot is counted by formulas."""

import re
from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from salesoffice.core.text import neutralise_cell
from salesoffice.infra.i18n import _
from salesoffice.pricing.documents.grids import Grid
from salesoffice.pricing.documents.tables import Cell, Table
from salesoffice.pricing.rules import PriceTotals, unit_price_by_basis

_MONEY = "#,##0.00"
_LONGEST_NAME = 31


class _Book:
    """A workbook in memory with the formats that the sheets share."""

    def __init__(self) -> None:
        self.stream = BytesIO()
        self.book = Workbook(self.stream, {"in_memory": True, "strings_to_formulas": False})
        edge = {"border": 1, "border_color": "#999999", "valign": "vcenter"}
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.note = self.book.add_format({"font_color": "#555555"})
        self.head = self.book.add_format(
            {**edge, "bold": True, "align": "center", "text_wrap": True, "bg_color": "#ECF0F4"}
        )
        self.formats = {
            "text": self.book.add_format({**edge, "num_format": "@"}),
            "area": self.book.add_format({**edge, "num_format": _MONEY}),
            "money": self.book.add_format({**edge, "num_format": _MONEY}),
            "count": self.book.add_format({**edge, "num_format": "0"}),
        }
        self.feet = {
            kind: self.book.add_format({**edge, "bold": True, "bg_color": "#F6F8FA", "num_format": number})
            for kind, number in (("text", "@"), ("area", _MONEY), ("money", _MONEY), ("count", "0"))
        }

    def add_sheet(self, name: str, titles: Sequence[str], *, paper: int) -> Worksheet:
        """Add a worksheet in landscape with its title lines on top."""
        sheet = self.book.add_worksheet(self._free_name(name))
        sheet.set_landscape()
        sheet.set_paper(paper)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L" + titles[1].replace("&", "&&") + "&R&P / &N")
        for place, title in enumerate(titles):
            sheet.write_string(place, 0, neutralise_cell(title), self.note if place else self.title)
        return sheet

    def close(self) -> bytes:
        """Finish the workbook and return it."""
        self.book.close()
        return self.stream.getvalue()

    def _free_name(self, name: str) -> str:
        plain = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:_LONGEST_NAME] or "1"
        taken = {sheet.get_name().lower() for sheet in self.book.worksheets()}
        number, free = 2, plain
        while free.lower() in taken:
            free = f"{plain[: _LONGEST_NAME - 4]} {number}"
            number += 1
        return free


def write_table(table: Table, titles: Sequence[str]) -> bytes:
    """Write a sheet of rows: one worksheet, the building in front, sums and average as formulas."""
    book = _Book()
    sheet = book.add_sheet(titles[0], titles, paper=9)
    top = len(titles) + 1
    sheet.write_string(top, 0, _("Building"), book.head)
    sheet.set_column(0, 0, 12)
    for place, column in enumerate(table.columns, start=1):
        sheet.write_string(top, place, column.label, book.head)
        sheet.set_column(place, place, column.width)
    row = top
    for group in table.groups:
        for cells in group.rows:
            row += 1
            sheet.write_string(row, 0, neutralise_cell(group.building), book.formats["text"])
            for place, (cell, column) in enumerate(zip(cells, table.columns, strict=True), start=1):
                _write_cell(sheet, (row, place), cell, book.formats[column.kind])
    _write_foot(book, sheet, table, top + 1, row)
    sheet.freeze_panes(top + 1, 0)
    sheet.repeat_rows(top)
    if table.count:
        sheet.autofilter(top, 0, row, len(table.columns))
    return book.close()


def write_grids(grids: Sequence[Grid], titles: Sequence[str]) -> bytes:
    """Write an overview: a worksheet per section, three rows a floor (area, unit price, total), feet as formulas."""
    book = _Book()
    for grid in grids:
        name = f"{grid.building} {grid.section}".strip()
        sheet = book.add_sheet(name, [f"{titles[0]} {name}".strip(), *titles[1:]], paper=8)
        _write_grid(book, sheet, grid, len(titles) + 1)
    return book.close()


def _write_foot(book: _Book, sheet: Worksheet, table: Table, first: int, last: int) -> None:
    foot = last + 1
    sheet.write_string(foot, 0, _("Total"), book.feet["text"])
    letters: dict[str, str] = {}
    for place, (amount, column) in enumerate(zip(table.foot, table.columns, strict=True), start=1):
        if amount is None or isinstance(amount, str) or not table.count:
            sheet.write_blank(foot, place, None, book.feet["text"])
            continue
        letter = xl_col_to_name(place)
        letters[column.kind] = letters.get(column.kind) or letter
        formula = f"=SUM({letter}{first + 1}:{letter}{last + 1})"
        sheet.write_formula(foot, place, formula, book.feet[column.kind], _number(amount))
        total_letter = letter
    if table.average is not None:
        formula = f"=ROUND({total_letter}{foot + 1}/{letters['area']}{foot + 1},2)"
        sheet.write_string(foot + 1, 0, _("Average (yuan/m²)"), book.feet["text"])
        sheet.write_formula(foot + 1, 1, formula, book.feet["money"], _number(table.average))


def _write_grid(book: _Book, sheet: Worksheet, grid: Grid, top: int) -> None:
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, 1, 14)
    sheet.set_column(2, len(grid.lines) + 2, 15)
    heads = (
        (_("Unit line"), [line.label for line in grid.lines]),
        (_("Type"), [line.unit_type for line in grid.lines]),
        (_("Orientation"), [line.orientation for line in grid.lines]),
    )
    for place, (label, texts) in enumerate(heads):
        sheet.write_string(top + place, 0, "", book.head)
        sheet.write_string(top + place, 1, label, book.head)
        for column, text in enumerate(texts, start=2):
            sheet.write_string(top + place, column, neutralise_cell(text), book.head)
    first = row = top + len(heads)
    sheet.freeze_panes(first, 2)
    sheet.repeat_rows(top, first - 1)
    for floor in grid.floors:
        for place, (label, kind) in enumerate(_measures()):
            sheet.write_string(row, 0, neutralise_cell(floor.label), book.formats["text"])
            sheet.write_string(row, 1, label, book.formats["text"])
            for column, unit in enumerate(floor.cells, start=2):
                figures = (None, None, None) if unit is None else (
                    unit.gross_area,
                    unit_price_by_basis(unit.basis, unit.gross_price, unit.inner_price),
                    unit.list_total_amount,
                )  # fmt: skip
                _write_cell(sheet, (row, column), figures[place], book.formats[kind])
            row += 1
    _write_grid_foot(book, sheet, grid, first, row)


def _write_grid_foot(book: _Book, sheet: Worksheet, grid: Grid, first: int, foot: int) -> None:
    """Write the feet: each line's by formulas over its floors, the section's in the last column over the lines."""
    last_line = 1 + len(grid.lines)
    sheet.write_string(first - 1, last_line + 1, _("All lines"), book.head)
    (area, _k1), (_unit, _k2), (total, _k3) = _measures()
    labels = (_("Number of units"), _("Gross area (m²)"), _("Total (yuan)"), _("Average (yuan/m²)"))
    for place, label in enumerate(labels):
        sheet.write_string(foot + place, 0, "", book.feet["text"])
        sheet.write_string(foot + place, 1, label, book.feet["text"])
    names = f"$B${first + 1}:$B${foot}"
    for column in range(2, last_line + 2):
        letter = xl_col_to_name(column)
        span = f"{letter}{first + 1}:{letter}{foot}"
        if column <= last_line:
            figures = grid.line_totals[column - 2]
            formulas = [
                f'=COUNTIFS({names},"{total}",{span},">0")',
                f'=SUMIF({names},"{area}",{span})',
                f'=SUMIF({names},"{total}",{span})',
            ]
        else:
            figures = grid.totals
            end = xl_col_to_name(last_line)
            formulas = [f"=SUM(C{foot + place + 1}:{end}{foot + place + 1})" for place in range(3)]
        _write_figures(book, sheet, (foot, column), formulas, figures)


def _write_figures(
    book: _Book, sheet: Worksheet, place: tuple[int, int], formulas: list[str], figures: PriceTotals
) -> None:
    row, column = place
    values: list[int | Decimal] = [figures.count, _number(figures.gross_area), _number(figures.amount)]
    for offset, (formula, value, kind) in enumerate(
        zip(formulas, values, ("count", "area", "money"), strict=True)
    ):
        sheet.write_formula(row + offset, column, formula, book.feet[kind], value)
    if figures.average is None:
        sheet.write_blank(row + 3, column, None, book.feet["money"])
        return
    letter = xl_col_to_name(column)
    formula = f"=ROUND({letter}{row + 3}/{letter}{row + 2},2)"
    sheet.write_formula(row + 3, column, formula, book.feet["money"], _number(figures.average))


def _measures() -> tuple[tuple[str, str], ...]:
    """The three rows of a floor and how their figures look."""
    return ((_("Area (m²)"), "area"), (_("Unit price (yuan/m²)"), "money"), (_("Total (yuan)"), "money"))


def _write_cell(sheet: Worksheet, place: tuple[int, int], value: Cell, form: Format) -> None:
    if value is None:
        sheet.write_blank(*place, None, form)
    elif isinstance(value, str):
        sheet.write_string(*place, neutralise_cell(value), form)
    else:
        sheet.write_number(*place, _number(value), form)


def _number(value: Decimal | int) -> Decimal:
    """Fen become yuan; areas stay m²."""
    return value if isinstance(value, Decimal) else Decimal(value).scaleb(-2)
