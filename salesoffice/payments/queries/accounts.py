"""One account: its schedule, its receipts and refunds, and how it stands on a business day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.payments.enums import PAYING_KINDS, InstalmentKind, ReceiptState, RefundState
from salesoffice.payments.models import Account, Allocation, Instalment, Receipt, Refund
from salesoffice.payments.rules import InstalmentLine, balance_on, take_refund

_LARGEST_ID = 2**31 - 1
COUNTED_STATES = (ReceiptState.CONFIRMED, ReceiptState.REVERSED)
"""Receipts of these states were confirmed; a reversed one is taken off by its own negative row."""


@dataclass(frozen=True)
class InstalmentStanding:
    """One instalment on a business day; amounts in fen. `standing`: paid, overdue, due, partly_paid or open."""

    id: int
    position: int
    kind: InstalmentKind
    due_on: date
    amount: int
    paid: int
    is_loan: bool
    days_overdue: int

    @property
    def open_amount(self) -> int:
        """What is missing."""
        return self.amount - self.paid

    @property
    def standing(self) -> str:
        """Where it stands, in one word."""
        if not self.open_amount:
            return "paid"
        if self.days_overdue:
            return "overdue"
        return "partly_paid" if self.paid else "open"


@dataclass(frozen=True)
class AccountBalance:
    """An account on a business day, in fen.

    `due` is what should have been paid up to and including the day, `paid` the confirmed house money that is still
    here, `overdue` what is missing of instalments due before the day, `surplus` house money without anything to pay,
    `other` confirmed money on behalf, fees and penalties, `refunded` what was paid back.
    """

    total: int
    due: int
    paid: int
    overdue: int
    surplus: int
    other: int
    refunded: int
    instalments: tuple[InstalmentStanding, ...]

    @property
    def outstanding(self) -> int:
        """What is missing of the whole price."""
        return sum(line.open_amount for line in self.instalments)


def balance(session: Session, account: Account, as_of: date) -> AccountBalance:
    """Draw the balance of an account on a business day.

    Refunds take house money first, and what they take away is what would have paid last.
    """
    house = _received(session, account.id, as_of, Receipt.kind.in_(PAYING_KINDS))
    other = _received(session, account.id, as_of, Receipt.kind.not_in(PAYING_KINDS))
    refunded = _refunded(session, account.id, as_of)
    kept = max(house - refunded, 0)
    rows = list_instalments(session, account.id)
    paid = _allocated(session, account.id, as_of)
    lines = [
        InstalmentLine(row.id, row.position, row.due_on, row.amount, paid.get(row.id, 0)) for row in rows
    ]
    allocated = sum(line.paid for line in lines)
    standing = take_refund(lines, max(allocated - kept, 0))
    drawn = balance_on(as_of, standing, paid=kept)
    return AccountBalance(
        total=account.total_amount,
        due=drawn.due,
        paid=kept,
        overdue=drawn.overdue,
        surplus=max(kept - allocated, 0),
        other=other,
        refunded=refunded,
        instalments=tuple(_stand(row, line, as_of) for row, line in zip(rows, standing, strict=True)),
    )


def confirmed_amount(session: Session, account_id: int, as_of: date | None = None) -> int:
    """Return all confirmed money of an account in fen, reversals taken off, refunds not."""
    statement = select(func.coalesce(func.sum(Receipt.amount), 0)).where(
        Receipt.account_id == account_id, Receipt.state.in_(COUNTED_STATES)
    )
    if as_of is not None:
        statement = statement.where(Receipt.confirmed_on <= as_of)
    return int(session.scalars(statement).one())


def get_account(session: Session, account_id: int) -> Account:
    """Return an account; raises NotFound."""
    account = session.get(Account, account_id) if account_id <= _LARGEST_ID else None
    if account is None:
        raise NotFound(_l("There is no such account."))
    return account


def get_receipt(session: Session, receipt_id: int) -> Receipt:
    """Return a receipt; raises NotFound."""
    receipt = session.get(Receipt, receipt_id) if receipt_id <= _LARGEST_ID else None
    if receipt is None:
        raise NotFound(_l("There is no such receipt."))
    return receipt


def get_refund(session: Session, refund_id: int) -> Refund:
    """Return a refund; raises NotFound."""
    refund = session.get(Refund, refund_id) if refund_id <= _LARGEST_ID else None
    if refund is None:
        raise NotFound(_l("There is no such refund."))
    return refund


def list_instalments(session: Session, account_id: int) -> Sequence[Instalment]:
    """List the instalments in force, by position."""
    statement = (
        select(Instalment)
        .where(Instalment.account_id == account_id, Instalment.voided_at.is_(None))
        .order_by(Instalment.position)
    )
    return session.scalars(statement).all()


def list_receipts(session: Session, account_id: int) -> Sequence[Receipt]:
    """List all receipts of an account as they came, refused and reversed ones too."""
    return session.scalars(select(Receipt).where(Receipt.account_id == account_id).order_by(Receipt.id)).all()


def list_refunds(session: Session, account_id: int) -> Sequence[Refund]:
    """List all refunds of an account as they were asked for."""
    return session.scalars(select(Refund).where(Refund.account_id == account_id).order_by(Refund.id)).all()


def _received(session: Session, account_id: int, as_of: date, kinds: ColumnElement[bool]) -> int:
    statement = select(func.coalesce(func.sum(Receipt.amount), 0)).where(
        Receipt.account_id == account_id,
        Receipt.state.in_(COUNTED_STATES),
        Receipt.confirmed_on <= as_of,
        kinds,
    )
    return int(session.scalars(statement).one())


def _refunded(session: Session, account_id: int, as_of: date) -> int:
    statement = select(func.coalesce(func.sum(Refund.amount), 0)).where(
        Refund.account_id == account_id, Refund.state == RefundState.APPROVED, Refund.decided_on <= as_of
    )
    return int(session.scalars(statement).one())


def _allocated(session: Session, account_id: int, as_of: date) -> dict[int, int]:
    statement = (
        select(Allocation.instalment_id, func.sum(Allocation.amount))
        .join(Receipt, Receipt.id == Allocation.receipt_id)
        .where(Receipt.account_id == account_id, Receipt.confirmed_on <= as_of)
        .group_by(Allocation.instalment_id)
    )
    return {instalment_id: int(amount) for instalment_id, amount in session.execute(statement)}


def _stand(row: Instalment, line: InstalmentLine, as_of: date) -> InstalmentStanding:
    is_overdue = line.open_amount > 0 and row.due_on < as_of
    return InstalmentStanding(
        id=row.id,
        position=row.position,
        kind=row.kind,
        due_on=row.due_on,
        amount=row.amount,
        paid=line.paid,
        is_loan=row.is_loan,
        days_overdue=(as_of - row.due_on).days if is_overdue else 0,
    )


@dataclass(frozen=True)
class AccountReport:
    """Everything of one account on a business day."""

    account: Account
    balance: AccountBalance
    receipts: Sequence[Receipt]
    refunds: Sequence[Refund]


def report_account(session: Session, account: Account, as_of: date) -> AccountReport:
    """Gather an account with its balance, receipts and refunds."""
    return AccountReport(
        account,
        balance(session, account, as_of),
        list_receipts(session, account.id),
        list_refunds(session, account.id),
    )
