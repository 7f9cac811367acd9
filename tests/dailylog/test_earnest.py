"""Registrations, provisional orders and money carried over in the log: counted, and everything still adds up."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries.logs import get_closed_log
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.registrations.models import Registration
from salesoffice.registrations.services import CategoryDetails, add_category, convert, register
from salesoffice.reservations.models import Hold, ProvisionalOrder
from salesoffice.reservations.services import (
    SubscriptionTerms,
    cancel_provisional,
    expire_holds,
    place_hold,
    sign_provisional,
    sign_subscription,
)
from tests.factories.day import DAY, FIRST_DAY, Days

CloseDay = Callable[..., DailyLog]
EARNEST, ORDER = 20_000_00, 10_000_00


def read(log: DailyLog) -> Any:
    """Return the snapshot of a log."""
    return json.loads(log.snapshot)


def lines(log: DailyLog) -> dict[str, tuple[int, ...]]:
    """Return the lines of the reconciliation as (opening, in, out, counted, difference)."""
    keys = ("opening", "incoming", "outgoing", "counted", "difference")
    return {row["name"]: tuple(row[key] for key in keys) for row in read(log)["reconciliation"]["lines"]}


def moves(log: DailyLog) -> set[tuple[str, str, str, int]]:
    """Return the movements of the reconciliation."""
    rows = read(log)["reconciliation"]["movements"]
    return {(row["kind"], row["from"], row["to"], row["quantity"]) for row in rows}


def today(log: DailyLog, metric: str) -> tuple[int, int]:
    """Return count and fen of a metric of the day."""
    found = read(log)["periods"][0]["figures"][metric]["total"]
    return found["count"], found["amount_fen"]


def take(days: Days, session: Session, account: Account | None, kind: ReceiptKind, amount: int) -> None:
    """Take money by the assistant and let finance confirm it."""
    assert account is not None
    receipt = record_receipt(
        session,
        account,
        actor=days.actor(days.office.assistant),
        kind=kind,
        method=PaymentMethod.POS,
        amount=amount,
        received_on=FIRST_DAY,
    )
    confirm_receipt(session, receipt, actor=days.actor(days.office.finance))


def order(days: Days, session: Session, room: str) -> ProvisionalOrder:
    """Order a unit for the first customer on Thursday."""
    return sign_provisional(
        session,
        days.unit(session, room),
        actor=days.actor(days.office.assistant),
        customer_id=days.customers[0].id,
        amount=ORDER,
        signed_on=FIRST_DAY,
    )


def make_registration(days: Days) -> Registration:
    """Register the first customer on Thursday, with confirmed earnest money."""
    with days.at(FIRST_DAY, 10) as session:
        category = add_category(
            session,
            days.office.project.id,
            actor=days.actor(days.office.manager),
            prefix="A",
            details=CategoryDetails("住宅", EARNEST),
        )
        made = register(
            session,
            category,
            actor=days.actor(days.office.assistant),
            customer_id=days.customers[0].id,
            registered_on=FIRST_DAY,
        )
        take(days, session, made.account, ReceiptKind.EARNEST_MONEY, EARNEST)
    return made


def test_earnest_money_is_collected_only_on_the_day_it_is_carried_over(days: Days, close: CloseDay) -> None:
    registration = make_registration(days)
    days.subscribe((FIRST_DAY, 11, 0), "101", 0, PlanKind.FULL, 50_000_00)
    thursday = close(FIRST_DAY)
    kept = thursday.snapshot

    with days.at(DAY, 9) as session:
        deal = days.subscriptions["101"].deal
        convert(
            session,
            session.get_one(Registration, registration.id),
            session.merge(deal, load=False),
            actor=days.actor(days.office.assistant),
        )
    friday = close(DAY)

    assert (today(thursday, "registrations"), today(thursday, "money_own")) == ((1, 0), (0, 0))
    assert (today(friday, "registrations"), today(friday, "money_own")) == ((0, 0), (1, EARNEST))
    assert lines(thursday)["money"] == (0, EARNEST, 0, EARNEST, 0)
    assert lines(friday)["money"] == (EARNEST, EARNEST, EARNEST, EARNEST, 0)
    assert [read(log)["reconciliation"]["is_balanced"] for log in (thursday, friday)] == [True, True]
    assert [entry["number"] for entry in read(thursday)["details"]["registrations"]] == ["A0001"]
    assert read(friday)["restated"] == []
    with days.at(DAY, 20) as session:
        assert session.get_one(DailyLog, thursday.id).snapshot == kept


def test_orders_move_from_line_to_line(days: Days, close: CloseDay) -> None:
    actor = days.actor(days.office.assistant)
    with days.at(FIRST_DAY, 10) as session:
        direct, cancelled, expired = (order(days, session, room) for room in ("101", "102", "103"))
        take(days, session, direct.deal.account, ReceiptKind.PROVISIONAL, ORDER)
    with days.at(FIRST_DAY, 11) as session:
        hold = place_hold(
            session,
            days.unit(session, "104"),
            actor=days.actor(days.office.rep),
            customer_id=days.customers[0].id,
        )
    with days.at(FIRST_DAY, 11, 10) as session:
        held = sign_provisional(
            session,
            session.get_one(Hold, hold.id),
            actor=actor,
            customer_id=days.customers[0].id,
            amount=ORDER,
            signed_on=FIRST_DAY,
        )
    thursday = close(FIRST_DAY)

    with days.at(DAY, 9) as session:
        cancel_provisional(session, session.get_one(ProvisionalOrder, cancelled.id), actor=actor, reason="x")
        terms = SubscriptionTerms((days.customers[0].id,), PlanKind.FULL, 50_000_00, DAY)
        sign_subscription(session, session.get_one(ProvisionalOrder, direct.id), actor=actor, terms=terms)
    friday = close(DAY)
    last = clock.business_day_of(expired.expires_at)
    with days.at(last + timedelta(days=1), 10) as session:
        expire_holds(session)
    close(last + timedelta(days=1))  # the days missed before are closed, too, each up to its end
    with days.at(last + timedelta(days=1), 19) as session:
        later = get_closed_log(session, days.office.project.id, last)

    assert moves(thursday) == {
        ("order_signed", "available", "provisional", 3),
        ("order_signed", "held", "provisional", 1),
        ("hold_placed", "available", "held", 1),
        ("received", "", "money", ORDER),
    }
    assert lines(thursday)["provisional"] == (0, 4, 0, 4, 0)
    assert moves(friday) == {
        ("order_cancelled", "provisional", "available", 1),
        ("order_converted", "provisional", "subscribed", 1),
        ("received", "", "money", ORDER),
        ("reversed", "money", "", ORDER),
    }
    assert lines(friday)["provisional"] == (4, 0, 2, 2, 0)
    assert today(friday, "money_own") == (1, ORDER)
    assert moves(later) == {("order_expired", "provisional", "available", 2)}
    assert lines(later)["provisional"] == (2, 0, 2, 0, 0)
    assert [read(log)["reconciliation"]["is_balanced"] for log in (thursday, friday, later)] == [True] * 3
    assert held.deal_id == hold.deal_id
    assert [entry["number"] for entry in read(thursday)["details"]["provisional_orders"]] == [
        "XD000001", "XD000002", "XD000003", "XD000004",
    ]  # fmt: skip
