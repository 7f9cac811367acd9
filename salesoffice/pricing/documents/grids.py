"""The overview: per building and section a grid of floors and lines."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from salesoffice.core.text import natural_key
from salesoffice.pricing.queries.sheets import PriceRow
from salesoffice.pricing.rules import PriceTotals, sum_prices


@dataclass(frozen=True)
class Line:
    """The head of a column: the line, and what its units have in common (empty or None where they differ)."""

    label: str
    unit_type: str
    orientation: str
    smallest: Decimal | None
    largest: Decimal | None


@dataclass(frozen=True)
class GridFloor:
    """A floor: its label and, per line, its unit or None."""

    label: str
    cells: tuple[PriceRow | None, ...]


@dataclass(frozen=True)
class Grid:
    """One section: floors from the top down, lines from left to right, the foot of each line and of all."""

    building: str
    section: str
    lines: tuple[Line, ...]
    floors: tuple[GridFloor, ...]
    line_totals: tuple[PriceTotals, ...]
    totals: PriceTotals

    def part(self, start: int, width: int) -> "Grid":
        """Return the same grid with only some of its lines, for a page that is not wide enough."""
        stop = start + width
        floors = tuple(GridFloor(floor.label, floor.cells[start:stop]) for floor in self.floors)
        return Grid(
            self.building,
            self.section,
            self.lines[start:stop],
            floors,
            self.line_totals[start:stop],
            self.totals,
        )


def build_grids(rows: Sequence[PriceRow]) -> list[Grid]:
    """Arrange price rows, which come ordered by building, section and floor, into one grid per section."""
    return [
        _build_grid(list(units))
        for _section, units in groupby(rows, key=lambda row: (row.building_id, row.section_id))
    ]


def totals_of(rows: Sequence[PriceRow | None]) -> PriceTotals:
    """Add up the units of a part of a sheet."""
    return sum_prices(
        (row.gross_area, row.inner_area, row.list_total_amount) for row in rows if row is not None
    )


def _build_grid(units: list[PriceRow]) -> Grid:
    placed = _place(units)
    keys = sorted({key for _row, key in placed}, key=natural_key)
    floors: dict[str, dict[str, PriceRow]] = {}
    for row, key in placed:
        floors.setdefault(row.floor_label, {})[key] = row
    columns = [[row for row, its in placed if its == key] for key in keys]
    return Grid(
        building=units[0].building,
        section=units[0].section,
        lines=tuple(_build_line(key, column) for key, column in zip(keys, columns, strict=True)),
        floors=tuple(
            GridFloor(label, tuple(cells.get(key) for key in keys))
            for label, cells in reversed(floors.items())
        ),
        line_totals=tuple(totals_of(column) for column in columns),
        totals=totals_of(units),
    )


def _place(units: list[PriceRow]) -> list[tuple[PriceRow, str]]:
    """Give each unit its column: its line, or its room where the line is not known or is taken on that floor."""
    taken = Counter((row.floor_label, row.line) for row in units)
    return [
        (row, row.line if row.line and taken[row.floor_label, row.line] == 1 else row.room_no)
        for row in units
    ]


def _build_line(label: str, column: Sequence[PriceRow]) -> Line:
    types = {row.unit_type for row in column}
    orientations = {row.orientation for row in column}
    areas = [row.gross_area for row in column if row.gross_area is not None]
    return Line(
        label=label,
        unit_type=types.pop() if len(types) == 1 else "",
        orientation=orientations.pop() if len(orientations) == 1 else "",
        smallest=min(areas, default=None),
        largest=max(areas, default=None),
    )
