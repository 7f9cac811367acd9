"""Making, copying and closing plans."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import BatchState
from salesoffice.inventory.models import Building, ReleaseBatch
from salesoffice.priceplans.enums import PlanMethod, RoundingMode, RoundingTarget
from salesoffice.priceplans.models import PlanAdjustment, PlanBuilding, PlanFactor, PricePlan
from salesoffice.priceplans.services.changes import check_terms
from salesoffice.pricing.enums import PriceBasis

COPIED = (
    "batch_id", "method", "basis", "target_price", "blended_discount", "base_price", "base_floor",
    "rounding_mode", "rounding_target", "rounding_step", "min_price", "max_price",
)  # fmt: skip


@dataclass(frozen=True)
class PlanDetails:
    """What a plan aims at and how it counts; unit prices are fen per m², `blended_discount` the share that is paid."""

    method: PlanMethod
    basis: PriceBasis
    target_price: int | None = None
    blended_discount: Decimal = Decimal(1)
    base_price: int | None = None
    base_floor: int = 1
    rounding_mode: RoundingMode = RoundingMode.HALF_UP
    rounding_target: RoundingTarget = RoundingTarget.UNIT_PRICE
    rounding_step: int = 100
    min_price: int | None = None
    max_price: int | None = None


class PlanNameTaken(DomainError):
    """Another plan of the project has the name."""

    def __init__(self) -> None:
        message = _l("There is a plan of this name already.")
        super().__init__(message, code="name_taken", errors=[FieldProblem("name", message)])


def create_plan(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    name: str,
    details: PlanDetails,
    batch_id: int | None = None,
    building_ids: Sequence[int] = (),
) -> PricePlan:
    """Add a plan for a release batch, for some buildings, or (neither given) for the whole project.

    Refused: a name that is taken (PlanNameTaken); both a batch and buildings, or ones of another project, no target
    and no base price (InvalidInput).
    """
    _check_scope(session, project_id, batch_id, building_ids)
    check_terms(vars(details))
    _check_name(session, project_id, name)
    now = clock.now()
    plan = PricePlan(
        project_id=project_id,
        name=name,
        batch_id=batch_id,
        created_at=now,
        created_by_id=actor.id,
        changed_at=now,
        **vars(details),
    )
    session.add(plan)
    session.flush()
    session.add_all(PlanBuilding(plan_id=plan.id, building_id=house) for house in sorted(set(building_ids)))
    session.flush()
    _record(session, plan, "price_plan.created", actor, after={"name": name})
    return plan


def copy_plan(session: Session, plan: PricePlan, *, actor: Actor, name: str) -> PricePlan:
    """Copy a plan with its factors and adjustments as a scenario of its own; refused with PlanNameTaken."""
    _check_name(session, plan.project_id, name)
    now = clock.now()
    copy = PricePlan(
        project_id=plan.project_id,
        name=name,
        copied_from_id=plan.id,
        created_at=now,
        created_by_id=actor.id,
        changed_at=now,
        **{column: getattr(plan, column) for column in COPIED},
    )
    session.add(copy)
    session.flush()
    session.add_all(PlanBuilding(plan_id=copy.id, building_id=row.building_id) for row in plan.buildings)
    session.add_all(
        PlanFactor(
            plan_id=copy.id,
            **{
                column: getattr(row, column)
                for column in ("kind", "building_id", "key", "position", "coefficient", "difference")
            },
        )
        for row in plan.factors
    )
    session.add_all(
        PlanAdjustment(plan_id=copy.id, unit_id=row.unit_id, difference=row.difference, reason=row.reason)
        for row in plan.adjustments
    )
    session.flush()
    _record(session, copy, "price_plan.copied", actor, after={"name": name, "copied_from": plan.name})
    return copy


def close_plan(session: Session, plan: PricePlan, *, actor: Actor) -> PricePlan:
    """Close a plan: it stays to be read and compared, but no longer changes. Closing it twice changes nothing."""
    plan = lock_rows(session, select(PricePlan).where(PricePlan.id == plan.id))[0]
    if plan.is_open:
        plan.is_open = False
        plan.changed_at = clock.now()
        _record(session, plan, "price_plan.closed", actor, after={"is_open": False})
    return plan


def _check_scope(
    session: Session, project_id: int, batch_id: int | None, building_ids: Sequence[int]
) -> None:
    if batch_id is not None and building_ids:
        raise InvalidInput(_l("Choose a release batch, or buildings, not both."), code="scope_invalid")
    houses = select(Building.id).where(Building.project_id == project_id)
    if set(building_ids) - set(session.scalars(houses)):
        raise InvalidInput(_l("There is no such building."), code="scope_invalid")
    if batch_id is not None:
        batch = session.get(ReleaseBatch, batch_id)
        if batch is None or batch.project_id != project_id or batch.state is BatchState.CANCELLED:
            raise InvalidInput(_l("There is no such release batch."), code="scope_invalid")


def _check_name(session: Session, project_id: int, name: str) -> None:
    taken = select(PricePlan.id).where(PricePlan.project_id == project_id, PricePlan.name == name)
    if session.scalar(taken) is not None:
        raise PlanNameTaken


def _record(
    session: Session, plan: PricePlan, action: str, actor: Actor, *, after: dict[str, object]
) -> None:
    audit.record(session, action=action, actor=actor, project_id=plan.project_id, subject=plan, after=after)
