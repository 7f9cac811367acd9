"""What the import of a final survey would do: only units that exist, found by building, floor and room."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal

from flask_babel import lazy_gettext as _l

from salesoffice.imports.enums import RowOutcome
from salesoffice.imports.rules.plan import Plan, PlanRow, StockUnit, build_plan_of, list_final_changes
from salesoffice.imports.rules.results import ImportRow, ParsedFile, RowError, RowWarning

_TENTH_OF_PERCENT = Decimal("0.01")
_SETTLED_RATE = Decimal(
    3
)  # per cent; beyond it the buyer may rescind (Supreme Court, sale of commodity houses)

_Key = tuple[str, str, str]


def build_survey_plan(parsed: ParsedFile, stock: Sequence[StockUnit]) -> Plan:
    """Compare the areas of a final survey with those of the units.

    A section that the file names must fit; without one the room must be the only one of its number on the floor.
    Rejected: a unit that is not there (`unit_unknown`), one that could be several (`unit_ambiguous`), a second row
    of the same unit (`duplicate_row`). Units sold are no obstacle: their area is settled after the second check.
    """
    by_place: dict[_Key, list[StockUnit]] = {}
    for unit in stock:
        key = (unit.place.building, unit.place.floor_label, unit.room_no)
        by_place.setdefault(key, []).append(unit)
    rows = []
    warnings = []
    first_lines: dict[int, int] = {}
    for row in parsed.rows:
        planned = _compare(row, _find(row, by_place), first_lines)
        rows.append(planned)
        if planned.unit is not None and (warning := _warn_of_difference(row, planned.unit)):
            warnings.append(warning)
    return build_plan_of(parsed, rows, warnings=warnings)


def difference_of(row: ImportRow, unit: StockUnit) -> tuple[Decimal, Decimal] | None:
    """The surveyed gross area less the one of before in m², and its share of it in per cent; None without both."""
    if row.final_gross is None or unit.gross_area is None:
        return None
    difference = row.final_gross - unit.gross_area
    share = (difference * 100 / unit.gross_area).quantize(_TENTH_OF_PERCENT, rounding=ROUND_HALF_UP)
    return difference, share


def _find(row: ImportRow, by_place: Mapping[_Key, Sequence[StockUnit]]) -> Sequence[StockUnit]:
    found = by_place.get((row.building or "", row.floor_label, row.room_no), ())
    return [unit for unit in found if not row.section or unit.place.section == row.section]


def _compare(row: ImportRow, found: Sequence[StockUnit], first_lines: dict[int, int]) -> PlanRow:
    if len(found) != 1:
        return PlanRow(row, RowOutcome.REJECTED, None, "", error=_build_error(row, len(found)))
    unit = found[0]
    first_line = first_lines.setdefault(unit.id, row.line)
    if first_line != row.line:
        message = _l(
            "The same unit already stands in line %(line)d. Delete one of the two rows.", line=first_line
        )
        error = RowError(row.line, "", row.label, "duplicate_row", message)
        return PlanRow(row, RowOutcome.REJECTED, unit, unit.code, error=error)
    changes = tuple(list_final_changes(row, unit))
    return PlanRow(row, RowOutcome.UPDATED if changes else RowOutcome.UNCHANGED, unit, unit.code, changes)


def _build_error(row: ImportRow, count: int) -> RowError:
    name = " ".join(word for word in (row.building or "", row.section, row.floor_label, row.room_no) if word)
    if count:
        message = _l(
            "%(count)d units are called %(name)s. Add a column with the section.", count=count, name=name
        )
        return RowError(row.line, "", name, "unit_ambiguous", message)
    message = _l(
        "There is no unit %(name)s (building, floor, room). Check the building that was given, or add the unit first.",
        name=name,
    )
    return RowError(row.line, "", name, "unit_unknown", message)


def _warn_of_difference(row: ImportRow, unit: StockUnit) -> RowWarning | None:
    found = difference_of(row, unit)
    if found is None or abs(found[1]) <= _SETTLED_RATE:
        return None
    message = _l(
        "The surveyed area differs by %(difference)s m² (%(share)s %%) from the area the unit is sold by, more than "
        "%(limit)s %%.",
        difference=f"{found[0]:+.2f}",
        share=f"{found[1]:+.2f}",
        limit=_SETTLED_RATE,
    )
    return RowWarning(row.line, "area_differs", message)
