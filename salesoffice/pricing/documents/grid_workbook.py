"""The overview as a workbook: a worksheet per section, three rows a floor, feet as formulas."""

from collections.abc import Sequence
from typing import Any

from salesoffice.core.text import neutralise_cell
from salesoffice.infra.i18n import _
from salesoffice.infra.workbook import PAPER_A3, SheetBook, name_column, to_number
from salesoffice.pricing.documents.grids import Grid
from salesoffice.pricing.documents.head import SheetHead
from salesoffice.pricing.rules import PriceTotals, unit_price_by_basis


def write_grids(grids: Sequence[Grid], head: SheetHead) -> bytes:
    """Write an overview: a worksheet per section, three rows a floor (area, unit price, total), feet as formulas."""
    book = SheetBook()
    for grid in grids:
        name = f"{grid.building} {grid.section}".strip()
        titles = [f"{head.title} {name}".strip(), *head.list_notes()]
        sheet = book.add_sheet(name, titles, paper=PAPER_A3, foot=head.foot, warning=head.banner)
        _write_grid(book, sheet, grid, len(titles) + 1)
    return book.close()


def _write_grid(book: SheetBook, sheet: Any, grid: Grid, top: int) -> None:
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
            book.write_cell(sheet, row, 0, floor.label, book.formats["text"])
            sheet.write_string(row, 1, label, book.formats["text"])
            for column, unit in enumerate(floor.cells, start=2):
                figures = (None, None, None) if unit is None else (
                    unit.gross_area,
                    unit_price_by_basis(unit.basis, unit.gross_price, unit.inner_price),
                    unit.list_total_amount,
                )  # fmt: skip
                book.write_cell(sheet, row, column, figures[place], book.formats[kind])
            row += 1
    _write_foot(book, sheet, grid, first, row)


def _write_foot(book: SheetBook, sheet: Any, grid: Grid, first: int, foot: int) -> None:
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
        letter = name_column(column)
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
            end = name_column(last_line)
            formulas = [f"=SUM(C{foot + place + 1}:{end}{foot + place + 1})" for place in range(3)]
        _write_figures(book, sheet, (foot, column), formulas, figures)


def _write_figures(
    book: SheetBook, sheet: Any, place: tuple[int, int], formulas: list[str], figures: PriceTotals
) -> None:
    row, column = place
    values = (figures.count, figures.gross_area, to_number(figures.amount))
    for offset, (formula, value, kind) in enumerate(
        zip(formulas, values, ("count", "area", "money"), strict=True)
    ):
        sheet.write_formula(row + offset, column, formula, book.feet[kind], value)
    if figures.average is None:
        sheet.write_blank(row + 3, column, None, book.feet["money"])
        return
    letter = name_column(column)
    formula = f"=ROUND({letter}{row + 3}/{letter}{row + 2},2)"
    sheet.write_formula(row + 3, column, formula, book.feet["money"], to_number(figures.average))


def _measures() -> tuple[tuple[str, str], ...]:
    """The three rows of a floor and how their figures look."""
    return ((_("Area (m²)"), "area"), (_("Unit price (yuan/m²)"), "money"), (_("Total (yuan)"), "money"))
