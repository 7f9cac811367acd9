"""What deals tell features further right: inventory asks here which units are claimed."""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import live_claim
from salesoffice.deals.services import build_unit_taken
from salesoffice.inventory.signals import judges_claims


@judges_claims
def judge_claims(session: Session, unit_ids: Collection[int], actor: Actor) -> Mapping[int, DomainError]:
    """Find the units with a live claim, each with UnitTaken telling what the person may know."""
    statement = select(Claim).where(Claim.unit_id.in_(unit_ids), live_claim())
    claims = session.scalars(statement.execution_options(populate_existing=True)).all()
    return {claim.unit_id: build_unit_taken(session, claim, actor=actor) for claim in claims}
