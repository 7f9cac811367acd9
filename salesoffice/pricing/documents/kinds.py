"""Sheets with one row per unit: detail, filing form, comparison of two versions, floor price list."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from salesoffice.core.labels import LabelledEnum
from salesoffice.core.money import unit_price_of
from salesoffice.infra.i18n import _
from salesoffice.pricing.documents.tables import Cell, Column, Table, assemble
from salesoffice.pricing.enums import SheetKind
from salesoffice.pricing.queries.sheets import PriceRow
from salesoffice.pricing.rules import Limits, unit_price_by_basis
from salesoffice.pricing.signals import PlanColumn


@dataclass(frozen=True)
class Source:
    """What a sheet is made from beside the rows of its version; each kind takes what it needs."""

    before: Sequence[PriceRow] = ()
    states: Mapping[int, LabelledEnum] = field(default_factory=dict)
    limits: Mapping[int, Limits] = field(default_factory=dict)
    plans: Sequence[PlanColumn] = ()


def build_table(kind: SheetKind, rows: Sequence[PriceRow], source: Source) -> Table:
    """Build the sheet of a kind from price rows; a comparison leaves out units whose price is the same."""
    if kind is SheetKind.COMPARISON:
        return _build_comparison(rows, source.before)
    if kind is SheetKind.FILING:
        names = name_rooms(rows)
        return assemble(_filing_columns(), rows, lambda row: _filing_cells(row, names, source))
    if kind is SheetKind.FLOOR:
        return assemble(_floor_columns(), rows, lambda row: _floor_cells(row, source), total="list_total")
    return assemble(_detail_columns(source), rows, lambda row: _detail_cells(row, source), total="total")


def filed_total(row: PriceRow) -> int:
    """Return the total that the public form shows: the filed price, or the list price where none is filed."""
    return row.list_total_amount if row.filed_total_amount is None else row.filed_total_amount


def name_rooms(rows: Sequence[PriceRow]) -> dict[int, str]:
    """Name each unit as the public form does: building, section, room; with the floor where two rooms share a number."""
    used = Counter((row.section_id, row.room_no) for row in rows)
    return {
        row.unit_id: f"{row.building}{row.section}{row.room_no}"
        if used[row.section_id, row.room_no] == 1
        else f"{row.building}{row.section}{row.floor_label.removesuffix('层')}层{row.room_no}"
        for row in rows
    }


def _detail_columns(source: Source) -> tuple[Column, ...]:
    plans = enumerate(source.plans)
    return (
        Column("section", _("Section"), "text", 10),
        Column("floor", _("Floor"), "text", 8),
        Column("room", _("Room"), "code", 12),
        Column("type", _("Type"), "text", 12),
        Column("orientation", _("Orientation"), "text", 8),
        Column("status", _("Status"), "text", 10),
        Column("height", _("Storey height (m)"), "area", 9),
        Column("gross", _("Gross area (m²)"), "area", 12, is_summed=True),
        Column("inner", _("Inner area (m²)"), "area", 12, is_summed=True),
        Column("shared", _("Shared area (m²)"), "area", 12, is_summed=True),
        Column("basis", _("Price basis"), "text", 14),
        Column("gross_price", _("Unit price by gross area (yuan/m²)"), "money", 16),
        Column("inner_price", _("Unit price by inner area (yuan/m²)"), "money", 16),
        Column("total", _("Total (yuan)"), "money", 18, is_summed=True, product=("gross_price", "gross")),
        *(Column(f"plan{place}", plan.label, "money", 18, is_summed=True) for place, plan in plans),
    )


def _detail_cells(row: PriceRow, source: Source) -> tuple[Cell, ...]:
    return (
        row.section,
        row.floor_label,
        row.room_no,
        row.unit_type or row.usage,
        row.orientation,
        _state_word(row, source),
        row.storey_height,
        row.gross_area,
        row.inner_area,
        row.shared_area,
        str(row.basis.label),
        row.gross_price,
        row.inner_price,
        row.list_total_amount,
        *(plan.totals.get(row.unit_id) for plan in source.plans),
    )


def _filing_columns() -> tuple[Column, ...]:
    return (
        Column("room", _("Room no."), "code", 18),
        Column("gross", _("Gross area (m²)"), "area", 12, is_summed=True),
        Column("gross_price", _("Unit price by gross area (yuan/m²)"), "money", 16),
        Column("inner", _("Inner area (m²)"), "area", 12, is_summed=True),
        Column("inner_price", _("Unit price by inner area (yuan/m²)"), "money", 16),
        Column(
            "total", _("Total price (yuan)"), "money", 18, is_summed=True, product=("gross_price", "gross")
        ),
        Column("status", _("Sales status"), "text", 12),
        Column("remarks", _("Remarks"), "text", 14),
    )


def _filing_cells(row: PriceRow, names: Mapping[int, str], source: Source) -> tuple[Cell, ...]:
    total = filed_total(row)
    is_list = total == row.list_total_amount
    return (
        names[row.unit_id],
        row.gross_area,
        row.gross_price if is_list else _price_per(total, row.gross_area),
        row.inner_area,
        row.inner_price if is_list else _price_per(total, row.inner_area),
        total,
        _filing_status(row, source),
        "",
    )


def _filing_status(row: PriceRow, source: Source) -> str:
    """Return the public word: on sale, or why not; of what a source calls sold, the source's own word."""
    state = source.states.get(row.unit_id)
    if state == "available":
        return _("On sale")
    if state in {"withheld", "unreleased"} and row.source_status:
        return row.source_status
    return _state_word(row, source)


def _state_word(row: PriceRow, source: Source) -> str:
    state = source.states.get(row.unit_id)
    return str((row.release_state if state is None else state).label)


def _floor_columns() -> tuple[Column, ...]:
    return (
        Column("room", _("Room no."), "code", 18),
        Column("type", _("Type"), "text", 12),
        Column("status", _("Status"), "text", 10),
        Column("gross", _("Gross area (m²)"), "area", 12, is_summed=True),
        Column("unit_price", _("Unit price (yuan/m²)"), "money", 16),
        Column("list_total", _("List price (yuan)"), "money", 18, is_summed=True),
        Column("filed", _("Filed price (yuan)"), "money", 18),
        Column("project_floor", _("Project floor price (yuan)"), "money", 18),
        Column("group_floor", _("Group floor price (yuan)"), "money", 18),
        Column("margin", _("Margin above the floor (yuan)"), "money", 18),
        Column("margin_rate", _("Margin"), "rate", 9),
    )


def _floor_cells(row: PriceRow, source: Source) -> tuple[Cell, ...]:
    limits = source.limits.get(row.unit_id, Limits())
    filed = row.filed_total_amount if limits.filed is None else limits.filed
    floors = [floor for floor in (limits.project_floor, limits.group_floor) if floor is not None]
    margin = row.list_total_amount - max(floors) if floors else None
    return (
        row.code,
        row.unit_type or row.usage,
        _state_word(row, source),
        row.gross_area,
        unit_price_by_basis(row.basis, row.gross_price, row.inner_price),
        row.list_total_amount,
        filed,
        limits.project_floor,
        limits.group_floor,
        margin,
        None if margin is None else Decimal(margin) / row.list_total_amount,
    )


def _price_per(total: int, area: Decimal | None) -> int | None:
    return unit_price_of(total, area) if area else None


def _build_comparison(rows: Sequence[PriceRow], before: Sequence[PriceRow]) -> Table:
    old = {row.unit_id: row for row in before}
    new = {row.unit_id: row for row in rows}
    together = [*rows, *(row for row in before if row.unit_id not in new)]
    changed = [row for row in together if _prices(old.get(row.unit_id)) != _prices(new.get(row.unit_id))]
    columns = (
        Column("room", _("Room no."), "code", 18),
        Column("type", _("Type"), "text", 12),
        Column("gross", _("Gross area (m²)"), "area", 12, is_summed=True),
        Column("old_price", _("Old unit price (yuan/m²)"), "money", 16),
        Column("old_total", _("Old total (yuan)"), "money", 18, is_summed=True),
        Column("new_price", _("New unit price (yuan/m²)"), "money", 16),
        Column("new_total", _("New total (yuan)"), "money", 18, is_summed=True),
        Column(
            "difference", _("Difference (yuan)"), "money", 18, is_summed=True,
            difference=("new_total", "old_total"),
        ),
    )  # fmt: skip
    ordered = sorted(changed, key=lambda row: row.order)
    return assemble(columns, ordered, lambda row: _compare_cells(row, old, new), total="")


def _compare_cells(
    row: PriceRow, old: Mapping[int, PriceRow], new: Mapping[int, PriceRow]
) -> tuple[Cell, ...]:
    old_price, old_total = _prices(old.get(row.unit_id))
    new_price, new_total = _prices(new.get(row.unit_id))
    difference = (new_total or 0) - (old_total or 0)
    kind = row.unit_type or row.usage
    return (row.code, kind, row.gross_area, old_price, old_total, new_price, new_total, difference)


def _prices(row: PriceRow | None) -> tuple[int | None, int | None]:
    if row is None:
        return None, None
    return unit_price_by_basis(row.basis, row.gross_price, row.inner_price), row.list_total_amount
