"""Swaps, forfeitures, revivals, voids and changed prices in the log: counted, and everything still adds up."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind, Fault, ReasonCode
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.dailylog.models import DailyLog
from salesoffice.deals.models import Deal
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Subscription
from tests.factories.day import DAY, FIRST_DAY, Days

CloseDay = Callable[..., DailyLog]
SATURDAY = DAY + timedelta(days=1)


def read(log: DailyLog) -> Any:
    return json.loads(log.snapshot)


def is_balanced(log: DailyLog) -> bool:
    return bool(read(log)["reconciliation"]["is_balanced"])


def moves(log: DailyLog) -> set[tuple[str, str, str, int]]:
    rows = read(log)["reconciliation"]["movements"]
    return {(row["kind"], row["from"], row["to"], row["quantity"]) for row in rows if row["from"] != "money"}


def figure(log: DailyLog, metric: str, period: int = 0) -> tuple[int, str, int]:
    found = read(log)["periods"][period]["figures"][metric]["total"]
    return found["count"], found["area"], found["amount_fen"]


def change(
    days: Days, moment: tuple[Any, int], room: str, kind: ChangeKind, *, on: Any = None, **terms: Any
) -> None:
    """Make a change of the sale of a room as the manager."""
    with days.at(*moment) as session:
        sale = session.get_one(Subscription, days.subscriptions[room].id)
        request_change(
            session,
            session.get_one(Deal, sale.deal_id),
            actor=days.actor(days.office.manager),
            kind=kind,
            terms=terms,
            entry=ChangeEntry(ReasonCode.BUYERS_WISH, "客户申请", on or moment[0], on, Fault.NONE),
        )


def test_swap_of_a_subscription_and_of_a_contract(days: Days, close: CloseDay) -> None:
    days.subscribe((FIRST_DAY, 9, 0), "101", 0, PlanKind.FULL, 50_000_00)
    days.subscribe((FIRST_DAY, 9, 5), "102", 1, PlanKind.FULL, 50_000_00)
    days.contract((FIRST_DAY, 10, 0), "102", 1)
    close(FIRST_DAY)
    price = {"discounts": [{"kind": "amount", "value": "1000000", "name": "优惠"}]}

    with days.at(DAY, 9) as session:
        targets = {room: days.unit(session, room).id for room in ("201", "202")}
    change(days, (DAY, 10), "101", ChangeKind.SWAP, unit_id=targets["201"], **price)
    change(days, (DAY, 11), "102", ChangeKind.SWAP, unit_id=targets["202"])
    friday = close(DAY)
    with days.at(SATURDAY, 9) as session:
        made = session.scalars(select(Subscription).where(Subscription.unit_id == targets["202"])).one()
        days.subscriptions["202"] = made
    days.contract((SATURDAY, 10, 0), "202", 1)
    saturday = close(SATURDAY)

    assert (is_balanced(friday), is_balanced(saturday)) == (True, True)
    assert moves(friday) == {
        ("released", "available", "withheld", 2),
        ("subscribed", "available", "subscribed", 2),
        ("swapped", "contracted", "available", 1),
        ("swapped", "subscribed", "available", 1),
    }
    assert figure(friday, "subscriptions") == (0, "0.00", 0)
    assert figure(friday, "subscription_cancellations") == (0, "0.00", 0)
    assert figure(friday, "swaps")[0] == 2
    assert figure(friday, "contract_cancellations")[0] == 0
    assert figure(friday, "net_contracts", 4)[0] == 0
    assert figure(saturday, "net_contracts", 4)[0] == 1
    assert figure(saturday, "net_subscriptions", 4)[0] == 2
    assert [row["unit"] for row in read(friday)["details"]["swaps"]] == [
        f"{room(days, '101')} → {room(days, '201')}",
        f"{room(days, '102')} → {room(days, '202')}",
    ]
    assert read(friday)["details"]["subscription_cancellations"] == []


def test_forfeiture_revival_and_void_reconcile(days: Days, close: CloseDay) -> None:
    days.subscribe((FIRST_DAY, 9, 0), "101", 0, PlanKind.FULL, 50_000_00)
    days.subscribe((FIRST_DAY, 9, 5), "102", 1, PlanKind.FULL, 50_000_00)
    thursday = close(FIRST_DAY)

    change(days, (DAY, 10), "102", ChangeKind.VOID)
    change(days, (DAY, 10), "101", ChangeKind.FORFEITURE)
    friday = close(DAY)
    change(days, (SATURDAY, 10), "101", ChangeKind.REVIVAL, sign_by="2026-12-01")
    saturday = close(SATURDAY)

    assert [is_balanced(log) for log in (thursday, friday, saturday)] == [True, True, True]
    assert ("subscription_ended", "subscribed", "available", 2) in moves(friday)
    assert figure(friday, "subscription_cancellations")[0] == 1
    assert len(read(friday)["details"]["forfeitures"]) == 1
    assert [row["metric"] for row in read(friday)["restated"]] == ["subscriptions"]
    assert figure(saturday, "net_subscriptions", 4)[0] == 1


def test_changed_price_counts_on_its_day_and_leaves_the_closed_one(days: Days, close: CloseDay) -> None:
    days.subscribe((FIRST_DAY, 9, 0), "101", 0, PlanKind.FULL, 50_000_00)
    thursday = close(FIRST_DAY)
    before = figure(thursday, "subscriptions")

    change(days, (DAY, 10), "101", ChangeKind.PRICE, total_fen=before[2] - 10_000_00)
    friday = close(DAY)

    assert figure(friday, "subscriptions") == (0, "0.00", -10_000_00)
    assert figure(friday, "subscriptions", 4)[::2] == (1, before[2] - 10_000_00)
    assert read(friday)["restated"] == []
    assert len(read(friday)["details"]["price_changes"]) == 1


def test_swap_for_a_closed_day_is_restated(days: Days, close: CloseDay) -> None:
    days.subscribe((FIRST_DAY, 9, 0), "101", 0, PlanKind.FULL, 50_000_00)
    thursday = close(FIRST_DAY)
    sent = thursday.snapshot
    with days.at(DAY, 9) as session:
        target = days.unit(session, "201").id

    change(days, (DAY, 10), "101", ChangeKind.SWAP, on=FIRST_DAY, unit_id=target)
    friday = close(DAY)

    assert "swaps" in [row["metric"] for row in read(friday)["restated"]]
    assert is_balanced(friday)
    assert thursday.snapshot == sent


def room(days: Days, number: str) -> str:
    return next(unit.code for unit in days.office.units if unit.room_no == number)
