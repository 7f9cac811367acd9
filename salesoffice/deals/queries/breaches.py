"""What must never be the case about deals and claims."""

from collections.abc import Iterator

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.deals.enums import TIMED_KINDS, ClaimKind, DealState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries.deals import DEAL_SERIES, live_claim
from salesoffice.infra import numbering
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.projects.models import Project

_MONEY_KINDS = frozenset(ClaimKind) - TIMED_KINDS


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about deals and claims that must never be the case."""
    yield from _find_doubled_claims(session)
    yield from _find_claims_without_deal(session)
    yield from _find_deals_without_claim(session)
    yield from _find_wrong_claims(session)
    yield from _find_stray_accessories(session)
    yield from _find_number_gaps(session)


def _find_doubled_claims(session: Session) -> Iterator[str]:
    statement = (
        select(Claim.unit_id, func.count())
        .where(Claim.closed_at.is_(None))
        .group_by(Claim.unit_id)
        .having(func.count() > 1)
        .order_by(Claim.unit_id)
    )
    for unit_id, count in session.execute(statement):
        yield f"unit {unit_id}: {count} open claims"


def _find_claims_without_deal(session: Session) -> Iterator[str]:
    statement = (
        select(Claim.id, Deal.id, Deal.state, Deal.unit_id, Claim.unit_id)
        .join(Deal, Deal.id == Claim.deal_id)
        .where(
            Claim.closed_at.is_(None),
            or_(
                Deal.state != DealState.OPEN,
                and_(Deal.unit_id != Claim.unit_id, ~Claim.is_accessory),
                Deal.project_id != Claim.project_id,
            ),
        )
        .order_by(Claim.id)
    )
    for claim_id, deal_id, state, deal_unit_id, unit_id in session.execute(statement):
        yield f"claim {claim_id} is open on unit {unit_id}: deal {deal_id} is {state} on unit {deal_unit_id}"


def _find_deals_without_claim(session: Session) -> Iterator[str]:
    open_claim = exists().where(Claim.deal_id == Deal.id, Claim.closed_at.is_(None), ~Claim.is_accessory)
    statement = (
        select(Deal.id, Deal.number).where(Deal.state == DealState.OPEN, ~open_claim).order_by(Deal.id)
    )
    for deal_id, number in session.execute(statement):
        yield f"deal {deal_id} ({number}): open without an open claim"


def _find_wrong_claims(session: Session) -> Iterator[str]:
    statement = (
        select(Claim.id, Claim.kind, Claim.expires_at, Deal.account_id, Unit.code, Unit.release_state)
        .join(Deal, Deal.id == Claim.deal_id)
        .join(Unit, Unit.id == Claim.unit_id)
        .where(
            Claim.closed_at.is_(None),
            or_(
                and_(Claim.kind.in_(TIMED_KINDS), Claim.expires_at.is_(None)),
                and_(Claim.kind.in_(_MONEY_KINDS), Claim.expires_at.is_not(None)),
                and_(Claim.kind.in_(_MONEY_KINDS), Deal.account_id.is_(None)),
                and_(live_claim(), Unit.release_state != ReleaseState.RELEASED),
            ),
        )
        .order_by(Claim.id)
    )
    for claim_id, kind, expires_at, account_id, code, release_state in session.execute(statement):
        yield (
            f"claim {claim_id} ({kind.value}) on unit {code}: expires {expires_at}, account {account_id},"
            f" the unit is {release_state.value}"
        )


def _find_stray_accessories(session: Session) -> Iterator[str]:
    """Yield the accessories whose claim does not follow the flat's."""
    flat = aliased(Claim)
    is_flat = and_(flat.deal_id == Claim.deal_id, flat.closed_at.is_(None), ~flat.is_accessory)
    statement = (
        select(Claim.id, Claim.unit_id)
        .outerjoin(flat, is_flat)
        .where(
            Claim.is_accessory,
            Claim.closed_at.is_(None),
            or_(flat.id.is_(None), flat.kind != Claim.kind, flat.document_id != Claim.document_id),
        )
        .order_by(Claim.id)
    )
    for claim_id, unit_id in session.execute(statement):
        yield f"claim {claim_id} on accessory {unit_id}: does not follow the flat of its deal"


def _find_number_gaps(session: Session) -> Iterator[str]:
    for project_id in session.scalars(select(Project.id).order_by(Project.id)):
        count = session.scalar(select(func.count()).select_from(Deal).where(Deal.project_id == project_id))
        last = numbering.last_number(session, project_id=project_id, series=DEAL_SERIES)
        if count != last:
            yield f"project {project_id}: {count} deals, but the last number is {last}"
