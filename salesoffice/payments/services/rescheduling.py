"""What a change of the sale does to its account: a new schedule, what the seller keeps or owes, opened again."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.i18n import _l
from salesoffice.payments.enums import AccountState, PlanKind, SettlementKind
from salesoffice.payments.models import Account, AccountSettlement, Allocation, Instalment
from salesoffice.payments.rules import InstalmentDraft, SettlementTooHigh, check_schedule
from salesoffice.payments.services.accounts import (
    check_account_open,
    close_if_settled,
    lock_account,
)
from salesoffice.payments.services.allocating import allocate_surplus


def reschedule(
    session: Session,
    account: Account,
    *,
    actor: Actor,
    total: int,
    plan: PlanKind,
    drafts: Sequence[InstalmentDraft],
    reason: str,
) -> Account:
    """Put a new schedule in the place of the one in force; the money on the account pays it again, oldest first.

    Old instalments are voided, their allocations taken back by negative rows. Amounts in fen. Refused: an account that
    takes no more money (WrongState), instalments that do not add up to `total` (ScheduleMismatch).
    """
    check_schedule(total, (draft.amount for draft in drafts))
    account = lock_account(session, account.id)
    check_account_open(account)
    before = {"total": account.total_amount, "plan": account.plan_kind.value}
    _void_instalments(session, account)
    account.total_amount, account.plan_kind = total, plan
    session.add_all(
        Instalment(
            account_id=account.id,
            position=draft.position,
            kind=draft.kind,
            due_on=draft.due_on,
            amount=draft.amount,
            is_loan=draft.is_loan,
        )
        for draft in drafts
    )
    session.flush()
    allocate_surplus(session, account)
    session.expire(account, ["instalments"])
    after = {
        "total": total,
        "plan": plan.value,
        "reason": reason,
        "instalments": [[draft.kind.value, draft.due_on.isoformat(), draft.amount] for draft in drafts],
    }
    audit.record_change(session, account, "account.rescheduled", actor, before=before, after=after)
    return account


def settle(
    session: Session,
    account: Account,
    *,
    actor: Actor,
    kind: SettlementKind,
    amount: int,
    reason: str,
    on: date | None = None,
) -> AccountSettlement:
    """Note what the seller keeps of the money, or owes beyond it (fen); a negative amount takes earlier notes back.

    A closed account waits again when there is something to pay back now, a settling one is closed when there is not.

    Refused with SettlementTooHigh when more is kept than is there, or less than nothing would be left.
    """
    account = lock_account(session, account.id)
    kept = account.retained_amount + (amount if kind is SettlementKind.RETAINED else 0)
    owed = account.compensation_amount + (amount if kind is SettlementKind.COMPENSATION else 0)
    if min(kept, owed) < 0 or account.refunded_amount + kept > account.received_amount + owed:
        raise SettlementTooHigh(amount, account.received_amount - account.refunded_amount)
    row = AccountSettlement(
        project_id=account.project_id,
        account_id=account.id,
        kind=kind,
        amount=amount,
        reason=reason,
        settled_on=on or clock.business_today(),
        settled_at=clock.now(),
        settled_by_id=actor.id,
    )
    session.add(row)
    account.retained_amount, account.compensation_amount = kept, owed
    if account.state is AccountState.CLOSED and account.refundable_amount:
        account.state = AccountState.SETTLING
    close_if_settled(session, account)
    session.flush()
    after = {"kind": kind.value, "amount": amount, "reason": reason}
    audit.record_change(session, account, "account.settled", actor, after=after)
    return row


def reopen_account(session: Session, account: Account, *, actor: Actor) -> Account:
    """Open the account of a sale that goes on after it had ended; the caller gives it a schedule with `reschedule`.

    Refused with WrongState for one that is open.
    """
    account = lock_account(session, account.id)
    if account.state is AccountState.OPEN:
        raise WrongState(_l("This account is open already."))
    before = {"state": account.state.value}
    account.state = AccountState.OPEN
    session.flush()
    audit.record_change(
        session, account, "account.reopened", actor, before=before, after={"state": account.state.value}
    )
    return account


def _void_instalments(session: Session, account: Account) -> None:
    """Void what is due, and take back what paid it; also what paid instalments that the end of the sale had voided."""
    now = clock.now()
    standing = select(Instalment).where(
        Instalment.account_id == account.id,
        or_(Instalment.voided_at.is_(None), Instalment.paid_amount > 0),
    )
    for instalment in session.scalars(standing.execution_options(populate_existing=True)).all():
        statement = (
            select(Allocation.receipt_id, func.sum(Allocation.amount))
            .where(Allocation.instalment_id == instalment.id)
            .group_by(Allocation.receipt_id)
        )
        for receipt_id, paid in session.execute(statement).all():
            if paid:
                session.add(Allocation(receipt_id=receipt_id, instalment_id=instalment.id, amount=-int(paid)))
        instalment.paid_amount = 0
        instalment.voided_at = instalment.voided_at or now
    session.flush()
