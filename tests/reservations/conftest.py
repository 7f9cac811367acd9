"""A rep's customer, a hold on unit 101 and a subscription agreement over unit 102, all of one office."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.deals.queries import find_breaches as find_deal_breaches
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.queries import find_breaches
from salesoffice.reservations.services import SubscriptionTerms, place_hold, sign_subscription
from salesoffice.staff.models import User
from tests.factories import Office

CERTIFICATE = "110101199003070011"


@pytest.fixture
def buyer(app: Flask, office: Office) -> Customer:
    """The rep's customer, with an identity card."""
    with app.test_request_context(), transaction() as session:
        return register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.rep),
            name="张甲",
            phones=["13800001234"],
            certificate_kind=CertificateKind.IDENTITY_CARD,
            certificate_no=CERTIFICATE,
        )


@pytest.fixture
def other_buyer(app: Flask, office: Office) -> Customer:
    """Another rep's customer, without a certificate."""
    with app.test_request_context(), transaction() as session:
        return register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.other_rep),
            name="李乙",
            phones=["13900005678"],
        )


@pytest.fixture
def hold(app: Flask, office: Office, buyer: Customer) -> Hold:
    """The rep's hold on unit 101 for the buyer."""
    with app.test_request_context(), transaction() as session:
        return place_hold(session, office.units[0], actor=office.actor(office.rep), customer_id=buyer.id)


@pytest.fixture
def terms(buyer: Customer) -> SubscriptionTerms:
    """In full, a deposit of 50,000.00 yuan, signed today."""
    return SubscriptionTerms(
        customer_ids=(buyer.id,), plan=PlanKind.FULL, deposit=50_000_00, signed_on=clock.business_today()
    )


@pytest.fixture
def subscription(app: Flask, office: Office, terms: SubscriptionTerms) -> Subscription:
    """A subscription agreement over unit 102."""
    with app.test_request_context(), transaction() as session:
        return sign_subscription(session, office.units[1], actor=office.actor(office.assistant), terms=terms)


@pytest.fixture
def breaches(session: Session) -> Callable[[], list[str]]:
    """Everything that `verify` would find about deals, holds and subscriptions."""
    return lambda: [*find_deal_breaches(session), *find_breaches(session)]


@pytest.fixture
def post(sign_in: Callable[[User], FlaskClient]) -> Callable[..., Any]:
    """Post JSON to the API as a user: `post(office.rep, "/holds", {...})`."""

    def send(user: User, path: str, body: object, **headers: str) -> Any:
        return sign_in(user).post(f"/api/v1{path}", json=body, headers=headers)

    return send
