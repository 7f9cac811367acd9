"""Accounts are opened with a schedule that adds up to the price."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.payments.enums import AccountState, InstalmentKind, PlanKind
from salesoffice.payments.models import Account
from salesoffice.payments.rules import DepositAboveFirstInstalment
from salesoffice.payments.services import open_account
from tests.factories import Office


def open_for(office: Office, plan: PlanKind, *, deposit: int = 50_000_00) -> Account:
    with transaction() as session:
        return open_account(
            session,
            project_id=office.project.id,
            total=900_000_00,
            plan=plan,
            deposit=deposit,
            signed_on=date(2026, 11, 23),
            sign_by=date(2026, 11, 30),
            down_payment_rate=Decimal("0.3"),
            actor=office.actor(office.assistant),
        )


def test_account_with_mortgage_has_deposit_down_payment_and_loan(session: Session, office: Office) -> None:
    account = open_for(office, PlanKind.MORTGAGE)

    rows = [(row.kind, row.due_on, row.amount, row.is_loan) for row in account.instalments]
    assert rows == [
        (InstalmentKind.DEPOSIT, date(2026, 11, 23), 50_000_00, False),
        (InstalmentKind.DOWN_PAYMENT, date(2026, 11, 30), 220_000_00, False),
        (InstalmentKind.MORTGAGE, date(2026, 12, 30), 630_000_00, True),
    ]
    assert (account.state, account.total_amount) == (AccountState.OPEN, 900_000_00)
    assert (
        session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "account.opened"
    )


def test_account_with_deposit_above_first_instalment_is_refused(session: Session, office: Office) -> None:
    with pytest.raises(DepositAboveFirstInstalment):
        open_for(office, PlanKind.MORTGAGE, deposit=300_000_00)

    assert session.scalars(select(Account)).all() == []
