"""Finding permits and what they cover."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.inventory.models import Building, Permit, PermitBuilding, Unit


@dataclass(frozen=True)
class PermitRow:
    """A permit with the names of the buildings it covers and whether it is valid today."""

    permit: Permit
    buildings: tuple[str, ...]
    unit_count: int

    @property
    def is_valid(self) -> bool:
        """Whether its day of issue has come."""
        return self.permit.issued_on <= clock.business_today()


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
    counted = select(Unit.building_id, func.count()).where(Unit.project_id == project_id)
    counts = dict(session.execute(counted.group_by(Unit.building_id)).all())
    permits = select(Permit).where(Permit.project_id == project_id)
    return [
        PermitRow(
            permit,
            tuple(houses.get(permit.id, {}).values()),
            sum(
                count
                for building_id, count in counts.items()
                if permit.is_project_wide or building_id in houses.get(permit.id, {})
            ),
        )
        for permit in session.scalars(permits.order_by(Permit.issued_on.desc(), Permit.id.desc()))
    ]


def list_uncovered_buildings(session: Session, project_id: int, on: date) -> list[str]:
    """List the names of the buildings that no permit issued up to a business day covers."""
    valid = and_(Permit.project_id == project_id, Permit.issued_on <= on)
    if session.scalar(select(Permit.id).where(valid, Permit.is_project_wide).limit(1)):
        return []
    covered = select(PermitBuilding.building_id).join(Permit, Permit.id == PermitBuilding.permit_id)
    statement = select(Building.name).where(
        Building.project_id == project_id, Building.id.not_in(covered.where(valid))
    )
    return list(session.scalars(statement.order_by(Building.position, Building.name)))
