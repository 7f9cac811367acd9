"""Finding deals and claims, the state of a unit."""

from collections.abc import Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import TIMED_KINDS, ClaimKind, UnitState
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.deals.rules import derive_unit_state
from salesoffice.inventory.models import Permit, PermitBuilding, PermitUnit, Unit

DEAL_SERIES = "deal"
DEAL_TEMPLATE = "D{number:06d}"

_LARGEST_ID = 2**31 - 1
_MONEY_KINDS = frozenset(ClaimKind) - TIMED_KINDS


def find_open_claim(session: Session, unit_id: int, *, include_expired: bool = False) -> Claim | None:
    """Find the claim that keeps a unit from others now. One whose time has passed counts only when asked for."""
    statement = (
        select(Claim)
        .where(Claim.unit_id == unit_id, Claim.closed_at.is_(None))
        .execution_options(populate_existing=True)
    )
    claim = session.scalars(statement).first()
    if claim is None or include_expired or is_live(claim):
        return claim
    return None


def is_live(claim: Claim) -> bool:
    """Tell whether a claim is open and its time, if it has one, has not passed."""
    return claim.closed_at is None and (claim.expires_at is None or claim.expires_at > clock.now())


def live_claim() -> ColumnElement[bool]:
    """Build the condition under which a row of `claims` keeps its unit from others now."""
    return and_(Claim.closed_at.is_(None), or_(Claim.expires_at.is_(None), Claim.expires_at > clock.now()))


def find_claim_of_deal(session: Session, deal_id: int) -> Claim | None:
    """Find the latest claim of a deal on its flat, open or closed."""
    statement = select(Claim).where(Claim.deal_id == deal_id, ~Claim.is_accessory)
    return session.scalars(statement.order_by(Claim.id.desc())).first()


def list_accessory_claims(session: Session, deal_id: int) -> Sequence[Claim]:
    """List the open claims on the accessories bound to a deal, by unit."""
    statement = select(Claim).where(Claim.deal_id == deal_id, Claim.is_accessory, Claim.closed_at.is_(None))
    return session.scalars(statement.order_by(Claim.unit_id)).all()


def find_permit(session: Session, unit: Unit, *, on: date | None = None) -> Permit | None:
    """Find the first pre-sale permit covering the unit that was issued up to a business day (today)."""
    covers_building = exists().where(
        PermitBuilding.permit_id == Permit.id, PermitBuilding.building_id == unit.building_id
    )
    names_unit = exists().where(PermitUnit.permit_id == Permit.id, PermitUnit.unit_id == unit.id)
    statement = (
        select(Permit)
        .where(
            Permit.project_id == unit.project_id,
            Permit.issued_on <= (on or clock.business_today()),
            or_(Permit.is_project_wide, covers_building, names_unit),
        )
        .order_by(Permit.issued_on, Permit.id)
        .limit(1)
    )
    return session.scalars(statement).first()


def is_permitted(session: Session, unit: Unit, *, on: date | None = None) -> bool:
    """Tell whether a pre-sale permit issued up to a business day (today) covers the unit."""
    return find_permit(session, unit, on=on) is not None


def unit_state(session: Session, unit: Unit) -> UnitState:
    """Return the one state of a unit that everybody is shown, at this moment."""
    claim = find_open_claim(session, unit.id)
    return derive_unit_state(
        unit.release_state.value, is_permitted(session, unit), claim.kind if claim else None
    )


def get_deal(session: Session, deal_id: int) -> Deal:
    """Return a deal by id; raises NotFound."""
    deal = session.get(Deal, deal_id) if deal_id <= _LARGEST_ID else None
    if deal is None:
        raise NotFound(_l("There is no such deal."))
    return deal


def get_deal_by_number(session: Session, project_id: int, number: str) -> Deal:
    """Return a deal of a project by its number; raises NotFound."""
    statement = select(Deal).where(Deal.project_id == project_id, Deal.number == number)
    deal = session.scalars(statement).one_or_none()
    if deal is None:
        raise NotFound(_l("There is no such deal."))
    return deal


def may_view_deal(actor: Actor, deal: Deal) -> bool:
    """Tell whether a person may see a deal: their own, or all of the project's."""
    if actor.can(Permission.DEAL_VIEW_ALL, deal.project_id):
        return True
    return deal.rep_id == actor.id and actor.can(Permission.DEAL_VIEW, deal.project_id)


def select_visible_deals(project_id: int, actor: Actor) -> Select[Deal]:
    """Build the select of the deals of a project that a person may see, newest first."""
    statement = select(Deal).where(Deal.project_id == project_id).order_by(Deal.id.desc())
    if not actor.can(Permission.DEAL_VIEW_ALL, project_id):
        statement = statement.where(Deal.rep_id == actor.id)
    return statement


def list_buyers(session: Session, deal_id: int) -> Sequence[DealBuyer]:
    """List the buyers of a deal, the principal first."""
    statement = select(DealBuyer).where(DealBuyer.deal_id == deal_id).order_by(DealBuyer.position)
    return session.scalars(statement).all()
