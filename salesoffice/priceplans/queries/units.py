"""The units of a plan as tuples of plain numbers and texts: what their prices are counted from, and where they are.

The statements are built once; nothing here makes an object of the database's own, so that 3,000 units are quick.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Select, and_, bindparam, func, select, type_coerce
from sqlalchemy.orm import Session

from salesoffice.deals.models import Claim
from salesoffice.deals.queries import live_claim
from salesoffice.inventory.models import Building, Floor, ReleaseBatchUnit, Section, Unit, UnitType
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.queries.plans import list_plan_buildings
from salesoffice.pricing.enums import PriceLayer, PriceVersionState
from salesoffice.pricing.models import PriceLimit, PriceVersion, UnitPrice


class ScopeUnit(NamedTuple):
    """A unit that a plan covers; areas are hundredths of a m², 0 … None when not known."""

    unit_id: int
    code: str
    building_id: int
    building: str
    building_position: int
    section_id: int
    section: str
    section_position: int
    floor_id: int
    floor_number: int | None
    floor_label: str
    room_no: str
    line: str
    unit_type: str
    orientation: str
    view: str
    light: str
    gross_area: int | None
    inner_area: int | None


class OldPrice(NamedTuple):
    """The price of a unit in the version in force, fen."""

    basis: str
    gross_price: int | None
    inner_price: int | None
    total: int


class Limits(NamedTuple):
    """Between which totals (fen) a unit's price stays; None: no limit on that side."""

    lower: int | None
    upper: int | None


def list_scope_units(session: Session, plan: PricePlan) -> list[ScopeUnit]:
    """List the units that a plan covers, building by building, section by section, the lowest floor first."""
    houses = [] if plan.batch_id is not None else list_plan_buildings(session, plan.id)
    statement = _scope_statement(is_batch=plan.batch_id is not None, is_partial=bool(houses))
    values = {"project_id": plan.project_id, "batch_id": plan.batch_id, "houses": houses}
    return list(map(ScopeUnit._make, _fetch(session, statement, values)))


def list_project_units(session: Session, project_id: int) -> list[ScopeUnit]:
    """List all units of a project in the same order."""
    statement = _scope_statement(is_batch=False, is_partial=False)
    return list(map(ScopeUnit._make, _fetch(session, statement, {"project_id": project_id})))


def list_claimed_ids(session: Session, project_id: int) -> set[int]:
    """List the ids of a project's units that somebody holds or has bought, at this moment."""
    statement = select(Claim.unit_id).where(Claim.project_id == project_id, live_claim())
    return set(session.scalars(statement))


def list_old_prices(session: Session, project_id: int) -> dict[int, OldPrice]:
    """Return the prices in force of a project by unit id; empty before the first version."""
    rows = _fetch(session, _OLD_PRICES, {"project_id": project_id})
    return {row[0]: OldPrice(*row[1:]) for row in rows}


def list_limits(session: Session, project_id: int) -> dict[int, Limits]:
    """Return the limits of a project's units: the higher floor price below, the filed price above."""
    found: dict[int, Limits] = {}
    for unit_id, layer, total in _fetch(session, _LIMITS, {"project_id": project_id}):
        lower, upper = found.get(unit_id, (None, None))
        if layer == PriceLayer.FILED.value:
            upper = total
        else:
            lower = max(total, lower or 0)
        found[unit_id] = Limits(lower, upper)
    return found


def _fetch(
    session: Session, statement: Select[*tuple[Any, ...]], values: Mapping[str, object]
) -> Iterator[tuple[Any, ...]]:
    """Fetch tuples straight from the driver's cursor, for columns that need no conversion."""
    cursor = session.connection().execute(statement, values).cursor
    return iter(()) if cursor is None else iter(cursor.fetchone, None)


@cache
def _scope_statement(*, is_batch: bool, is_partial: bool) -> Select[*tuple[Any, ...]]:
    statement = (
        select(
            Unit.id, Unit.code, Building.id, Building.name, Building.position, Section.id, Section.name,
            Section.position, Floor.id, Floor.number, Floor.label, Unit.room_no, Unit.line,
            func.coalesce(UnitType.name, ""), Unit.orientation, Unit.view, Unit.light,
            type_coerce(Unit.gross_area, BigInteger), type_coerce(Unit.inner_area, BigInteger),
        )
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .where(Unit.project_id == bindparam("project_id"))
        .order_by(
            Building.position, Building.name, Building.id, Section.position, Section.name, Section.id,
            Floor.number, Floor.label, Unit.line, Unit.room_no, Unit.id,
        )
    )  # fmt: skip
    if is_batch:
        in_batch = and_(
            ReleaseBatchUnit.unit_id == Unit.id, ReleaseBatchUnit.batch_id == bindparam("batch_id")
        )
        return statement.join(ReleaseBatchUnit, in_batch)
    return (
        statement.where(Unit.building_id.in_(bindparam("houses", expanding=True)))
        if is_partial
        else statement
    )


_IN_FORCE = select(PriceVersion.id).where(
    PriceVersion.project_id == bindparam("project_id"), PriceVersion.state == PriceVersionState.IN_FORCE
)
_OLD_PRICES = select(
    UnitPrice.unit_id,
    UnitPrice.basis,
    UnitPrice.gross_price,
    UnitPrice.inner_price,
    UnitPrice.list_total_amount,
).where(UnitPrice.version_id == _IN_FORCE.scalar_subquery())
_LIMITS = (
    select(PriceLimit.unit_id, PriceLimit.layer, PriceLimit.total_amount)
    .join(Unit, Unit.id == PriceLimit.unit_id)
    .where(Unit.project_id == bindparam("project_id"), PriceLimit.superseded_at.is_(None))
)
