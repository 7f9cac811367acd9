"""Swaps: the deal goes on with another unit, the money with it, all or nothing."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core.errors import DomainError
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.infra.db import db
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.payments.models import Account
from salesoffice.payments.services.accounts import list_open_instalments
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import join_waiting_list, place_hold, release_hold
from tests.changes.people import make_other, set_floor
from tests.changes.sales import approve, ask, contract, file, pay, require_approval
from tests.conftest import Do
from tests.factories import Office
from tests.support.faults import list_breaches


def test_swap_moves_the_deal_to_another_unit_under_its_number(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    change = do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[5].id))

    with app.test_request_context():
        session = db.session()
        deal = session.get_one(Deal, sale.deal_id)
        claims = session.execute(
            select(Claim.unit_id, Claim.kind, Claim.end_kind)
            .where(Claim.deal_id == deal.id)
            .order_by(Claim.id)
        ).all()
        agreements = session.execute(
            select(Subscription.number, Subscription.state, Subscription.unit_id).order_by(Subscription.id)
        ).all()
        old_unit = session.get_one(Unit, office.units[0].id)
    assert change.state is ChangeState.APPLIED
    assert (deal.number, deal.unit_id, deal.account_id) == (
        sale.deal.number,
        office.units[5].id,
        sale.deal.account_id,
    )
    assert [tuple(row) for row in claims] == [
        (office.units[0].id, ClaimKind.SUBSCRIPTION, ClaimEnd.SWAP),
        (office.units[5].id, ClaimKind.SUBSCRIPTION, None),
    ]
    assert [tuple(row) for row in agreements] == [
        ("RG000001", SubscriptionState.SWAPPED, office.units[0].id),
        ("RG000002", SubscriptionState.ACTIVE, office.units[5].id),
    ]
    assert old_unit.release_state is ReleaseState.WITHHELD
    assert list_breaches(app) == []


def test_swap_to_a_cheaper_unit_keeps_the_money_and_pays_the_new_schedule(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda s: pay(s, office, sale.deal, 300_000_00))

    change = do(
        lambda s: ask(
            s,
            office,
            sale.deal,
            ChangeKind.SWAP,
            unit_id=office.units[5].id,
            payment_plan="full",
            discounts=[{"kind": "amount", "value": "10000000", "name": "优惠"}],
            deposit_fen=40_000_00,
        )
    )

    with app.test_request_context():
        session = db.session()
        account = session.get_one(Account, sale.deal.account_id)
        paid = [(row.amount, row.paid_amount) for row in list_open_instalments(session, account.id)]
    assert (change.amount_effect, change.measure) == (-100_000_00, 100_000_00)
    assert (account.total_amount, account.received_amount) == (800_000_00, 350_000_00)
    assert paid == [(40_000_00, 40_000_00), (760_000_00, 310_000_00)]
    assert list_breaches(app) == []


def test_swap_ends_a_verified_contract_which_is_signed_anew(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda s: contract(s, office, s.get_one(Subscription, sale.id)))

    do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[5].id))

    with app.test_request_context():
        states = db.session.scalars(select(Contract.state)).all()
    second = do(
        lambda s: contract(
            s, office, s.scalars(select(Subscription).where(Subscription.unit_id == office.units[5].id)).one()
        )
    )
    assert states == [ContractState.SWAPPED]
    assert (second.state, second.unit_code) == (ContractState.VERIFIED, office.units[5].code)
    assert list_breaches(app) == []


def test_swap_of_a_filed_contract_asks_for_the_filing_to_be_withdrawn(
    do: Do, office: Office, sale: Subscription
) -> None:
    do(lambda s: file(s, office, s.get_one(Subscription, sale.id)))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[5].id))

    assert refusal.value.code == "wrong_state"


def test_swap_to_a_taken_unit_is_refused_by_its_field(do: Do, office: Office, sale: Subscription) -> None:
    do(lambda s: place_hold(s, s.get_one(Unit, office.units[5].id), actor=office.actor(office.manager)))

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[5].id))

    assert (refusal.value.code, refusal.value.errors[0].field) == ("unit_taken", "unit_id")


@pytest.mark.parametrize("unit", [None, "12", True, 0, 2**40])
def test_swap_to_what_is_no_unit_is_refused(do: Do, office: Office, sale: Subscription, unit: object) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=unit))

    assert (refusal.value.status, refusal.value.errors[0].field) == (422, "unit_id")


def test_swap_to_the_same_unit_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[0].id))

    assert refusal.value.errors[0].field == "unit_id"


def test_swap_with_a_deposit_above_a_fifth_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    with pytest.raises(DomainError) as refusal:
        do(
            lambda s: ask(
                s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[5].id, deposit_fen=180_000_01
            )
        )

    assert (refusal.value.code, refusal.value.errors[0].field) == ("deposit_too_high", "deposit_fen")


def test_swap_to_a_unit_somebody_waits_for_is_refused(do: Do, office: Office, sale: Subscription) -> None:
    def wait(session: Session) -> None:
        unit, manager = session.get_one(Unit, office.units[5].id), office.actor(office.manager)
        hold = place_hold(session, unit, actor=manager)
        waiting = make_other(session, office)
        join_waiting_list(session, unit, actor=office.actor(office.assistant), customer_id=waiting.id)
        release_hold(session, hold, actor=manager)

    do(wait)

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[5].id))

    assert (refusal.value.code, refusal.value.errors[0].field) == ("unit_taken", "unit_id")


def test_swap_below_the_floor_needs_a_chain(do: Do, office: Office, sale: Subscription) -> None:
    unit = office.units[5]
    do(lambda s: set_floor(s, office, unit.id, 890_000_00))
    terms: dict[str, Any] = {
        "unit_id": unit.id,
        "discounts": [{"kind": "amount", "value": "2000000", "name": "优惠"}],
    }

    with pytest.raises(DomainError) as refusal:
        do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, **terms))
    do(lambda s: require_approval(s, office, ChangeKind.SWAP))
    change = do(lambda s: ask(s, office, sale.deal, ChangeKind.SWAP, by=office.assistant, **terms))
    do(lambda s: approve(s, office, change))

    assert refusal.value.code == "approval_missing"
    assert change.floor_effect == -10_000_00


def test_swap_takes_accessories_along_that_are_named(
    app: Flask, do: Do, office: Office, sale: Subscription
) -> None:
    parking, storage = office.units[10], office.units[11]

    def prepare(session: Session) -> None:
        for unit in (parking, storage):
            session.get_one(Unit, unit.id).product = Product.PARKING

    do(prepare)
    first = do(
        lambda s: ask(
            s,
            office,
            sale.deal,
            ChangeKind.SWAP,
            unit_id=office.units[5].id,
            accessory_ids=[parking.id, storage.id],
        )
    )
    second = do(
        lambda s: ask(
            s, office, sale.deal, ChangeKind.SWAP, unit_id=office.units[6].id, accessory_ids=[parking.id]
        )
    )

    with app.test_request_context():
        session = db.session()
        open_units = session.scalars(
            select(Claim.unit_id).where(Claim.closed_at.is_(None)).order_by(Claim.unit_id)
        ).all()
        states = {unit.id: unit.release_state for unit in session.scalars(select(Unit))}
        total = session.scalar(select(Account.total_amount))
    assert (first.amount_effect, second.amount_effect) == (1_800_000_00, -900_000_00)
    assert open_units == [office.units[6].id, parking.id]
    assert states[parking.id] is ReleaseState.RELEASED
    assert states[storage.id] is ReleaseState.WITHHELD
    assert total == 1_800_000_00
    assert list_breaches(app) == []
