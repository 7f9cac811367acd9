"""The rep's customer, a scheme, and an offer of the rep."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.customers.models import Customer
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.offers.services import OfferTerms, make_offer
from salesoffice.payments.enums import PlanKind
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.offers import make_scheme
from tests.factories.sales import make_buyer


@pytest.fixture
def buyer(app: Flask, office: Office) -> Customer:
    """The rep's customer."""
    with app.test_request_context(), transaction() as session:
        return make_buyer(session, office)


@pytest.fixture
def scheme(app: Flask, office: Office) -> DiscountScheme:
    """98 % of the price."""
    with app.test_request_context(), transaction() as session:
        return make_scheme(session, office)


@pytest.fixture
def offer(app: Flask, office: Office, buyer: Customer, scheme: DiscountScheme) -> Offer:
    """The rep's offer for unit 101 to the buyer: 882,000.00 yuan with a mortgage."""
    terms = OfferTerms(PlanKind.MORTGAGE, scheme_ids=(scheme.id,), customer_id=buyer.id)
    with app.test_request_context(), transaction() as session:
        unit = session.get_one(Unit, office.units[0].id)
        return make_offer(session, unit, actor=office.actor(office.rep), terms=terms)


@pytest.fixture
def post(sign_in: Callable[[User], FlaskClient]) -> Callable[..., Any]:
    """Post JSON as a user: `post(office.rep, "/offers", {...})`."""

    def send(user: User, path: str, body: dict[str, Any], **headers: str) -> Any:
        return sign_in(user).post(f"/api/v1{path}", json=body, headers=headers)

    return send
