"""After a forfeiture: the same deal goes on, or some of the deposit is given back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM
from salesoffice.deals.enums import ClaimEnd, ClaimKind, DealState, UnitState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import unit_state
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import place_overlay, release_unit
from salesoffice.payments.enums import AccountState
from salesoffice.payments.models import Account
from salesoffice.payments.queries import balance
from salesoffice.payments.services import approve_refund, request_refund
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import place_hold
from tests.changes.sales import ask, contract
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import list_breaches


@pytest.fixture
def forfeited(do: Do, office: Office, sale: Subscription) -> Subscription:
    """The sale, forfeited with its deposit of 50,000.00 yuan."""
    do(lambda session: ask(session, office, sale.deal, ChangeKind.FORFEITURE))
    return sale


def revive(session: Session, office: Office, sale: Subscription, days: int = 7) -> Change:
    day = clock.business_today() + timedelta(days=days)
    return ask(session, office, sale.deal, ChangeKind.REVIVAL, sign_by=day.isoformat())


def refusal_of(do: Do, change: Callable[[Session], object]) -> str:
    with pytest.raises(DomainError) as caught:
        do(change)
    return caught.value.code


def test_revived_sale_goes_on_under_its_number_with_its_money(
    app: Flask, session: Session, do: Do, office: Office, forfeited: Subscription
) -> None:
    made = do(lambda w: revive(w, office, forfeited))

    deal = session.get_one(Deal, forfeited.deal_id)
    account = session.get_one(Account, deal.account_id)
    rows = session.scalars(select(Subscription).order_by(Subscription.id)).all()
    claims = session.execute(select(Claim.kind, Claim.end_kind).order_by(Claim.id)).all()
    drawn = balance(session, account, clock.business_today())
    assert (deal.number, deal.state, made.amount_effect) == ("D000001", DealState.OPEN, 900_000_00)
    assert [(row.number, row.state, row.replaces_id) for row in rows] == [
        ("RG000001", SubscriptionState.FORFEITED, None),
        ("RG000002", SubscriptionState.ACTIVE, rows[0].id),
    ]
    assert (rows[1].total_amount, rows[1].deposit_amount) == (900_000_00, 50_000_00)
    assert rows[1].sign_by == clock.business_today() + timedelta(days=7)
    assert [tuple(row) for row in claims] == [
        (ClaimKind.SUBSCRIPTION, ClaimEnd.FORFEIT),
        (ClaimKind.SUBSCRIPTION, None),
    ]
    assert (account.state, account.retained_amount, drawn.paid, drawn.outstanding) == (
        AccountState.OPEN, 0, 50_000_00, 850_000_00,
    )  # fmt: skip
    assert unit_state(session, session.get_one(Unit, office.units[0].id)) is UnitState.SUBSCRIBED
    assert list_breaches(app) == []


def test_forfeited_contract_is_revived_as_a_subscription_and_signed_again(
    app: Flask, session: Session, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda w: contract(w, office, w.get_one(Subscription, sale.id)))
    do(lambda w: ask(w, office, sale.deal, ChangeKind.FORFEITURE))

    do(lambda w: revive(w, office, sale))
    latest = session.scalars(select(Subscription).order_by(Subscription.id.desc())).first()
    assert latest is not None
    session.rollback()
    do(lambda w: contract(w, office, w.get_one(Subscription, latest.id)))

    claim = session.scalars(select(Claim).where(Claim.closed_at.is_(None))).one()
    assert (claim.kind, claim.deal_id) == (ClaimKind.CONTRACT, sale.deal_id)
    assert list_breaches(app) == []


def test_revival_of_a_unit_that_is_held_again_is_refused(
    do: Do, office: Office, forfeited: Subscription
) -> None:
    def hold(session: Session) -> None:
        unit = session.get_one(Unit, office.units[0].id)
        release_unit(session, unit, actor=office.actor(office.manager))
        place_hold(session, unit, actor=office.actor(office.rep))

    do(hold)

    assert refusal_of(do, lambda w: revive(w, office, forfeited)) == "unit_taken"


def test_revival_of_a_unit_under_an_overlay_is_refused(
    do: Do, office: Office, forfeited: Subscription
) -> None:
    do(
        lambda w: place_overlay(
            w, w.get_one(Unit, office.units[0].id), actor=SYSTEM, kind=OverlayKind.SEIZED,
            since_on=clock.business_today(), reference="C1",
        )
    )  # fmt: skip

    assert refusal_of(do, lambda w: revive(w, office, forfeited)) == "unit_overlaid"


@pytest.mark.parametrize("days", [-1, 400])
def test_revival_with_a_day_that_cannot_be_is_refused(
    do: Do, office: Office, forfeited: Subscription, days: int
) -> None:
    assert refusal_of(do, lambda w: revive(w, office, forfeited, days)) == "sign_by_invalid"


def test_sale_that_goes_on_is_not_revived(do: Do, office: Office, sale: Subscription) -> None:
    assert refusal_of(do, lambda w: revive(w, office, sale)) == "wrong_state"


def test_revival_twice_is_refused(do: Do, office: Office, forfeited: Subscription) -> None:
    do(lambda w: revive(w, office, forfeited))

    assert refusal_of(do, lambda w: revive(w, office, forfeited)) == "wrong_state"


def test_part_of_the_deposit_is_given_back_after_the_forfeiture(
    app: Flask, session: Session, do: Do, office: Office, forfeited: Subscription
) -> None:
    made = do(
        lambda w: ask(w, office, forfeited.deal, ChangeKind.REFUND_AFTER_FORFEITURE, amount_fen=30_000_00)
    )

    def pay_back(writing: Session) -> None:
        account = writing.get_one(Account, forfeited.deal.account_id)
        refund = request_refund(
            writing, account, actor=office.actor(office.assistant), amount=30_000_00, reason="挞定退款"
        )
        approve_refund(writing, refund, actor=office.actor(office.finance))

    state = session.get_one(Account, forfeited.deal.account_id).state
    session.rollback()
    do(pay_back)

    account = session.get_one(Account, forfeited.deal.account_id)
    assert (made.state, state) == (ChangeState.APPLIED, AccountState.SETTLING)
    assert (account.retained_amount, account.refunded_amount, account.state) == (
        20_000_00, 30_000_00, AccountState.CLOSED,
    )  # fmt: skip
    assert list_breaches(app) == []


@pytest.mark.parametrize("amount", [0, 50_000_01])
def test_more_than_is_kept_is_not_given_back(
    do: Do, office: Office, forfeited: Subscription, amount: int
) -> None:
    code = refusal_of(
        do,
        lambda w: ask(w, office, forfeited.deal, ChangeKind.REFUND_AFTER_FORFEITURE, amount_fen=amount),
    )

    assert code == "invalid"
