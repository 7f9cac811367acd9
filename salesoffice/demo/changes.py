"""Changes of sales: asked for by the assistant, decided by the office's usual chains; some still wait."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.approvals.enums import TaskState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.approvals.services import decide, use_usual_chains
from salesoffice.changes.enums import ChangeKind, Fault, ReasonCode
from salesoffice.changes.models import Change
from salesoffice.changes.rules import Values
from salesoffice.changes.services import ChangeEntry, request_change
from salesoffice.contracts.models import Contract
from salesoffice.core.permissions import Actor, Role
from salesoffice.deals.models import Deal
from salesoffice.demo.book import Book, moment
from salesoffice.payments.models import Account
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription

DECIDERS = {Role.MANAGER: "manager", Role.EXECUTIVE: "executive", Role.FINANCE: "finance"}
COMMENTS = ("同意", "同意，按规定办理", "情况属实，同意")


def plan_chains(book: Book, first_day: date) -> None:
    """Let the office decide by its usual chains from the first day on."""

    def begin(day: date) -> None:
        with moment(day, 8, 30) as session:
            use_usual_chains(session, book.office.project_id, actor=book.office.actors["executive"])

    book.note(first_day, begin)


def cancel_sale(book: Book, day: date, subscription_id: int) -> None:
    """Cancel a sale whose loan was refused: nobody's fault, all money is to be paid back."""
    entry = ChangeEntry(ReasonCode.LOAN_REFUSED, "客户贷款未获批", day, fault=Fault.NONE)
    ask_for(book, day, subscription_id, ChangeKind.CANCELLATION, {}, entry)


def change_some(book: Book, today: date) -> None:
    """Leave extensions decided and waiting, a forfeiture, and a forfeited sale that goes on."""
    waiting = ChangeEntry(ReasonCode.FUNDS_LATE, "首付款定期存款下周到期", today)
    abroad = ChangeEntry(ReasonCode.FAMILY, "买受人出差，回来后签约", today)
    late = ChangeEntry(ReasonCode.DEADLINE_PASSED, "多次催签未签约", today, fault=Fault.BUYER)
    back = ChangeEntry(ReasonCode.BUYERS_WISH, "客户补齐资料，同意按原条件恢复", today)
    day = (today + timedelta(days=7)).isoformat()
    found = _list_active(book, today)
    for entry, terms, is_decided in ((waiting, {"days": 5}, True), (abroad, {"days": 12}, False)):
        if found:
            ask_for(
                book, today, found.pop(), ChangeKind.EXTENSION, terms, entry, is_decided=is_decided
            )  # the longer one waits
    for goes_on in (False, True):
        if found:
            subscription_id = found.pop()
            ask_for(book, today, subscription_id, ChangeKind.FORFEITURE, {}, late)
            if goes_on:
                ask_for(book, today, subscription_id, ChangeKind.REVIVAL, {"sign_by": day}, back)


def ask_for(
    book: Book,
    day: date,
    subscription_id: int,
    kind: ChangeKind,
    terms: Values,
    entry: ChangeEntry,
    *,
    is_decided: bool = True,
) -> None:
    """Ask as the assistant; everybody whose turn it is agrees, unless it is to be left waiting."""
    with moment(day, 15, 30) as session:
        deal = session.get_one(Subscription, subscription_id).deal
        change = request_change(
            session, deal, actor=book.office.actors["assistant"], kind=kind, terms=terms, entry=entry
        )
    while is_decided and change.request_id is not None:
        with moment(day, 16, 5) as session:
            if not _decide_next(book, session, change):
                return


def _decide_next(book: Book, session: Session, change: Change) -> bool:
    request = session.get_one(ApprovalRequest, change.request_id, populate_existing=True)
    waiting = [task for task in request.tasks if task.state is TaskState.OPEN]
    if not waiting:
        return False
    actor: Actor = book.office.actors[DECIDERS[waiting[0].role]]
    comment = COMMENTS[change.id % len(COMMENTS)]
    decide(session, request, actor=actor, is_approved=True, comment=comment)
    return True


def _list_active(book: Book, today: date) -> list[int]:
    """List agreements without a contract whose deposit has come, the oldest last; nothing else is planned today."""
    with moment(today, 0, 0) as session:
        statement = (
            select(Subscription.id)
            .join(Deal, Deal.id == Subscription.deal_id)
            .join(Account, Account.id == Deal.account_id)
            .outerjoin(Contract, Contract.deal_id == Deal.id)
            .where(
                Subscription.project_id == book.office.project_id,
                Subscription.state == SubscriptionState.ACTIVE,
                Contract.id.is_(None),
                Account.received_amount >= Subscription.deposit_amount,
            )
            .order_by(Subscription.id.desc())
        )
        return list(session.scalars(statement))
