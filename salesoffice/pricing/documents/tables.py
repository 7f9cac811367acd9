"""Rows per building with their feet: what all sheets of one row per unit consist of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from salesoffice.core.money import price_of
from salesoffice.pricing.queries.sheets import PriceRow
from salesoffice.pricing.rules import sum_prices

Cell = str | int | Decimal | None
"""A text, an amount in fen, an area in m² or a share, or nothing."""


@dataclass(frozen=True)
class Column:
    """A column; `kind` is text, code (a text that is kept whole), money (fen), area (m²) or rate (a share).

    `is_summed` where the foot shows its sum. `product` names by their keys the unit price and the area whose product
    the column is, `difference` the two columns whose difference: workbooks count them by formulas.
    """

    key: str
    label: str
    kind: str
    width: int
    is_summed: bool = False
    product: tuple[str, str] | None = None
    difference: tuple[str, str] | None = None


@dataclass(frozen=True)
class Group:
    """The rows of one building, with its foot."""

    building: str
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...]
    average: int | None


@dataclass(frozen=True)
class Table:
    """A sheet of rows per building, with the foot of all."""

    columns: tuple[Column, ...]
    groups: tuple[Group, ...]
    foot: tuple[Cell, ...]
    average: int | None

    @property
    def lead(self) -> int:
        """How many columns of text stand before the first figure."""
        return next(place for place, column in enumerate(self.columns) if column.kind not in {"text", "code"})

    @property
    def count(self) -> int:
        """How many units the sheet has."""
        return sum(len(group.rows) for group in self.groups)


def is_product(unit_price: Cell, area: Cell, total: Cell) -> bool:
    """Tell whether a total is the unit price times the area to the fen; sources round, so that it often is not."""
    if not isinstance(unit_price, int) or not isinstance(area, Decimal):
        return False
    return price_of(unit_price, area) == total


def assemble(
    columns: tuple[Column, ...],
    rows: Sequence[PriceRow],
    cells_of: Callable[[PriceRow], tuple[Cell, ...]],
    *,
    total: str = "total",
) -> Table:
    """Put rows, which come in the order of sheets, into groups; `total` is the column whose average is told."""
    groups = []
    every: list[tuple[Cell, ...]] = []
    for _building, units in groupby(rows, key=lambda row: row.building_id):
        members = list(units)
        found = tuple([cells_of(row) for row in members])
        average = _average(columns, found, total)
        groups.append(Group(members[0].building, found, _foot(columns, found), average))
        every += found
    return Table(columns, tuple(groups), _foot(columns, every), _average(columns, every, total))


def _foot(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """Sum the columns that are summed; money and areas stay exact."""
    sums: list[Cell] = []
    for place, column in enumerate(columns):
        if not column.is_summed:
            sums.append(None)
        elif column.kind == "area":
            areas = (row[place] for row in rows)
            sums.append(sum((area for area in areas if isinstance(area, Decimal)), Decimal("0.00")))
        else:
            amounts = (row[place] for row in rows)
            sums.append(sum(amount for amount in amounts if isinstance(amount, int)))
    return tuple(sums)


def _average(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]], total: str) -> int | None:
    """Weighted average of a total by gross area."""
    places = {column.key: place for place, column in enumerate(columns)}
    if total not in places:
        return None
    units = ((row[places["gross"]], row[places[total]]) for row in rows)
    return sum_prices(
        (area if isinstance(area, Decimal) else None, None, amount if isinstance(amount, int) else 0)
        for area, amount in units
    ).average
