"""Reading the cells of one row: figures, texts and place, with the errors and warnings that come up."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.imports.enums import ColumnField, Doubt
from salesoffice.imports.rules import cells
from salesoffice.imports.rules.checks import ERROR_TEXTS, build_rounded_warning
from salesoffice.imports.rules.labels import (
    Label,
    clean_word,
    name_building,
    name_section,
    parse_floor,
    parse_label,
    read_room,
    settle_label,
)
from salesoffice.imports.rules.results import RowError, RowWarning
from salesoffice.imports.rules.tables import TableRow

AREA_FIELDS = (ColumnField.GROSS_AREA, ColumnField.INNER_AREA, ColumnField.SHARED_AREA)
FINAL_AREA_FIELDS = (
    ColumnField.FINAL_GROSS_AREA,
    ColumnField.FINAL_INNER_AREA,
    ColumnField.FINAL_SHARED_AREA,
)
PRICE_FIELDS = (ColumnField.GROSS_UNIT_PRICE, ColumnField.INNER_UNIT_PRICE, ColumnField.TOTAL)
PLACE_FIELDS = (
    ColumnField.LABEL,
    ColumnField.BUILDING,
    ColumnField.SECTION,
    ColumnField.FLOOR,
    ColumnField.ROOM,
)
_LARGEST_AREA = Decimal(10_000_000)
_LONGEST_PLACE = 40
_LONGEST_ROOM = 20
_LONGEST_TEXTS: Mapping[ColumnField, int] = MappingProxyType(
    {
        ColumnField.STATUS: 60,
        ColumnField.SECOND_STATUS: 60,
        ColumnField.CONTRACT_NO: 60,
        ColumnField.SURVEYOR: 100,
        ColumnField.USAGE: 40,
        ColumnField.UNIT_TYPE: 60,
        ColumnField.ORIENTATION: 20,
        ColumnField.CATEGORY: 40,
        ColumnField.REMARK: 500,
    }
)
_LONGEST_LABEL = 100
_SHOWN_VALUE = 100


@dataclass(slots=True)
class Reading:
    """The file while it is being read. `building` is the one for rows that name none."""

    header: tuple[str, ...]
    places: Mapping[ColumnField, int]
    building: str | None
    section_word: str = "单元"
    warnings: list[RowWarning] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)

    place_columns: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.place_columns = tuple(self.places[field] for field in PLACE_FIELDS if field in self.places)

    def cell(self, row: TableRow, column: ColumnField) -> str:
        """The text of a column, empty where the row or the file has none."""
        place = self.places.get(column)
        return row.cells[place] if place is not None and place < len(row.cells) else ""

    def column_name(self, column: ColumnField | None) -> str:
        """The header's word for a column."""
        if column is None or column not in self.places:
            return ""
        return self.header[self.places[column]]

    def refuse(
        self, row: TableRow, code: str, column: ColumnField | None = None, text: LazyString | None = None
    ) -> None:
        """Reject a row with an error at a column, or as a whole."""
        value = self.cell(row, column)[:_SHOWN_VALUE] if column else ""
        message = ERROR_TEXTS[code] if text is None else text
        self.errors.append(RowError(row.line, self.column_name(column), value, code, message))


def check_shape(reading: Reading, row: TableRow) -> None:
    """Refuse a row with fewer cells than the header, or with filled cells beyond it."""
    if len(row.cells) < len(reading.header):
        reading.refuse(row, "row_incomplete")
    elif any(row.cells[len(reading.header) :]):
        reading.refuse(row, "row_too_long")


def read_area(reading: Reading, row: TableRow, column: ColumnField) -> Decimal | None:
    """An area in m² with two decimals, None where none is stated or readable."""
    number = _read_number(reading, row, column)
    if number is not None and number >= _LARGEST_AREA:
        reading.refuse(row, "number_invalid", column)
        return None
    return None if number is None else cells.round_area(number)


def read_price(reading: Reading, row: TableRow, column: ColumnField) -> int | None:
    """A price in fen, None where none is stated or readable."""
    if cells.is_withheld(reading.cell(row, column)):
        return None
    number = _read_number(reading, row, column)
    return None if number is None else cells.to_fen(number)


def is_price_withheld(reading: Reading, row: TableRow) -> bool:
    """Whether a price column says that the price is not told."""
    return any(cells.is_withheld(reading.cell(row, column)) for column in PRICE_FIELDS)


def _read_number(reading: Reading, row: TableRow, column: ColumnField) -> Decimal | None:
    text = reading.cell(row, column)
    if not text:
        return None
    try:
        number = cells.read_number(text)
    except cells.NumberNegative:
        reading.refuse(row, "negative", column)
        return None
    except cells.NumberInvalid:
        reading.refuse(row, "formula" if cells.is_formula(text) else "number_invalid", column)
        return None
    if number is not None and not cells.is_exact(number):
        shown = text[:_SHOWN_VALUE]
        reading.warnings.append(build_rounded_warning(row.line, reading.column_name(column), shown))
    return number


def read_texts(reading: Reading, row: TableRow) -> dict[ColumnField, str]:
    """The words of a row by field; formulas and over-long texts are refused."""
    texts = dict.fromkeys(_LONGEST_TEXTS, "")
    for column in reading.places.keys() & texts.keys():
        if text := reading.cell(row, column):
            _check_text(reading, row, column, _LONGEST_TEXTS[column])
            texts[column] = cells.read_text(text)
    return texts


def read_place(reading: Reading, row: TableRow) -> Label | None:
    """Where the unit is; None (and an error) when the row has no readable room."""
    errors_before = len(reading.errors)
    for column in PLACE_FIELDS:
        if column in reading.places:
            _check_text(reading, row, column, _LONGEST_PLACE)
    if len(reading.errors) > errors_before:
        return None
    has_label = ColumnField.LABEL in reading.places
    label = _complete_label(reading, row) if has_label else _join_columns(reading, row)
    if label.room_no is None or max(len(label.room_no), len(label.floor_label)) > _LONGEST_ROOM:
        code = "room_missing" if label.room_no is None else "text_too_long"
        reading.refuse(row, code, ColumnField.LABEL if has_label else ColumnField.ROOM)
        return None
    return label


def show_label(reading: Reading, row: TableRow) -> str:
    """The text of the file that the place was read from."""
    if ColumnField.LABEL in reading.places:
        return reading.cell(row, ColumnField.LABEL)
    words = (cells.read_text(reading.cell(row, column)) for column in PLACE_FIELDS)
    return " ".join(word for word in words if word)[:_LONGEST_LABEL]


def _complete_label(reading: Reading, row: TableRow) -> Label:
    label = parse_label(reading.cell(row, ColumnField.LABEL))
    return settle_label(label, building=reading.building) if label.doubts and reading.building else label


def _join_columns(reading: Reading, row: TableRow) -> Label:
    building = name_building(cells.read_text(reading.cell(row, ColumnField.BUILDING)))
    section = name_section(cells.read_text(reading.cell(row, ColumnField.SECTION)), reading.section_word)
    floor_text = cells.read_text(reading.cell(row, ColumnField.FLOOR))
    floor_label, floor_number = parse_floor(floor_text) if floor_text else ("", None)
    doubts: list[Doubt] = []
    room_text = clean_word(cells.read_text(reading.cell(row, ColumnField.ROOM))).removesuffix(".0")
    room_no = read_room(room_text, doubts)
    label = Label(building or None, section, floor_number, floor_label, room_no, doubts=tuple(doubts))
    return settle_label(label, building=reading.building)


def _check_text(reading: Reading, row: TableRow, column: ColumnField, longest: int) -> None:
    text = reading.cell(row, column)
    if cells.is_formula(text):
        reading.refuse(row, "formula", column)
    elif cells.has_control_characters(text):
        reading.refuse(row, "characters", column)
    elif max(len(text), len(clean_word(text))) > longest:
        reading.refuse(row, "text_too_long", column)


def read_day(reading: Reading, row: TableRow, column: ColumnField) -> dt.date | None:
    """A day; one that cannot be read is left out with a warning."""
    text = cells.read_text(reading.cell(row, column))
    day = cells.read_day(text) if text else None
    if text and day is None:
        message = _l("“%(value)s” is not a day; it is left out.", value=text[:_SHOWN_VALUE])
        reading.warnings.append(RowWarning(row.line, "day_unknown", message))
    return day
