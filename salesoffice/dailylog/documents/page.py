"""A snapshot as it is shown: labels in the reader's language, figures as text; no decision is left to templates."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import SYSTEM
from salesoffice.dailylog.documents.headlines import Headline, build_headlines
from salesoffice.dailylog.documents.tables import (
    DetailList,
    OverdueRow,
    ProductTable,
    SaleGroup,
    StockTable,
    build_details,
    build_overdue,
    build_products,
    build_sales,
    build_stock,
    stock_label,
)
from salesoffice.dailylog.enums import MONEY_LINE, TOTAL, Metric, MovementKind, OpinionKind, Period
from salesoffice.deals.enums import UnitState
from salesoffice.infra.i18n import _


@dataclass(frozen=True)
class MoneyRow:
    """Money in of one period, in yuan."""

    period: str
    total: str
    own: str
    loan: str


@dataclass(frozen=True)
class ContactRow:
    """Calls, visits and registrations of one period."""

    period: str
    calls: int
    first: int
    again: int
    registrations: int


@dataclass(frozen=True)
class LineRow:
    """One line of the reconciliation, in units or in yuan."""

    name: str
    is_money: bool
    opening: str
    incoming: str
    outgoing: str
    counted: str
    difference: str


@dataclass(frozen=True)
class RestatedRow:
    """A figure of a closed day, as it was reported and as it is."""

    day: str
    metric: str
    old: str
    new: str
    entries: str


@dataclass(frozen=True)
class LogPage:
    """The whole log, ready to be shown."""

    project: str
    day: date
    weather: str
    plan: str
    remark: str
    is_balanced: bool
    differences: Sequence[str]
    opening_note: str
    headlines: Sequence[Headline]
    has_sold_by_file: bool
    sales: Sequence[SaleGroup]
    money: Sequence[MoneyRow]
    contacts: Sequence[ContactRow]
    products: Sequence[ProductTable]
    stock: Sequence[StockTable]
    overdue_signings: Sequence[OverdueRow]
    overdue_money: Sequence[OverdueRow]
    lines: Sequence[LineRow]
    movements: Sequence[tuple[str, str]]
    details: Sequence[DetailList]
    changes: Sequence[tuple[str, str]]
    opinions: Sequence[tuple[str, Sequence[str]]]
    restated: Sequence[RestatedRow]
    closed_by: str
    closed_at: datetime | None
    audit_sequence: int
    audit_head: str
    digest: str


def build_page(snapshot: Mapping[str, Any], *, digest: str = "") -> LogPage:
    """Build what is shown of a snapshot, in the language that is spoken at this moment."""
    reconciliation = snapshot["reconciliation"]
    overdue = snapshot["overdue"]
    closed_at = snapshot.get("closed_at")
    return LogPage(
        project=snapshot["project"]["name"],
        day=date.fromisoformat(snapshot["day"]),
        weather=snapshot["weather"],
        plan=snapshot["plan"],
        remark=snapshot["remark"],
        is_balanced=reconciliation["is_balanced"],
        differences=_differences(reconciliation["lines"]),
        opening_note=_opening_note(reconciliation),
        headlines=build_headlines(snapshot),
        has_sold_by_file=snapshot["stock"]["total"].get("sold_by_file", 0) > 0,
        sales=build_sales(snapshot["periods"]),
        money=[_money_row(entry) for entry in snapshot["periods"]],
        contacts=[_contact_row(entry) for entry in snapshot["periods"]],
        products=build_products(snapshot),
        stock=build_stock(snapshot["stock"]),
        overdue_signings=build_overdue(overdue["signing"]),
        overdue_money=build_overdue(overdue["money"]),
        lines=[_line_row(line) for line in reconciliation["lines"]],
        movements=[_movement_row(move) for move in reconciliation["movements"]],
        details=build_details(snapshot["details"]),
        changes=[_change_row(change) for change in snapshot["changes"]],
        opinions=_opinions(snapshot),
        restated=[_restated_row(item) for item in snapshot["restated"]],
        closed_by=_closer(snapshot.get("closed_by", "")),
        closed_at=datetime.fromisoformat(closed_at) if closed_at else None,
        audit_sequence=snapshot.get("audit", {}).get("sequence", 0),
        audit_head=snapshot.get("audit", {}).get("head", ""),
        digest=digest,
    )


def _closer(name: str) -> str:
    return _("System, by itself") if name == SYSTEM.name else name


def _money_row(entry: Mapping[str, Any]) -> MoneyRow:
    amounts = [
        format_yuan(entry["figures"][metric.value][TOTAL]["amount_fen"])
        for metric in (Metric.MONEY, Metric.MONEY_OWN, Metric.MONEY_LOAN)
    ]
    return MoneyRow(str(Period(entry["period"]).label), *amounts)


def _contact_row(entry: Mapping[str, Any]) -> ContactRow:
    metrics = (Metric.CALLS, Metric.VISITS_FIRST, Metric.VISITS_RETURN, Metric.REGISTRATIONS)
    figures = (entry["figures"].get(metric.value) for metric in metrics)  # older logs count no registrations
    counts = [figure[TOTAL]["count"] if figure else 0 for figure in figures]
    return ContactRow(str(Period(entry["period"]).label), *counts)


def _name_of(line: str) -> str:
    return _("Money on the accounts (yuan)") if line == MONEY_LINE else stock_label(UnitState(line))


def _quantity(line: str, value: int) -> str:
    return format_yuan(value) if line == MONEY_LINE else f"{value:,}"


def _line_row(line: Mapping[str, Any]) -> LineRow:
    name = line["name"]
    keys = ("opening", "incoming", "outgoing", "counted", "difference")
    values = (_quantity(name, line[key]) for key in keys)
    return LineRow(_name_of(name), name == MONEY_LINE, *values)


def _movement_row(move: Mapping[str, Any]) -> tuple[str, str]:
    line = MONEY_LINE if MONEY_LINE in {move["from"], move["to"]} else ""
    label = str(MovementKind(move["kind"]).label)
    if not line and move["to"]:
        way = [_name_of(name) for name in (move["from"], move["to"]) if name]
        label = f"{label} ({' → '.join(way)})"
    return label, _quantity(line, move["quantity"])


def _differences(lines: Sequence[Mapping[str, Any]]) -> list[str]:
    return [
        _(
            "%(line)s: there should be %(expected)s, counted are %(counted)s, difference %(difference)s.",
            line=_name_of(line["name"]),
            expected=_quantity(line["name"], line["expected"]),
            counted=_quantity(line["name"], line["counted"]),
            difference=_quantity(line["name"], line["difference"]),
        )
        for line in lines
        if line["difference"]
    ]


def _opening_note(reconciliation: Mapping[str, Any]) -> str:
    if reconciliation["opened_by"] == "log":
        return _("The opening is the closing of the log before.")
    return _("First log: the opening was worked out from the records of the day before.")


def _change_row(change: Mapping[str, Any]) -> tuple[str, str]:
    before = stock_label(UnitState(change["from"])) if change["from"] else _("New unit")
    return change["unit"], f"{before} → {stock_label(UnitState(change['to']))}"


def _opinions(snapshot: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    found = []
    for kind in OpinionKind:
        texts = [
            _opinion_text(entry, snapshot["day"])
            for entry in snapshot["opinions"]
            if entry["kind"] == kind.value
        ]
        if texts:
            found.append((str(kind.label), texts))
    return found


def _opinion_text(entry: Mapping[str, Any], day: str) -> str:
    late = f"[{entry['day']}] " if entry["day"] != day else ""
    return f"{late}{entry['rep']}: {entry['text']}"


def _restated_row(item: Mapping[str, Any]) -> RestatedRow:
    metric = Metric(item["metric"])
    is_money = metric in {Metric.MONEY_OWN, Metric.MONEY_LOAN}
    shown = []
    for figure in (item["old"], item["new"]):
        amount = format_yuan(figure["amount_fen"])
        if is_money:
            shown.append(amount)
        else:
            shown.append(f"{figure['count']}" + (f" · {amount}" if figure["amount_fen"] else ""))
    return RestatedRow(item["day"], str(metric.label), shown[0], shown[1], "、".join(item["entries"]))
