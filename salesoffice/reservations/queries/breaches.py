"""What must never be the case about holds, subscription agreements and the waiting list."""

from collections.abc import Iterator

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.infra import numbering
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import HoldState, SubscriptionState, WaitingState
from salesoffice.reservations.models import Hold, Subscription, WaitingEntry
from salesoffice.reservations.queries.sales import SUBSCRIPTION_SERIES


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about holds and subscription agreements that must never be the case."""
    yield from _find_claims_without_hold(session)
    yield from _find_claims_without_subscription(session)
    yield from _find_documents_without_claim(session)
    yield from _find_number_gaps(session)
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
    for project_id in session.scalars(select(Project.id).order_by(Project.id)):
        statement = select(func.count()).where(Subscription.project_id == project_id)
        count = session.scalar(statement)
        last = numbering.last_number(session, project_id=project_id, series=SUBSCRIPTION_SERIES)
        if count != last:
            yield f"project {project_id}: {count} subscriptions, but the last number is {last}"


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
