"""Sheets with one row per unit: detail, filing form, comparison of two versions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from salesoffice.core.money import unit_price_of
from salesoffice.infra.i18n import _
from salesoffice.inventory.enums import ReleaseState
from salesoffice.pricing.enums import SheetKind
from salesoffice.pricing.queries import PriceRow
from salesoffice.pricing.rules import sum_prices, unit_price_by_basis

Cell = str | int | Decimal | None
"""A text, an amount in fen, an area in m², or nothing."""


@dataclass(frozen=True)
class Column:
    """A column; `kind` is text, money (fen) or area (m²). `is_summed` where the foot shows its sum."""

    label: str
    kind: str
    width: int
    is_summed: bool = False


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
        return next(place for place, column in enumerate(self.columns) if column.kind != "text")

    @property
    def count(self) -> int:
        """How many units the sheet has."""
        return sum(len(group.rows) for group in self.groups)


def build_table(kind: SheetKind, rows: Sequence[PriceRow], before: Sequence[PriceRow] = ()) -> Table:
    """Build the sheet of a kind from price rows; a comparison leaves out units whose price is the same."""
    if kind is SheetKind.COMPARISON:
        return _build_comparison(rows, before)
    if kind is SheetKind.FILING:
        return _assemble(_filing_columns(), rows, _filing_cells)
    return _assemble(_detail_columns(), rows, _detail_cells)


def filed_total(row: PriceRow) -> int:
    """Return the total that the public form shows: the filed price, or the list price where none is filed."""
    return row.list_total_amount if row.filed_total_amount is None else row.filed_total_amount


def _detail_columns() -> tuple[Column, ...]:
    return (
        Column(_("Section"), "text", 10),
        Column(_("Floor"), "text", 8),
        Column(_("Room"), "text", 12),
        Column(_("Type"), "text", 12),
        Column(_("Status"), "text", 10),
        Column(_("Gross area (m²)"), "area", 12, is_summed=True),
        Column(_("Inner area (m²)"), "area", 12, is_summed=True),
        Column(_("Shared area (m²)"), "area", 12, is_summed=True),
        Column(_("Price basis"), "text", 14),
        Column(_("Unit price (yuan/m²)"), "money", 16),
        Column(_("Total (yuan)"), "money", 18, is_summed=True),
    )


def _detail_cells(row: PriceRow) -> tuple[Cell, ...]:
    return (
        row.section,
        row.floor_label,
        row.room_no,
        row.unit_type or row.usage,
        str(row.release_state.label),
        row.gross_area,
        row.inner_area,
        row.shared_area,
        str(row.basis.label),
        unit_price_by_basis(row.basis, row.gross_price, row.inner_price),
        row.list_total_amount,
    )


def _filing_columns() -> tuple[Column, ...]:
    return (
        Column(_("Room no."), "text", 18),
        Column(_("Gross area (m²)"), "area", 12, is_summed=True),
        Column(_("Unit price by gross area (yuan/m²)"), "money", 16),
        Column(_("Inner area (m²)"), "area", 12, is_summed=True),
        Column(_("Unit price by inner area (yuan/m²)"), "money", 16),
        Column(_("Total price (yuan)"), "money", 18, is_summed=True),
        Column(_("Sales status"), "text", 12),
        Column(_("Remarks"), "text", 14),
    )


def _filing_cells(row: PriceRow) -> tuple[Cell, ...]:
    total = filed_total(row)
    is_list = total == row.list_total_amount
    return (
        row.code,
        row.gross_area,
        row.gross_price if is_list else _price_per(total, row.gross_area),
        row.inner_area,
        row.inner_price if is_list else _price_per(total, row.inner_area),
        total,
        _filing_status(row),
        "",
    )


def _filing_status(row: PriceRow) -> str:
    if row.release_state is ReleaseState.RELEASED:
        return _("On sale")
    return row.source_status or str(row.release_state.label)


def _price_per(total: int, area: Decimal | None) -> int | None:
    return unit_price_of(total, area) if area else None


def _build_comparison(rows: Sequence[PriceRow], before: Sequence[PriceRow]) -> Table:
    old = {row.unit_id: row for row in before}
    new = {row.unit_id: row for row in rows}
    together = [*rows, *(row for row in before if row.unit_id not in new)]
    changed = [row for row in together if _prices(old.get(row.unit_id)) != _prices(new.get(row.unit_id))]
    columns = (
        Column(_("Room no."), "text", 18),
        Column(_("Gross area (m²)"), "area", 12, is_summed=True),
        Column(_("Old unit price (yuan/m²)"), "money", 16),
        Column(_("Old total (yuan)"), "money", 18, is_summed=True),
        Column(_("New unit price (yuan/m²)"), "money", 16),
        Column(_("New total (yuan)"), "money", 18, is_summed=True),
        Column(_("Difference (yuan)"), "money", 18, is_summed=True),
    )
    return _assemble(columns, changed, lambda row: _compare_cells(row, old, new), has_average=False)


def _compare_cells(
    row: PriceRow, old: Mapping[int, PriceRow], new: Mapping[int, PriceRow]
) -> tuple[Cell, ...]:
    old_price, old_total = _prices(old.get(row.unit_id))
    new_price, new_total = _prices(new.get(row.unit_id))
    difference = (new_total or 0) - (old_total or 0)
    return (row.code, row.gross_area, old_price, old_total, new_price, new_total, difference)


def _prices(row: PriceRow | None) -> tuple[int | None, int | None]:
    if row is None:
        return None, None
    return unit_price_by_basis(row.basis, row.gross_price, row.inner_price), row.list_total_amount


def _assemble(
    columns: tuple[Column, ...],
    rows: Sequence[PriceRow],
    cells_of: Callable[[PriceRow], tuple[Cell, ...]],
    *,
    has_average: bool = True,
) -> Table:
    groups = []
    every: list[tuple[Cell, ...]] = []
    ordered = sorted(rows, key=lambda row: row.building_id) if not _is_grouped(rows) else rows
    for _building, units in groupby(ordered, key=lambda row: row.building_id):
        members = list(units)
        found = tuple(cells_of(row) for row in members)
        average = _average(columns, found) if has_average else None
        groups.append(Group(members[0].building, found, _foot(columns, found), average))
        every += found
    average = _average(columns, every) if has_average else None
    return Table(columns, tuple(groups), _foot(columns, every), average)


def _is_grouped(rows: Sequence[PriceRow]) -> bool:
    seen = [building for building, _units in groupby(rows, key=lambda row: row.building_id)]
    return len(seen) == len(set(seen))


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


def _average(columns: Sequence[Column], rows: Sequence[tuple[Cell, ...]]) -> int | None:
    """Weighted average of the last total by gross area, the first area of each of these sheets."""
    area_at = next(place for place, column in enumerate(columns) if column.kind == "area")
    total_at = max(
        place for place, column in enumerate(columns) if column.kind == "money" and column.is_summed
    )
    units = ((row[area_at], None, row[total_at]) for row in rows)
    return sum_prices(
        (area if isinstance(area, Decimal) else None, inner, amount if isinstance(amount, int) else 0)
        for area, inner, amount in units
    ).average
