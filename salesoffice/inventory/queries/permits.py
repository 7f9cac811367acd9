"""Finding permits and what they cover."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Building, Permit, PermitBuilding, PermitUnit, Unit

PUBLISH_WITHIN = timedelta(days=10)
"""From the day of issue all units and prices must be public within this time (measures on selling homes, 2010)."""


@dataclass(frozen=True)
class PermitRow:
    """A permit with the names of the buildings and the codes of the single units it covers.

    `unit_count` counts all units it covers.
    """

    permit: Permit
    buildings: tuple[str, ...]
    units: tuple[str, ...]
    unit_count: int

    @property
    def is_valid(self) -> bool:
        """Whether its day of issue has come."""
        return self.permit.issued_on <= clock.business_today()

    @property
    def publish_by(self) -> date:
        """The last day for making its units and prices public."""
        return self.permit.issued_on + PUBLISH_WITHIN

    @property
    def days_left(self) -> int | None:
        """How many days are left for that, below 0 when it is overdue; None once it is done."""
        if self.permit.published_on is not None:
            return None
        return (self.publish_by - clock.business_today()).days


def list_permits(session: Session, project_id: int) -> list[PermitRow]:
    """List the permits of a project, the newest first, with the buildings they name and the units they cover."""
    covered = (
        select(PermitBuilding.permit_id, Building.id, Building.name)
        .join(Building, Building.id == PermitBuilding.building_id)
        .where(Building.project_id == project_id)
        .order_by(Building.position, Building.name)
    )
    houses: dict[int, dict[int, str]] = {}
    for permit_id, building_id, name in session.execute(covered):
        houses.setdefault(permit_id, {})[building_id] = name
    singles = (
        select(PermitUnit.permit_id, Unit.code, Unit.building_id)
        .join(Unit, Unit.id == PermitUnit.unit_id)
        .where(Unit.project_id == project_id)
        .order_by(Unit.id)
    )
    units: dict[int, list[tuple[str, int]]] = {}
    for permit_id, code, building_id in session.execute(singles):
        units.setdefault(permit_id, []).append((code, building_id))
    counted = select(Unit.building_id, func.count()).where(Unit.project_id == project_id)
    counts = dict(session.execute(counted.group_by(Unit.building_id)).all())
    permits = select(Permit).where(Permit.project_id == project_id)
    return [
        PermitRow(
            permit,
            tuple(houses.get(permit.id, {}).values()),
            tuple(code for code, _building_id in units.get(permit.id, ())),
            sum(
                count
                for building_id, count in counts.items()
                if permit.is_project_wide or building_id in houses.get(permit.id, {})
            )
            + sum(
                building_id not in houses.get(permit.id, {})
                for _code, building_id in units.get(permit.id, ())
            ),
        )
        for permit in session.scalars(permits.order_by(Permit.issued_on.desc(), Permit.id.desc()))
    ]


def list_uncovered_buildings(session: Session, project_id: int, on: date) -> list[str]:
    """List the names of the buildings of which no permit issued up to a business day covers every unit."""
    valid = and_(Permit.project_id == project_id, Permit.issued_on <= on)
    if session.scalar(select(Permit.id).where(valid, Permit.is_project_wide).limit(1)):
        return []
    covered = select(PermitBuilding.building_id).join(Permit, Permit.id == PermitBuilding.permit_id)
    singles = select(PermitUnit.unit_id).join(Permit, Permit.id == PermitUnit.permit_id)
    of_building = Unit.building_id == Building.id
    statement = select(Building.name).where(
        Building.project_id == project_id,
        Building.id.not_in(covered.where(valid)),
        or_(~exists().where(of_building), exists().where(of_building, Unit.id.not_in(singles.where(valid)))),
    )
    return list(session.scalars(statement.order_by(Building.position, Building.name)))


def get_permit(session: Session, project_id: int, permit_id: int) -> Permit:
    """Return a permit of a project; raises NotFound."""
    permit = session.get(Permit, permit_id)
    if permit is None or permit.project_id != project_id:
        raise NotFound(_l("There is no such permit."))
    return permit


def covers_place(session: Session, project_id: int, unit_id: int, building_id: int, on: date) -> bool:
    """Tell whether a permit issued up to a business day would cover a unit standing in a building."""
    names_building = exists().where(
        PermitBuilding.permit_id == Permit.id, PermitBuilding.building_id == building_id
    )
    names_unit = exists().where(PermitUnit.permit_id == Permit.id, PermitUnit.unit_id == unit_id)
    conditions: tuple[ColumnElement[bool], ...] = (
        Permit.project_id == project_id,
        Permit.issued_on <= on,
        or_(Permit.is_project_wide, names_building, names_unit),
    )
    return session.scalar(select(Permit.id).where(*conditions).limit(1)) is not None
