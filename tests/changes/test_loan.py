"""Another bank, another loan: rounded down to whole 10,000, the rest to the down payment; taken back within ten minutes."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.queries import find_undo_offer
from salesoffice.core.errors import DomainError
from salesoffice.deals.models import Deal
from salesoffice.infra.db import db
from salesoffice.payments.enums import ReceiptKind
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.reservations.models import Subscription
from salesoffice.undo.services import take_back
from tests.changes.sales import ask, pay
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import list_breaches


def amounts(app: Flask, sale: Subscription) -> list[int]:
    with app.test_request_context():
        rows = list_open_instalments(db.session(), sale.deal.account_id or 0)
        return [row.amount for row in rows]


def test_loan_is_rounded_down_and_the_rest_goes_to_the_down_payment(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    change = do(
        lambda s: ask(s, office, sale.deal, ChangeKind.LOAN, bank="建设银行", years=30, loan_fen=505_999_00)
    )

    with app.test_request_context():
        deal = db.session.get_one(Deal, sale.deal_id)
    assert change.state is ChangeState.APPLIED
    assert (deal.loan_bank, deal.loan_years) == ("建设银行", 30)
    assert amounts(app, sale) == [50_000_00, 350_000_00, 500_000_00]
    assert (change.measure, change.amount_effect) == (130_000_00, 0)
    assert list_breaches(app) == []


def test_loan_is_taken_back_as_it_was(app: Flask, do: Do, office: Office, sale: Subscription) -> None:
    change = do(
        lambda s: ask(s, office, sale.deal, ChangeKind.LOAN, bank="建设银行", years=30, loan_fen=500_000_00)
    )

    def undo(session: Session) -> None:
        offer = find_undo_offer(session, session.merge(change))
        assert offer is not None
        take_back(session, offer, actor=office.actor(office.manager))

    do(undo)

    with app.test_request_context():
        deal = db.session.get_one(Deal, sale.deal_id)
    assert (deal.loan_bank, deal.loan_years) == ("", None)
    assert amounts(app, sale) == [50_000_00, 220_000_00, 630_000_00]
    assert list_breaches(app) == []


def test_larger_loan_than_the_down_payment_leaves_needs_a_chain(
    do: Do, office: Office, sale: Subscription
) -> None:
    with pytest.raises(DomainError) as refusal:
        do(
            lambda s: ask(
                s, office, sale.deal, ChangeKind.LOAN, bank="建设银行", years=30, loan_fen=700_000_00
            )
        )

    assert refusal.value.code == "approval_missing"


def test_loan_below_what_the_bank_paid_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: pay(s, office, sale.deal, 600_000_00, ReceiptKind.MORTGAGE))

    with pytest.raises(DomainError) as refusal:
        do(
            lambda s: ask(
                s, office, sale.deal, ChangeKind.LOAN, bank="建设银行", years=30, loan_fen=590_000_00
            )
        )

    assert refusal.value.errors[0].field == "loan_fen"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"bank": "", "years": 30}, "bank"),
        ({"bank": "建设银行", "years": 0}, "years"),
        ({"bank": "建设银行", "years": 41}, "years"),
        ({"bank": "建设银行", "years": "30"}, "years"),
        ({"bank": "建设银行", "years": 30, "loan_fen": -1}, "loan_fen"),
        ({"bank": "建设银行", "years": 30, "loan_fen": 10**14}, "loan_fen"),
        ({"bank": "建设银行", "years": 30, "loan_fen": 890_000_00}, "loan_fen"),
    ],
)
def test_loan_with_wrong_terms_is_refused_by_the_field(
    do: Do, office: Office, sale: Subscription, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.LOAN, **terms))

    assert refusal.value.errors[0].field == field


def test_loan_of_a_sale_paid_in_full_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: ask(s, office, sale.deal, ChangeKind.SCHEDULE, payment_plan="full"))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.LOAN, bank="建设银行", years=30))

    assert refusal.value.code == "wrong_state"
    assert do(lambda s: s.scalar(select(Deal.loan_bank))) == ""
