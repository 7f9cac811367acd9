"""What deals tell features further right: which units are claimed (inventory), in which state they are (pricing), how
papers attached and taken out are undone (undo).
"""

from collections.abc import Collection, Mapping
from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import NotFreeReason, UnitState
from salesoffice.deals.models import Claim, Deal
from salesoffice.deals.queries import get_attachment, is_permitted, live_claim
from salesoffice.deals.rules import UnitNotFree, derive_unit_state
from salesoffice.deals.services import build_unit_taken, remove_attachment, restore_attachment
from salesoffice.inventory.models import Permit, PermitBuilding, PermitUnit, Unit
from salesoffice.inventory.signals import judges_claims
from salesoffice.payments.signals import judges_money
from salesoffice.pricing.signals import tells_states
from salesoffice.undo.models import UndoOffer
from salesoffice.undo.signals import takes_back


@judges_claims
def judge_claims(session: Session, unit_ids: Collection[int], actor: Actor) -> Mapping[int, DomainError]:
    """Find the units with a live claim, each with UnitTaken telling what the person may know."""
    statement = select(Claim).where(Claim.unit_id.in_(unit_ids), live_claim())
    claims = session.scalars(statement.execution_options(populate_existing=True)).all()
    return {claim.unit_id: build_unit_taken(session, claim, actor=actor) for claim in claims}


@tells_states
def tell_states(session: Session, project_id: int) -> Mapping[int, UnitState]:
    """Tell the one state that everybody is shown, of each unit of a project by id."""
    valid = select(Permit.id).where(
        Permit.project_id == project_id, Permit.issued_on <= clock.business_today()
    )
    is_wide = session.scalar(valid.where(Permit.is_project_wide).limit(1)) is not None
    buildings = set(
        session.scalars(select(PermitBuilding.building_id).where(PermitBuilding.permit_id.in_(valid)))
    )
    units = set(session.scalars(select(PermitUnit.unit_id).where(PermitUnit.permit_id.in_(valid))))
    statement = (
        select(Unit.id, Unit.building_id, Unit.release_state, Claim.kind)
        .outerjoin(Claim, and_(Claim.unit_id == Unit.id, live_claim()))
        .where(Unit.project_id == project_id)
    )
    return {
        unit_id: derive_unit_state(
            release.value, is_wide or building_id in buildings or unit_id in units, kind
        )
        for unit_id, building_id, release, kind in session.execute(statement)
    }


@judges_money
def judge_money(session: Session, account_id: int, received_on: date) -> DomainError | None:
    """Refuse money for a unit that no pre-sale permit covered on the business day on which it came."""
    statement = select(Unit).join(Deal, Deal.unit_id == Unit.id).where(Deal.account_id == account_id)
    unit = session.scalars(statement).first()
    if unit is None or is_permitted(session, unit, on=received_on):
        return None
    return UnitNotFree(NotFreeReason.PERMIT_MISSING, unit=unit.code)


@takes_back("attachment.added", label=_l("Paper attached"), permission=Permission.ATTACHMENT_ADD)
def undo_attaching(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Take out a paper that was just attached."""
    reason = _("Undone by who attached it")
    remove_attachment(session, get_attachment(session, offer.subject_id), actor=actor, reason=reason)


@takes_back("attachment.removed", label=_l("Paper taken out"), permission=Permission.ATTACHMENT_ADD)
def undo_removal(session: Session, offer: UndoOffer, actor: Actor) -> None:
    """Put back a paper that was just taken out."""
    restore_attachment(session, get_attachment(session, offer.subject_id), actor=actor)
