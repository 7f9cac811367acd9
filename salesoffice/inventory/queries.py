"""Finding units, buildings, permits, unit types; and what must never be the case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import (
    Building,
    Floor,
    Permit,
    PermitBuilding,
    Phase,
    Section,
    Unit,
    UnitType,
)
from salesoffice.inventory.rules import Place, PlaceIds, is_area_sum_right


@dataclass(frozen=True)
class UnitFilter:
    """Which units a list shows; None and an empty text leave a question open."""

    building_id: int | None = None
    release_state: ReleaseState | None = None
    q: str = ""
    is_doubtful: bool = False


class BuildingRow(NamedTuple):
    """A building with what a list of buildings tells about it."""

    building: Building
    phase: str | None
    unit_count: int
    released_count: int
    withheld_count: int
    doubt_count: int


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


def get_unit(session: Session, unit_id: int) -> Unit:
    """Return a unit by id; raises NotFound."""
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(_l("There is no such unit."))
    return unit


def get_unit_by_code(session: Session, project_id: int, code: str) -> Unit:
    """Return a unit of a project by its code; raises NotFound."""
    unit = session.scalars(select(Unit).where(Unit.project_id == project_id, Unit.code == code)).one_or_none()
    if unit is None:
        raise NotFound(_l("There is no such unit."))
    return unit


def get_unit_type(session: Session, project_id: int, type_id: int) -> UnitType:
    """Return a unit type of a project; raises NotFound."""
    unit_type = session.get(UnitType, type_id)
    if unit_type is None or unit_type.project_id != project_id:
        raise NotFound(_l("There is no such unit type."))
    return unit_type


def get_building(session: Session, project_id: int, building_id: int) -> Building:
    """Return a building of a project; raises NotFound."""
    building = session.get(Building, building_id)
    if building is None or building.project_id != project_id:
        raise NotFound(_l("There is no such building."))
    return building


def get_phase(session: Session, project_id: int, phase_id: int) -> Phase:
    """Return a phase of a project; raises NotFound."""
    phase = session.get(Phase, phase_id)
    if phase is None or phase.project_id != project_id:
        raise NotFound(_l("There is no such phase."))
    return phase


def list_buildings(session: Session, project_id: int) -> Sequence[Building]:
    """List the buildings of a project."""
    statement = (
        select(Building).where(Building.project_id == project_id).order_by(Building.position, Building.name)
    )
    return session.scalars(statement).all()


def find_building_ids(session: Session, project_id: int, names: Sequence[str]) -> list[int]:
    """Return the ids of buildings by name; raises NotFound for a name that is not there."""
    statement = select(Building.name, Building.id).where(Building.project_id == project_id)
    known = dict(session.execute(statement).all())
    for name in names:
        if name not in known:
            raise NotFound(_l("There is no building %(name)s in the project.", name=name))
    return [known[name] for name in names]


def list_phases(session: Session, project_id: int) -> Sequence[Phase]:
    """List the phases of a project."""
    return session.scalars(select(Phase).where(Phase.project_id == project_id).order_by(Phase.id)).all()


def count_buildings(session: Session, project_id: int) -> list[BuildingRow]:
    """List the buildings of a project with their phase and numbers of units."""

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    statement = (
        select(
            Building,
            Phase.name,
            func.count(Unit.id),
            count(Unit.release_state == ReleaseState.RELEASED),
            count(Unit.release_state == ReleaseState.WITHHELD),
            count(Unit.doubt != ""),
        )
        .outerjoin(Phase, Phase.id == Building.phase_id)
        .outerjoin(Unit, Unit.building_id == Building.id)
        .where(Building.project_id == project_id)
        .group_by(Building.id, Phase.name)
        .order_by(Building.position, Building.name)
    )
    return [BuildingRow(*row) for row in session.execute(statement)]


def select_units(project_id: int, chosen: UnitFilter) -> Select[Unit]:
    """Build the select of the units of a list, with building, section and floor, in the order of the house."""
    statement = (
        select(Unit)
        .join(Unit.building)
        .join(Unit.section)
        .join(Unit.floor)
        .outerjoin(Unit.unit_type)
        .options(
            contains_eager(Unit.building),
            contains_eager(Unit.section),
            contains_eager(Unit.floor),
            contains_eager(Unit.unit_type),
        )
        .where(Unit.project_id == project_id)
        .order_by(
            Building.position, Building.name, Section.name, func.coalesce(Floor.number, -99), Floor.label,
            Unit.room_no, Unit.id,
        )
    )  # fmt: skip
    if chosen.building_id is not None:
        statement = statement.where(Unit.building_id == chosen.building_id)
    if chosen.release_state is not None:
        statement = statement.where(Unit.release_state == chosen.release_state)
    if chosen.is_doubtful:
        statement = statement.where(Unit.doubt != "")
    if chosen.q:
        statement = statement.where(_matches(chosen.q))
    return statement


def list_unit_ids(session: Session, project_id: int, chosen: UnitFilter) -> list[int]:
    """List the ids of all units of a list, on whatever page."""
    return list(session.scalars(select_units(project_id, chosen).with_only_columns(Unit.id)))


def count_doubts(session: Session, project_id: int) -> int:
    """Count the units whose place is only partly understood."""
    statement = select(func.count(Unit.id)).where(Unit.project_id == project_id, Unit.doubt != "")
    return session.scalar(statement) or 0


def list_unit_types(session: Session, project_id: int) -> Sequence[Row[UnitType, int]]:
    """List (unit type, number of units) of a project by name."""
    statement = (
        select(UnitType, func.count(Unit.id))
        .outerjoin(Unit, Unit.unit_type_id == UnitType.id)
        .where(UnitType.project_id == project_id)
        .group_by(UnitType.id)
        .order_by(UnitType.name)
    )
    return session.execute(statement).all()


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


def load_places(session: Session, project_id: int) -> dict[PlaceIds, Place]:
    """Return the words of every floor of a project by its ids."""
    statement = (
        select(Building.id, Section.id, Floor.id, Building.name, Section.name, Floor.label, Floor.number)
        .join(Section, Section.building_id == Building.id)
        .join(Floor, Floor.section_id == Section.id)
        .where(Building.project_id == project_id)
    )
    return {PlaceIds(*row[:3]): Place(*row[3:]) for row in session.execute(statement)}


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words units whose floor, section and building do not belong together, and permits gone astray.

    Areas that do not add up are no breach: a filing may state them so, and the import warns (`area_mismatch`).
    """
    statement = (
        select(Unit.code, Unit.project_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .join(Section, Section.id == Floor.section_id)
        .join(Building, Building.id == Section.building_id)
        .where(
            or_(
                Unit.section_id != Section.id,
                Unit.building_id != Building.id,
                Unit.project_id != Building.project_id,
            )
        )
        .order_by(Unit.id)
    )
    for code, project_id in session.execute(statement):
        yield f"unit {code} of project {project_id}: building, section and floor do not belong together"
    permits = (
        select(Permit.number, Building.name)
        .join(PermitBuilding, PermitBuilding.permit_id == Permit.id)
        .join(Building, Building.id == PermitBuilding.building_id)
        .where(Permit.project_id != Building.project_id)
    )
    for number, name in session.execute(permits):
        yield f"permit {number}: building {name} belongs to another project"


def find_area_mismatches(session: Session, project_id: int) -> Iterator[str]:
    """Yield the codes of units whose gross area is not inner plus shared area to 0.01 m²; a warning, not a breach."""
    statement = select(Unit.code, Unit.gross_area, Unit.inner_area, Unit.shared_area).where(
        Unit.project_id == project_id
    )
    for code, gross, inner, shared in session.execute(statement.order_by(Unit.id)):
        if not is_area_sum_right(gross, inner, shared):
            yield code


def _matches(q: str) -> ColumnElement[bool]:
    pattern = "%" + q.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    columns = (
        Unit.code, Unit.room_no, Unit.source_label, Unit.usage, Unit.orientation, Unit.withheld_reason,
        Unit.source_status, UnitType.name,
    )  # fmt: skip
    return or_(*(column.ilike(pattern, escape="\\") for column in columns))
