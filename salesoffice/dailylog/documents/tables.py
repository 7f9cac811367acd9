"""The tables of the log: sales by period, products, stock, details, what is late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from salesoffice.core.money import format_yuan
from salesoffice.dailylog.documents.amounts import note_sold_by_file
from salesoffice.dailylog.enums import STOCK_STATES, TOTAL, Metric, Period
from salesoffice.deals.enums import UnitState
from salesoffice.infra.i18n import _
from salesoffice.inventory.enums import ProductGroup
from salesoffice.payments.enums import ReceiptKind

SALE_METRICS = (
    Metric.SUBSCRIPTIONS,
    Metric.SUBSCRIPTION_CANCELLATIONS,
    Metric.NET_SUBSCRIPTIONS,
    Metric.SWAPS,
    Metric.CONTRACTS,
    Metric.CONTRACT_CANCELLATIONS,
    Metric.SWAPPED_CONTRACTS,
    Metric.NET_CONTRACTS,
)


@dataclass(frozen=True)
class FigureRow:
    """Units, m² and yuan of one period."""

    period: str
    count: int
    area: str
    amount: str


@dataclass(frozen=True)
class SaleGroup:
    """What was counted over every period; no rows when it never happened."""

    label: str
    rows: Sequence[FigureRow]


@dataclass(frozen=True)
class ProductTable:
    """Subscriptions, contracts and money of one product, for each period."""

    label: str
    rows: Sequence[tuple[str, FigureRow, FigureRow, str]]


@dataclass(frozen=True)
class StockRow:
    """Units of a building, type or product; `counts` in the order of `StockTable.columns`, `note` may be empty."""

    name: str
    total: int
    left: int
    counts: Sequence[int]
    left_area: str
    left_amount: str
    note: str


@dataclass(frozen=True)
class StockTable:
    """The stock, listed one way; the last row is the total."""

    caption: str
    head: str
    columns: Sequence[str]
    rows: Sequence[StockRow]


@dataclass(frozen=True)
class OverdueRow:
    """A sale that is late: since when and with how much."""

    unit: str
    customer: str
    rep: str
    number: str
    due_on: str
    days: int
    amount: str


@dataclass(frozen=True)
class DetailRow:
    """One line of the day: what, who, how much, and a remark."""

    number: str
    unit: str
    people: str
    area: str
    amount: str
    note: str


@dataclass(frozen=True)
class DetailList:
    """The lines of one kind, never empty."""

    label: str
    rows: Sequence[DetailRow]
    total: str


def stock_label(state: UnitState) -> str:
    """Name a line of the stock; under contract are drafts, contracts signed online and filed ones."""
    return _("Under contract") if state is UnitState.CONTRACTED else str(state.label)


def build_sales(periods: Sequence[Mapping[str, Any]]) -> list[SaleGroup]:
    """Build the groups of sales over all products."""
    return [SaleGroup(str(metric.label), _rows(periods, metric, TOTAL)) for metric in SALE_METRICS]


def build_products(snapshot: Mapping[str, Any]) -> list[ProductTable]:
    """Build a table per product; none when there is only one, which the totals show already."""
    products = snapshot["products"]
    if not products[1:]:
        return []
    return [
        ProductTable(
            str(ProductGroup(product).label),
            [_product_row(entry, product) for entry in snapshot["periods"]],
        )
        for product in products
    ]


def build_stock(stock: Mapping[str, Any]) -> list[StockTable]:
    """Build the stock by building, by type and by product; a listing of one row beside the total is left out."""
    listings = (
        (_("Units left by building"), _("Building"), stock["by_building"], False),
        (_("Units left by type"), _("Unit type"), stock["by_type"], False),
        (_("Units left by product"), _("Product"), stock["by_product"], True),
    )
    columns = [stock_label(state) for state in STOCK_STATES]
    return [
        StockTable(
            caption,
            head,
            columns,
            [_stock_row(row, is_product=is_product) for row in rows]
            + [_stock_row(stock["total"], name=_("Total"))],
        )
        for index, (caption, head, rows, is_product) in enumerate(listings)
        if index == 0 or len(rows) > 1
    ]


def build_details(details: Mapping[str, Any]) -> list[DetailList]:
    """Build the lists of the day that are not empty."""
    labels = {
        "registrations": _("Registrations of the day"),
        "provisional_orders": _("Provisional orders of the day"),
        "subscriptions": _("Subscriptions of the day"),
        "subscription_cancellations": _("Subscriptions cancelled on the day"),
        "swaps": _("Unit swaps of the day"),
        "forfeitures": _("Forfeitures of the day"),
        "contracts": _("Contracts of the day"),
        "contract_cancellations": _("Contracts cancelled on the day"),
        "price_changes": _("Prices changed on the day"),
        "name_changes": _("Names changed on the day"),
        "co_owners": _("Co-owners changed on the day"),
        "extensions": _("Signings extended on the day"),
        "receipts": _("Receipts of the day"),
        "refunds": _("Refunds of the day"),
    }
    return [
        DetailList(
            label,
            [_detail_row(entry, is_receipt=name == "receipts") for entry in details[name]],
            format_yuan(sum(entry["amount_fen"] for entry in details[name])),
        )
        for name, label in labels.items()
        if details.get(name)
    ]


def build_overdue(entries: Sequence[Mapping[str, Any]]) -> list[OverdueRow]:
    """Build the lines of what is late."""
    return [
        OverdueRow(
            unit=entry["unit"],
            customer=entry["customer"],
            rep=entry["rep"],
            number=entry["number"],
            due_on=entry["due_on"] or "",
            days=entry["days"],
            amount=format_yuan(entry["amount_fen"]),
        )
        for entry in entries
    ]


def _rows(periods: Sequence[Mapping[str, Any]], metric: Metric, product: str) -> list[FigureRow]:
    rows = [_figure_row(entry, metric, product) for entry in periods]
    return rows if any(row.count or row.amount != "0.00" for row in rows) else []


def _figure_row(entry: Mapping[str, Any], metric: Metric, product: str) -> FigureRow:
    found = entry["figures"].get(metric.value, {})  # older logs count fewer things
    figure = found.get(product, {"count": 0, "area": "0.00", "amount_fen": 0})
    return FigureRow(
        period=str(Period(entry["period"]).label),
        count=figure["count"],
        area=f"{Decimal(figure['area']):,.2f}",
        amount=format_yuan(figure["amount_fen"]),
    )


def _product_row(entry: Mapping[str, Any], product: str) -> tuple[str, FigureRow, FigureRow, str]:
    return (
        str(Period(entry["period"]).label),
        _figure_row(entry, Metric.SUBSCRIPTIONS, product),
        _figure_row(entry, Metric.CONTRACTS, product),
        _figure_row(entry, Metric.MONEY, product).amount,
    )


def _stock_row(row: Mapping[str, Any], *, name: str = "", is_product: bool = False) -> StockRow:
    shown = str(ProductGroup(row["name"]).label) if is_product else row["name"]
    return StockRow(
        name=name or shown or _("Not named"),
        total=row["total"],
        left=row["left"],
        counts=[row.get(state.value, 0) for state in STOCK_STATES],  # older logs have fewer states
        left_area=f"{Decimal(row['left_area']):,.2f}",
        left_amount=format_yuan(row["left_fen"]),
        note=note_sold_by_file(row),
    )


def _detail_row(entry: Mapping[str, Any], *, is_receipt: bool) -> DetailRow:
    people = " / ".join(name for name in (entry["customer"], entry["rep"]) if name)
    note = entry["note"]
    if is_receipt:
        note = str(ReceiptKind(note).label) + (_(" (reversal)") if entry["amount_fen"] < 0 else "")
    return DetailRow(
        number=entry["number"],
        unit=entry["unit"],
        people=people,
        area=f"{Decimal(entry['area']):,.2f}" if Decimal(entry["area"]) else "",
        amount=format_yuan(entry["amount_fen"]),
        note=note,
    )
