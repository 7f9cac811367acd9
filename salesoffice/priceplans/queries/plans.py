"""Finding plans, what they cover, and their last change."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import BatchState
from salesoffice.inventory.models import Building, ReleaseBatch, ReleaseBatchUnit, Unit
from salesoffice.priceplans.models import PlanBuilding, PlanChange, PricePlan
from salesoffice.pricing.models import PriceVersion
from salesoffice.staff.models import User

_LARGEST_ID = 2**31 - 1


class PlanRow(NamedTuple):
    """A plan with what a list of plans tells about it."""

    plan: PricePlan
    author: str | None
    batch: str | None
    version_number: int | None
    buildings: tuple[str, ...] = ()


def get_plan(session: Session, project_id: int, plan_id: int) -> PricePlan:
    """Return a plan of a project; raises NotFound."""
    plan = session.get(PricePlan, plan_id) if plan_id <= _LARGEST_ID else None
    if plan is None or plan.project_id != project_id:
        raise NotFound(_l("There is no such price plan."))
    return plan


def list_plans(session: Session, project_id: int) -> list[PlanRow]:
    """List the plans of a project, open ones first, the one changed last on top."""
    statement = (
        select(PricePlan, User.name, ReleaseBatch.name, PriceVersion.number)
        .outerjoin(User, User.id == PricePlan.created_by_id)
        .outerjoin(ReleaseBatch, ReleaseBatch.id == PricePlan.batch_id)
        .outerjoin(PriceVersion, PriceVersion.id == PricePlan.version_id)
        .where(PricePlan.project_id == project_id)
        .order_by(PricePlan.is_open.desc(), PricePlan.changed_at.desc(), PricePlan.id.desc())
    )
    names = _list_building_names(session, project_id)
    return [PlanRow(*row, names.get(row[0].id, ())) for row in session.execute(statement)]


def list_open_batches(session: Session, project_id: int) -> Sequence[ReleaseBatch]:
    """List the release batches of a project that were not called off."""
    statement = (
        select(ReleaseBatch)
        .where(ReleaseBatch.project_id == project_id, ReleaseBatch.state != BatchState.CANCELLED)
        .order_by(ReleaseBatch.id.desc())
    )
    return session.scalars(statement).all()


def list_plan_buildings(session: Session, plan_id: int) -> list[int]:
    """List the ids of the buildings that a plan names; none: it names a batch, or covers the whole project."""
    return list(session.scalars(select(PlanBuilding.building_id).where(PlanBuilding.plan_id == plan_id)))


def select_scope(plan: PricePlan, building_ids: Sequence[int]) -> Select[int]:
    """Build the select of the ids of the units that a plan covers."""
    statement = select(Unit.id).where(Unit.project_id == plan.project_id)
    if plan.batch_id is not None:
        of_batch = select(ReleaseBatchUnit.unit_id).where(ReleaseBatchUnit.batch_id == plan.batch_id)
        return statement.where(Unit.id.in_(of_batch))
    return statement.where(Unit.building_id.in_(building_ids)) if building_ids else statement


def list_scope_ids(session: Session, plan: PricePlan) -> list[int]:
    """List the ids of the units that a plan covers."""
    return list(session.scalars(select_scope(plan, list_plan_buildings(session, plan.id))))


def find_last_change(session: Session, plan_id: int) -> PlanChange | None:
    """Find the last change of a plan that was not taken back."""
    statement = (
        select(PlanChange)
        .where(PlanChange.plan_id == plan_id, PlanChange.undone_at.is_(None))
        .order_by(PlanChange.revision.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def find_undoer(session: Session, plan_id: int) -> int | None:
    """Find who made the last change that was not taken back; None when there is none."""
    change = find_last_change(session, plan_id)
    return change.changed_by_id if change else None


def find_free_name(session: Session, project_id: int, name: str) -> str:
    """Return a name for a copy that no plan of the project has yet: `name 2` and so on."""
    taken = set(session.scalars(select(PricePlan.name).where(PricePlan.project_id == project_id)))
    number = 2
    while f"{name[:55]} {number}" in taken:
        number += 1
    return f"{name[:55]} {number}"


def count_plan_units(session: Session, project_id: int) -> int:
    """Count the units of a project: without any there is nothing to price."""
    return session.scalar(select(func.count(Unit.id)).where(Unit.project_id == project_id)) or 0


def _list_building_names(session: Session, project_id: int) -> dict[int, tuple[str, ...]]:
    statement = (
        select(PlanBuilding.plan_id, Building.name)
        .join(Building, Building.id == PlanBuilding.building_id)
        .where(Building.project_id == project_id)
        .order_by(Building.position, Building.name)
    )
    names: dict[int, tuple[str, ...]] = {}
    for plan_id, name in session.execute(statement):
        names[plan_id] = (*names.get(plan_id, ()), name)
    return names
