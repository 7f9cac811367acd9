"""Accounts: opened with a schedule that adds up to the price, ended with their deal."""

from datetime import date
from decimal import Decimal
from typing import TypedDict, Unpack

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.payments.enums import AccountState, PlanKind, ReceiptState
from salesoffice.payments.models import Account, Instalment, Receipt
from salesoffice.payments.rules import build_schedule, check_schedule


class AccountTerms(TypedDict):
    """What was agreed: `total` and `deposit` in fen, `sign_by` the last day for signing the contract."""

    total: int
    plan: PlanKind
    deposit: int
    signed_on: date
    sign_by: date
    down_payment_rate: Decimal


def open_account(
    session: Session, *, project_id: int, actor: Actor, **terms: Unpack[AccountTerms]
) -> Account:
    """Open the account of a deal with its schedule (amounts in fen, business days).

    The instalments add up to `total`. Refused with ScheduleImpossible and its subclasses when no schedule can be made
    of the figures. The caller is the sale itself, which checked permit, price and deposit before.
    """
    total, plan = terms["total"], terms["plan"]
    drafts = build_schedule(
        plan,
        total=total,
        deposit=terms["deposit"],
        signed_on=terms["signed_on"],
        sign_by=terms["sign_by"],
        down_payment_rate=terms["down_payment_rate"],
    )
    check_schedule(total, (draft.amount for draft in drafts))
    account = Account(
        project_id=project_id,
        total_amount=total,
        plan_kind=plan,
        state=AccountState.OPEN,
        created_at=clock.now(),
        instalments=[
            Instalment(
                position=draft.position,
                kind=draft.kind,
                due_on=draft.due_on,
                amount=draft.amount,
                is_loan=draft.is_loan,
            )
            for draft in drafts
        ],
    )
    session.add(account)
    session.flush()
    audit.record(
        session,
        action="account.opened",
        actor=actor,
        project_id=project_id,
        subject=account,
        after={
            "total": total,
            "plan": plan.value,
            "instalments": [[draft.kind.value, draft.due_on.isoformat(), draft.amount] for draft in drafts],
        },
    )
    return account


def end_account(session: Session, account: Account, *, actor: Actor) -> Account:
    """End the account of a deal that has ended: nothing is due any more, what came in waits to be paid back.

    Its open instalments are voided. Without money it is closed at once, else it is settling until the last refund.
    Ending it twice changes nothing.
    """
    account = lock_account(session, account.id)
    if account.state is not AccountState.OPEN:
        return account
    now = clock.now()
    for instalment in list_open_instalments(session, account.id):
        instalment.voided_at = now
    account.state = AccountState.SETTLING
    close_if_settled(session, account)
    session.flush()
    audit.record(
        session,
        action="account.ended",
        actor=actor,
        project_id=account.project_id,
        subject=account,
        before={"state": AccountState.OPEN.value},
        after={
            "state": account.state.value,
            "to_pay_back": account.refundable_amount,
        },
    )
    return account


def close_if_settled(session: Session, account: Account) -> None:
    """Close a settling account when nothing is left to pay back and no receipt waits for finance."""
    if account.state is not AccountState.SETTLING or account.refundable_amount:
        return
    session.flush()
    waiting = select(Receipt.id).where(
        Receipt.account_id == account.id, Receipt.state == ReceiptState.RECORDED
    )
    if session.scalars(waiting.limit(1)).first() is None:
        account.state = AccountState.CLOSED


def lock_account(session: Session, account_id: int) -> Account:
    """Lock an account until the transaction ends and return it fresh; raises NotFound."""
    found = lock_rows(session, select(Account).where(Account.id == account_id))
    if not found:
        raise NotFound(_l("There is no such account."))
    return found[0]


def check_account_open(account: Account) -> None:
    """Refuse with WrongState an account whose deal has ended."""
    if account.state is not AccountState.OPEN:
        raise WrongState(_l("This deal has ended; its account takes no more money."))


def list_open_instalments(session: Session, account_id: int) -> list[Instalment]:
    """List the instalments in force of an account, by position, fresh from the database."""
    statement = (
        select(Instalment)
        .where(Instalment.account_id == account_id, Instalment.voided_at.is_(None))
        .order_by(Instalment.position)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))
