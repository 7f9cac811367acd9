"""Refunds: asked for by one person, decided by another, never more than came in."""

from collections.abc import Callable

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import InvalidInput, SelfApproval, WrongState
from salesoffice.infra.db import transaction
from salesoffice.payments.enums import AccountState, RefundState
from salesoffice.payments.models import Account, Receipt, Refund
from salesoffice.payments.queries import balance, find_breaches
from salesoffice.payments.services import approve_refund, end_account, reject_refund, request_refund
from salesoffice.payments.services.refunds import DuplicateRefund, RefundTooHigh
from tests.factories import Office

Receive = Callable[..., Receipt]


def ask(office: Office, account: Account, amount: int, reason: str = "overpaid") -> Refund:
    with transaction() as session:
        return request_refund(
            session, account, actor=office.actor(office.assistant), amount=amount, reason=reason
        )


def approve(office: Office, refund: Refund) -> Refund:
    with transaction() as session:
        return approve_refund(session, refund, actor=office.actor(office.finance))


def test_refund_counts_only_when_approved(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(300_000_00, confirmed=True)
    refund = ask(office, account, 30_000_00)
    before = balance(session, account, clock.business_today())

    approve(office, refund)

    after = balance(session, account, clock.business_today())
    assert (refund.number, refund.state) == ("TK000001", RefundState.APPROVED)
    assert (before.paid, before.surplus, before.refunded) == (300_000_00, 30_000_00, 0)
    assert (after.paid, after.surplus, after.refunded) == (270_000_00, 0, 30_000_00)
    assert list(find_breaches(session)) == []


def test_refund_of_allocated_money_opens_what_would_have_paid_last(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(270_000_00, confirmed=True)

    approve(office, ask(office, account, 100_000_00))

    drawn = balance(session, account, clock.business_today())
    assert [line.paid for line in drawn.instalments] == [50_000_00, 120_000_00, 0]


def test_refund_above_confirmed_money_is_refused(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, slip_no="1", confirmed=True)
    receive(70_000_00, slip_no="2")

    with pytest.raises(RefundTooHigh) as refusal:
        ask(office, account, 50_000_01)

    assert refusal.value.values == {"amount_fen": 50_000_01, "limit_fen": 50_000_00}


def test_requests_that_wait_count_against_the_limit(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)
    ask(office, account, 30_000_00)

    with pytest.raises(RefundTooHigh) as refusal:
        ask(office, account, 20_000_01)

    assert refusal.value.values["limit_fen"] == 20_000_00


def test_same_request_twice_is_refused_by_name(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)
    ask(office, account, 10_000_00)

    with pytest.raises(DuplicateRefund):
        ask(office, account, 10_000_00)


@pytest.mark.parametrize(("amount", "reason"), [(0, "overpaid"), (-1, "overpaid"), (1_00, " ")])
def test_refund_without_amount_or_reason_is_refused(
    session: Session, office: Office, account: Account, amount: int, reason: str
) -> None:
    with pytest.raises(InvalidInput):
        ask(office, account, amount, reason)


def test_person_who_asked_cannot_decide(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)
    refund = ask(office, account, 10_000_00)

    for decide in (
        lambda writing: approve_refund(writing, refund, actor=office.actor(office.assistant)),
        lambda writing: reject_refund(writing, refund, actor=office.actor(office.assistant), reason="no"),
    ):
        with pytest.raises(SelfApproval), transaction() as writing:
            decide(writing)


def test_decided_refund_is_not_decided_again(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)
    refund = ask(office, account, 10_000_00)
    approve(office, refund)

    with pytest.raises(WrongState):
        approve(office, refund)

    assert balance(session, account, clock.business_today()).refunded == 10_000_00


def test_rejected_refund_keeps_the_reason_and_frees_the_limit(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)
    refund = ask(office, account, 50_000_00)

    with transaction() as writing:
        reject_refund(writing, refund, actor=office.actor(office.finance), reason="the deal goes on")

    assert (refund.state, refund.decision_comment) == (RefundState.REJECTED, "the deal goes on")
    assert ask(office, account, 50_000_00).number == "TK000002"


def test_database_refuses_to_give_back_more_than_came_in(
    session: Session, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)

    with pytest.raises(IntegrityError), transaction() as writing:
        writing.execute(update(Account).where(Account.id == account.id).values(refunded_amount=50_000_01))


def test_ended_account_is_closed_by_its_last_refund(
    session: Session, office: Office, account: Account, receive: Receive
) -> None:
    receive(50_000_00, confirmed=True)
    with transaction() as writing:
        ended = end_account(writing, account, actor=office.actor(office.manager))
    state_before = ended.state

    approve(office, ask(office, account, 50_000_00))

    assert (state_before, session.get_one(Account, account.id).state) == (
        AccountState.SETTLING,
        AccountState.CLOSED,
    )
    assert list(find_breaches(session)) == []


def test_ended_account_without_money_is_closed_at_once(
    session: Session, office: Office, account: Account
) -> None:
    with transaction() as writing:
        ended = end_account(writing, account, actor=office.actor(office.manager))

    assert ended.state is AccountState.CLOSED
    assert balance(session, account, clock.business_today()).instalments == ()
