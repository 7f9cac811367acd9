"""Refunds: asked for by one person, decided by another, never more than came in."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, NotFound, SelfApproval
from salesoffice.core.money import format_yuan
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.numbering import next_number
from salesoffice.payments.enums import RefundState
from salesoffice.payments.models import Account, Refund
from salesoffice.payments.rules import REFUND_SERIES, REFUND_TEMPLATE, check_refund_step
from salesoffice.payments.services.accounts import close_if_settled, lock_account
from salesoffice.payments.services.receipts import check_reason


class RefundTooHigh(DomainError):
    """More would be given back than has been received and confirmed."""

    def __init__(self, amount: int, limit: int) -> None:
        message = _l(
            "%(amount)s yuan cannot be paid back: at most %(limit)s yuan are there to pay back.",
            amount=format_yuan(amount),
            limit=format_yuan(limit),
        )
        super().__init__(message, code="refund_too_high", amount_fen=amount, limit_fen=limit)


class DuplicateRefund(DomainError):
    """The same refund was asked for and waits for its decision."""

    def __init__(self, number: str) -> None:
        message = _l("Refund %(number)s with the same amount and reason is waiting already.", number=number)
        super().__init__(message, code="refund_duplicate", number=number)


def request_refund(session: Session, account: Account, *, actor: Actor, amount: int, reason: str) -> Refund:
    """Ask to give money back (fen); it waits for a second person.

    Refused: zero or less or no reason (InvalidInput), more than is there when the requests that already wait are
    counted (RefundTooHigh), the same request twice (DuplicateRefund).
    """
    reason = check_reason(reason)
    if amount <= 0:
        message = _l("The amount to pay back must be larger than zero.")
        raise InvalidInput(message, [FieldProblem("amount", message)])
    account = lock_account(session, account.id)
    waiting = _list_waiting(session, account.id)
    for earlier in waiting:
        if (earlier.amount, earlier.reason) == (amount, reason):
            raise DuplicateRefund(earlier.number)
    _check_amount(account, amount, promised=sum(earlier.amount for earlier in waiting))
    refund = Refund(
        project_id=account.project_id,
        account_id=account.id,
        number=next_number(
            session, project_id=account.project_id, series=REFUND_SERIES, template=REFUND_TEMPLATE
        ),
        amount=amount,
        reason=reason,
        state=RefundState.REQUESTED,
        requested_at=clock.now(),
        requested_by_id=actor.id,
    )
    session.add(refund)
    session.flush()
    _record(session, refund, "refund.requested", actor)
    return refund


def approve_refund(session: Session, refund: Refund, *, actor: Actor, comment: str = "") -> Refund:
    """Approve a refund; the money counts as given back on today's business day.

    Refused: SelfApproval for the person who asked, WrongState when it is decided, RefundTooHigh when less is there.
    """
    account, refund = _lock(session, refund)
    check_refund_step(refund.state, RefundState.APPROVED)
    _check_other_person(refund, actor)
    _check_amount(account, refund.amount)
    account.refunded_amount += refund.amount
    _decide(refund, RefundState.APPROVED, actor, comment)
    close_if_settled(session, account)
    session.flush()
    _record(session, refund, "refund.approved", actor, before=RefundState.REQUESTED)
    return refund


def reject_refund(session: Session, refund: Refund, *, actor: Actor, reason: str) -> Refund:
    """Reject a refund with a reason; never by the person who asked for it."""
    reason = check_reason(reason)
    _account, refund = _lock(session, refund)
    check_refund_step(refund.state, RefundState.REJECTED)
    _check_other_person(refund, actor)
    _decide(refund, RefundState.REJECTED, actor, reason)
    session.flush()
    _record(session, refund, "refund.rejected", actor, before=RefundState.REQUESTED)
    return refund


def _check_other_person(refund: Refund, actor: Actor) -> None:
    if refund.requested_by_id == actor.id:
        raise SelfApproval(_l("You asked for this refund yourself; another person has to decide."))


def _check_amount(account: Account, amount: int, *, promised: int = 0) -> None:
    limit = account.refundable_amount - promised
    if amount > limit:
        raise RefundTooHigh(amount, max(limit, 0))


def _list_waiting(session: Session, account_id: int) -> list[Refund]:
    statement = select(Refund).where(Refund.account_id == account_id, Refund.state == RefundState.REQUESTED)
    return list(session.scalars(statement))


def _lock(session: Session, refund: Refund) -> tuple[Account, Refund]:
    account = lock_account(session, refund.account_id)
    found = lock_rows(session, select(Refund).where(Refund.id == refund.id))
    if not found:
        raise NotFound(_l("There is no such refund."))
    return account, found[0]


def _decide(refund: Refund, state: RefundState, actor: Actor, comment: str) -> None:
    refund.state = state
    refund.decided_at = clock.now()
    refund.decided_on = clock.business_day_of(refund.decided_at)
    refund.decided_by_id = actor.id
    refund.decision_comment = comment.strip()


def _record(
    session: Session, refund: Refund, action: str, actor: Actor, *, before: RefundState | None = None
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=refund.project_id,
        subject=refund,
        before={"state": before.value} if before else None,
        after={
            "number": refund.number,
            "amount": refund.amount,
            "state": refund.state.value,
            "reason": refund.reason,
            "comment": refund.decision_comment,
        },
    )
