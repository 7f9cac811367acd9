"""Another price: the order of discounts, the limits, the deposit, the contract."""

import json
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Role
from salesoffice.infra.db import db
from salesoffice.offers.services import set_authorities
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.models import Account
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.pricing.enums import PriceBasis, PriceLayer
from salesoffice.pricing.rules import PriceDraft
from salesoffice.pricing.services import publish_prices, set_limits
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from tests.changes.people import set_floor
from tests.changes.sales import approve, ask, contract, require_approval
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_buyer, make_draft
from tests.support.faults import list_breaches

TWO, FIVE = {"kind": "percentage", "value": "0.98"}, {"kind": "percentage", "value": "0.95"}
FIFTY = {"kind": "amount", "value": "5000000"}


def sell_million(session: Session, office: Office) -> Subscription:
    """Sell unit 102 with a list price of 1,000,000.00 yuan in full."""
    unit = office.units[1]
    draft = PriceDraft(PriceBasis.UNIT, 11_111_11, None, 1_000_000_00, None)
    publish_prices(
        session,
        office.project.id,
        actor=office.actor(office.manager),
        prices={unit.id: draft},
        source="test",
    )
    terms = SubscriptionTerms(
        customer_ids=(make_buyer(session, office).id,),
        plan=PlanKind.FULL,
        deposit=50_000_00,
        signed_on=clock.business_today(),
    )
    return sign_subscription(session, unit, actor=office.actor(office.assistant), terms=terms)


@pytest.mark.parametrize(
    ("steps", "total"),
    [
        ([TWO, FIFTY, FIVE], 883_500_00),
        ([TWO, FIVE, FIFTY], 881_000_00),
        ([FIFTY, TWO, FIVE], 884_450_00),
    ],
)
def test_price_follows_the_order_of_the_discounts(
    app: Flask, do: Do, office: Office, steps: list[dict[str, str]], total: int
) -> None:
    sale = do(lambda s: sell_million(s, office))

    change = do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, discounts=steps))

    with app.test_request_context():
        account = db.session.get_one(Account, sale.deal.account_id)
        found = db.session.get_one(Subscription, sale.id)
    assert (account.total_amount, found.total_amount) == (total, total)
    assert json.loads(found.discounts)[-1]["after"] == total
    assert (change.amount_effect, change.measure) == (total - 1_000_000_00, 1_000_000_00 - total)
    assert list_breaches(app) == []


def test_agreed_total_becomes_one_step_and_reaches_the_contract(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    made = do(lambda s: contract(s, office, s.get_one(Subscription, sale.id)))

    do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, total_fen=880_000_00))

    with app.test_request_context():
        found = db.session.get_one(Contract, made.id)
        rows = [row.amount for row in list_open_instalments(db.session(), sale.deal.account_id or 0)]
        steps = json.loads(db.session.get_one(Subscription, sale.id).discounts)
    assert found.total_amount == 880_000_00
    assert rows == [50_000_00, 220_000_00, 610_000_00]
    assert [(step["kind"], step["value"], bool(step["name"])) for step in steps] == [
        ("amount", "2000000", True)
    ]
    assert list_breaches(app) == []


def test_price_above_the_filed_price_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    do(
        lambda s: set_limits(
            s,
            office.project.id,
            actor=office.actor(office.manager),
            layer=PriceLayer.FILED,
            totals={office.units[0].id: 900_000_00},
            effective_on=clock.business_today(),
            source="test",
        )
    )

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, total_fen=900_000_01))

    assert (refusal.value.code, refusal.value.errors[0].field) == ("above_filed_price", "total_fen")


def test_price_below_the_floor_is_never_made_silently(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda s: set_floor(s, office, office.units[0].id, 890_000_00))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, total_fen=880_000_00))
    do(lambda s: require_approval(s, office, ChangeKind.PRICE))
    change = do(
        lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, by=office.assistant, total_fen=880_000_00)
    )
    waiting = change.state
    do(lambda s: approve(s, office, change))

    with app.test_request_context():
        account = db.session.get_one(Account, sale.deal.account_id)
    assert refusal.value.code == "approval_missing"
    assert (waiting, change.measure, change.floor_effect) == (ChangeState.REQUESTED, 10_000_00, -10_000_00)
    assert account.total_amount == 880_000_00
    assert list_breaches(app) == []


def test_discount_beyond_the_authority_is_never_made_silently(
    do: Do, office: Office, sale: Subscription
) -> None:
    limits = {Role.MANAGER: Decimal("0.01")}
    do(lambda s: set_authorities(s, office.project.id, actor=office.actor(office.executive), limits=limits))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, discounts=[TWO]))

    assert refusal.value.code == "approval_missing"


def test_deposit_above_a_fifth_of_the_new_price_is_refused(
    do: Do, office: Office, sale: Subscription
) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, total_fen=249_999_99))

    assert (refusal.value.code, refusal.value.errors[0].field) == ("deposit_too_high", "total_fen")


def test_price_waits_for_a_draft(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: make_draft(s, office, s.get_one(Subscription, sale.id)))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, total_fen=880_000_00))

    assert refusal.value.code == "wrong_state"


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({}, "discounts"),
        ({"total_fen": 900_000_00}, "total_fen"),
        ({"total_fen": 0}, "total_fen"),
        ({"total_fen": "880000"}, "total_fen"),
        ({"total_fen": 900_000_01}, "total_fen"),
        ({"total_fen": 880_000_00, "discounts": [TWO]}, "total_fen"),
        ({"discounts": "2 %"}, "discounts"),
        ({"discounts": [{"kind": "gift", "value": "1"}]}, "discounts"),
        ({"discounts": [{"kind": "percentage", "value": "2"}]}, "discounts"),
        ({"discounts": [TWO] * 6}, "discounts"),
        ({"scheme_ids": ["x"]}, "scheme_ids"),
    ],
)
def test_price_with_wrong_terms_is_refused_by_the_field(
    do: Do, office: Office, sale: Subscription, terms: dict[str, Any], field: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, **terms))

    assert refusal.value.errors[0].field == field


def test_change_overtaken_by_another_one_is_stale(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: require_approval(s, office, ChangeKind.PRICE))
    waiting = do(
        lambda s: ask(s, office, sale.deal, ChangeKind.PRICE, by=office.assistant, total_fen=880_000_00)
    )

    do(lambda s: ask(s, office, sale.deal, ChangeKind.SCHEDULE, payment_plan="full"))

    assert do(lambda s: s.get_one(type(waiting), waiting.id).state) is ChangeState.STALE
