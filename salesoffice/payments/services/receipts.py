"""Receipts: recorded by one person, confirmed by another, reversed by a new row; never edited, never deleted."""

from datetime import date, timedelta
from typing import NotRequired, TypedDict, Unpack

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import (
    DomainError,
    FieldProblem,
    InvalidInput,
    NotFound,
    SelfApproval,
    Text,
    WrongState,
)
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.numbering import next_number
from salesoffice.payments.enums import (
    RECORDABLE_METHODS,
    REFUNDABLE_KINDS,
    AccountKind,
    PaymentMethod,
    ReceiptKind,
    ReceiptState,
)
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.rules import RECEIPT_SERIES, RECEIPT_TEMPLATE, check_receipt_step
from salesoffice.payments.services.accounts import check_account_open, close_if_settled, lock_account
from salesoffice.payments.services.allocating import allocate_receipt
from salesoffice.payments.signals import find_money_refusal
from salesoffice.undo.services import offer

_LONGEST_REASON = 200

OLDEST_MONEY = timedelta(days=366)
"""Money dated longer ago is a slip of the pen."""


class DuplicateReceipt(DomainError):
    """The same money is already recorded and waits for finance, or the slip was used before."""

    def __init__(self, number: str) -> None:
        message = _l(
            "This looks like receipt %(number)s again. If money really came twice, enter the number of its slip.",
            number=number,
        )
        super().__init__(message, code="receipt_duplicate", number=number)


class MoneyReceived(TypedDict):
    """What came in: `amount` in fen, `received_on` a business day, `slip_no` the bank's or terminal's number."""

    kind: ReceiptKind
    method: PaymentMethod
    amount: int
    received_on: date
    slip_no: NotRequired[str]
    payer: NotRequired[str]


def record_receipt(
    session: Session, account: Account, *, actor: Actor, **money: Unpack[MoneyReceived]
) -> Receipt:
    """Record money that reached the office (fen, business day); it counts as paid once finance confirms it.

    Takes the next number of the project's series. Refused: an amount of zero or less, a day in the future, a method
    that nobody can pay by, house money on an account for earnest money (InvalidInput), an account whose deal has ended
    (WrongState), the same money twice (DuplicateReceipt), money that no permit covered on that day (`permit_missing`).
    """
    _check_shape(money)
    account = lock_account(session, account.id)
    check_account_open(account)
    if account.kind is AccountKind.EARNEST and money["kind"] not in REFUNDABLE_KINDS:
        _refuse("kind", _l("This account takes earnest money only; there is no price yet."))
    refusal = find_money_refusal(session, account.id, money["received_on"])
    if refusal is not None:
        raise refusal
    number = take_number(session, account.project_id)  # now: the same slip for another account waits
    receipt = Receipt(
        number=number,
        project_id=account.project_id,
        account_id=account.id,
        kind=money["kind"],
        method=money["method"],
        amount=money["amount"],
        received_on=money["received_on"],
        slip_no=money.get("slip_no", "").strip(),
        payer=money.get("payer", "").strip(),
        state=ReceiptState.RECORDED,
        recorded_at=clock.now(),
        recorded_by_id=actor.id,
    )
    _check_not_twice(session, receipt)
    session.add(receipt)
    session.flush()
    audit_receipt(session, receipt, "receipt.recorded", actor)
    offer(
        session,
        project_id=receipt.project_id,
        actor=actor,
        action="receipt.recorded",
        subject_kind=Receipt.__tablename__,
        subject_id=receipt.id,
        data={"name": receipt.number},
    )
    return receipt


def confirm_receipt(session: Session, receipt: Receipt, *, actor: Actor) -> Receipt:
    """Confirm that the money arrived: from now on it counts as paid and pays the oldest amounts due.

    A lender's money pays loan instalments, the buyer's own the others; money on behalf pays none. What is more than
    is open stays on the account, unallocated. Refused: SelfApproval for the person who recorded it, WrongState when
    it is not waiting any more.
    """
    account, receipt = lock_receipt(session, receipt)
    check_receipt_step(receipt.state, ReceiptState.CONFIRMED)
    if receipt.recorded_by_id == actor.id:
        raise SelfApproval(_l("You recorded this receipt yourself; another person has to confirm it."))
    mark_confirmed(receipt, actor)
    account.received_amount += receipt.amount
    session.flush()
    paid = allocate_receipt(session, receipt)
    after: dict[str, object] = {"allocated": paid, "confirmed_on": receipt.confirmed_on}
    audit_receipt(session, receipt, "receipt.confirmed", actor, before=ReceiptState.RECORDED, after=after)
    return receipt


def refuse_receipt(session: Session, receipt: Receipt, *, actor: Actor, reason: str) -> Receipt:
    """Refuse a recorded receipt because the money is not there; its number stays used. A reason is required."""
    reason = check_reason(reason)
    account, receipt = lock_receipt(session, receipt)
    check_receipt_step(receipt.state, ReceiptState.REFUSED)
    receipt.state = ReceiptState.REFUSED
    receipt.refused_reason = reason
    close_if_settled(session, account)
    session.flush()
    after: dict[str, object] = {"reason": reason}
    audit_receipt(session, receipt, "receipt.refused", actor, before=ReceiptState.RECORDED, after=after)
    return receipt


def keep_document(session: Session, receipt: Receipt, *, actor: Actor, file_id: int) -> Receipt:
    """Keep the printed receipt; the first print stays for good, a second one is not stored."""
    _account, receipt = lock_receipt(session, receipt)
    check_printable(receipt)
    if receipt.document_id is None:
        receipt.document_id = file_id
        session.flush()
        audit_receipt(session, receipt, "receipt.printed", actor)
    return receipt


def check_printable(receipt: Receipt) -> None:
    """Refuse with WrongState to print a receipt for money that is not confirmed, or was taken back."""
    if receipt.state is not ReceiptState.CONFIRMED or receipt.reverses_id is not None:
        raise WrongState(_l("A receipt is printed only for money that finance has confirmed."))


def check_reason(reason: str) -> str:
    """Return a reason stripped; refuses an empty or a too long one with InvalidInput."""
    plain = reason.strip()
    if not plain:
        _refuse("reason", _l("Give the reason; it stays with the record."))
    if len(plain) > _LONGEST_REASON:
        _refuse("reason", _l("Please enter no more than %(max)d characters.", max=_LONGEST_REASON))
    return plain


def _refuse(field: str, message: Text) -> None:
    raise InvalidInput(message, [FieldProblem(field, message)])


def _check_shape(money: MoneyReceived) -> None:
    received_on = money["received_on"]
    if money["method"] not in RECORDABLE_METHODS:
        _refuse("method", _l("Money is carried over by its own step; it cannot be recorded."))
    if money["amount"] <= 0:
        _refuse("amount", _l("The amount received must be larger than zero."))
    if received_on > clock.business_today():
        _refuse("received_on", _l("Money cannot be received on a day in the future."))
    if received_on < clock.business_today() - OLDEST_MONEY:
        _refuse("received_on", _l("This day is more than a year ago. Check the year."))


def _check_not_twice(session: Session, receipt: Receipt) -> None:
    """A double click repeats everything; a slip pays once."""
    methods = (receipt.method, PaymentMethod.CARRIED)  # money that was carried over keeps its slip
    same = select(Receipt.number).where(Receipt.method.in_(methods), Receipt.amount == receipt.amount)
    if receipt.slip_no:
        same = same.where(
            Receipt.project_id == receipt.project_id,
            Receipt.slip_no == receipt.slip_no,
            Receipt.state.in_((ReceiptState.RECORDED, ReceiptState.CONFIRMED)),
        )
    else:
        same = same.where(
            Receipt.account_id == receipt.account_id,
            Receipt.kind == receipt.kind,
            Receipt.received_on == receipt.received_on,
            Receipt.slip_no == "",
            Receipt.state == ReceiptState.RECORDED,
        )
    number = session.scalars(same.order_by(Receipt.id).limit(1)).first()
    if number is not None:
        raise DuplicateReceipt(number)


def lock_receipt(session: Session, receipt: Receipt) -> tuple[Account, Receipt]:
    """Lock a receipt with its account until the transaction ends and return both fresh; raises NotFound."""
    account = lock_account(session, receipt.account_id)
    found = lock_rows(session, select(Receipt).where(Receipt.id == receipt.id))
    if not found:
        raise NotFound(_l("There is no such receipt."))
    return account, found[0]


def mark_confirmed(receipt: Receipt, actor: Actor) -> None:
    """Note that a person confirmed a receipt at this moment."""
    receipt.state = ReceiptState.CONFIRMED
    receipt.confirmed_at = clock.now()
    receipt.confirmed_on = clock.business_day_of(receipt.confirmed_at)
    receipt.confirmed_by_id = actor.id


def take_number(session: Session, project_id: int) -> str:
    """Return the next number of a project's receipts."""
    return next_number(session, project_id=project_id, series=RECEIPT_SERIES, template=RECEIPT_TEMPLATE)


def audit_receipt(
    session: Session,
    receipt: Receipt,
    action: str,
    actor: Actor,
    *,
    before: ReceiptState | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write one audit entry of a receipt."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=receipt.project_id,
        subject=receipt,
        before={"state": before.value} if before else None,
        after={
            "number": receipt.number,
            "kind": receipt.kind.value,
            "amount": receipt.amount,
            "state": receipt.state.value,
            **(after or {}),
        },
    )
