"""Finding deals and claims, the state of a unit, and what must never be the case."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.enums import TIMED_KINDS, AttachmentKind, ClaimKind, DealState, Stage, UnitState
from salesoffice.deals.models import AttachmentRequirement, Claim, Deal, DealAttachment, DealBuyer
from salesoffice.deals.rules import derive_unit_state
from salesoffice.infra import numbering
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Permit, PermitBuilding, PermitUnit, Unit
from salesoffice.projects.models import Project

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


def list_required_kinds(session: Session, project_id: int, stage: Stage) -> list[AttachmentKind]:
    """List the kinds of papers that a project requires before a stage, in the order of the enumeration."""
    statement = select(AttachmentRequirement.kind).where(
        AttachmentRequirement.project_id == project_id, AttachmentRequirement.stage == stage
    )
    required = set(session.scalars(statement))
    return [kind for kind in AttachmentKind if kind in required]


def list_missing_kinds(session: Session, deal: Deal, stage: Stage) -> list[AttachmentKind]:
    """List the kinds that are required before a stage and not attached to a sale."""
    required = list_required_kinds(session, deal.project_id, stage)
    if not required:
        return []
    statement = select(DealAttachment.kind).where(
        DealAttachment.deal_id == deal.id, DealAttachment.removed_at.is_(None)
    )
    attached = set(session.scalars(statement))
    return [kind for kind in required if kind not in attached]


def get_attachment(session: Session, attachment_id: int) -> DealAttachment:
    """Return a paper attached to a sale, also one that was taken out; raises NotFound."""
    found = session.get(DealAttachment, attachment_id) if attachment_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound(_l("There is no such paper."))
    return found


def list_attachments(session: Session, deal_id: int) -> Sequence[DealAttachment]:
    """List the papers attached to a sale in the order in which they came, also those taken out."""
    statement = select(DealAttachment).where(DealAttachment.deal_id == deal_id)
    return session.scalars(statement.order_by(DealAttachment.id)).all()


def list_requirements(session: Session, project_id: int) -> Mapping[Stage, Sequence[AttachmentKind]]:
    """List which papers a project requires before each stage, in the order of the enumerations."""
    statement = select(AttachmentRequirement).where(AttachmentRequirement.project_id == project_id)
    wanted = {(row.stage, row.kind) for row in session.scalars(statement)}
    return {
        stage: [kind for kind in AttachmentKind if (stage, kind) in wanted]
        for stage in Stage
        if any(row_stage is stage for row_stage, _kind in wanted)
    }


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
