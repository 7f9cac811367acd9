"""Units with everything that is known about them: for the API, for the unit page, and their history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.board.queries.board import Cover, covers, find_cover, open_claim, state_column
from salesoffice.board.queries.facts import ClaimFacts, UnitFacts
from salesoffice.core.permissions import Actor
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import UnitState
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import OverlayKind
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitType
from salesoffice.inventory.queries import find_open_overlays
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.projects.models import Project
from salesoffice.reservations.models import Hold
from salesoffice.staff.models import User

LONGEST_HISTORY = 500
LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class UnitSearch:
    """Which units a list gives; "" and None mean any."""

    state: str = ""
    building: str = ""
    text: str = ""


def list_units(
    session: Session,
    project: Project,
    search: UnitSearch,
    *,
    actor: Actor,
    now: datetime,
    after: int,
    limit: int,
) -> list[UnitFacts]:
    """List units of a project by rising id after `after`."""
    cover = find_cover(session, project.id, now)
    statement = _select_facts(cover, now).where(Unit.project_id == project.id, Unit.id > after)
    if search.state:
        statement = statement.where(state_column(covers(cover)) == search.state)
    if search.building:
        statement = statement.where(Building.name == search.building)
    if search.text:
        wanted = f"%{_escape_like(search.text)}%"
        statement = statement.where(
            or_(Unit.code.ilike(wanted, escape="\\"), Unit.room_no.ilike(wanted, escape="\\"))
        )
    rows = session.execute(statement.order_by(Unit.id).limit(limit)).all()
    return _build_many(session, project.id, rows, cover, actor)


def get_unit_facts(session: Session, unit: Unit, *, actor: Actor, now: datetime) -> UnitFacts:
    """Return everything about one unit."""
    cover = find_cover(session, unit.project_id, now)
    rows = session.execute(_select_facts(cover, now).where(Unit.id == unit.id)).all()
    return _build_many(session, unit.project_id, rows, cover, actor)[0]


def list_buyer_names(session: Session, deal_id: int) -> list[str]:
    """List the names of a deal's buyers, or of the customer its hold is for."""
    buyers = (
        select(Customer.name)
        .join(DealBuyer, DealBuyer.customer_id == Customer.id)
        .where(DealBuyer.deal_id == deal_id)
        .order_by(DealBuyer.position)
    )
    held_for = (
        select(Customer.name).join(Hold, Hold.customer_id == Customer.id).where(Hold.deal_id == deal_id)
    )
    return list(session.scalars(buyers)) or list(session.scalars(held_for))


def list_history(session: Session, unit: Unit) -> Sequence[AuditEntry]:
    """List the audit entries about a unit, the newest first (500 at most)."""
    statement = (
        select(AuditEntry)
        .where(AuditEntry.project_id == unit.project_id, AuditEntry.unit_id == unit.id)
        .order_by(AuditEntry.sequence.desc())
        .limit(LONGEST_HISTORY)
    )
    return session.scalars(statement).all()


def _select_facts(cover: Cover, now: datetime) -> Select[*tuple[Any, ...]]:
    keeper, approver = User.__table__.alias("keeper"), User.__table__.alias("approver")
    in_force = and_(
        PriceVersion.project_id == Unit.project_id, PriceVersion.state == PriceVersionState.IN_FORCE
    )
    return (
        select(
            Unit,
            Project.code.label("project_code"),
            Building.name.label("building_name"),
            Section.name.label("section_name"),
            Floor.number,
            Floor.label,
            UnitType.name.label("type_name"),
            UnitType.floor_plan_id,
            Section.floor_plan_id.label("section_plan_id"),
            PriceVersion.number.label("version_number"),
            UnitPrice,
            Claim,
            Deal.number.label("deal_number"),
            Deal.rep_id,
            User.name.label("rep_name"),
            keeper.c.name.label("keeper_name"),
            approver.c.name.label("approver_name"),
            state_column(covers(cover)).label("state"),
        )
        .select_from(Unit)
        .join(Project, Project.id == Unit.project_id)
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .outerjoin(PriceVersion, in_force)
        .outerjoin(UnitPrice, and_(UnitPrice.unit_id == Unit.id, UnitPrice.version_id == PriceVersion.id))
        .outerjoin(Claim, open_claim(now))
        .outerjoin(Deal, Deal.id == Claim.deal_id)
        .outerjoin(User, User.id == Deal.rep_id)
        .outerjoin(keeper, keeper.c.id == Unit.withheld_by_id)
        .outerjoin(approver, approver.c.id == Unit.withheld_approved_by_id)
        .execution_options(populate_existing=True)
    )


def _build_many(
    session: Session, project_id: int, rows: Sequence[Any], cover: Cover, actor: Actor
) -> list[UnitFacts]:
    versions = _list_versions(session, project_id, [row.Unit.id for row in rows])
    overlays = find_open_overlays(session, project_id)
    return [
        _build(row, cover, actor, versions.get(row.Unit.id, 0), overlays.get(row.Unit.id, ())) for row in rows
    ]


def _list_versions(session: Session, project_id: int, unit_ids: Sequence[int]) -> dict[int, int]:
    statement = (
        select(AuditEntry.unit_id, func.max(AuditEntry.sequence))
        .where(AuditEntry.project_id == project_id, AuditEntry.unit_id.in_(unit_ids))
        .group_by(AuditEntry.unit_id)
    )
    return {row[0]: row[1] for row in session.execute(statement) if row[0] is not None}


def _build(row: Any, cover: Cover, actor: Actor, version: int, overlay: tuple[OverlayKind, ...]) -> UnitFacts:
    unit: Unit = row.Unit
    price: UnitPrice | None = row.UnitPrice
    return UnitFacts(
        id=unit.id,
        project_id=unit.project_id,
        code=unit.code,
        project=row.project_code,
        building_id=unit.building_id,
        building=row.building_name,
        section=row.section_name,
        floor=row.number,
        floor_label=row.label,
        room_no=unit.room_no,
        line=unit.line,
        unit_type=row.type_name or "",
        floor_plan_id=row.floor_plan_id,
        section_plan_id=row.section_plan_id,
        usage=unit.usage,
        orientation=unit.orientation,
        view=unit.view,
        light=unit.light,
        storey_height=unit.storey_height,
        product=unit.product,
        gross_area=unit.gross_area,
        inner_area=unit.inner_area,
        shared_area=unit.shared_area,
        gross_price=price.gross_price if price else None,
        inner_price=price.inner_price if price else None,
        list_total_amount=price.list_total_amount if price else None,
        price_basis=price.basis if price else None,
        price_version=row.version_number if price else None,
        filed_total_amount=price.filed_total_amount if price else None,
        state=UnitState(row.state),
        release_state=unit.release_state,
        withheld_reason=unit.withheld_reason,
        withheld_until=unit.withheld_until,
        withheld_by=row.keeper_name or "",
        doubt=unit.doubt,
        withheld_approved_by=row.approver_name or "",
        is_permitted=cover.includes(unit.building_id, unit.id),
        overlay=overlay,
        claim=_build_claim(row, actor) if row.Claim is not None else None,
        version=version,
    )


def _build_claim(row: Any, actor: Actor) -> ClaimFacts:
    claim: Claim = row.Claim
    return ClaimFacts(
        kind=claim.kind,
        id=claim.document_id,
        expires_at=claim.expires_at,
        mine=row.rep_id == actor.id,
        deal_id=claim.deal_id,
        deal_number=row.deal_number,
        rep_id=row.rep_id,
        rep_name=row.rep_name,
    )


def _escape_like(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
