"""Compiling the snapshot of a day: one JSON object with everything that the log shows.

Money is integer fen, areas are strings with two decimals, moments are RFC 3339 UTC, days are YYYY-MM-DD.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.dailylog.enums import MONEY_LINE, STOCK_STATES, Metric, Period
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries import changes, details, earnest
from salesoffice.dailylog.queries.details import Entry
from salesoffice.dailylog.queries.events import list_events, list_products
from salesoffice.dailylog.queries.logs import find_last_closed, read_snapshot
from salesoffice.dailylog.queries.movements import count_money, list_movements, money_before
from salesoffice.dailylog.queries.stock import StockUnit, list_units
from salesoffice.dailylog.rules.days import cut_off
from salesoffice.dailylog.rules.figures import Event, Figure, Restatement, period_start, restate, tally
from salesoffice.dailylog.rules.reconciliation import Line, Movement, reconcile
from salesoffice.dailylog.services.stocktaking import area_text, build_stock
from salesoffice.projects.models import Project

VERSION = 1


@dataclass(frozen=True)
class Window:
    """The time a log is about: after `since` (the previous closing) up to `until`."""

    day: date
    since: datetime
    until: datetime
    previous: Mapping[str, Any] | None

    @property
    def previous_day(self) -> date:
        """The business day whose closing was the opening of this log."""
        return clock.business_day_of(self.since)


def canonical(value: object) -> str:
    """Write an object as JSON in its one form: sorted keys, no blanks, Chinese as it is."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def build_snapshot(
    session: Session, project: Project, day: date, *, log: DailyLog | None = None
) -> dict[str, Any]:
    """Compile a day as it stands now (or stood at its end, for a day that has passed)."""
    window = _window(session, project.id, day)
    units = list_units(session, project.id)
    events = list_events(session, project.id, window.until)
    products = list_products(session, project.id)
    overdue = details.list_overdue_signings(session, project.id, day, window.until)
    overdue_money = details.list_overdue_money(session, project, day)
    opinions = details.list_opinions(
        session, project.id, day, since=window.since if window.previous else None, until=window.until
    )
    return {
        "version": VERSION,
        "project": {"code": project.code, "name": project.name, "city": project.city},
        "day": day.isoformat(),
        "cut_off": moment_text(window.until),
        "weather": log.weather if log else "",
        "plan": log.plan if log else "",
        "remark": log.remark if log else "",
        "products": products,
        "periods": _periods(events, products, day),
        "reconciliation": _reconciliation(session, project.id, units, window),
        "stock": build_stock(units, window.until, day),
        "overdue": {
            "signing": [_entry(entry) for entry in overdue],
            "money": [_entry(entry) for entry in overdue_money],
            "money_fen": sum(entry.amount for entry in overdue_money),
        },
        "restated": restated_json(_restated(events, window)),
        "details": _details(session, project.id, window),
        "changes": _changes(units, window),
        "opinions": [
            {"day": line.day.isoformat(), "kind": line.kind, "rep": line.rep, "text": line.text}
            for line in opinions
        ],
    }


def restated_json(restatements: Iterable[Restatement]) -> list[dict[str, Any]]:
    """Write restatements as JSON objects."""
    return [
        {
            "day": item.day.isoformat(),
            "metric": item.metric.value,
            "old": _figure(item.old),
            "new": _figure(item.new),
            "entries": list(item.labels),
        }
        for item in restatements
    ]


def restated_since(session: Session, log: DailyLog) -> list[dict[str, Any]]:
    """List what was entered for a closed day after its log was cut off."""
    since = parse_moment(str(read_snapshot(log)["cut_off"]))
    events = [event for event in list_events(session, log.project_id, clock.now()) if event.day == log.day]
    return restated_json(restate(events, since=since, until=log.day))


def moment_text(moment: datetime) -> str:
    """Write a moment as RFC 3339 in UTC."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse_moment(text: str) -> datetime:
    """Read a moment that `moment_text` wrote."""
    return datetime.fromisoformat(text)


def _window(session: Session, project_id: int, day: date) -> Window:
    start, end = clock.day_bounds(day)
    previous = find_last_closed(session, project_id, before=day)
    snapshot = read_snapshot(previous) if previous else None
    since = parse_moment(str(snapshot["cut_off"])) if snapshot else cut_off(start, start)
    return Window(day, since, cut_off(clock.now(), end), snapshot)


def _restated(events: Sequence[Event], window: Window) -> tuple[Restatement, ...]:
    if window.previous is None:
        return ()
    closed_day = date.fromisoformat(str(window.previous["day"]))
    return restate(events, since=window.since, until=closed_day)


def _periods(events: Sequence[Event], products: Sequence[str], day: date) -> list[dict[str, Any]]:
    found = []
    for period in Period:
        first = period_start(period, day)
        figures = tally(events, products, first=first, last=day)
        found.append(
            {
                "period": period.value,
                "from": first.isoformat() if first else None,
                "to": day.isoformat(),
                "figures": {
                    metric.value: {name: _figure(figure) for name, figure in figures[metric].items()}
                    for metric in Metric
                },
            }
        )
    return found


def _reconciliation(
    session: Session, project_id: int, units: Sequence[StockUnit], window: Window
) -> dict[str, Any]:
    counted = _count_states(units, window.until, window.day)
    counted[MONEY_LINE] = count_money(session, project_id, window.until)
    if window.previous is not None:
        lines = window.previous["reconciliation"]["lines"]
        opening = {str(line["name"]): int(line["counted"]) for line in lines}
    else:
        opening = _count_states(units, window.since, window.previous_day)
        opening[MONEY_LINE] = money_before(session, project_id, window.since)
    histories = [unit.history for unit in units]
    movements = list_movements(session, project_id, histories, since=window.since, until=window.until)
    lines = reconcile(opening, movements, counted)
    return {
        "opened_at": moment_text(window.since),
        "opened_by": "log" if window.previous is not None else "reconstruction",
        "is_balanced": all(line.difference == 0 for line in lines),
        "lines": [_line(line) for line in lines],
        "movements": [_movement(move) for move in movements],
    }


def _count_states(units: Iterable[StockUnit], moment: datetime, day: date) -> dict[str, int]:
    counts = {state.value: 0 for state in STOCK_STATES}
    for unit in units:
        state = unit.history.state_at(moment, day)
        if state is not None:
            counts[state.value] += 1
    return counts


def _line(line: Line) -> dict[str, Any]:
    return {
        "name": line.name,
        "opening": line.opening,
        "incoming": line.incoming,
        "outgoing": line.outgoing,
        "expected": line.expected,
        "counted": line.counted,
        "difference": line.difference,
    }


def _movement(move: Movement) -> dict[str, Any]:
    return {"kind": move.kind.value, "from": move.source, "to": move.target, "quantity": move.quantity}


def _changes(units: Iterable[StockUnit], window: Window) -> list[dict[str, Any]]:
    found = []
    for unit in units:
        before = unit.history.state_at(window.since, window.previous_day)
        after = unit.history.state_at(window.until, window.day)
        if after is not None and before is not after:
            found.append({"unit": unit.code, "from": before.value if before else None, "to": after.value})
    return found


def _details(session: Session, project_id: int, window: Window) -> dict[str, list[dict[str, Any]]]:
    lists = {
        "registrations": earnest.list_registrations,
        "provisional_orders": earnest.list_orders,
        "subscriptions": details.list_subscriptions,
        "subscription_cancellations": details.list_cancelled_subscriptions,
        "contracts": details.list_contracts,
        "contract_cancellations": details.list_cancelled_contracts,
        "receipts": details.list_receipts,
        "refunds": details.list_refunds,
    }
    documents = {
        name: [_entry(entry) for entry in list_entries(session, project_id, window.day, window.until)]
        for name, list_entries in lists.items()
    }
    changed = {
        name: [
            _entry(entry)
            for entry in changes.list_changes(session, project_id, name, window.day, window.until)
        ]
        for name in changes.LISTED
    }
    return documents | changed


def _entry(entry: Entry) -> dict[str, Any]:
    return {
        "number": entry.number,
        "unit": entry.unit,
        "customer": entry.customer,
        "rep": entry.rep,
        "area": area_text(entry.area),
        "amount_fen": entry.amount,
        "note": entry.note,
        "due_on": entry.due_on.isoformat() if entry.due_on else None,
        "days": entry.days,
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"count": figure.count, "area": area_text(figure.area), "amount_fen": figure.amount}
