"""Sheets of rows as workbooks: totals, differences, sums and averages are formulas where they give the same figure.

Every formula carries its value, and none is written where it would give another one than the sheet states: sources
round, so that a total often is not its unit price times its area.
"""

from collections.abc import Sequence
from typing import Any

from salesoffice.infra.i18n import _
from salesoffice.infra.workbook import SheetBook, name_column, to_number
from salesoffice.pricing.documents.head import SheetHead
from salesoffice.pricing.documents.tables import Cell, Column, Table, is_product


def write_table(table: Table, head: SheetHead) -> bytes:
    """Write a sheet of rows: one worksheet, the building in front, sums and average as formulas."""
    book = SheetBook()
    titles = [head.title, *head.list_notes()]
    sheet = book.add_sheet(str(head.kind.label), titles, foot=head.foot, warning=head.banner)
    top = len(titles) + 1
    sheet.write_string(top, 0, _("Building"), book.head)
    sheet.set_column(0, 0, 12)
    for place, column in enumerate(table.columns, start=1):
        sheet.write_string(top, place, column.label, book.head)
        sheet.set_column(place, place, column.width)
    last = _write_rows(book, sheet, table, top)
    _write_foot(book, sheet, table, top + 1, last)
    sheet.freeze_panes(top + 1, _count_frozen(table))
    sheet.repeat_rows(top)
    if table.count:
        sheet.autofilter(top, 0, last, len(table.columns))
    return book.close()


def _count_frozen(table: Table) -> int:
    """Columns up to the room stay in sight."""
    return next((place for place, column in enumerate(table.columns, 2) if column.kind == "code"), 1)


def _write_rows(book: SheetBook, sheet: Any, table: Table, row: int) -> int:
    """Write the rows below a row; return the last one."""
    places = {column.key: place for place, column in enumerate(table.columns)}
    forms = [book.formats[column.kind] for column in table.columns]
    text = book.formats["text"]
    for group in table.groups:
        for cells in group.rows:
            row += 1
            book.write_cell(sheet, row, 0, group.building, text)
            for place, (cell, column, form) in enumerate(zip(cells, table.columns, forms, strict=True)):
                formula = _find_formula(column, cells, places, row + 1) if column.is_summed else ""
                if formula and isinstance(cell, int):
                    sheet.write_formula(row, place + 1, formula, form, to_number(cell))
                else:
                    book.write_cell(sheet, row, place + 1, cell, form)
    return row


def _find_formula(column: Column, cells: Sequence[Cell], places: dict[str, int], line: int) -> str:
    """Return the formula that gives the figure of a cell to the fen; empty when there is none."""
    if column.product is not None:
        price, area = (places[key] for key in column.product)
        if is_product(cells[price], cells[area], cells[places[column.key]]):
            return f"=ROUND({name_column(price + 1)}{line}*{name_column(area + 1)}{line},2)"
    if column.difference is not None:
        new, old = (name_column(places[key] + 1) for key in column.difference)
        return f"={new}{line}-{old}{line}"
    return ""


def _write_foot(book: SheetBook, sheet: Any, table: Table, first: int, last: int) -> None:
    foot = last + 1
    sheet.write_string(foot, 0, _("Total"), book.feet["text"])
    letters: dict[str, str] = {}
    for place, (amount, column) in enumerate(zip(table.foot, table.columns, strict=True), start=1):
        if amount is None or isinstance(amount, str) or not table.count:
            sheet.write_blank(foot, place, None, book.feet["text"])
            continue
        letters[column.key] = letter = name_column(place)
        formula = f"=SUM({letter}{first + 1}:{letter}{last + 1})"
        sheet.write_formula(foot, place, formula, book.feet[column.kind], to_number(amount))
    if table.average is not None:
        total = next(letter for key, letter in letters.items() if key in {"total", "list_total"})
        formula = f"=ROUND({total}{foot + 1}/{letters['gross']}{foot + 1},2)"
        sheet.write_string(foot + 1, 0, _("Average (yuan/m²)"), book.feet["text"])
        sheet.write_formula(foot + 1, 1, formula, book.feet["money"], to_number(table.average))
