"""Reading what the checklist and the figures of a batch are judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.deals.enums import TIMED_KINDS
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import live_claim
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import (
    Permit,
    PermitBuilding,
    PermitUnit,
    ReleaseBatch,
    ReleaseBatchUnit,
    Unit,
    UnitType,
)
from salesoffice.inventory.queries import BatchUnit, list_batch_units
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.rules import ItemState, LaunchFacts, state_of
from salesoffice.pricing.enums import PriceVersionState, SheetKind
from salesoffice.pricing.models import PriceVersion, SheetPrint, UnitPrice
from salesoffice.staff.models import Membership, User


@dataclass(frozen=True)
class ItemLine:
    """An item of the checklist with its state and the name of who sees to it."""

    item: LaunchItem
    state: ItemState
    owner: str | None


def get_item(session: Session, project_id: int, item_id: int) -> LaunchItem:
    """Return an item of a project's checklists; raises NotFound."""
    item = session.get(LaunchItem, item_id)
    if item is None or item.project_id != project_id:
        raise NotFound(_l("There is no such item on a checklist."))
    return item


def list_amounts(session: Session, batch: ReleaseBatch) -> dict[int, int]:
    """Return the list totals in force (fen) of the units of a batch by unit id."""
    statement = (
        select(UnitPrice.unit_id, UnitPrice.list_total_amount)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .join(ReleaseBatchUnit, ReleaseBatchUnit.unit_id == UnitPrice.unit_id)
        .where(
            ReleaseBatchUnit.batch_id == batch.id,
            PriceVersion.project_id == batch.project_id,
            PriceVersion.state == PriceVersionState.IN_FORCE,
        )
    )
    return dict(session.execute(statement).all())


def count_sold(session: Session, project_id: int) -> dict[int, int]:
    """Return by batch how many of its units are sold: subscribed or further."""
    statement = (
        select(ReleaseBatchUnit.batch_id, func.count())
        .join(Claim, Claim.unit_id == ReleaseBatchUnit.unit_id)
        .where(Claim.project_id == project_id, live_claim(), Claim.kind.not_in(TIMED_KINDS))
        .group_by(ReleaseBatchUnit.batch_id)
    )
    return dict(session.execute(statement).all())


def collect_facts(session: Session, batch: ReleaseBatch) -> LaunchFacts:
    """Collect what the data says of a batch."""
    units = list_batch_units(session, batch.id)
    amounts = list_amounts(session, batch)
    covered = _list_covered(session, batch)
    printed = _list_printed(session, batch.project_id)
    return LaunchFacts(
        unit_count=len(units),
        unpriced=tuple(unit.code for unit in units if unit.unit_id not in amounts),
        unmeasured=tuple(unit.code for unit in units if unit.gross_area is None or not unit.unit_type),
        doubtful=tuple(unit.code for unit in units if unit.doubt),
        unpermitted=tuple(unit.code for unit in units if unit.unit_id not in covered),
        planless_types=_list_planless(session, units),
        unpublished=_list_unpublished(session, batch),
        is_detail_printed=SheetKind.DETAIL in printed,
        is_overview_printed=SheetKind.OVERVIEW in printed,
    )


def list_items(session: Session, batch: ReleaseBatch, facts: LaunchFacts) -> list[ItemLine]:
    """List the checklist of a batch with the state of each item today."""
    statement = (
        select(LaunchItem, User.name)
        .outerjoin(User, User.id == LaunchItem.owner_id)
        .where(LaunchItem.batch_id == batch.id)
        .order_by(LaunchItem.position, LaunchItem.id)
    )
    today = clock.business_today()
    return [
        ItemLine(item, state_of(item.kind, item.state, item.due_on, facts, today), owner)
        for item, owner in session.execute(statement)
    ]


def list_members(session: Session, project_id: int) -> Mapping[int, str]:
    """Return the names of the people of a project by id."""
    statement = (
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.project_id == project_id, User.is_active)
        .distinct()
        .order_by(User.name, User.id)
    )
    return dict(session.execute(statement).all())


def _list_covered(session: Session, batch: ReleaseBatch) -> set[int]:
    statement = (
        select(Unit.id)
        .join(ReleaseBatchUnit, ReleaseBatchUnit.unit_id == Unit.id)
        .where(ReleaseBatchUnit.batch_id == batch.id, exists().where(_covers()))
    )
    return set(session.scalars(statement))


def _list_unpublished(session: Session, batch: ReleaseBatch) -> tuple[str, ...]:
    inside = (
        select(Unit.id)
        .join(ReleaseBatchUnit, ReleaseBatchUnit.unit_id == Unit.id)
        .where(ReleaseBatchUnit.batch_id == batch.id, _covers())
        .correlate(Permit)
    )
    statement = select(Permit.number).where(Permit.published_on.is_(None), inside.exists())
    return tuple(session.scalars(statement.order_by(Permit.number)))


def _covers() -> ColumnElement[bool]:
    """Build the condition that a permit valid today covers a unit."""
    names_building = exists().where(
        PermitBuilding.permit_id == Permit.id, PermitBuilding.building_id == Unit.building_id
    )
    names_unit = exists().where(PermitUnit.permit_id == Permit.id, PermitUnit.unit_id == Unit.id)
    return and_(
        Permit.project_id == Unit.project_id,
        Permit.issued_on <= clock.business_today(),
        or_(Permit.is_project_wide, names_building, names_unit),
    )


def _list_printed(session: Session, project_id: int) -> set[SheetKind]:
    statement = (
        select(SheetPrint.kind)
        .join(PriceVersion, PriceVersion.id == SheetPrint.version_id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE)
    )
    return set(session.scalars(statement.distinct()))


def _list_planless(session: Session, units: Sequence[BatchUnit]) -> tuple[str, ...]:
    type_ids = {unit.unit_type_id for unit in units if unit.unit_type_id is not None}
    statement = select(UnitType.name).where(UnitType.id.in_(type_ids), UnitType.floor_plan_id.is_(None))
    return tuple(session.scalars(statement.order_by(UnitType.name)))
