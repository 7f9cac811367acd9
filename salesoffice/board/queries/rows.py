"""All units of a project as tuples of plain numbers and texts, and the names behind their ids.

The statements are built once and take their values as parameters: building them costs more than a small project's rows.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from itertools import groupby, repeat
from operator import itemgetter
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, bindparam, or_, select, true, type_coerce
from sqlalchemy.orm import Session

from salesoffice.board.queries.board import find_cover, open_claim, state_column
from salesoffice.board.rules import Place, UnitRow, look_of
from salesoffice.deals.models import Claim
from salesoffice.infra.types import UtcDateTime
from salesoffice.inventory.enums import BatchState
from salesoffice.inventory.models import (
    Building,
    Floor,
    ReleaseBatch,
    ReleaseBatchUnit,
    Section,
    Unit,
    UnitType,
)
from salesoffice.inventory.queries import find_open_overlays
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice


@dataclass(frozen=True)
class Structure:
    """The names behind the ids of a project's units; `batches` are the release batches that were not called off."""

    buildings: tuple[Place, ...]
    sections: Mapping[int, Place]
    floors: Mapping[int, Place]
    types: Mapping[int, str]
    batches: Mapping[int, str]


def list_rows(
    session: Session, project_id: int, *, now: datetime, building_ids: Collection[int] | None = None
) -> list[UnitRow]:
    """List the units of a project, or of some of its buildings, with the list price in force and the state."""
    return list(_run_rows(session, project_id, now, building_ids))


def iterate_houses(
    session: Session, project_id: int, *, now: datetime, building_ids: Collection[int] | None = None
) -> Iterator[tuple[int, list[UnitRow]]]:
    """Give the units building by building, each with the building's id.

    The database is asked at once; the rows become units as they are taken, a building at a time.
    """
    rows = _run_rows(session, project_id, now, building_ids)
    return ((house_id, list(units)) for house_id, units in groupby(rows, itemgetter(0)))


def get_structure(session: Session, project_id: int) -> Structure:
    """Return the names of a project's buildings, sections, floors, unit types and release batches."""
    values = {"project_id": project_id}
    buildings: dict[int, Place] = {}
    sections: dict[int, Place] = {}
    for house, house_name, house_position, section, name, position in _fetch(session, _SECTIONS, values):
        buildings[house] = Place(house, house_name, house_position)
        sections[section] = Place(section, name, position)
    floors = {row[0]: Place._make(row) for row in _fetch(session, _FLOORS, values)}
    types, batches = (dict(_fetch(session, statement, values)) for statement in (_TYPES, _BATCHES))
    return Structure(tuple(buildings.values()), sections, floors, types, batches)


def list_batch_unit_ids(session: Session, project_id: int, batch_id: int) -> frozenset[int]:
    """Return the ids of the units of a release batch of a project; none for another project's."""
    statement = (
        select(ReleaseBatchUnit.unit_id)
        .join(ReleaseBatch, ReleaseBatch.id == ReleaseBatchUnit.batch_id)
        .where(ReleaseBatch.project_id == project_id, ReleaseBatch.id == batch_id)
    )
    return frozenset(session.scalars(statement))


def _run_rows(
    session: Session, project_id: int, now: datetime, building_ids: Collection[int] | None
) -> Iterator[UnitRow]:
    cover = find_cover(session, project_id, now)
    statement = _build_statement(
        is_all_covered=cover.is_project_wide,
        has_covered_units=bool(cover.unit_ids),
        is_partial=building_ids is not None,
    )
    values = {
        "project_id": project_id,
        "now": now,
        "covered": list(cover.building_ids),
        "covered_units": list(cover.unit_ids),
        "wanted": list(building_ids or ()),
    }
    overlays = find_open_overlays(session, project_id)
    rows: Iterator[UnitRow] = map(tuple.__new__, repeat(UnitRow), _fetch(session, statement, values))
    return _look_up(rows, overlays) if overlays else rows


def _look_up(rows: Iterator[UnitRow], overlays: Mapping[int, Collection[str]]) -> Iterator[UnitRow]:
    """Let the overlaid units among some rows look so."""
    return (
        row._replace(state=look_of(row.state, overlays[row.id])) if row.id in overlays else row
        for row in rows
    )


@cache
def _build_statement(
    *, is_all_covered: bool, has_covered_units: bool, is_partial: bool
) -> Select[*tuple[Any, ...]]:
    """The columns of UnitRow, as the database holds them: no column needs a conversion."""
    covered: ColumnElement[bool] = Unit.building_id.in_(bindparam("covered", expanding=True))
    if has_covered_units:
        covered = or_(covered, Unit.id.in_(bindparam("covered_units", expanding=True)))
    if is_all_covered:
        covered = true()
    in_force = and_(
        PriceVersion.project_id == bindparam("project_id"), PriceVersion.state == PriceVersionState.IN_FORCE
    )
    version = select(PriceVersion.id).where(in_force).scalar_subquery()
    statement = (
        select(
            Unit.building_id,
            Unit.section_id,
            Unit.floor_id,
            Unit.id,
            Unit.code,
            Unit.room_no,
            Unit.line,
            Unit.unit_type_id,
            type_coerce(Unit.gross_area, BigInteger),
            type_coerce(Unit.inner_area, BigInteger),
            Unit.orientation,
            UnitPrice.list_total_amount,
            state_column(covered),
        )
        .select_from(Unit)
        .outerjoin(Claim, open_claim(bindparam("now", type_=UtcDateTime)))
        .outerjoin(UnitPrice, and_(UnitPrice.unit_id == Unit.id, UnitPrice.version_id == version))
        .where(Unit.project_id == bindparam("project_id"))
        .order_by(Unit.building_id)
    )
    return (
        statement.where(Unit.building_id.in_(bindparam("wanted", expanding=True)))
        if is_partial
        else statement
    )


def _fetch(
    session: Session, statement: Select[*tuple[Any, ...]], values: Mapping[str, object]
) -> Iterator[tuple[Any, ...]]:
    """Fetch tuples straight from the driver's cursor, for columns that need no conversion."""
    cursor = session.connection().execute(statement, values).cursor
    return iter(()) if cursor is None else iter(cursor.fetchone, None)


_OF_PROJECT = Building.project_id == bindparam("project_id")
_SECTIONS = (
    select(Building.id, Building.name, Building.position, Section.id, Section.name, Section.position)
    .outerjoin(Section, Section.building_id == Building.id)
    .where(_OF_PROJECT)
)
_FLOORS = (
    select(Floor.id, Floor.label, Floor.number)
    .join(Section, Section.id == Floor.section_id)
    .join(Building, Building.id == Section.building_id)
    .where(_OF_PROJECT)
)
_TYPES = select(UnitType.id, UnitType.name).where(UnitType.project_id == bindparam("project_id"))
_BATCHES = (
    select(ReleaseBatch.id, ReleaseBatch.name)
    .where(ReleaseBatch.project_id == bindparam("project_id"), ReleaseBatch.state != BatchState.CANCELLED)
    .order_by(ReleaseBatch.id)
)
