"""What one read row is warned about, and the texts of all warnings and errors."""

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from types import MappingProxyType

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.money import format_yuan
from salesoffice.imports.enums import StatusMeaning
from salesoffice.imports.rules.labels import infer_floor
from salesoffice.imports.rules.results import ImportRow, RowWarning
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.rules import infer_basis

_POSITION = re.compile(r"\d{1,2}|[A-Z]\d?")
_AREA_TOLERANCE = Decimal("0.01")
_TOTAL_TOLERANCE_FEN = 100  # files state totals to about one yuan

ERROR_TEXTS: Mapping[str, LazyString] = MappingProxyType(
    {
        "room_missing": _l("There is no readable room number. Write one, or delete the row."),
        "number_invalid": _l("This is not a number. Write digits with at most two decimals."),
        "negative": _l("The number is below zero. Areas and prices cannot be negative."),
        "formula": _l("The cell begins like a formula. Write the plain text instead."),
        "text_too_long": _l("The text is too long for this column. Shorten it."),
        "characters": _l("The cell holds invisible control characters. Type the text anew."),
        "row_incomplete": _l("The row has fewer cells than the header. Is the file cut off here?"),
        "row_too_long": _l("The row has more cells than the header. Is there a comma too many?"),
        "columns_shifted": _l(
            "The cells of this row fit their columns only when they are moved by one. Put them into their columns."
        ),
        "placeholder_row": _l("This row is a total, an example or holds nothing but zeros; it is no unit."),
        "area_missing": _l("The row states no area of the final survey."),
    }
)


def build_duplicate_text(first_line: int) -> LazyString:
    """Why a second row of the same unit is rejected."""
    return _l("The same unit already stands in line %(line)d. Delete one of the two rows.", line=first_line)


def build_rounded_warning(line: int, column: str, value: str) -> RowWarning:
    """A figure with more than two decimals was rounded half up."""
    message = _l(
        "“%(column)s” has more than two decimals (%(value)s) and was rounded.", column=column, value=value
    )
    return RowWarning(line, "rounded", message)


def choose_basis(
    areas: tuple[Decimal | None, Decimal | None],
    unit_prices: tuple[int | None, int | None],
    total: int | None,
) -> PriceBasis | None:
    """The basis that the stated total fits: (gross, inner) areas in m², unit prices and total in fen.

    A total that fits the gross basis is gross even where the inner one fits too. Tolerated are one yuan and one fen per m² (unit prices are rounded in the files). None: no total, or no fit.
    """
    if total is None:
        return None
    gross, inner = areas
    gross_unit_price, inner_unit_price = unit_prices
    if gross_unit_price is not None and infer_basis(
        gross, None, gross_unit_price, None, total, _TOTAL_TOLERANCE_FEN
    ):
        return PriceBasis.GROSS
    tolerance = _TOTAL_TOLERANCE_FEN + int(gross or inner or 0)
    return infer_basis(gross, inner, gross_unit_price, inner_unit_price, total, tolerance)


def list_warnings(row: ImportRow, *, is_price_withheld: bool = False) -> Iterator[RowWarning]:
    """Everything about a row that a person should look at, in a fixed order."""
    yield from _warn_of_place(row)
    yield from _warn_of_areas(row)
    yield from _warn_of_price(row, is_withheld=is_price_withheld)
    if row.status_word and row.status is StatusMeaning.UNKNOWN:
        message = _l(
            "The status “%(word)s” is not known; the unit is not put on sale. Is it free or sold?",
            word=row.status_word,
        )
        yield RowWarning(row.line, "status_unknown", message)


def _warn_of_place(row: ImportRow) -> Iterator[RowWarning]:
    if row.doubts:
        doubts = row.doubts
        message = _l("“%(label)s”: %(question)s", label=row.label, question=doubts[0].label)
        if len(doubts) > 1:
            message = _l(
                "“%(label)s”: %(question)s %(second)s",
                label=row.label,
                question=doubts[0].label,
                second=doubts[1].label,
            )
        yield RowWarning(row.line, "label_partial", message)
    inferred = infer_floor(row.room_no)
    if inferred and row.floor_number and row.floor_number > 0 and inferred[1] != row.floor_number:
        message = _l(
            "“%(label)s” stands on floor %(floor)s but its number reads like floor %(other)s. Which is right?",
            label=row.label,
            floor=row.floor_label,
            other=inferred[0],
        )
        yield RowWarning(row.line, "floor_differs", message)


def _warn_of_areas(row: ImportRow) -> Iterator[RowWarning]:
    gross, inner, shared = row.gross_area, row.inner_area, row.shared_area
    is_sold = row.status is StatusMeaning.SOLD
    if gross is None and inner is None:
        if not is_sold:
            yield RowWarning(row.line, "area_missing", _l("The row states no area."))
        return
    if gross is None or inner is None:
        return
    if inner > gross or (shared is not None and abs(inner + shared - gross) > _AREA_TOLERANCE):
        message = _l(
            "The areas do not add up: gross %(gross)s, inner %(inner)s, shared %(shared)s m².",
            gross=gross,
            inner=inner,
            shared=gross - inner if shared is None else shared,
        )
        yield RowWarning(row.line, "area_mismatch", message)


def list_repeated_rooms(rows: Iterable[ImportRow]) -> Iterator[RowWarning]:
    """Rooms whose number stands on another floor of the same section, too.

    Numbers that are only a position on the floor (01, C) repeat on every floor and are left out.
    """
    lines: dict[tuple[str | None, str, str], list[ImportRow]] = {}
    for row in rows:
        if not _POSITION.fullmatch(row.room_no):
            lines.setdefault((row.building, row.section, row.room_no), []).append(row)
    for same in lines.values():
        for row in same if len(same) > 1 else ():
            other = next(one for one in same if one is not row)
            message = _l(
                "Room %(room)s stands on floor %(floor)s here and on floor %(other)s in line %(line)d. Are both there?",
                room=row.room_no,
                floor=row.floor_label or "?",
                other=other.floor_label or "?",
                line=other.line,
            )
            yield RowWarning(row.line, "room_repeated", message)


def build_contradiction_warning(line: int, words: tuple[str, str]) -> RowWarning:
    """Two statements about the state of a unit that cannot both be true."""
    message = _l(
        "“%(first)s” and “%(second)s” contradict each other; the unit counts as sold and is not put on sale.",
        first=words[0],
        second=words[1],
    )
    return RowWarning(line, "status_contradicts", message)


def _warn_of_price(row: ImportRow, *, is_withheld: bool) -> Iterator[RowWarning]:
    if row.total_amount is None:
        if is_withheld:
            message = _l("The file keeps the price back; the unit is imported without a price.")
            yield RowWarning(row.line, "price_withheld", message)
        elif row.status is not StatusMeaning.SOLD:
            yield RowWarning(row.line, "price_missing", _l("The row states no total price."))
    elif row.basis is None:
        message = _l(
            "The total %(total)s fits neither gross nor inner area times its unit price. It is imported as stated.",
            total=format_yuan(row.total_amount),
        )
        yield RowWarning(row.line, "total_mismatch", message)
    elif row.basis is PriceBasis.INNER:
        message = _l(
            "The total %(total)s fits the inner area only. It is imported as priced by inner area.",
            total=format_yuan(row.total_amount),
        )
        yield RowWarning(row.line, "inner_basis", message)
