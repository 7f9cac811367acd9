"""A category, the rep's customer and their registration, and what verify finds."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.deals.queries import find_breaches as find_deal_breaches
from salesoffice.payments.queries import find_breaches as find_money_breaches
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.queries import find_breaches
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.earnest import make_category, make_registration
from tests.factories.sales import make_buyer


@pytest.fixture
def buyer(do: Do, office: Office) -> Customer:
    """The rep's customer."""
    return do(lambda session: make_buyer(session, office))


@pytest.fixture
def other_buyer(do: Do, office: Office) -> Customer:
    """Another rep's customer."""
    return do(
        lambda session: register_customer(
            session,
            project_id=office.project.id,
            actor=office.actor(office.other_rep),
            name="李乙",
            phones=["13900005678"],
        )
    )


@pytest.fixture
def category(do: Do, office: Office) -> RegistrationCategory:
    """Category A with 20,000.00 yuan."""
    return do(lambda session: make_category(session, office))


@pytest.fixture
def registration(do: Do, office: Office, category: RegistrationCategory, buyer: Customer) -> Registration:
    """The buyer's registration A0001, without money."""
    return do(lambda session: make_registration(session, office, category, buyer))


@pytest.fixture
def breaches(session: Session) -> Callable[[], list[str]]:
    """Everything that `verify` would find about registrations, money and deals."""
    return lambda: [
        *find_breaches(session),
        *find_money_breaches(session),
        *find_deal_breaches(session),
    ]


@pytest.fixture
def post(sign_in: Callable[[User], FlaskClient]) -> Callable[..., Any]:
    """Post JSON to the API as a user."""

    def send(user: User, path: str, body: object, **headers: str) -> Any:
        return sign_in(user).post(f"/api/v1{path}", json=body, headers=headers)

    return send
