"""Provisional orders: signed, cancelled, expired, turned into a subscription."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput, WrongState
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimEnd, ClaimKind, DealState, UnitState
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_claim_of_deal, find_open_claim, unit_state
from salesoffice.deals.rules import UnitTaken
from salesoffice.inventory.models import Permit
from salesoffice.payments.enums import AccountKind, AccountState, PaymentMethod, ReceiptKind, ReceiptState
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.queries import balance
from salesoffice.payments.queries import find_breaches as find_money_breaches
from salesoffice.payments.services import carry_to_deposit, confirm_receipt, record_receipt
from salesoffice.reservations.enums import HoldState, ProvisionalState
from salesoffice.reservations.models import Hold, ProvisionalOrder
from salesoffice.reservations.rules import DepositTooHigh, OrderExpired
from salesoffice.reservations.services import (
    SubscriptionTerms,
    cancel_provisional,
    expire_holds,
    place_hold,
    sign_provisional,
    sign_subscription,
)
from tests.conftest import Do
from tests.factories import Office

AMOUNT = 10_000_00
Order = Callable[..., ProvisionalOrder]


@pytest.fixture
def order(do: Do, office: Office, buyer: Customer) -> Order:
    """Order unit 101 provisionally for the buyer."""

    def sign(**changes: Any) -> ProvisionalOrder:
        terms: dict[str, Any] = {
            "customer_id": buyer.id,
            "amount": AMOUNT,
            "signed_on": clock.business_today(),
        } | changes
        subject = terms.pop("subject", office.units[0])
        actor = terms.pop("actor", office.actor(office.assistant))
        return do(lambda session: sign_provisional(session, subject, actor=actor, **terms))

    return sign


@pytest.fixture
def pay(do: Do, office: Office) -> Callable[..., Receipt]:
    """Take the money of an order; finance confirms it unless told not to."""

    def take(made: ProvisionalOrder, amount: int = AMOUNT, *, is_confirmed: bool = True) -> Receipt:
        def write(session: Session) -> Receipt:
            account = session.get_one(Account, made.deal.account_id)
            receipt = record_receipt(
                session,
                account,
                actor=office.actor(office.assistant),
                kind=ReceiptKind.PROVISIONAL,
                method=PaymentMethod.POS,
                amount=amount,
                received_on=clock.business_today(),
                slip_no="S-1",
            )
            if is_confirmed:
                confirm_receipt(session, receipt, actor=office.actor(office.finance))
            return receipt

        return do(write)

    return take


def test_order_keeps_unit_price_and_opens_an_earnest_account(
    session: Session, office: Office, buyer: Customer, order: Order, breaches: Callable[[], list[str]]
) -> None:
    made = order()

    claim = find_open_claim(session, made.unit_id)
    account = session.get_one(Account, made.deal.account_id)
    end = clock.business_day_of(made.expires_at)
    assert (made.number, made.state, made.list_total_amount, made.rep_id) == (
        "XD000001", ProvisionalState.OPEN, 900_000_00, office.rep.id,
    )  # fmt: skip
    assert claim is not None
    assert (claim.kind, claim.document_id, claim.expires_at) == (
        ClaimKind.PROVISIONAL, made.id, made.expires_at,
    )  # fmt: skip
    assert end - clock.business_today() == timedelta(days=office.project.provisional_days)
    assert unit_state(session, office.units[0]) is UnitState.PROVISIONAL
    assert (account.kind, account.total_amount, account.instalments) == (AccountKind.EARNEST, AMOUNT, [])
    assert [row.customer_id for row in made.deal.buyers] == [buyer.id]
    assert [*breaches(), *find_money_breaches(session)] == []


def test_order_out_of_a_hold_keeps_deal_and_price(
    session: Session, office: Office, hold: Hold, order: Order, breaches: Callable[[], list[str]]
) -> None:
    made = order(subject=hold)

    assert (made.deal_id, made.unit_price_id) == (hold.deal_id, hold.unit_price_id)
    assert session.get_one(Hold, hold.id).state is HoldState.CONVERTED
    assert len(session.scalars(select(Claim)).all()) == 1
    assert breaches() == []


def test_second_order_is_refused(order: Order) -> None:
    order()

    with pytest.raises(UnitTaken):
        order()


def test_order_of_a_unit_held_for_another_customer_is_refused(
    office: Office, hold: Hold, other_buyer: Customer, order: Order
) -> None:
    with pytest.raises(UnitTaken):
        order(customer_id=other_buyer.id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"days": 0}, "days"),
        ({"days": 4}, "days"),
        ({"signed_on": clock.business_today() + timedelta(days=1)}, "signed_on"),
        ({"signed_on": clock.business_today() - timedelta(days=4)}, "signed_on"),
        ({"customer_id": 999}, "customer_id"),
    ],
)
def test_order_with_wrong_entries_is_refused(order: Order, changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        order(**changes)

    assert [problem.field for problem in refusal.value.errors] == [field]


def test_order_above_the_limit_of_deposits_is_refused(order: Order) -> None:
    with pytest.raises(DepositTooHigh):
        order(amount=180_000_01)


def test_order_before_the_permit_is_refused(do: Do, office: Office, order: Order) -> None:
    def postpone(session: Session) -> None:
        permit = session.scalars(select(Permit).where(Permit.project_id == office.project.id)).one()
        permit.issued_on = clock.business_today()

    do(postpone)

    with pytest.raises(DomainError) as refusal:
        order(signed_on=clock.business_today() - timedelta(days=1))

    assert refusal.value.code == "permit_missing"


def test_house_money_on_the_account_of_an_order_is_refused(do: Do, office: Office, order: Order) -> None:
    made = order()

    def write(session: Session) -> Receipt:
        return record_receipt(
            session,
            session.get_one(Account, made.deal.account_id),
            actor=office.actor(office.assistant),
            kind=ReceiptKind.DEPOSIT,
            method=PaymentMethod.POS,
            amount=AMOUNT,
            received_on=clock.business_today(),
        )

    with pytest.raises(InvalidInput) as refusal:
        do(write)

    assert [problem.field for problem in refusal.value.errors] == ["kind"]


def test_cancelled_order_frees_the_unit_and_its_money_waits(
    session: Session,
    do: Do,
    office: Office,
    order: Order,
    pay: Callable[..., Receipt],
    breaches: Callable[[], list[str]],
) -> None:
    made = order()
    pay(made)

    do(
        lambda writing: cancel_provisional(
            writing, made, actor=office.actor(office.assistant), reason="customer chose another project"
        )
    )

    session.expire_all()
    fresh = session.get_one(ProvisionalOrder, made.id)
    claim = find_claim_of_deal(session, made.deal_id)
    assert (fresh.state, fresh.ended_on) == (ProvisionalState.CANCELLED, clock.business_today())
    assert claim is not None
    assert (claim.end_kind, fresh.deal.state) == (ClaimEnd.CANCEL, DealState.ENDED)
    assert fresh.deal.account is not None
    assert (fresh.deal.account.state, fresh.deal.account.refundable_amount) == (AccountState.SETTLING, AMOUNT)
    assert unit_state(session, office.units[0]) is UnitState.AVAILABLE
    assert [*breaches(), *find_money_breaches(session)] == []


def test_order_is_cancelled_once(do: Do, office: Office, order: Order) -> None:
    made, actor = order(), office.actor(office.assistant)
    do(lambda writing: cancel_provisional(writing, made, actor=actor, reason="mistake"))

    with pytest.raises(WrongState):
        do(lambda writing: cancel_provisional(writing, made, actor=actor, reason="mistake"))


def test_order_without_money_closes_its_account(
    session: Session, do: Do, office: Office, order: Order
) -> None:
    made, actor = order(), office.actor(office.assistant)

    do(lambda writing: cancel_provisional(writing, made, actor=actor, reason="mistake"))

    session.expire_all()
    assert session.get_one(Account, made.deal.account_id).state is AccountState.CLOSED


def test_order_expires_by_time_and_the_sweep_writes_it_down(
    session: Session,
    do: Do,
    office: Office,
    order: Order,
    pay: Callable[..., Receipt],
    breaches: Callable[[], list[str]],
) -> None:
    made = order()
    pay(made)

    with time_machine.travel(made.expires_at, tick=False):
        seen = unit_state(session, office.units[0])
        swept = do(expire_holds)

        assert (seen, swept, do(expire_holds)) == (UnitState.AVAILABLE, 1, 0)
        session.expire_all()
        fresh = session.get_one(ProvisionalOrder, made.id)
        assert (fresh.state, fresh.ended_on) == (
            ProvisionalState.EXPIRED, clock.business_day_of(made.expires_at),
        )  # fmt: skip
        assert fresh.deal.account is not None
        assert fresh.deal.account.state is AccountState.SETTLING
        assert [*breaches(), *find_money_breaches(session)] == []


def test_expired_order_is_taken_over_by_a_hold(
    session: Session, do: Do, office: Office, order: Order, other_buyer: Customer
) -> None:
    made = order()

    with time_machine.travel(made.expires_at + timedelta(hours=10), tick=False):
        placed = do(
            lambda writing: place_hold(writing, office.units[0], actor=office.actor(office.other_rep))
        )

        session.expire_all()
        assert placed.deal_id != made.deal_id
        assert session.get_one(ProvisionalOrder, made.id).state is ProvisionalState.EXPIRED


def test_expired_order_is_neither_cancelled_nor_converted(
    do: Do, office: Office, order: Order, terms: SubscriptionTerms
) -> None:
    made, actor = order(), office.actor(office.assistant)

    with time_machine.travel(made.expires_at + timedelta(hours=10), tick=False):
        for act in (
            lambda writing: cancel_provisional(writing, made, actor=actor, reason="late"),
            lambda writing: sign_subscription(writing, made, actor=actor, terms=terms),
        ):
            with pytest.raises(OrderExpired):
                do(act)


@pytest.mark.parametrize("by_unit", [True, False])
def test_converted_order_becomes_the_subscription_of_the_same_deal_with_its_money_as_deposit(
    session: Session,
    do: Do,
    office: Office,
    order: Order,
    pay: Callable[..., Receipt],
    terms: SubscriptionTerms,
    breaches: Callable[[], list[str]],
    by_unit: bool,
) -> None:
    made = order()
    paid = pay(made)
    subject = office.units[0] if by_unit else made

    signed = do(
        lambda writing: sign_subscription(writing, subject, actor=office.actor(office.assistant), terms=terms)
    )

    session.expire_all()
    account = session.get_one(Account, made.deal.account_id)
    claim = find_open_claim(session, made.unit_id)
    rows = [
        (row.kind, row.amount, row.state, row.method, row.slip_no)
        for row in session.scalars(select(Receipt).order_by(Receipt.id))
    ]
    drawn = balance(session, account, clock.business_today())
    assert (signed.deal_id, signed.deal.account_id) == (made.deal_id, account.id)
    assert session.get_one(ProvisionalOrder, made.id).state is ProvisionalState.CONVERTED
    assert claim is not None
    assert (claim.kind, claim.document_id, claim.expires_at) == (ClaimKind.SUBSCRIPTION, signed.id, None)
    assert (account.kind, account.total_amount, account.received_amount) == (
        AccountKind.PRICE, 900_000_00, AMOUNT,
    )  # fmt: skip
    assert rows == [
        (ReceiptKind.PROVISIONAL, AMOUNT, ReceiptState.REVERSED, PaymentMethod.POS, "S-1"),
        (ReceiptKind.PROVISIONAL, -AMOUNT, ReceiptState.CONFIRMED, PaymentMethod.CARRIED, "S-1"),
        (ReceiptKind.DEPOSIT, AMOUNT, ReceiptState.CONFIRMED, PaymentMethod.CARRIED, "S-1"),
    ]
    assert (paid.id, drawn.paid, drawn.instalments[0].paid, drawn.other) == (1, AMOUNT, AMOUNT, 0)
    assert [*breaches(), *find_money_breaches(session)] == []


def test_order_is_converted_for_its_own_customer_only(
    do: Do, office: Office, order: Order, other_buyer: Customer, terms: SubscriptionTerms
) -> None:
    made, actor = order(), office.actor(office.assistant)
    others = replace(terms, customer_ids=(other_buyer.id,))

    with pytest.raises(UnitTaken):
        do(lambda writing: sign_subscription(writing, office.units[0], actor=actor, terms=others))
    with pytest.raises(InvalidInput):
        do(lambda writing: sign_subscription(writing, made, actor=actor, terms=others))


def test_customer_of_the_order_may_be_the_second_buyer(
    session: Session,
    do: Do,
    office: Office,
    order: Order,
    buyer: Customer,
    other_buyer: Customer,
    terms: SubscriptionTerms,
) -> None:
    made, actor = order(), office.actor(office.assistant)
    both = replace(terms, customer_ids=(other_buyer.id, buyer.id))

    signed = do(lambda writing: sign_subscription(writing, made, actor=actor, terms=both))

    session.expire_all()
    assert [(row.position, row.customer_id) for row in signed.deal.buyers] == [
        (0, other_buyer.id),
        (1, buyer.id),
    ]


def test_money_confirmed_after_the_subscription_becomes_deposit_by_its_own_step(
    session: Session,
    do: Do,
    office: Office,
    order: Order,
    pay: Callable[..., Receipt],
    terms: SubscriptionTerms,
) -> None:
    made, actor = order(), office.actor(office.assistant)
    waiting = pay(made, is_confirmed=False)
    do(lambda writing: sign_subscription(writing, made, actor=actor, terms=terms))
    do(lambda writing: confirm_receipt(writing, waiting, actor=office.actor(office.finance)))

    carried = do(lambda writing: carry_to_deposit(writing, waiting, actor=actor, reason="deposit"))

    session.expire_all()
    assert (carried.kind, carried.carried_from_id) == (ReceiptKind.DEPOSIT, waiting.id)
    assert list(find_money_breaches(session)) == []
