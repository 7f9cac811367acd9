"""Registrations: made, renamed, given back, carried over to a sale; their money needs a permit."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, InvalidInput, WrongState
from salesoffice.customers.models import Customer
from salesoffice.infra.db import db
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Permit
from salesoffice.payments.enums import (
    AccountKind,
    AccountState,
    PaymentMethod,
    PlanKind,
    ReceiptKind,
    RefundState,
)
from salesoffice.payments.models import Account, Receipt, Refund
from salesoffice.payments.queries import balance
from salesoffice.payments.services import (
    approve_refund,
    carry_over,
    confirm_receipt,
    record_receipt,
    request_refund,
)
from salesoffice.payments.services.reversing import MoneyPaidBack
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.rules import (
    CategoryClosed,
    CategoryTaken,
    MoneyWaits,
    NothingToCarry,
    RegisteredAlready,
)
from salesoffice.registrations.services import (
    CategoryDetails,
    add_category,
    change_category,
    convert,
    give_back,
    register,
    rename,
)
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from tests.conftest import Do
from tests.factories import Office
from tests.factories.earnest import EARNEST, make_category, make_earnest_receipt, make_registration
from tests.factories.sales import make_sale
from tests.support.threads import run_together

Breaches = Callable[[], list[str]]


def test_queue_numbers_of_each_category_begin_at_one_without_gaps(
    session: Session,
    do: Do,
    office: Office,
    buyer: Customer,
    other_buyer: Customer,
    registration: Registration,
    breaches: Breaches,
) -> None:
    shops = do(lambda writing: make_category(writing, office, name="商铺", prefix="S", amount=50_000_00))
    second = do(lambda writing: make_registration(writing, office, registration.category, other_buyer))
    shop = do(lambda writing: make_registration(writing, office, shops, buyer))

    account = session.get_one(Account, registration.account_id)
    assert [item.number for item in (registration, second, shop)] == ["A0001", "A0002", "S0001"]
    assert (registration.rep_id, second.rep_id) == (office.rep.id, office.other_rep.id)
    assert (account.kind, account.total_amount, account.instalments) == (AccountKind.EARNEST, EARNEST, [])
    assert breaches() == []


def test_refused_registration_gives_its_number_back(
    do: Do, office: Office, category: RegistrationCategory, buyer: Customer, other_buyer: Customer
) -> None:
    def fail(session: Session) -> None:
        make_registration(session, office, category, buyer)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        do(fail)

    made = do(lambda session: make_registration(session, office, category, other_buyer))
    assert made.queue_number == 1


def test_customer_is_registered_once_in_a_category(
    do: Do, office: Office, category: RegistrationCategory, buyer: Customer, registration: Registration
) -> None:
    with pytest.raises(RegisteredAlready) as refusal:
        do(lambda session: make_registration(session, office, category, buyer))

    assert refusal.value.values == {"number": registration.number}


def test_closed_category_takes_nobody(
    do: Do, office: Office, category: RegistrationCategory, buyer: Customer
) -> None:
    details = CategoryDetails("住宅", EARNEST, is_open=False)
    do(
        lambda session: change_category(
            session, category, actor=office.actor(office.manager), details=details
        )
    )

    with pytest.raises(CategoryClosed):
        do(lambda session: make_registration(session, office, category, buyer))


@pytest.mark.parametrize(("days", "wants"), [(1, ""), (-400, ""), (0, "x" * 201)])
def test_registration_with_wrong_entries_is_refused(
    do: Do, office: Office, category: RegistrationCategory, buyer: Customer, days: int, wants: str
) -> None:
    with pytest.raises(InvalidInput):
        do(
            lambda session: register(
                session,
                category,
                actor=office.actor(office.assistant),
                customer_id=buyer.id,
                registered_on=clock.business_today() + timedelta(days=days),
                wants=wants,
            )
        )


@pytest.mark.parametrize(("name", "prefix"), [("住宅", "B"), ("商铺", "a")])
def test_name_and_letters_of_a_category_are_its_own(
    do: Do, office: Office, category: RegistrationCategory, name: str, prefix: str
) -> None:
    details = CategoryDetails(name, EARNEST)

    with pytest.raises(CategoryTaken):
        do(
            lambda session: add_category(
                session, office.project.id, actor=office.actor(office.manager), prefix=prefix, details=details
            )
        )


def test_two_at_once_get_two_numbers(
    app: Flask,
    session: Session,
    office: Office,
    category: RegistrationCategory,
    buyer: Customer,
    other_buyer: Customer,
    breaches: Breaches,
) -> None:
    def job(customer: Customer) -> Callable[[], None]:
        def run() -> None:
            make_registration(db.session(), office, category, customer)

        return run

    outcomes = run_together(app, job(buyer), job(other_buyer), job(buyer))

    numbers = sorted(session.scalars(select(Registration.number)))
    assert (outcomes, numbers) == (["done", "done", "registered_already"], ["A0001", "A0002"])
    assert breaches() == []


def test_earnest_money_before_any_permit_is_refused(
    do: Do, office: Office, registration: Registration
) -> None:
    def postpone(session: Session) -> None:
        permit = session.scalars(select(Permit).where(Permit.project_id == office.project.id)).one()
        permit.issued_on = clock.business_today() + timedelta(days=1)

    do(postpone)

    with pytest.raises(DomainError) as refusal:
        do(lambda session: make_earnest_receipt(session, office, registration.account))

    assert refusal.value.code == "permit_missing"


@pytest.mark.parametrize(
    ("kind", "method", "field"),
    [
        (ReceiptKind.DEPOSIT, PaymentMethod.CASH, "kind"),
        (ReceiptKind.EARNEST_MONEY, PaymentMethod.CARRIED, "method"),
    ],
)
def test_other_money_is_refused(
    do: Do, office: Office, registration: Registration, kind: ReceiptKind, method: PaymentMethod, field: str
) -> None:
    with pytest.raises(InvalidInput) as refusal:
        do(
            lambda session: record_receipt(
                session,
                registration.account,
                actor=office.actor(office.assistant),
                kind=kind,
                method=method,
                amount=EARNEST,
                received_on=clock.business_today(),
            )
        )

    assert [problem.field for problem in refusal.value.errors] == [field]


def test_earnest_money_is_no_house_money(
    session: Session, do: Do, office: Office, registration: Registration, breaches: Breaches
) -> None:
    do(lambda writing: make_earnest_receipt(writing, office, registration.account))
    do(lambda writing: make_earnest_receipt(writing, office, registration.account, 5_000_00))

    account = session.get_one(Account, registration.account_id)
    drawn = balance(session, account, clock.business_today())
    assert (account.received_amount, drawn.paid, drawn.other) == (25_000_00, 0, 25_000_00)
    assert breaches() == []


def test_renamed_registration_keeps_number_and_money(
    session: Session, do: Do, office: Office, registration: Registration, other_buyer: Customer
) -> None:
    do(lambda writing: make_earnest_receipt(writing, office, registration.account))

    do(
        lambda writing: rename(
            writing,
            registration,
            actor=office.actor(office.assistant),
            customer_id=other_buyer.id,
            reason="夫妻换名",
        )
    )

    session.expire_all()
    fresh = session.get_one(Registration, registration.id)
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "registration.renamed")).one()
    before, after = json.loads(entry.before), json.loads(entry.after)
    assert (fresh.number, fresh.customer_id, fresh.rep_id) == ("A0001", other_buyer.id, office.other_rep.id)
    assert (before["customer"], after["customer"], after["reason"]) == ("张*", "李*", "夫妻换名")
    assert fresh.account.received_amount == EARNEST


def test_renaming_to_the_same_customer_is_refused(
    do: Do, office: Office, registration: Registration, buyer: Customer
) -> None:
    actor = office.actor(office.assistant)

    with pytest.raises(RegisteredAlready):
        do(lambda session: rename(session, registration, actor=actor, customer_id=buyer.id, reason="x"))


def test_given_back_registration_asks_for_its_refund(
    session: Session, do: Do, office: Office, registration: Registration, breaches: Breaches
) -> None:
    do(lambda writing: make_earnest_receipt(writing, office, registration.account))

    do(
        lambda writing: give_back(
            writing, registration, actor=office.actor(office.assistant), reason="买了别处"
        )
    )

    session.expire_all()
    fresh = session.get_one(Registration, registration.id)
    refund = session.scalars(select(Refund)).one()
    assert (fresh.state, fresh.end_reason, fresh.account.state) == (
        RegistrationState.GIVEN_BACK, "买了别处", AccountState.SETTLING,
    )  # fmt: skip
    assert (refund.amount, refund.state) == (EARNEST, RefundState.REQUESTED)
    do(lambda writing: approve_refund(writing, refund, actor=office.actor(office.finance)))
    session.expire_all()
    assert session.get_one(Account, fresh.account_id).state is AccountState.CLOSED
    assert breaches() == []


def test_given_back_without_money_closes_the_account(
    session: Session, do: Do, office: Office, registration: Registration
) -> None:
    actor = office.actor(office.assistant)
    do(lambda writing: give_back(writing, registration, actor=actor, reason="放弃"))

    session.expire_all()
    account = session.get_one(Account, registration.account_id)
    assert (account.state, session.scalars(select(Refund)).all()) == (AccountState.CLOSED, [])
    with pytest.raises(WrongState):
        do(lambda writing: give_back(writing, registration, actor=actor, reason="再次"))


def test_money_that_waits_for_finance_comes_first(do: Do, office: Office, registration: Registration) -> None:
    do(lambda session: make_earnest_receipt(session, office, registration.account, is_confirmed=False))
    sale = do(lambda session: make_sale_of(session, office, registration))
    actor = office.actor(office.assistant)

    for act in (
        lambda session: give_back(session, registration, actor=actor, reason="x"),
        lambda session: convert(session, registration, sale.deal, actor=actor),
    ):
        with pytest.raises(MoneyWaits):
            do(act)


def make_sale_of(session: Session, office: Office, registration: Registration) -> Subscription:
    """Sign a subscription of unit 101 for the customer of a registration."""
    terms = SubscriptionTerms(
        (registration.customer_id,), PlanKind.MORTGAGE, 50_000_00, clock.business_today()
    )
    return sign_subscription(session, office.units[0], actor=office.actor(office.assistant), terms=terms)


def test_converted_registration_makes_its_money_the_deposit(
    session: Session, do: Do, office: Office, registration: Registration, breaches: Breaches
) -> None:
    do(lambda writing: make_earnest_receipt(writing, office, registration.account))
    do(lambda writing: make_earnest_receipt(writing, office, registration.account, 5_000_00))
    sale = do(lambda writing: make_sale_of(writing, office, registration))

    do(lambda writing: convert(writing, registration, sale.deal, actor=office.actor(office.assistant)))

    session.expire_all()
    fresh = session.get_one(Registration, registration.id)
    target = session.get_one(Account, sale.deal.account_id)
    drawn = balance(session, target, clock.business_today())
    carried = session.scalars(select(Receipt).where(Receipt.account_id == target.id)).all()
    assert (fresh.state, fresh.deal_id, fresh.account.state) == (
        RegistrationState.CONVERTED, sale.deal_id, AccountState.CLOSED,
    )  # fmt: skip
    assert [(row.kind, row.amount, row.method) for row in carried] == [
        (ReceiptKind.DEPOSIT, EARNEST, PaymentMethod.CARRIED),
        (ReceiptKind.DEPOSIT, 5_000_00, PaymentMethod.CARRIED),
    ]
    assert (drawn.paid, drawn.instalments[0].paid, fresh.account.received_amount) == (25_000_00, 25_000_00, 0)
    assert breaches() == []


def test_registration_without_confirmed_money_is_not_converted(
    do: Do, office: Office, registration: Registration
) -> None:
    sale = do(lambda session: make_sale_of(session, office, registration))

    with pytest.raises(NothingToCarry):
        do(lambda session: convert(session, registration, sale.deal, actor=office.actor(office.assistant)))


def test_registration_of_another_customer_is_not_converted(
    do: Do, office: Office, category: RegistrationCategory, other_buyer: Customer
) -> None:
    theirs = do(lambda session: make_registration(session, office, category, other_buyer))
    do(lambda session: make_earnest_receipt(session, office, theirs.account))
    sale = do(lambda session: make_sale(session, office))

    with pytest.raises(WrongState):
        do(lambda session: convert(session, theirs, sale.deal, actor=office.actor(office.assistant)))


def test_money_partly_paid_back_is_not_carried(do: Do, office: Office, registration: Registration) -> None:
    do(lambda session: make_earnest_receipt(session, office, registration.account))
    refund = do(
        lambda session: request_refund(
            session, registration.account, actor=office.actor(office.assistant), amount=1_00, reason="x"
        )
    )
    do(lambda session: approve_refund(session, refund, actor=office.actor(office.finance)))
    sale = do(lambda session: make_sale_of(session, office, registration))

    with pytest.raises(MoneyPaidBack):
        do(lambda session: convert(session, registration, sale.deal, actor=office.actor(office.assistant)))


def test_slip_of_carried_money_cannot_be_used_again(
    do: Do, office: Office, registration: Registration
) -> None:
    def take(session: Session) -> Receipt:
        return record_receipt(
            session,
            registration.account,
            actor=office.actor(office.assistant),
            kind=ReceiptKind.EARNEST_MONEY,
            method=PaymentMethod.POS,
            amount=EARNEST,
            received_on=clock.business_today(),
            slip_no="P-77",
        )

    first = do(take)
    do(lambda session: confirm_receipt(session, first, actor=office.actor(office.finance)))
    actor = office.actor(office.assistant)
    do(
        lambda session: carry_over(
            session,
            first,
            actor=actor,
            to_account=registration.account,
            kind=ReceiptKind.EARNEST_MONEY,
            reason="x",
        )
    )

    with pytest.raises(DomainError) as refusal:
        do(take)

    assert refusal.value.code == "receipt_duplicate"


def test_receipt_that_is_not_confirmed_is_not_carried(
    do: Do, office: Office, registration: Registration
) -> None:
    waiting = do(
        lambda session: make_earnest_receipt(session, office, registration.account, is_confirmed=False)
    )

    with pytest.raises(WrongState):
        do(
            lambda session: carry_over(
                session,
                waiting,
                actor=office.actor(office.assistant),
                to_account=registration.account,
                kind=ReceiptKind.EARNEST_MONEY,
                reason="x",
            )
        )


def test_database_refuses_a_converted_registration_without_its_sale(
    do: Do, registration: Registration
) -> None:
    def break_rule(session: Session) -> None:
        found = session.get_one(Registration, registration.id)
        found.state, found.ended_at = RegistrationState.CONVERTED, clock.now()
        session.flush()

    with pytest.raises(IntegrityError):
        do(break_rule)


def test_category_keeps_what_was_agreed_before(
    session: Session, do: Do, office: Office, registration: Registration
) -> None:
    details = CategoryDetails("住宅", 30_000_00)
    do(
        lambda writing: change_category(
            writing,
            registration.category,
            actor=office.actor(office.manager),
            details=replace(details, name="住宅一期"),
        )
    )

    session.expire_all()
    fresh = session.get_one(Registration, registration.id)
    assert (fresh.category.name, fresh.category.earnest_amount, fresh.account.total_amount) == (
        "住宅一期", 30_000_00, EARNEST,
    )  # fmt: skip
