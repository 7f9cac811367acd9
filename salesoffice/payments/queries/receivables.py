"""What is overdue in a project, for how long, and the late fee it would cost (as information)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from salesoffice.payments.enums import AccountState, InstalmentKind
from salesoffice.payments.models import Account, Instalment
from salesoffice.payments.rules import late_fee

AGE_LIMITS = (7, 30, 90)
"""Days after which dunning takes its next step: a letter, the general manager, the director."""


@dataclass(frozen=True)
class Receivable:
    """An instalment that is overdue on a business day, amounts in fen."""

    instalment_id: int
    account_id: int
    kind: InstalmentKind
    due_on: date
    amount: int
    paid: int
    is_loan: bool
    days: int
    late_fee: int

    @property
    def open_amount(self) -> int:
        """What is missing."""
        return self.amount - self.paid


@dataclass(frozen=True)
class AgeBand:
    """Everything overdue for `first` to `last` days; `last` None is without end."""

    first: int
    last: int | None
    count: int
    open_amount: int


def overdue_accounts(project_id: int, as_of: date) -> Select[int]:
    """Select the ids of the accounts of a project with something overdue on a business day."""
    return _overdue(project_id, as_of).with_only_columns(Instalment.account_id).distinct().order_by(None)


def list_receivables(
    session: Session, project_id: int, as_of: date, late_fee_rate: Decimal
) -> tuple[Receivable, ...]:
    """List the overdue instalments of a project, the longest overdue first."""
    return tuple(
        Receivable(
            instalment_id=row.id,
            account_id=row.account_id,
            kind=row.kind,
            due_on=row.due_on,
            amount=row.amount,
            paid=row.paid_amount,
            is_loan=row.is_loan,
            days=(as_of - row.due_on).days,
            late_fee=late_fee(row.amount - row.paid_amount, late_fee_rate, row.due_on, as_of),
        )
        for row in session.scalars(_overdue(project_id, as_of))
    )


def age_receivables(receivables: Iterable[Receivable]) -> tuple[AgeBand, ...]:
    """Sort overdue amounts into the bands of the dunning ladder: 1–7, 8–30, 31–90 and more days."""
    rows = tuple(receivables)
    starts = (1, *(limit + 1 for limit in AGE_LIMITS))
    ends = (*AGE_LIMITS, None)
    return tuple(_band(rows, first, last) for first, last in zip(starts, ends, strict=True))


def _band(rows: tuple[Receivable, ...], first: int, last: int | None) -> AgeBand:
    found = [row for row in rows if row.days >= first and (last is None or row.days <= last)]
    return AgeBand(first, last, len(found), sum(row.open_amount for row in found))


def _overdue(project_id: int, as_of: date) -> Select[Instalment]:
    return (
        select(Instalment)
        .join(Account, Account.id == Instalment.account_id)
        .where(
            Account.project_id == project_id,
            Account.state == AccountState.OPEN,
            Instalment.voided_at.is_(None),
            Instalment.due_on < as_of,
            Instalment.paid_amount < Instalment.amount,
        )
        .order_by(Instalment.due_on, Instalment.id)
    )
