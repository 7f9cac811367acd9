"""Earnest money: its account, the account that gets a price, and money carried over from one account to another."""

from typing import Unpack

from flask_babel import lazy_gettext as _l
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _
from salesoffice.payments.enums import (
    REFUNDABLE_KINDS,
    AccountKind,
    AccountState,
    PaymentMethod,
    PlanKind,
    ReceiptKind,
    ReceiptState,
)
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.rules import build_schedule
from salesoffice.payments.services.accounts import AccountTerms, check_account_open, lock_account
from salesoffice.payments.services.allocating import allocate_receipt
from salesoffice.payments.services.receipts import audit_receipt, check_reason, lock_receipt, take_number
from salesoffice.payments.services.rescheduling import reschedule
from salesoffice.payments.services.reversing import take_back


def open_earnest_account(session: Session, *, project_id: int, actor: Actor, amount: int) -> Account:
    """Open an account for earnest money of `amount` (fen, larger than zero); it has no schedule and no price."""
    account = Account(
        project_id=project_id,
        total_amount=amount,
        plan_kind=PlanKind.FULL,
        kind=AccountKind.EARNEST,
        state=AccountState.OPEN,
        created_at=clock.now(),
    )
    session.add(account)
    session.flush()
    after = {"kind": account.kind.value, "total": amount}
    audit.record_change(session, account, "account.opened", actor, after=after)
    return account


def price_account(
    session: Session, account: Account, *, actor: Actor, **terms: Unpack[AccountTerms]
) -> Account:
    """Make the price account of a deal out of its earnest account: total, plan and schedule (fen, business days).

    What was received stays as it is; `carry_over` turns it into the deposit. Refused: an account that has a price
    already or has ended (WrongState), figures of which no schedule can be made (ScheduleImpossible).
    """
    drafts = build_schedule(
        terms["plan"],
        total=terms["total"],
        deposit=terms["deposit"],
        signed_on=terms["signed_on"],
        sign_by=terms["sign_by"],
        down_payment_rate=terms["down_payment_rate"],
    )
    account = lock_account(session, account.id)
    check_account_open(account)
    if account.kind is not AccountKind.EARNEST:
        raise WrongState(_l("This account has a price already."))
    account.kind = AccountKind.PRICE
    session.flush()
    reason = _("Subscription agreement signed")
    return reschedule(
        session,
        account,
        actor=actor,
        total=terms["total"],
        plan=terms["plan"],
        drafts=drafts,
        reason=reason,
    )


def carry_over(
    session: Session, receipt: Receipt, *, actor: Actor, to_account: Account, kind: ReceiptKind, reason: str
) -> Receipt:
    """Move a whole confirmed receipt to an account (its own or another of the project) as money of a kind.

    Writes two rows in one act of one person, both by the method CARRIED: the reversal of the receipt, and a new
    confirmed receipt, which pays what it may pay. Returns the new one. Refused: a missing reason, a receipt that is not
    confirmed, an account that takes no more money (WrongState), money that was paid back meanwhile (MoneyPaidBack).
    """
    reason = check_reason(reason)
    source, target = _lock_both(session, receipt.account_id, to_account.id)
    _account, receipt = lock_receipt(session, receipt)
    check_account_open(target)
    if source.project_id != target.project_id:
        raise NotFound(_l("There is no such account."))
    if target.kind is AccountKind.EARNEST and kind not in REFUNDABLE_KINDS:
        raise WrongState(_l("This account takes earnest money only; there is no price yet."))
    reversal = take_back(session, source, receipt, actor=actor, reason=reason, method=PaymentMethod.CARRIED)
    carried = _build_carried(session, receipt, reversal, target, kind)
    session.add(carried)
    target.received_amount += carried.amount
    session.flush()
    paid = allocate_receipt(session, carried)
    audit_receipt(
        session,
        receipt,
        "receipt.carried",
        actor,
        before=ReceiptState.CONFIRMED,
        after={"reason": reason, "reversal": reversal.number, "to": carried.number},
    )
    after: dict[str, object] = {"from": receipt.number, "allocated": paid, "reason": reason}
    audit_receipt(session, carried, "receipt.carried_over", actor, after=after)
    return carried


def carry_to_deposit(session: Session, receipt: Receipt, *, actor: Actor, reason: str) -> Receipt:
    """Let refundable money that lies on the price account of its own deal become the deposit.

    Refused: money of another kind, an account without a price (WrongState), and what `carry_over` refuses.
    """
    account, receipt = lock_receipt(session, receipt)
    if receipt.kind not in REFUNDABLE_KINDS or account.kind is not AccountKind.PRICE:
        raise WrongState(_l("Only earnest money of a deal that has a price becomes its deposit."))
    return carry_over(
        session, receipt, actor=actor, to_account=account, kind=ReceiptKind.DEPOSIT, reason=reason
    )


def list_carriable(session: Session, account_id: int) -> list[Receipt]:
    """List the confirmed earnest money of an account that was not taken back, as it came."""
    statement = (
        select(Receipt)
        .where(
            Receipt.account_id == account_id,
            Receipt.state == ReceiptState.CONFIRMED,
            Receipt.reverses_id.is_(None),
            Receipt.kind.in_(REFUNDABLE_KINDS),
        )
        .order_by(Receipt.id)
    )
    return list(session.scalars(statement))


def _lock_both(session: Session, source_id: int, target_id: int) -> tuple[Account, Account]:
    statement = select(Account).where(Account.id.in_((source_id, target_id))).order_by(Account.id)
    found = {account.id: account for account in lock_rows(session, statement)}
    if source_id not in found or target_id not in found:
        raise NotFound(_l("There is no such account."))
    return found[source_id], found[target_id]


def _build_carried(
    session: Session, receipt: Receipt, reversal: Receipt, target: Account, kind: ReceiptKind
) -> Receipt:
    return Receipt(
        project_id=target.project_id,
        account_id=target.id,
        number=take_number(session, target.project_id),
        kind=kind,
        method=PaymentMethod.CARRIED,
        amount=receipt.amount,
        received_on=receipt.received_on,
        slip_no="" if _is_slip_carried(session, receipt) else receipt.slip_no,
        payer=receipt.payer,
        state=ReceiptState.CONFIRMED,
        recorded_at=reversal.recorded_at,
        recorded_by_id=reversal.recorded_by_id,
        confirmed_at=reversal.confirmed_at,
        confirmed_on=reversal.confirmed_on,
        confirmed_by_id=reversal.confirmed_by_id,
        carried_from_id=receipt.id,
    )


def _is_slip_carried(session: Session, receipt: Receipt) -> bool:
    """Tell whether other money with this slip number and amount was carried over; a slip is unique by method only."""
    same = exists().where(
        Receipt.project_id == receipt.project_id,
        Receipt.method == PaymentMethod.CARRIED,
        Receipt.slip_no == receipt.slip_no,
        Receipt.amount == receipt.amount,
        Receipt.reverses_id.is_(None),
        Receipt.state == ReceiptState.CONFIRMED,
    )
    return bool(receipt.slip_no) and bool(session.scalar(select(same)))
