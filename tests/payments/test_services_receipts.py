"""Receipts: recorded, confirmed by another person, refused, reversed."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput, SelfApproval, WrongState
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import PaymentMethod, ReceiptKind, ReceiptState
from salesoffice.payments.models import Account, Allocation, Instalment, Receipt
from salesoffice.payments.queries import balance, confirmed_amount, find_breaches
from salesoffice.payments.services import (
    confirm_receipt,
    end_account,
    record_receipt,
    refuse_receipt,
    request_refund,
    reverse_receipt,
)
from salesoffice.payments.services.receipts import DuplicateReceipt
from salesoffice.payments.services.refunds import approve_refund
from salesoffice.payments.services.reversing import MoneyPaidBack
from tests.factories import Office

Receive = Callable[..., Receipt]


def paid_by_position(session: Session, account: Account) -> list[int]:
    rows = (
        select(Instalment.paid_amount)
        .where(Instalment.account_id == account.id)
        .order_by(Instalment.position)
    )
    return list(session.scalars(rows))


def test_recorded_receipt_has_the_next_number_and_pays_nothing(
    session: Session, account: Account, receive: Receive
) -> None:
    first, second = receive(50_000_00, slip_no="A1"), receive(20_000_00, slip_no="A2")

    assert (first.number, second.number) == ("SJ000001", "SJ000002")
    assert first.state is ReceiptState.RECORDED
    assert confirmed_amount(session, account.id) == 0
    assert paid_by_position(session, account) == [0, 0, 0]


def test_refused_record_gives_its_number_back(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    tomorrow = clock.business_today() + timedelta(days=1)

    with pytest.raises(InvalidInput) as refusal, transaction() as writing:
        record_receipt(
            writing, account, actor=office.actor(office.assistant), kind=ReceiptKind.DEPOSIT,
            method=PaymentMethod.CASH, amount=1_00, received_on=tomorrow,
        )  # fmt: skip

    assert [problem.field for problem in refusal.value.errors] == ["received_on"]
    assert receive(50_000_00).number == "SJ000001"


@pytest.mark.parametrize("amount", [0, -1])
def test_amount_that_is_not_positive_is_refused(session: Session, receive: Receive, amount: int) -> None:
    with pytest.raises(InvalidInput):
        receive(amount)


def test_same_money_twice_is_refused_by_name(session: Session, receive: Receive) -> None:
    receive(50_000_00)

    with pytest.raises(DuplicateReceipt) as refusal:
        receive(50_000_00)

    assert refusal.value.values == {"number": "SJ000001"}


def test_slip_that_was_used_is_refused_even_when_confirmed(session: Session, receive: Receive) -> None:
    receive(50_000_00, slip_no="778812", confirmed=True)

    with pytest.raises(DuplicateReceipt):
        receive(50_000_00, ReceiptKind.DOWN_PAYMENT, slip_no="778812")


def test_confirmed_receipt_pays_the_oldest_instalments_first(
    session: Session, account: Account, receive: Receive
) -> None:
    receipt = receive(120_000_00, confirmed=True)

    assert (receipt.state, receipt.confirmed_on) == (ReceiptState.CONFIRMED, clock.business_today())
    assert paid_by_position(session, account) == [50_000_00, 70_000_00, 0]
    assert balance(session, account, clock.business_today()).paid == 120_000_00
    assert list(find_breaches(session)) == []


def test_loan_pays_the_loan_only(session: Session, account: Account, receive: Receive) -> None:
    receive(630_000_00, ReceiptKind.MORTGAGE, confirmed=True)

    assert paid_by_position(session, account) == [0, 0, 630_000_00]


def test_own_money_beyond_the_schedule_is_shown_as_surplus(
    session: Session, account: Account, receive: Receive
) -> None:
    receive(300_000_00, confirmed=True)

    drawn = balance(session, account, clock.business_today())
    assert paid_by_position(session, account) == [50_000_00, 220_000_00, 0]
    assert (drawn.paid, drawn.surplus, drawn.outstanding) == (300_000_00, 30_000_00, 630_000_00)


def test_money_on_behalf_pays_no_instalment(session: Session, account: Account, receive: Receive) -> None:
    receive(9_000_00, ReceiptKind.DEED_TAX, confirmed=True)

    drawn = balance(session, account, clock.business_today())
    assert (drawn.paid, drawn.other, confirmed_amount(session, account.id)) == (0, 9_000_00, 9_000_00)
    assert paid_by_position(session, account) == [0, 0, 0]


def test_recorder_cannot_confirm(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receipt = receive(50_000_00)

    with pytest.raises(SelfApproval), transaction() as writing:
        confirm_receipt(writing, receipt, actor=office.actor(office.assistant))

    assert confirmed_amount(session, account.id) == 0


def test_database_refuses_a_confirmation_by_the_recorder(
    session: Session, office: Office, receive: Receive
) -> None:
    receipt = receive(50_000_00)

    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(
            update(Receipt)
            .where(Receipt.id == receipt.id)
            .values(
                state=ReceiptState.CONFIRMED, confirmed_at=clock.now(), confirmed_by_id=office.assistant.id
            )
        )


def test_confirming_twice_is_refused_and_counts_once(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receipt = receive(50_000_00, confirmed=True)

    with pytest.raises(WrongState), transaction() as writing:
        confirm_receipt(writing, receipt, actor=office.actor(office.finance))

    assert confirmed_amount(session, account.id) == 50_000_00


def test_refused_receipt_keeps_number_and_reason(session: Session, office: Office, receive: Receive) -> None:
    receipt = receive(50_000_00)

    with transaction() as writing:
        refuse_receipt(
            writing, receipt, actor=office.actor(office.finance), reason="not on the bank statement"
        )

    assert (receipt.state, receipt.refused_reason) == (ReceiptState.REFUSED, "not on the bank statement")
    assert receive(50_000_00).number == "SJ000002"
    assert list(find_breaches(session)) == []


def test_refusal_without_reason_is_refused(session: Session, office: Office, receive: Receive) -> None:
    receipt = receive(50_000_00)

    with pytest.raises(InvalidInput), transaction() as writing:
        refuse_receipt(writing, receipt, actor=office.actor(office.finance), reason="  ")


def test_reversal_is_a_new_negative_row_that_opens_what_was_paid(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receipt = receive(120_000_00, confirmed=True)

    with transaction() as writing:
        reversal = reverse_receipt(writing, receipt, actor=office.actor(office.finance), reason="wrong buyer")

    assert (reversal.number, reversal.amount, reversal.reverses_id) == ("SJ000002", -120_000_00, receipt.id)
    assert (receipt.state, receipt.amount) == (ReceiptState.REVERSED, 120_000_00)
    assert paid_by_position(session, account) == [0, 0, 0]
    assert sorted(session.scalars(select(Allocation.amount))) == [
        -70_000_00,
        -50_000_00,
        50_000_00,
        70_000_00,
    ]
    assert confirmed_amount(session, account.id) == 0
    assert list(find_breaches(session)) == []


def test_reversal_lets_surplus_money_pay_what_is_open_again(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    first = receive(270_000_00, slip_no="1", confirmed=True)
    receive(60_000_00, slip_no="2", confirmed=True)

    with transaction() as writing:
        reverse_receipt(writing, first, actor=office.actor(office.finance), reason="recorded twice")

    assert paid_by_position(session, account) == [50_000_00, 10_000_00, 0]
    assert list(find_breaches(session)) == []


def test_reversal_lets_surplus_money_pay_more_of_what_it_paid_in_part(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    first = receive(260_000_00, slip_no="1", confirmed=True)
    receive(80_000_00, slip_no="2", confirmed=True)

    with transaction() as writing:
        reverse_receipt(writing, first, actor=office.actor(office.finance), reason="recorded twice")

    drawn = balance(session, account, clock.business_today())
    assert paid_by_position(session, account) == [50_000_00, 30_000_00, 0]
    assert (drawn.paid, drawn.surplus, drawn.outstanding) == (80_000_00, 0, 820_000_00)
    assert list(find_breaches(session)) == []


def test_database_refuses_a_slip_that_was_used(session: Session, office: Office, receive: Receive) -> None:
    receipt = receive(50_000_00, slip_no="1")

    with pytest.raises(IntegrityError), transaction() as writing:
        writing.add(
            Receipt(
                project_id=office.project.id, account_id=receipt.account_id, number="SJ000002",
                kind=receipt.kind, method=receipt.method, amount=receipt.amount, slip_no="1",
                received_on=receipt.received_on, recorded_at=clock.now(), recorded_by_id=office.assistant.id,
            )
        )  # fmt: skip


def test_reversing_twice_and_reversing_a_reversal_are_refused(
    session: Session, office: Office, receive: Receive
) -> None:
    receipt = receive(50_000_00, confirmed=True)
    with transaction() as writing:
        reversal = reverse_receipt(writing, receipt, actor=office.actor(office.finance), reason="wrong buyer")

    for target in (receipt, reversal):
        with pytest.raises(WrongState), transaction() as writing:
            reverse_receipt(writing, target, actor=office.actor(office.finance), reason="again")


def test_money_that_was_paid_back_cannot_be_reversed(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receipt = receive(50_000_00, confirmed=True)
    with transaction() as writing:
        refund = request_refund(
            writing, account, actor=office.actor(office.assistant), amount=1_00, reason="change"
        )
        approve_refund(writing, refund, actor=office.actor(office.finance))

    with pytest.raises(MoneyPaidBack), transaction() as writing:
        reverse_receipt(writing, receipt, actor=office.actor(office.finance), reason="wrong buyer")


def test_ended_account_takes_no_more_money(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    with transaction() as writing:
        end_account(writing, account, actor=office.actor(office.manager))

    with pytest.raises(WrongState):
        receive(50_000_00)


def test_receipt_kept_from_before_the_end_is_confirmed_and_waits_for_its_refund(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receipt = receive(50_000_00)
    with transaction() as writing:
        end_account(writing, account, actor=office.actor(office.manager))
        confirm_receipt(writing, receipt, actor=office.actor(office.finance))

    drawn = balance(session, account, clock.business_today())

    assert (drawn.paid, drawn.surplus, drawn.due, drawn.overdue) == (50_000_00, 50_000_00, 0, 0)
    assert list(find_breaches(session)) == []
