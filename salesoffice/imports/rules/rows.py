"""From a table and its profile to the units it states."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import price_of
from salesoffice.imports.enums import ColumnField, ImportKind, StatusMeaning
from salesoffice.imports.rules import cells
from salesoffice.imports.rules.checks import (
    build_contradiction_warning,
    build_duplicate_text,
    choose_basis,
    list_repeated_rooms,
    list_warnings,
)
from salesoffice.imports.rules.codes import column_of
from salesoffice.imports.rules.labels import name_building
from salesoffice.imports.rules.profiles import Profile
from salesoffice.imports.rules.reading import (
    AREA_FIELDS,
    FINAL_AREA_FIELDS,
    PRICE_FIELDS,
    Reading,
    check_shape,
    is_price_withheld,
    read_area,
    read_day,
    read_place,
    read_price,
    read_texts,
    show_label,
)
from salesoffice.imports.rules.refusals import UNPROCESSABLE
from salesoffice.imports.rules.results import ImportRow, ParsedFile, RowWarning
from salesoffice.imports.rules.shapes import has_figure_as_word, is_placeholder, is_shifted
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
    final: tuple[Decimal | None, ...]


_SECTION_WORDS = {"shenzhen_register": "座"}


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
    places = {column: place for place, column in enumerate(profile.columns) if column is not None}
    names_building = bool({ColumnField.BUILDING, ColumnField.LABEL} & places.keys())
    is_survey = profile.kind is ImportKind.AREAS
    if not chosen_building and (profile.requires_building or (is_survey and not names_building)):
        message = _l("The file names no building. Say which building it is for.")
        raise DomainError(message, code="building_required", status=UNPROCESSABLE)
    reading = Reading(table.header, places, chosen_building, _SECTION_WORDS.get(profile.name, "单元"))
    figures = []
    candidates = []
    for source in table.rows:
        errors_before = len(reading.errors)
        if is_placeholder(reading, source, profile.kind):
            reading.refuse(source, "placeholder_row")
            continue
        check_shape(reading, source)
        is_whole = len(reading.errors) == errors_before
        stated = _read_figures(reading, source)
        if _refuse_shifted(reading, source, errors_before):
            continue
        figures.append(stated)
        candidate = _read_candidate(reading, source, stated) if is_whole else None
        if is_survey and candidate is not None and not candidate.row.has_final:
            reading.refuse(source, "area_missing", ColumnField.FINAL_GROSS_AREA)
        if candidate is not None and len(reading.errors) == errors_before:
            candidates.append(candidate)
    rows = _keep_first_of_each(reading, _tell_layouts_apart(candidates))
    return _build_result(table, profile, reading, rows, figures)


def _refuse_shifted(reading: Reading, source: TableRow, errors_before: int) -> bool:
    """Reject a row whose cells stand beside their columns for that alone, not for what follows from it."""
    is_doubtful = len(reading.errors) > errors_before or has_figure_as_word(reading, source)
    if not is_doubtful or not is_shifted(reading, source):
        return False
    del reading.errors[errors_before:]
    reading.refuse(source, "columns_shifted")
    return True


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
    warnings = [*reading.warnings, *_list_sheet_warnings(table)]
    if profile.kind is ImportKind.UNITS:
        unpriced = {row.line for row in rows if row.total_amount is None}
        withheld = {
            source.line
            for source in table.rows
            if source.line in unpriced and is_price_withheld(reading, source)
        }
        warnings += [
            warning for row in rows for warning in list_warnings(row, is_price_withheld=row.line in withheld)
        ]
        warnings += list_repeated_rooms(rows)
    accepted = {0, *(row.line for row in rows)}
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


def _list_sheet_warnings(table: Table) -> Iterator[RowWarning]:
    for name in table.unread_sheets:
        message = _l("The sheet “%(name)s” also holds rows; it was not read.", name=name)
        yield RowWarning(0, "sheet_not_read", message)


def _read_figures(reading: Reading, source: TableRow) -> _Figures:
    areas = [read_area(reading, source, column) for column in AREA_FIELDS]
    prices = [read_price(reading, source, column) for column in PRICE_FIELDS]
    final = tuple(read_area(reading, source, column) for column in FINAL_AREA_FIELDS)
    stated = _Figures(areas[0], areas[1], areas[2], prices[0], prices[1], prices[2], final)
    return stated if ColumnField.TOTAL in reading.places else replace(stated, total=_count_total(stated))


def _count_total(stated: _Figures) -> int | None:
    """The total where the file has no column for it: unit price times the area it is for."""
    if stated.gross_unit_price is not None and stated.gross is not None:
        return price_of(stated.gross_unit_price, stated.gross)
    if stated.inner_unit_price is not None and stated.inner is not None:
        return price_of(stated.inner_unit_price, stated.inner)
    return None


def _read_candidate(reading: Reading, source: TableRow, stated: _Figures) -> _Candidate | None:
    texts = read_texts(reading, source)
    handover_on = read_day(reading, source, ColumnField.HANDOVER_ON)
    surveyed_on = read_day(reading, source, ColumnField.SURVEYED_ON)
    label = read_place(reading, source)
    if label is None or label.room_no is None:
        return None
    remark = texts[ColumnField.REMARK]
    status_word, status = _read_status(reading, source, texts)
    final_gross, final_inner, final_shared = stated.final
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
        shared_area=_complete_shared(stated.gross, stated.inner, stated.shared),
        gross_unit_price=stated.gross_unit_price,
        inner_unit_price=stated.inner_unit_price,
        total_amount=stated.total,
        basis=_choose_basis(stated),
        status_word=status_word,
        status=status,
        usage=texts[ColumnField.USAGE] or cells.read_usage(remark),
        unit_type=texts[ColumnField.UNIT_TYPE] or label.layout,
        orientation=texts[ColumnField.ORIENTATION],
        category=texts[ColumnField.CATEGORY],
        remark=remark,
        handover_on=handover_on,
        final_gross=final_gross,
        final_inner=final_inner,
        final_shared=_complete_shared(final_gross, final_inner, final_shared),
        surveyor=texts[ColumnField.SURVEYOR],
        surveyed_on=surveyed_on,
    )
    return _Candidate(source, row, label.layout)


def _read_status(
    reading: Reading, source: TableRow, texts: Mapping[ColumnField, str]
) -> tuple[str, StatusMeaning]:
    """The word for the state of a unit and its meaning; a contract number means sold, and sold outweighs on sale."""
    stated = [
        (word, cells.read_status(word))
        for field in (ColumnField.STATUS, ColumnField.SECOND_STATUS)
        if (word := texts[field])
    ]
    if contract_no := texts[ColumnField.CONTRACT_NO]:
        stated.append((contract_no, StatusMeaning.SOLD))
    sold = [word for word, meaning in stated if meaning is StatusMeaning.SOLD]
    on_sale = [word for word, meaning in stated if meaning is StatusMeaning.ON_SALE]
    if sold and on_sale:
        reading.warnings.append(build_contradiction_warning(source.line, (on_sale[0], sold[0])))
    known = [pair for pair in stated if pair[1] is not StatusMeaning.UNKNOWN]
    if sold:
        return sold[0], StatusMeaning.SOLD
    return (known or stated or [("", StatusMeaning.UNKNOWN)])[0]


def _complete_shared(gross: Decimal | None, inner: Decimal | None, shared: Decimal | None) -> Decimal | None:
    if shared is None and gross is not None and inner is not None and inner <= gross:
        return gross - inner
    return shared


def _choose_basis(stated: _Figures) -> PriceBasis | None:
    areas = (stated.gross, stated.inner)
    return choose_basis(areas, (stated.gross_unit_price, stated.inner_unit_price), stated.total)


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
