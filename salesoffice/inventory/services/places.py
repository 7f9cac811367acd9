"""Buildings, sections, floors and unit types: found by name, added where they are missing, many at a time."""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from salesoffice.inventory.models import Building, Floor, Section, UnitType
from salesoffice.inventory.rules import Place, PlaceIds
from salesoffice.projects.models import Project


def lock_project(session: Session, project_id: int) -> None:
    """Let nobody else place units in the project until the transaction ends; taken before any unit is locked.

    Rows that point at the project can still be added (FOR NO KEY UPDATE), so that sales go on.
    """
    session.execute(select(Project.id).where(Project.id == project_id).with_for_update(key_share=True))


def ensure_places(session: Session, project_id: int, places: Collection[Place]) -> Mapping[Place, PlaceIds]:
    """Return the rows of each place, adding buildings, sections and floors that are missing. Call `lock_project` first.

    A floor is found by its label; the number of one that exists stays as it is.
    """
    buildings = _ensure_buildings(session, project_id, {place.building for place in places})
    sections = _ensure_sections(session, {(buildings[place.building], place.section) for place in places})
    wanted = {
        (sections[buildings[place.building], place.section], place.floor_label): place.floor_number
        for place in places
    }
    floors = _ensure_floors(session, wanted)
    found = {}
    for place in places:
        building_id = buildings[place.building]
        section_id = sections[building_id, place.section]
        found[place] = PlaceIds(building_id, section_id, floors[section_id, place.floor_label])
    return found


def ensure_unit_types(session: Session, project_id: int, names: Iterable[str]) -> Mapping[str, int]:
    """Return the id of each unit type of a project by name, adding those that are missing."""
    statement = select(UnitType.name, UnitType.id).where(UnitType.project_id == project_id)
    found = dict(session.execute(statement).all())
    missing = [name for name in dict.fromkeys(names) if name and name not in found]
    if missing:
        rows = [{"project_id": project_id, "name": name, "layout": ""} for name in missing]
        session.execute(insert(UnitType), rows)
        found = dict(session.execute(statement).all())
    return found


def _ensure_buildings(session: Session, project_id: int, names: Collection[str]) -> dict[str, int]:
    statement = select(Building.name, Building.id).where(Building.project_id == project_id)
    found = dict(session.execute(statement).all())
    missing = sorted(set(names) - found.keys())
    if missing:
        rows = [{"project_id": project_id, "name": name, "position": 0} for name in missing]
        session.execute(insert(Building), rows)
        found = dict(session.execute(statement).all())
    return found


def _ensure_sections(session: Session, wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], int]:
    building_ids = {building_id for building_id, _name in wanted}
    statement = select(Section.building_id, Section.name, Section.id).where(
        Section.building_id.in_(building_ids)
    )
    found = {(row[0], row[1]): row[2] for row in session.execute(statement)}
    missing = sorted(set(wanted) - found.keys())
    if missing:
        rows = [{"building_id": building_id, "name": name, "position": 0} for building_id, name in missing]
        session.execute(insert(Section), rows)
        found = {(row[0], row[1]): row[2] for row in session.execute(statement)}
    return found


def _ensure_floors(
    session: Session, wanted: Mapping[tuple[int, str], int | None]
) -> dict[tuple[int, str], int]:
    section_ids = {section_id for section_id, _label in wanted}
    statement = select(Floor.section_id, Floor.label, Floor.id).where(Floor.section_id.in_(section_ids))
    found = {(row[0], row[1]): row[2] for row in session.execute(statement)}
    missing = [key for key in wanted if key not in found]
    if missing:
        rows = [
            {"section_id": section_id, "label": label, "number": wanted[section_id, label]}
            for section_id, label in missing
        ]
        session.execute(insert(Floor), rows)
        found = {(row[0], row[1]): row[2] for row in session.execute(statement)}
    return found
