"""Sheets as PDF: rows, grids and tags, drawn page by page."""

from collections.abc import Sequence
from decimal import Decimal

from salesoffice.core.money import format_yuan
from salesoffice.infra import longpdf
from salesoffice.infra.i18n import _
from salesoffice.infra.longpdf import Part, Row
from salesoffice.pricing.documents.grids import Grid, totals_of
from salesoffice.pricing.documents.head import SheetHead
from salesoffice.pricing.documents.kinds import name_rooms
from salesoffice.pricing.documents.tables import Cell, Column, Group, Table
from salesoffice.pricing.enums import PriceBasis, SheetPaper
from salesoffice.pricing.queries.sheets import PriceRow
from salesoffice.pricing.rules import PriceTotals

PAPERS = {
    SheetPaper.AUTO: longpdf.ANY_PAPER,
    SheetPaper.A4: longpdf.A4,
    SheetPaper.A3: longpdf.A3,
}
_GRID_PAPERS = {**PAPERS, SheetPaper.AUTO: (longpdf.A4[1], *longpdf.A3), SheetPaper.A4: longpdf.A4[1:]}
_LINES_ON_A4, _LINES_ON_A3 = 12, 18


def draw_table(head: SheetHead, table: Table, paper: SheetPaper) -> bytes:
    """Draw a sheet of rows; the smallest paper on which everything fits when none is chosen."""
    parts = [_build_part(table, group) for group in table.groups]
    if len(table.groups) > 1:
        parts.append(Part(_("All buildings"), (), _build_feet(table, table.count, table.foot, table.average)))
    if not parts:
        parts.append(Part(_("No price differs between the two versions."), ()))
    columns = [_set_column(column) for column in table.columns]
    heads = [Row(tuple(column.label for column in table.columns))]
    return longpdf.draw_tables(head.build_frame(), [longpdf.Table(columns, heads, parts)], PAPERS[paper])


def draw_grids(head: SheetHead, grids: Sequence[Grid], rows: Sequence[PriceRow], paper: SheetPaper) -> bytes:
    """Draw an overview: each building on its own pages, a section that is too wide in parts."""
    widest = max(len(grid.lines) for grid in grids)
    is_narrow = paper is SheetPaper.A4 or (paper is SheetPaper.AUTO and widest <= _LINES_ON_A4)
    width = _LINES_ON_A4 if is_narrow else _LINES_ON_A3
    tables: list[longpdf.Table] = []
    building = ""
    for grid in grids:
        parts = divide_grid(grid, width)
        for number, part in enumerate(parts, start=1):
            is_new = bool(tables) and (grid.building != building or number > 1)
            tables.append(_build_grid(part, number, len(parts), is_new=is_new))
        building = grid.building
    tables.append(_build_sum(totals_of(rows)))
    note = _(
        "Each cell: room, unit price in yuan/m² by gross area (* by inner area), total in yuan."
        " Average = sum of totals ÷ sum of gross areas."
    )
    return longpdf.draw_tables(head.build_frame(note), tables, _GRID_PAPERS[paper])


def draw_tags(head: SheetHead, rows: Sequence[PriceRow]) -> bytes:
    """Draw a tag for each unit, to cut out and put up beside it."""
    names = name_rooms(rows)
    tags = [
        longpdf.Tag(
            head.project.name,
            names[row.unit_id],
            _list_facts(row),
            _("Total (yuan)"),
            format_yuan(row.list_total_amount),
        )
        for row in rows
    ]
    return longpdf.draw_tags(head.build_frame(_("Complaints about prices: call 12345")), tags)


def divide_grid(grid: Grid, width: int) -> list[Grid]:
    """Divide a grid that is too wide for a page into nearly equal parts."""
    count = -(-len(grid.lines) // width)
    each = -(-len(grid.lines) // count)
    return [grid.part(start, each) for start in range(0, len(grid.lines), each)]


def show_cell(value: Cell, kind: str) -> str:
    """Show a figure or a text as it is printed."""
    if value is None:
        return ""
    if kind == "rate" and isinstance(value, Decimal):
        return f"{value * 100:.1f}%"
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return format_yuan(value) if isinstance(value, int) else value


def _set_column(column: Column) -> longpdf.Column:
    if column.kind in {"text", "code"}:
        return longpdf.Column("left", is_elastic=column.kind == "text")
    return longpdf.Column("right")


def _build_part(table: Table, group: Group) -> Part:
    kinds = [column.kind for column in table.columns]
    rows = [tuple([show_cell(*pair) for pair in zip(cells, kinds, strict=True)]) for cells in group.rows]
    feet = _build_feet(table, len(group.rows), group.foot, group.average)
    return Part(group.building or _("Without a building"), rows, feet)


def _build_feet(table: Table, count: int, foot: Sequence[Cell], average: int | None) -> list[Row]:
    lead = table.lead
    figures = zip(foot[lead:], (column.kind for column in table.columns[lead:]), strict=True)
    cells = (_("Total of %(count)s units", count=count), *(show_cell(*pair) for pair in figures))
    feet = [Row(cells, lead)]
    if average is not None:
        text = _("Weighted average: %(average)s yuan/m² of gross area", average=format_yuan(average))
        feet.append(Row((text,), len(table.columns)))
    return feet


def _build_grid(grid: Grid, number: int, count: int, *, is_new: bool) -> longpdf.Table:
    caption = f"{grid.building} {grid.section}".strip() or _("Without a building")
    if count > 1:
        caption += " · " + _("part %(part)s of %(parts)s", part=number, parts=count)
    rows = [(floor.label, *(_show_unit(unit) for unit in floor.cells)) for floor in grid.floors]
    columns = [longpdf.Column("center", is_elastic=True), *(longpdf.Column("center") for _line in grid.lines)]
    feet = [
        Row((label, *(show(total) for total in grid.line_totals)))
        for label, show in (
            (_("Number of units"), lambda total: str(total.count)),
            (_("Area (m²)"), lambda total: show_cell(total.gross_area, "area")),
            (_("Average"), lambda total: show_cell(total.average, "money")),
            (_("Total"), lambda total: format_yuan(total.amount)),
        )
    ]
    if number == count:
        feet.append(Row((_word_section(grid.totals),), len(columns)))
    return longpdf.Table(
        columns,
        _list_heads(grid),
        [Part(caption, rows, feet)],
        is_new,
        is_last_line_bold=True,
        is_kept_whole=True,
    )


def _list_heads(grid: Grid) -> list[Row]:
    """List the head rows: line, type and orientation where known, area."""
    heads = [Row((_("Unit line"), *(line.label for line in grid.lines)))]
    if any(line.unit_type for line in grid.lines):
        heads.append(Row((_("Type"), *(line.unit_type for line in grid.lines))))
    if any(line.orientation for line in grid.lines):
        heads.append(Row((_("Orientation"), *(line.orientation for line in grid.lines))))
    spans = [
        show_cell(line.smallest, "area")
        if line.smallest == line.largest
        else f"{show_cell(line.smallest, 'area')}–{show_cell(line.largest, 'area')}"
        for line in grid.lines
    ]
    return [*heads, Row((_("Area (m²)"), *spans))]


def _show_unit(unit: PriceRow | None) -> str:
    if unit is None:
        return ""
    price = show_cell(unit.gross_price, "money")
    if unit.basis is PriceBasis.INNER:
        price = f"{show_cell(unit.inner_price, 'money')}*"
    return "\n".join((unit.room_no, price, format_yuan(unit.list_total_amount)))


def _word_section(totals: PriceTotals) -> str:
    return _(
        "Section: %(count)s units, %(area)s m², average %(average)s yuan/m², total %(amount)s yuan",
        **_figures(totals),
    )


def _build_sum(totals: PriceTotals) -> longpdf.Table:
    text = _(
        "All: %(count)s units, %(area)s m², average %(average)s yuan/m², total %(amount)s yuan",
        **_figures(totals),
    )
    return longpdf.Table([longpdf.Column()], [], [Part("", (), [Row((text,))])])


def _figures(totals: PriceTotals) -> dict[str, object]:
    return {
        "count": totals.count,
        "area": show_cell(totals.gross_area, "area"),
        "average": show_cell(totals.average, "money"),
        "amount": format_yuan(totals.amount),
    }


def _list_facts(row: PriceRow) -> list[tuple[str, str]]:
    facts: list[tuple[str, Cell, str]] = [
        (_("Type"), row.unit_type or row.usage, "text"),
        (_("Orientation"), row.orientation, "text"),
        (_("Price basis"), str(row.basis.label), "text"),
        (_("Gross area (m²)"), row.gross_area, "area"),
        (_("Inner area (m²)"), row.inner_area, "area"),
        (_("Shared area (m²)"), row.shared_area, "area"),
        (_("Unit price by gross area (yuan/m²)"), row.gross_price, "money"),
        (_("Unit price by inner area (yuan/m²)"), row.inner_price, "money"),
        (_("Floor"), row.floor_label, "text"),
    ]
    return [(label, show_cell(value, kind)) for label, value, kind in facts if value not in {None, ""}]
