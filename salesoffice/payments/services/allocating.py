"""What a confirmed receipt pays. Every caller holds the lock of the account."""

from collections.abc import Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.payments.enums import (
    LOAN_KINDS,
    PAYING_KINDS,
    InstalmentKind,
    ReceiptKind,
    ReceiptState,
)
from salesoffice.payments.models import Account, Allocation, Instalment, Receipt
from salesoffice.payments.rules import InstalmentLine, allocate
from salesoffice.payments.services.accounts import list_open_instalments


def allocate_receipt(session: Session, receipt: Receipt) -> int:
    """Let a receipt pay the oldest amounts due that it may pay and does not pay yet; returns the fen it paid now."""
    if receipt.kind not in PAYING_KINDS:
        return 0
    rest = receipt.amount - sum(_allocations_of(session, receipt.id).values())
    if rest <= 0:
        return 0
    is_loan = receipt.kind in LOAN_KINDS
    is_area = receipt.kind is ReceiptKind.AREA_DIFFERENCE
    open_rows = {
        row.id: row
        for row in list_open_instalments(session, receipt.account_id)
        if row.is_loan == is_loan and (not is_area or row.kind is InstalmentKind.AREA_DIFFERENCE)
    }
    lines = [
        InstalmentLine(row.id, row.position, row.due_on, row.amount, row.paid_amount)
        for row in open_rows.values()
    ]
    drafts = allocate(rest, lines)
    for draft in drafts:
        open_rows[draft.instalment_id].paid_amount += draft.amount
        session.add(Allocation(receipt_id=receipt.id, instalment_id=draft.instalment_id, amount=draft.amount))
    session.flush()
    return sum(draft.amount for draft in drafts)


def allocate_surplus(session: Session, account: Account) -> None:
    """Let money that had nothing left to pay pay what a reversal has opened again, oldest receipt first."""
    statement = (
        select(Receipt)
        .where(
            Receipt.account_id == account.id,
            Receipt.state == ReceiptState.CONFIRMED,
            Receipt.reverses_id.is_(None),
        )
        .order_by(Receipt.id)
    )
    for receipt in session.scalars(statement).all():
        allocate_receipt(session, receipt)


def take_back_allocations(session: Session, receipt: Receipt, reversal: Receipt) -> None:
    """Open again what a receipt paid, by negative rows under its reversal."""
    paid = _allocations_of(session, receipt.id)
    statement = select(Instalment).where(Instalment.id.in_(paid)).execution_options(populate_existing=True)
    for instalment in session.scalars(statement).all():
        instalment.paid_amount -= paid[instalment.id]
        session.add(
            Allocation(receipt_id=reversal.id, instalment_id=instalment.id, amount=-paid[instalment.id])
        )
    session.flush()


def _allocations_of(session: Session, receipt_id: int) -> Mapping[int, int]:
    statement = (
        select(Allocation.instalment_id, func.sum(Allocation.amount))
        .where(Allocation.receipt_id == receipt_id)
        .group_by(Allocation.instalment_id)
    )
    return {instalment_id: int(amount) for instalment_id, amount in session.execute(statement)}
