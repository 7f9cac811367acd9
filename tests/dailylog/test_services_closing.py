"""Closing a day: the figures, the freezing, what comes late, what was missed."""

import hashlib
import json
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pypdf
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput, WrongState
from salesoffice.customers.enums import VisitKind
from salesoffice.dailylog.documents import render_log_pdf
from salesoffice.dailylog.models import DailyLog
from salesoffice.infra.db import db, transaction
from salesoffice.payments.enums import PlanKind, ReceiptKind
from salesoffice.reservations.models import Subscription
from tests.dailylog.conftest import CloseDay
from tests.factories.day import DAY, FIRST_DAY, Days, clock_at, live_thursday


def figures(log: DailyLog, period: str) -> dict[str, tuple[int, str, int]]:
    """Return every metric of a period over all products as (units, m², fen)."""
    snapshot = json.loads(log.snapshot)
    found = next(entry for entry in snapshot["periods"] if entry["period"] == period)
    return {
        metric: (of["total"]["count"], of["total"]["area"], of["total"]["amount_fen"])
        for metric, of in found["figures"].items()
    }


def lines(log: DailyLog) -> dict[str, tuple[int, int, int, int, int]]:
    """Return the lines of the reconciliation as (opening, in, out, counted, difference)."""
    rows = json.loads(log.snapshot)["reconciliation"]["lines"]
    keys = ("opening", "incoming", "outgoing", "counted", "difference")
    return {row["name"]: tuple(row[key] for key in keys) for row in rows}


def test_day_has_every_figure(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    assert figures(log, "day") == {
        "calls": (2, "0.00", 0),
        "visits_first": (2, "0.00", 0),
        "visits_return": (1, "0.00", 0),
        "registrations": (0, "0.00", 0),
        "subscriptions": (2, "180.00", 1_800_000_00),
        "subscription_cancellations": (1, "90.00", 900_000_00),
        "net_subscriptions": (1, "90.00", 900_000_00),
        "swaps": (0, "0.00", 0),
        "contracts": (1, "90.00", 900_000_00),
        "contract_cancellations": (0, "0.00", 0),
        "swapped_contracts": (0, "0.00", 0),
        "net_contracts": (1, "90.00", 900_000_00),
        "money_own": (2, "0.00", 950_000_00),
        "money_loan": (1, "0.00", 200_000_00),
        "money": (3, "0.00", 1_150_000_00),
    }


@pytest.mark.parametrize("period", ["week", "month", "year", "to_date"])
def test_longer_periods_have_both_days(friday: Days, close: CloseDay, period: str) -> None:
    found = figures(close(DAY), period)

    assert (found["visits_first"][0], found["subscriptions"], found["net_subscriptions"], found["money"]) == (
        3,
        (3, "270.00", 2_700_000_00),
        (2, "180.00", 1_800_000_00),
        (4, "0.00", 1_200_000_00),
    )


def test_day_reconciles_line_by_line(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    assert lines(log) == {
        "unreleased": (0, 0, 0, 0, 0),
        "available": (19, 3, 7, 15, 0),
        "withheld": (0, 2, 0, 2, 0),
        "held": (0, 4, 3, 1, 0),
        "provisional": (0, 0, 0, 0, 0),
        "subscribed": (1, 2, 2, 1, 0),
        "contracted": (0, 1, 0, 1, 0),
        "money": (50_000_00, 1_160_000_00, 10_000_00, 1_200_000_00, 0),
    }


def test_first_log_reconciles_from_the_records(days: Days, close: CloseDay) -> None:
    live_thursday(days)

    log = close(FIRST_DAY)

    reconciliation = json.loads(log.snapshot)["reconciliation"]
    assert (reconciliation["is_balanced"], reconciliation["opened_by"]) == (True, "reconstruction")
    assert lines(log)["available"] == (20, 0, 1, 19, 0)


def test_stock_counts_what_is_left(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    stock = json.loads(log.snapshot)["stock"]
    assert stock["sell_through"] == "0.1000"
    assert stock["by_building"] == [
        {
            "name": "1栋", "total": 20, "sold": 2, "left": 18, "left_area": "1620.00", "left_fen": 16_200_000_00,
            "sold_by_file": 0,
            "unreleased": 0, "available": 15, "withheld": 2, "held": 1, "provisional": 0, "subscribed": 1, "contracted": 1,
        }
    ]  # fmt: skip


def test_details_name_the_papers_and_mask_the_customers(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    details: dict[str, list[dict[str, Any]]] = json.loads(log.snapshot)["details"]
    shown = {
        name: [(row["unit"], row["customer"], row["amount_fen"]) for row in rows]
        for name, rows in details.items()
    }
    assert shown == {
        "registrations": [],
        "provisional_orders": [],
        "subscriptions": [("1-A-102", "李*", 900_000_00), ("1-A-301", "王*", 900_000_00)],
        "subscription_cancellations": [("1-A-301", "王*", 900_000_00)],
        "contracts": [("1-A-101", "张*", 900_000_00)],
        "contract_cancellations": [],
        "swaps": [],
        "forfeitures": [],
        "price_changes": [],
        "name_changes": [],
        "co_owners": [],
        "extensions": [],
        "receipts": [
            ("1-A-101", "张*", 850_000_00),
            ("1-A-102", "李*", 100_000_00),
            ("1-A-102", "李*", 10_000_00),
            ("1-A-102", "李*", -10_000_00),
            ("1-A-102", "李*", 200_000_00),
        ],
        "refunds": [],
    }


def test_changes_on_the_board_since_the_log_before(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    changes = {row["unit"]: (row["from"], row["to"]) for row in json.loads(log.snapshot)["changes"]}
    assert changes == {
        "1-A-101": ("subscribed", "contracted"),
        "1-A-102": ("available", "subscribed"),
        "1-A-104": ("available", "held"),
        "1-A-301": ("available", "withheld"),
        "1-A-401": ("available", "withheld"),
    }


@pytest.mark.parametrize("form", ["html", "text", "pdf"])
def test_every_form_shows_the_figures(friday: Days, close: CloseDay, form: str) -> None:
    log = close(DAY)

    if form == "pdf":
        with friday.app.test_request_context():
            reader = pypdf.PdfReader(BytesIO(render_log_pdf(log)))
        shown = "\n".join(page.extract_text() for page in reader.pages)
    else:
        shown = getattr(log, form)

    wanted = ("2 套", "180.00", "1,800,000.00", "180.00 万元", "115.00 万元", "18 套", "1-A-102", "李*",
              "1,150,000.00", "950,000.00", "200,000.00", "南北通透，得房率高", "周末暖场活动", "多云 18℃")  # fmt: skip
    assert [figure for figure in (*wanted, log.audit_head[:16]) if figure not in shown] == []
    assert "李娜" not in shown


def test_hash_is_that_of_the_snapshot(friday: Days, close: CloseDay) -> None:
    log = close(DAY)

    assert log.snapshot_sha256 == hashlib.sha256(log.snapshot.encode()).hexdigest()
    assert json.loads(log.snapshot)["audit"] == {"sequence": log.audit_sequence, "head": log.audit_head}


def test_closing_twice_returns_the_same_log(friday: Days, close: CloseDay) -> None:
    first = close(DAY)
    friday.visit(DAY, 19, VisitKind.VISIT, is_first=True)

    second = close(DAY, hour=20)

    assert (second.id, second.snapshot_sha256, second.closed_at) == (
        first.id,
        first.snapshot_sha256,
        first.closed_at,
    )


@pytest.mark.parametrize("change", ["UPDATE daily_logs SET snapshot = 'x'", "DELETE FROM daily_logs"])
def test_closed_log_is_frozen_by_the_database(friday: Days, close: CloseDay, change: str) -> None:
    close(DAY)

    with friday.app.test_request_context(), pytest.raises(IntegrityError), transaction() as session:
        session.execute(text(change))


def test_late_entries_are_restated_in_the_next_log(friday: Days, close: CloseDay) -> None:
    closed = close(DAY)
    friday.visit(DAY, 19, VisitKind.VISIT, is_first=True)
    friday.receive((DAY, 19, 5), "102", ReceiptKind.DOWN_PAYMENT, 20_000_00)
    saturday = DAY + timedelta(days=1)
    friday.visit(saturday, 9, VisitKind.VISIT, is_first=False, attributed=FIRST_DAY)

    log = close(saturday)

    restated = [
        (row["day"], row["metric"], row["old"]["count"], row["new"]["count"], row["old"]["amount_fen"],
         row["new"]["amount_fen"])
        for row in json.loads(log.snapshot)["restated"]
    ]  # fmt: skip
    assert restated == [
        ("2026-11-19", "visits_return", 0, 1, 0, 0),
        ("2026-11-20", "visits_first", 2, 3, 0, 0),
        ("2026-11-20", "money_own", 2, 3, 950_000_00, 970_000_00),
    ]
    assert figures(closed, "day")["visits_first"][0] == 2
    assert lines(log)["money"] == (1_200_000_00, 20_000_00, 0, 1_220_000_00, 0)
    assert json.loads(log.snapshot)["reconciliation"]["is_balanced"] is True


def test_late_subscription_leaves_the_closed_log_byte_for_byte(friday: Days, close: CloseDay) -> None:
    closed = close(DAY)
    kept = (closed.snapshot, closed.snapshot_sha256, closed.html, closed.text)
    saturday = DAY + timedelta(days=1)
    friday.subscribe((saturday, 9, 0), "501", 0, PlanKind.FULL, 50_000_00, signed_on=DAY)

    log = close(saturday)

    with friday.app.test_request_context():
        again = db.session.query(DailyLog).filter_by(day=DAY).one()
        late = db.session.get_one(Subscription, friday.subscriptions["501"].id)
        days = (late.signed_on, clock.business_day_of(late.entered_at))
    assert (again.snapshot, again.snapshot_sha256, again.html, again.text) == kept
    assert days == (DAY, saturday)
    assert [
        (row["day"], row["metric"], row["new"]["count"] - row["old"]["count"])
        for row in json.loads(log.snapshot)["restated"]
    ] == [("2026-11-20", "subscriptions", 1)]
    assert figures(log, "day")["subscriptions"][0] == 0


def test_missed_days_are_closed_first_with_the_figures_of_their_end(friday: Days, close: CloseDay) -> None:
    monday = date(2026, 11, 23)
    friday.visit(monday, 9, VisitKind.VISIT, is_first=True)

    close(monday, hour=10)

    with friday.app.test_request_context():
        logs = list(db.session.query(DailyLog).order_by(DailyLog.day))
    assert [(log.day.day, log.state.value) for log in logs] == [
        (day, "closed") for day in (19, 20, 21, 22, 23)
    ]
    assert figures(logs[1], "day")["money"] == (3, "0.00", 1_150_000_00)
    assert lines(logs[1])["held"] == (0, 4, 4, 0, 0)
    assert [json.loads(log.snapshot)["reconciliation"]["is_balanced"] for log in logs] == [True] * 5
    assert figures(logs[4], "day")["visits_first"][0] == 1


def test_unclosed_day_before_a_closed_one_is_refused(days: Days, close: CloseDay) -> None:
    close(DAY)

    with pytest.raises(WrongState) as refusal:
        close(FIRST_DAY, on=DAY)

    assert refusal.value.code == "later_day_closed"


def test_future_day_is_refused(days: Days, close: CloseDay) -> None:
    with pytest.raises(InvalidInput) as refusal:
        close(DAY, on=FIRST_DAY)

    assert refusal.value.code == "day_in_future"


def test_difference_is_found_and_shown_first(friday: Days, close: CloseDay) -> None:
    with clock_at(DAY, 18), friday.app.test_request_context(), transaction() as session:
        session.execute(text("UPDATE accounts SET received_amount = received_amount + 1 WHERE id = 1"))

    log = close(DAY)

    assert lines(log)["money"] == (50_000_00, 1_160_000_00, 10_000_00, 1_200_000_01, 1)
    assert "数字核对不平" in log.text[: log.text.index("今日认购")]
    assert "应有 1,200,000.00，实点 1,200,000.01，差异 0.01" in log.html


def test_overdue_signing_and_money_are_listed(friday: Days, close: CloseDay) -> None:
    late = date(2026, 11, 30)

    log = close(late)

    overdue = json.loads(log.snapshot)["overdue"]
    assert [(row["unit"], row["customer"], row["days"]) for row in overdue["signing"]] == [
        ("1-A-102", "李*", 3)
    ]
    assert [row["unit"] for row in overdue["money"]] == ["1-A-102"]
    assert overdue["money_fen"] == sum(row["amount_fen"] for row in overdue["money"])
