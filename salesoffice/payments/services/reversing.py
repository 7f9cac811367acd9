"""Reversing: a confirmed receipt is taken back by a second row with the negative amount."""

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.payments.enums import PAYING_KINDS, PaymentMethod, ReceiptState
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.rules import check_receipt_step
from salesoffice.payments.services.accounts import close_if_settled
from salesoffice.payments.services.allocating import allocate_surplus, take_back_allocations
from salesoffice.payments.services.receipts import (
    audit_receipt,
    check_reason,
    lock_receipt,
    mark_confirmed,
    take_number,
)


class MoneyPaidBack(DomainError):
    """The money of a receipt was given back meanwhile, so the receipt cannot be reversed."""

    def __init__(self) -> None:
        super().__init__(
            _l("Part of this money has been paid back already; the receipt cannot be reversed any more."),
            code="money_paid_back",
        )


def reverse_receipt(session: Session, receipt: Receipt, *, actor: Actor, reason: str) -> Receipt:
    """Reverse a confirmed receipt by a new one with the negative amount, dated today; returns the new one.

    What it paid is open again. Refused: a missing reason, a receipt that is not confirmed or is itself a reversal
    (WrongState), money that was paid back meanwhile (MoneyPaidBack).
    """
    reason = check_reason(reason)
    account, receipt = lock_receipt(session, receipt)
    reversal = take_back(session, account, receipt, actor=actor, reason=reason, method=receipt.method)
    after: dict[str, object] = {"reason": reason, "reversal": reversal.number}
    audit_receipt(session, receipt, "receipt.reversed", actor, before=ReceiptState.CONFIRMED, after=after)
    return reversal


def take_back(
    session: Session, account: Account, receipt: Receipt, *, actor: Actor, reason: str, method: PaymentMethod
) -> Receipt:
    """Write the negative row of a confirmed receipt whose account is locked; refuses like `reverse_receipt`."""
    if receipt.reverses_id is not None:
        raise WrongState(_l("A reversal cannot be reversed; record the money again."))
    check_receipt_step(receipt.state, ReceiptState.REVERSED)
    if account.refundable_amount < receipt.amount:
        raise MoneyPaidBack
    reversal = _build_reversal(receipt, actor, reason, method)
    reversal.number = take_number(session, receipt.project_id)
    session.add(reversal)
    session.flush()
    receipt.state = ReceiptState.REVERSED
    receipt.reverse_reason = reason
    take_back_allocations(session, receipt, reversal)
    account.received_amount -= receipt.amount
    session.flush()
    if receipt.kind in PAYING_KINDS:
        allocate_surplus(session, account)
    close_if_settled(session, account)
    session.flush()
    return reversal


def _build_reversal(receipt: Receipt, actor: Actor, reason: str, method: PaymentMethod) -> Receipt:
    reversal = Receipt(
        project_id=receipt.project_id,
        account_id=receipt.account_id,
        kind=receipt.kind,
        method=method,
        amount=-receipt.amount,
        received_on=clock.business_today(),
        slip_no=receipt.slip_no,
        payer=receipt.payer,
        recorded_at=clock.now(),
        recorded_by_id=actor.id,
        reverses_id=receipt.id,
        reverse_reason=reason,
    )
    mark_confirmed(reversal, actor)
    return reversal
