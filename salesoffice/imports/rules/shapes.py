"""Rows that are no unit (totals, examples, zeros) and rows whose cells stand one column beside their own."""

import re
from collections.abc import Iterator

from salesoffice.imports.enums import ColumnField, ImportKind, StatusMeaning
from salesoffice.imports.rules import cells
from salesoffice.imports.rules.reading import (
    AREA_FIELDS,
    FINAL_AREA_FIELDS,
    PRICE_FIELDS,
    Reading,
)
from salesoffice.imports.rules.tables import TableRow

_NO_UNIT = re.compile(
    r"(?:合|小|总|共|累)\s*计|汇总|平均|示例|样例|举例|填写说明|^(?:例[：:子如]|example\b|(?:sub)?total\b)",
    re.IGNORECASE | re.MULTILINE,
)
_EXAMPLE = re.compile(r"示例|样例|举例|填写说明|例[：:子如]|example\b", re.IGNORECASE)
_ZERO = re.compile(r"0+(?:\.0+)?")
_NUMERIC = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
_NUMBER_FIELDS = (*AREA_FIELDS, *PRICE_FIELDS, *FINAL_AREA_FIELDS)
_WORD_FIELDS = (
    ColumnField.STATUS, ColumnField.SECOND_STATUS, ColumnField.USAGE, ColumnField.UNIT_TYPE, ColumnField.ORIENTATION,
    ColumnField.CATEGORY,
)  # fmt: skip


def is_placeholder(reading: Reading, row: TableRow, kind: ImportKind) -> bool:
    """Whether a row is a total, an example, or a room of which every stated figure is zero and that is not sold."""
    first = next((cell for cell in row.cells if cell), "")
    words = [first, *(row.cells[place] for place in reading.place_columns if place < len(row.cells))]
    if _NO_UNIT.search("\n".join(words)) or _EXAMPLE.match(reading.cell(row, ColumnField.REMARK)):
        return True
    return kind is ImportKind.UNITS and _is_all_zero(reading, row)


def is_shifted(reading: Reading, row: TableRow) -> bool:
    """Whether cells contradict their columns, and no longer do so when some of them are moved by one.

    Looked at are rows with the right number of cells: a figure in a column of words, words in a column of figures.
    """
    width = len(reading.header)
    if len(row.cells) < width or any(row.cells[width:]):
        return False
    row_cells = row.cells[:width]
    if _fits(reading, row_cells):
        return False
    return any(_fits(reading, moved) for moved in _list_moved(row_cells))


def has_figure_as_word(reading: Reading, row: TableRow) -> bool:
    """Whether a column of words holds a bare figure."""
    return any(_NUMERIC.fullmatch(text) for field in _WORD_FIELDS if (text := reading.cell(row, field)))


def _is_all_zero(reading: Reading, row: TableRow) -> bool:
    is_stated = False
    for field in _NUMBER_FIELDS:
        if text := reading.cell(row, field):
            if not _ZERO.fullmatch(text):
                return False
            is_stated = True
    if not is_stated:
        return False
    statuses = (reading.cell(row, field) for field in (ColumnField.STATUS, ColumnField.SECOND_STATUS))
    is_sold = any(cells.read_status(word) is StatusMeaning.SOLD for word in statuses)
    return not is_sold and not cells.read_text(reading.cell(row, ColumnField.CONTRACT_NO))


def _list_moved(row_cells: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The row without one of its empty cells, and the row with an empty cell put in where the last one is empty."""
    for place, cell in enumerate(row_cells):
        if not cell:
            yield (*row_cells[:place], *row_cells[place + 1 :], "")
    if not row_cells[-1]:
        for place in range(len(row_cells) - 1):
            yield (*row_cells[:place], "", *row_cells[place:-1])


def _fits(reading: Reading, row_cells: tuple[str, ...]) -> bool:
    for field, place in reading.places.items():
        text = row_cells[place]
        if not text:
            continue
        if field in _NUMBER_FIELDS and not _is_figure(text):
            return False
        if field in _WORD_FIELDS and _NUMERIC.fullmatch(text):
            return False
    return any(
        row_cells[reading.places[field]]
        for field in (ColumnField.LABEL, ColumnField.ROOM)
        if field in reading.places
    )


def _is_figure(text: str) -> bool:
    try:
        cells.read_number(text)
    except cells.NumberNegative:
        return True
    except cells.NumberInvalid:
        return cells.is_withheld(text)
    return True
