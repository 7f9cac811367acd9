"""Ten contract forms HT-001 to HT-010 in stock, and a sale over 900,000.00 yuan."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from salesoffice.infra.db import transaction
from salesoffice.reservations.models import Subscription
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.models import PrintRun
from salesoffice.stationery.rules import RunNumbers
from salesoffice.stationery.services import RunDraft, receive_run
from tests.factories import Office
from tests.factories.sales import make_sale

Receive = Callable[..., PrintRun]


@pytest.fixture
def receive(app: Flask, office: Office) -> Receive:
    """Register a print run."""

    def run(
        first: int, last: int, *, kind: FormKind = FormKind.CONTRACT, prefix: str = "HT-", digits: int = 3
    ) -> PrintRun:
        with app.test_request_context(), transaction() as session:
            draft = RunDraft(kind, RunNumbers(prefix, first, last, digits), date(2026, 1, 9), "华印")
            return receive_run(session, office.project.id, actor=office.actor(office.assistant), draft=draft)

    return run


@pytest.fixture
def run(receive: Receive) -> PrintRun:
    """HT-001 to HT-010 in stock."""
    return receive(1, 10)


@pytest.fixture
def sale(app: Flask, office: Office) -> Subscription:
    """A sale whose contract has not been entered."""
    with app.test_request_context(), transaction() as session:
        return make_sale(session, office)
