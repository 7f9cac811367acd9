"""A plan as a workbook: its figures and factor tables on one sheet, the price of every unit on the other."""

from collections.abc import Sequence
from decimal import Decimal
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from salesoffice.core.text import neutralise_cell
from salesoffice.infra.i18n import _
from salesoffice.priceplans.documents.answer import PricedPlan
from salesoffice.priceplans.documents.tables import describe_factor
from salesoffice.priceplans.queries import ScopeUnit

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_MONEY = "#,##0.00"
_WIDE, _NARROW = 22, 14
Value = str | int | Decimal | None


def write_plan(priced: PricedPlan) -> bytes:
    """Write the workbook of a plan: numbers are numbers (yuan, m²), names are texts."""
    stream = BytesIO()
    book = Workbook(stream, {"in_memory": True, "strings_to_formulas": False})
    head = book.add_format({"bold": True, "bg_color": "#ECF0F4", "border": 1})
    money = book.add_format({"num_format": _MONEY})
    _write_factors(book.add_worksheet(_("Factors")), priced, head, money)
    _write_prices(book.add_worksheet(_("Prices")), priced, head, money)
    book.close()
    return stream.getvalue()


def _write_factors(sheet: Worksheet, priced: PricedPlan, head: Format, money: Format) -> None:
    plan, figures = priced.plan, priced.figures
    rows: list[Sequence[Value]] = [
        (plan.name,),
        (_("Target net average per m²"), _yuan(plan.target_price)),
        (_("Blended discount"), plan.blended_discount),
        (_("Total of the list prices"), figures["total"]),
        (_("Average list price"), figures["average"]),
        (_("Remaining difference"), figures["residual"]),
        (_("Moved by rounding"), figures["rounding_moved"]),
    ]
    for place, row in enumerate(rows):
        _write_row(sheet, place, row, money)
    top = len(rows) + 1
    for place, title in enumerate((_("Factor"), _("Building"), _("Coefficient"), _("Difference (yuan/m²)"))):
        sheet.write_string(top, place, title, head)
    houses = {unit.building_id: unit.building for unit in priced.facts.places}
    for place, factor in enumerate(priced.facts.factors, start=top + 1):
        house = houses.get(factor.building_id or 0, "") if factor.building_id else _("All buildings")
        label = describe_factor(factor, houses)
        _write_row(sheet, place, (label, house, factor.coefficient, _yuan(factor.difference)), money)
    sheet.set_column(0, 0, _WIDE)
    sheet.set_column(1, 3, _NARROW)


def _write_prices(sheet: Worksheet, priced: PricedPlan, head: Format, money: Format) -> None:
    titles = (
        _("Unit"), _("Building"), _("Section"), _("Floor"), _("Room no."), _("Unit type"), _("Orientation"),
        _("Gross area (m²)"), _("Inner area (m²)"), _("Unit price (yuan/m²)"), _("Total (yuan)"), _("Remarks"),
    )  # fmt: skip
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, head)
    for place, row in enumerate(_list_rows(priced), start=1):
        _write_row(sheet, place, row, money)
    sheet.set_column(0, len(titles) - 1, _NARROW)
    sheet.freeze_panes(1, 1)


def _list_rows(priced: PricedPlan) -> list[Sequence[Value]]:
    result = priced.result
    if result is None:
        return [(*_place(place), None, None, priced.problem) for place in priced.facts.places]
    found: dict[int, tuple[Value, Value, str]] = {
        row.unit_id: (_yuan(row.unit_price), _yuan(row.total), "") for row in result.rows
    }
    kept = _("Held or sold: keeps its price")
    found |= {row.unit_id: (_yuan(row.unit_price), _yuan(row.total), kept) for row in result.kept}
    found |= {row.unit_id: (None, None, str(row.reason.label)) for row in result.unpriced}
    return [(*_place(place), *found[place.unit_id]) for place in priced.facts.places]


def _place(place: ScopeUnit) -> tuple[Value, ...]:
    return (
        place.code, place.building, place.section, place.floor_label, place.room_no, place.unit_type,
        place.orientation, _yuan(place.gross_area), _yuan(place.inner_area),
    )  # fmt: skip


def _yuan(hundredths: int | None) -> Decimal | None:
    """Fen become yuan, hundredths of a m² become m²."""
    return None if hundredths is None else Decimal(hundredths).scaleb(-2)


def _write_row(sheet: Worksheet, row: int, values: Sequence[Value], money: Format) -> None:
    for place, value in enumerate(values):
        if isinstance(value, str):
            sheet.write_string(row, place, neutralise_cell(value))
        elif value is not None:
            sheet.write_number(row, place, value, money)
