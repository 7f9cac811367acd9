"""Finding buildings, phases, floors and unit types."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Row, case, func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Building, Floor, Phase, Section, Unit, UnitType
from salesoffice.inventory.rules import Place, PlaceIds


class BuildingRow(NamedTuple):
    """A building with what a list of buildings tells about it."""

    building: Building
    phase: str | None
    unit_count: int
    released_count: int
    withheld_count: int
    doubt_count: int


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


def get_section(session: Session, project_id: int, section_id: int) -> Section:
    """Return a section of a project; raises NotFound."""
    section = session.get(Section, section_id)
    if section is None or section.building.project_id != project_id:
        raise NotFound(_l("There is no such section."))
    return section


def list_sections(session: Session, project_id: int) -> Mapping[int, list[Section]]:
    """Return the sections of a project by building."""
    statement = (
        select(Section)
        .join(Building, Building.id == Section.building_id)
        .where(Building.project_id == project_id)
        .order_by(Section.building_id, Section.position, Section.name)
    )
    found: dict[int, list[Section]] = {}
    for section in session.scalars(statement):
        found.setdefault(section.building_id, []).append(section)
    return found


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


def load_places(session: Session, project_id: int) -> dict[PlaceIds, Place]:
    """Return the words of every floor of a project by its ids."""
    statement = (
        select(Building.id, Section.id, Floor.id, Building.name, Section.name, Floor.label, Floor.number)
        .join(Section, Section.building_id == Building.id)
        .join(Floor, Floor.section_id == Section.id)
        .where(Building.project_id == project_id)
    )
    return {PlaceIds(*row[:3]): Place(*row[3:]) for row in session.execute(statement)}
