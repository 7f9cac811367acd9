"""From a table and its profile to the units it states."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import ColumnField
from salesoffice.imports.rules import cells
from salesoffice.imports.rules.checks import build_duplicate_text, choose_basis, list_warnings
from salesoffice.imports.rules.codes import column_of
from salesoffice.imports.rules.labels import name_building
from salesoffice.imports.rules.profiles import Profile
from salesoffice.imports.rules.reading import (
    AREA_FIELDS,
    PRICE_FIELDS,
    Reading,
    build_day_warning,
    check_shape,
    read_area,
    read_place,
    read_price,
    read_texts,
    show_label,
)
from salesoffice.imports.rules.refusals import UNPROCESSABLE
from salesoffice.imports.rules.results import ImportRow, ParsedFile
from salesoffice.imports.rules.tables import Table, TableRow
from salesoffice.pricing.enums import PriceBasis

_LONGEST_BUILDING = 40


@dataclass(frozen=True, slots=True)
class _Figures:
    """What a row states in numbers, also when the row is rejected for something else."""

    gross: Decimal | None
    inner: Decimal | None
    shared: Decimal | None
    gross_unit_price: int | None
    inner_unit_price: int | None
    total: int | None


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A readable row before the file is searched for doubles."""

    source: TableRow
    row: ImportRow
    layout: str


def parse_rows(table: Table, profile: Profile, *, building: str | None = None) -> ParsedFile:
    """Read every row of `table`; a row that cannot be read is rejected with its errors and stops no other.

    `building` is the building of all rows that name none. Refused: `building_required` when the profile has no
    building and none is given, `building_invalid` for a name that is no name.
    """
    chosen_building = _check_building(building) if building else None
    if profile.requires_building and not chosen_building:
        message = _l("The file names no building. Say which building it is for.")
        raise DomainError(message, code="building_required", status=UNPROCESSABLE)
    places = {column: place for place, column in enumerate(profile.columns) if column is not None}
    reading = Reading(table.header, places, chosen_building)
    figures = []
    candidates = []
    for source in table.rows:
        errors_before = len(reading.errors)
        check_shape(reading, source)
        stated = _read_figures(reading, source)
        figures.append(stated)
        candidate = _read_candidate(reading, source, stated)
        if candidate is not None and len(reading.errors) == errors_before:
            candidates.append(candidate)
    rows = _keep_first_of_each(reading, _tell_layouts_apart(candidates))
    return _build_result(table, profile, reading, rows, figures)


def _check_building(text: str) -> str:
    name = name_building(text)
    if len(name) > _LONGEST_BUILDING or cells.is_formula(text) or cells.has_control_characters(text):
        message = _l("The name of the building is too long or not a plain text.")
        raise DomainError(message, code="building_invalid", status=UNPROCESSABLE)
    return name


def _build_result(
    table: Table, profile: Profile, reading: Reading, rows: Sequence[ImportRow], figures: Iterable[_Figures]
) -> ParsedFile:
    stated = tuple(figures)
    warnings = [*reading.warnings, *(warning for row in rows for warning in list_warnings(row))]
    accepted = {row.line for row in rows}
    return ParsedFile(
        rows=tuple(rows),
        warnings=tuple(sorted((w for w in warnings if w.line in accepted), key=lambda warning: warning.line)),
        errors=tuple(sorted(reading.errors, key=lambda error: error.line)),
        row_count=len(table.rows),
        rejected_count=len(table.rows) - len(rows),
        sum_gross_area=sum((row.gross for row in stated if row.gross is not None), Decimal("0.00")),
        sum_total_fen=sum(row.total for row in stated if row.total is not None),
        inner_basis_count=sum(row.basis is PriceBasis.INNER for row in rows),
        encoding=table.encoding,
        kind=table.kind,
        profile=profile,
    )


def _read_figures(reading: Reading, source: TableRow) -> _Figures:
    areas = [read_area(reading, source, column) for column in AREA_FIELDS]
    prices = [read_price(reading, source, column) for column in PRICE_FIELDS]
    return _Figures(areas[0], areas[1], areas[2], prices[0], prices[1], prices[2])


def _read_candidate(reading: Reading, source: TableRow, stated: _Figures) -> _Candidate | None:
    texts = read_texts(reading, source)
    handover_on = _read_handover(reading, source)
    label = read_place(reading, source)
    if label is None or label.room_no is None:
        return None
    status_word, remark = texts[ColumnField.STATUS], texts[ColumnField.REMARK]
    row = ImportRow(
        line=source.line,
        label=show_label(reading, source),
        building=label.building,
        section=label.section,
        floor_number=label.floor_number,
        floor_label=label.floor_label,
        room_no=label.room_no,
        position=column_of(label.room_no, label.floor_number),
        doubts=label.doubts,
        gross_area=stated.gross,
        inner_area=stated.inner,
        shared_area=_complete_shared(stated),
        gross_unit_price=stated.gross_unit_price,
        inner_unit_price=stated.inner_unit_price,
        total_amount=stated.total,
        basis=_choose_basis(stated),
        status_word=status_word,
        status=cells.read_status(status_word),
        usage=texts[ColumnField.USAGE] or cells.read_usage(remark),
        unit_type=texts[ColumnField.UNIT_TYPE] or label.layout,
        orientation=texts[ColumnField.ORIENTATION],
        category=texts[ColumnField.CATEGORY],
        remark=remark,
        handover_on=handover_on,
    )
    return _Candidate(source, row, label.layout)


def _complete_shared(stated: _Figures) -> Decimal | None:
    if (
        stated.shared is None
        and stated.gross is not None
        and stated.inner is not None
        and stated.inner <= stated.gross
    ):
        return stated.gross - stated.inner
    return stated.shared


def _choose_basis(stated: _Figures) -> PriceBasis | None:
    areas = (stated.gross, stated.inner)
    return choose_basis(areas, (stated.gross_unit_price, stated.inner_unit_price), stated.total)


def _read_handover(reading: Reading, source: TableRow) -> dt.date | None:
    text = cells.read_text(reading.cell(source, ColumnField.HANDOVER_ON))
    if not text:
        return None
    day = cells.read_day(text)
    if day is None:
        reading.warnings.append(build_day_warning(source.line, text))
    return day


def _tell_layouts_apart(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Where the floor, not the room, stands in the label (B座C户型20F, B座D户型20F), the layout belongs to the room."""
    layouts: dict[tuple[str | None, str, str, str], set[str]] = {}
    for candidate in candidates:
        layouts.setdefault(candidate.row.identity, set()).add(candidate.layout)
    houses = {identity[:2] for identity, found in layouts.items() if len(found) > 1}
    return [_name_by_layout(candidate, houses) for candidate in candidates]


def _name_by_layout(candidate: _Candidate, houses: set[tuple[str | None, str]]) -> _Candidate:
    row = candidate.row
    if not candidate.layout or (row.building, row.section) not in houses:
        return candidate
    room_no = candidate.layout + row.room_no
    named = replace(row, room_no=room_no, position=column_of(room_no, row.floor_number))
    return replace(candidate, row=named)


def _keep_first_of_each(reading: Reading, candidates: Iterable[_Candidate]) -> list[ImportRow]:
    first_lines: dict[tuple[str | None, str, str, str], int] = {}
    rows = []
    for candidate in candidates:
        row = candidate.row
        first_line = first_lines.setdefault(row.identity, row.line)
        if first_line == row.line:
            rows.append(row)
        else:
            column = ColumnField.LABEL if ColumnField.LABEL in reading.places else ColumnField.ROOM
            reading.refuse(candidate.source, "duplicate_row", column, build_duplicate_text(first_line))
    return rows
