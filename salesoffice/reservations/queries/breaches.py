"""What must never be the case about holds, subscription agreements and the waiting list."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim, Deal
from salesoffice.infra import numbering
from salesoffice.payments.enums import AccountKind, AccountState
from salesoffice.payments.models import Account
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import HoldState, ProvisionalState, SubscriptionState, WaitingState
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription, WaitingEntry
from salesoffice.reservations.queries.provisional import PROVISIONAL_SERIES
from salesoffice.reservations.queries.sales import SUBSCRIPTION_SERIES
from salesoffice.stationery.enums import FormKind
from salesoffice.stationery.models import NumberedForm


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about holds and subscription agreements that must never be the case."""
    yield from _find_claims_without_hold(session)
    yield from _find_claims_without_subscription(session)
    yield from _find_claims_without_order(session)
    yield from _find_documents_without_claim(session)
    yield from _find_number_gaps(session)
    yield from _find_wrong_order_accounts(session)
    yield from _find_offers_astray(session)


def _find_claims_without_hold(session: Session) -> Iterator[str]:
    statement = (
        select(Claim.id, Claim.document_id)
        .outerjoin(Hold, and_(Hold.id == Claim.document_id, Hold.deal_id == Claim.deal_id))
        .where(
            Claim.closed_at.is_(None),
            Claim.kind == ClaimKind.HOLD,
            or_(Hold.id.is_(None), Hold.state != HoldState.OPEN, Hold.expires_at != Claim.expires_at),
        )
        .order_by(Claim.id)
    )
    for claim_id, document_id in session.execute(statement):
        yield f"claim {claim_id}: hold {document_id} is missing, not open, or expires at another time"


def _find_claims_without_order(session: Session) -> Iterator[str]:
    order = ProvisionalOrder
    statement = (
        select(Claim.id, Claim.document_id)
        .outerjoin(order, and_(order.id == Claim.document_id, order.deal_id == Claim.deal_id))
        .where(
            Claim.closed_at.is_(None),
            Claim.kind == ClaimKind.PROVISIONAL,
            or_(
                order.id.is_(None),
                order.state != ProvisionalState.OPEN,
                order.expires_at != Claim.expires_at,
            ),
        )
        .order_by(Claim.id)
    )
    for claim_id, document_id in session.execute(statement):
        yield f"claim {claim_id}: order {document_id} is missing, not open, or expires at another time"


def _find_wrong_order_accounts(session: Session) -> Iterator[str]:
    """Yield the open orders whose account is not for earnest money, and the ended ones that still take money."""
    is_ended = ProvisionalOrder.state.in_((ProvisionalState.CANCELLED, ProvisionalState.EXPIRED))
    statement = (
        select(ProvisionalOrder.number, ProvisionalOrder.state, Account.kind, Account.state)
        .join(Deal, Deal.id == ProvisionalOrder.deal_id)
        .outerjoin(Account, Account.id == Deal.account_id)
        .where(
            or_(
                Account.id.is_(None),
                and_(
                    ProvisionalOrder.state == ProvisionalState.OPEN,
                    or_(Account.kind != AccountKind.EARNEST, Account.state != AccountState.OPEN),
                ),
                and_(is_ended, Account.state == AccountState.OPEN),
            )
        )
        .order_by(ProvisionalOrder.id)
    )
    for number, state, kind, account_state in session.execute(statement):
        yield f"provisional order {number} ({state}): its account is {kind}, {account_state}"


def _find_claims_without_subscription(session: Session) -> Iterator[str]:
    statement = (
        select(Claim.id, Claim.document_id)
        .outerjoin(
            Subscription, and_(Subscription.id == Claim.document_id, Subscription.deal_id == Claim.deal_id)
        )
        .where(
            Claim.closed_at.is_(None),
            Claim.kind == ClaimKind.SUBSCRIPTION,
            or_(Subscription.id.is_(None), Subscription.state != SubscriptionState.ACTIVE),
        )
        .order_by(Claim.id)
    )
    for claim_id, document_id in session.execute(statement):
        yield f"claim {claim_id}: subscription {document_id} is missing or not active"


def _find_documents_without_claim(session: Session) -> Iterator[str]:
    for model, state, kind in (
        (Hold, HoldState.OPEN, ClaimKind.HOLD),
        (ProvisionalOrder, ProvisionalState.OPEN, ClaimKind.PROVISIONAL),
        (Subscription, SubscriptionState.ACTIVE, ClaimKind.SUBSCRIPTION),
    ):
        statement = (
            select(model.id)
            .outerjoin(
                Claim,
                and_(Claim.document_id == model.id, Claim.kind == kind, Claim.closed_at.is_(None)),
            )
            .where(model.state == state, Claim.id.is_(None))
            .order_by(model.id)
        )
        for document_id in session.scalars(statement):
            yield f"{kind.value} {document_id}: {state.value} without an open claim"


def _find_number_gaps(session: Session) -> Iterator[str]:
    """Compare what carries a number of a series with its last one; agreements numbered by their form have none."""
    has_form = exists().where(
        NumberedForm.project_id == Subscription.project_id,
        NumberedForm.kind == FormKind.AGREEMENT,
        NumberedForm.number == Subscription.number,
    )
    numbered = (
        (
            "subscriptions",
            SUBSCRIPTION_SERIES,
            select(func.count(Subscription.id)).where(~has_form),
            Subscription,
        ),
        ("provisional orders", PROVISIONAL_SERIES, select(func.count(ProvisionalOrder.id)), ProvisionalOrder),
    )
    for project_id in session.scalars(select(Project.id).order_by(Project.id)).all():
        for name, series, statement, model in numbered:
            count = session.scalar(statement.where(model.project_id == project_id))
            last = numbering.last_number(session, project_id=project_id, series=series)
            if count != last:
                yield f"project {project_id}: {count} {name}, but the last number is {last}"


def _find_offers_astray(session: Session) -> Iterator[str]:
    """Yield the entries that were offered a unit by a hold of another unit or customer."""
    statement = (
        select(WaitingEntry.id, Hold.id)
        .join(Hold, Hold.id == WaitingEntry.hold_id)
        .where(
            WaitingEntry.state == WaitingState.OFFERED,
            or_(Hold.unit_id != WaitingEntry.unit_id, Hold.customer_id != WaitingEntry.customer_id),
        )
        .order_by(WaitingEntry.id)
    )
    for entry_id, hold_id in session.execute(statement):
        yield f"waiting entry {entry_id}: hold {hold_id} is of another unit or customer"
