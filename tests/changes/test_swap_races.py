"""Swaps at the same moment: to one unit, against a hold, with each other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.deals.models import Claim
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, place_hold, sign_subscription
from tests.changes.actions import swap
from tests.changes.sales import sell
from tests.factories import Office, make_office
from tests.support.faults import list_breaches
from tests.support.races import open_app
from tests.support.threads import run_together

Race = tuple[Flask, Office, tuple[Subscription, Subscription]]


@pytest.fixture(params=["sqlite", "postgresql"])
def race(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Race]:
    """Two sales, of units 101 and 102, with real commits on a database of their own."""
    with open_app(request, tmp_path, request.param) as app:
        with app.test_request_context(), transaction() as session:
            office = make_office(session)
            first = sell(session, office)
            second = second_sale(session, office)
        yield app, office, (first, second)


def second_sale(session: Session, office: Office) -> Subscription:
    """Sell unit 102 to the same buyer."""
    buyer = session.scalars(select(Subscription)).one().deal.buyers[0].customer_id
    terms = SubscriptionTerms((buyer,), PlanKind.FULL, 50_000_00, clock.business_today())
    return sign_subscription(session, office.units[1], actor=office.actor(office.assistant), terms=terms)


def go(office: Office, sale: Subscription, unit: int) -> None:
    swap(db.session(), {"deal": sale.deal_id, "user": office.manager.id, "unit": office.units[unit].id})


def open_claims(app: Flask, unit_id: int) -> int:
    with app.test_request_context():
        statement = select(func.count()).where(Claim.unit_id == unit_id, Claim.closed_at.is_(None))
        return db.session.scalar(statement) or 0


def test_two_sales_swapping_to_one_unit_have_one_winner(race: Race) -> None:
    app, office, (first, second) = race

    outcomes = run_together(app, lambda: go(office, first, 5), lambda: go(office, second, 5))

    assert outcomes == ["done", "unit_taken"]
    assert open_claims(app, office.units[5].id) == 1
    assert list_breaches(app) == []


def test_swap_against_a_hold_has_one_winner(race: Race) -> None:
    app, office, (first, _second) = race

    def hold() -> None:
        unit = db.session.get_one(Unit, office.units[5].id)
        place_hold(db.session(), unit, actor=office.actor(office.manager))

    outcomes = run_together(app, lambda: go(office, first, 5), hold)

    assert outcomes == ["done", "unit_taken"]
    assert open_claims(app, office.units[5].id) == 1
    assert list_breaches(app) == []


def test_two_sales_swapping_with_each_other_are_both_refused(race: Race) -> None:
    app, office, (first, second) = race

    outcomes = run_together(app, lambda: go(office, first, 1), lambda: go(office, second, 0))

    assert outcomes == ["unit_taken", "unit_taken"]
    assert list_breaches(app) == []


def test_one_sale_swapping_twice_at_once_goes_to_one_unit(race: Race) -> None:
    app, office, (first, _second) = race

    outcomes = run_together(app, lambda: go(office, first, 5), lambda: go(office, first, 6))

    assert outcomes in (["done", "done"], ["done", "wrong_state"])
    assert open_claims(app, office.units[5].id) + open_claims(app, office.units[6].id) == 1
    assert list_breaches(app) == []
