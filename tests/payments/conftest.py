"""An account of 900,000.00 yuan with a mortgage: 50,000 deposit, 220,000 down payment, 630,000 loan."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.services import confirm_receipt, open_account, record_receipt
from tests.factories import Office


@pytest.fixture
def account(app: Flask, office: Office) -> Account:
    """An open account; the deposit is due on 23, the down payment on 30 November, the loan on 30 December 2026."""
    with app.test_request_context(), transaction() as session:
        return open_account(
            session,
            project_id=office.project.id,
            total=900_000_00,
            plan=PlanKind.MORTGAGE,
            deposit=50_000_00,
            signed_on=date(2026, 11, 23),
            sign_by=date(2026, 11, 30),
            down_payment_rate=Decimal("0.3"),
            actor=office.actor(office.assistant),
        )


@pytest.fixture
def receive(app: Flask, office: Office, account: Account) -> Callable[..., Receipt]:
    """Record money on the account as the assistant; with `confirmed=True` finance confirms it."""

    def make(
        amount: int, kind: ReceiptKind = ReceiptKind.DEPOSIT, *, slip_no: str = "", confirmed: bool = False
    ) -> Receipt:
        with app.test_request_context(), transaction() as session:
            receipt = record_receipt(
                session,
                account,
                actor=office.actor(office.assistant),
                kind=kind,
                method=PaymentMethod.TRANSFER,
                amount=amount,
                received_on=clock.business_today(),
                slip_no=slip_no,
            )
            if confirmed:
                confirm_receipt(session, receipt, actor=office.actor(office.finance))
        return receipt

    return make
