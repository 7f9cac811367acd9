"""Another payment plan, and other days for what is still to be paid."""

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.queries import find_undo_offer
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.infra.db import db
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.reservations.models import Subscription
from salesoffice.undo.services import take_back
from tests.changes.sales import ask, contract, pay
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import list_breaches


def rows(app: Flask, sale: Subscription) -> list[tuple[date, int, int]]:
    with app.test_request_context():
        found = list_open_instalments(db.session(), sale.deal.account_id or 0)
        return [(row.due_on, row.amount, row.paid_amount) for row in found]


def test_plan_change_makes_the_schedule_anew_and_the_money_pays_it(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda s: pay(s, office, sale.deal, 300_000_00))
    today, due = clock.business_today(), sale.sign_by

    do(lambda s: ask(s, office, sale.deal, ChangeKind.SCHEDULE, payment_plan="full"))

    assert rows(app, sale) == [(today, 50_000_00, 50_000_00), (due, 850_000_00, 300_000_00)]
    with app.test_request_context():
        found = db.session.get_one(Subscription, sale.id)
    assert found.plan_kind is PlanKind.FULL
    assert list_breaches(app) == []


def test_plan_change_with_a_larger_down_payment(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    do(
        lambda s: ask(
            s, office, sale.deal, ChangeKind.SCHEDULE, payment_plan="mortgage", down_payment_rate="0.45"
        )
    )

    assert [amount for _day, amount, _paid in rows(app, sale)] == [50_000_00, 360_000_00, 490_000_00]


def test_plan_change_of_a_verified_contract_counts_from_its_day(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    made = do(lambda s: contract(s, office, s.get_one(Subscription, sale.id)))

    do(lambda s: ask(s, office, sale.deal, ChangeKind.SCHEDULE, payment_plan="full"))

    with app.test_request_context():
        found = db.session.get_one(Contract, made.id)
    assert rows(app, sale)[-1][0] == found.signed_on
    assert found.plan_kind is PlanKind.FULL
    assert list_breaches(app) == []


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"payment_plan": "mortgage"}, "payment_plan"),
        ({"payment_plan": "barter"}, "payment_plan"),
        ({}, "payment_plan"),
        ({"payment_plan": "full", "down_payment_rate": "0.3"}, "down_payment_rate"),
        ({"payment_plan": "mortgage", "down_payment_rate": "1"}, "down_payment_rate"),
        ({"payment_plan": "mortgage", "down_payment_rate": "-0.1"}, "down_payment_rate"),
        ({"payment_plan": "mortgage", "down_payment_rate": "NaN"}, "down_payment_rate"),
    ],
)
def test_plan_change_with_wrong_terms_is_refused_by_the_field(
    do: Do, office: Office, sale: Subscription, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SCHEDULE, **terms))

    assert refusal.value.errors[0].field == field


def test_smaller_down_payment_needs_a_chain(do: Do, office: Office, sale: Subscription) -> None:
    with pytest.raises(DomainError) as refusal:
        do(
            lambda s: ask(
                s, office, sale.deal, ChangeKind.SCHEDULE, payment_plan="mortgage", down_payment_rate="0.2"
            )
        )

    assert refusal.value.code == "approval_missing"


def test_postponed_payment_keeps_amounts_and_is_taken_back(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    before = rows(app, sale)
    dates = [
        {"position": 2, "due_on": (before[1][0] + timedelta(days=20)).isoformat()},
        {"position": 3, "due_on": (before[2][0] + timedelta(days=10)).isoformat()},
    ]

    change = do(lambda s: ask(s, office, sale.deal, ChangeKind.PAYMENT_DATES, dates=dates))
    moved = rows(app, sale)

    def undo(session: Session) -> None:
        offer = find_undo_offer(session, session.merge(change))
        assert offer is not None
        take_back(session, offer, actor=office.actor(office.manager))

    do(undo)

    assert change.measure == 20
    assert [(new[0] - old[0]).days for new, old in zip(moved, before, strict=True)] == [0, 20, 10]
    assert [row[1:] for row in moved] == [row[1:] for row in before]
    assert rows(app, sale) == before
    assert list_breaches(app) == []


def test_price_change_keeps_a_postponed_day(app: Flask, do: Do, office: Office, sale: Subscription) -> None:
    day = rows(app, sale)[2][0] + timedelta(days=30)
    dates = [{"position": 3, "due_on": day.isoformat()}]
    do(lambda s: ask(s, office, sale.deal, ChangeKind.PAYMENT_DATES, dates=dates))

    do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, total_fen=880_000_00))

    assert rows(app, sale)[2][0] == day


@pytest.mark.parametrize(
    "dates",
    [
        None,
        [],
        "2026-01-01",
        [{"position": 9, "due_on": "2026-12-31"}],
        [{"position": [1], "due_on": "2026-12-31"}],
        [{"position": 1, "due_on": "2199-12-31"}],
        [{"position": 2, "due_on": "yesterday"}],
        [{"position": 2, "due_on": "2020-01-01"}],
        [{"position": 2, "due_on": "2199-12-31"}],
    ],
)
def test_payment_dates_that_cannot_be_are_refused(
    do: Do, office: Office, sale: Subscription, dates: object
) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PAYMENT_DATES, dates=dates))

    assert refusal.value.errors[0].field == "dates"


def test_payment_dates_out_of_order_are_refused(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    late = rows(app, sale)[2][0] + timedelta(days=1)

    with pytest.raises(DomainError) as refusal:
        do(
            lambda s: ask(
                s,
                office,
                sale.deal,
                ChangeKind.PAYMENT_DATES,
                dates=[{"position": 2, "due_on": late.isoformat()}],
            )
        )

    assert refusal.value.errors[0].field == "dates"
