"""Finding release batches and their units."""

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import (
    Building,
    Floor,
    ReleaseBatch,
    ReleaseBatchUnit,
    Section,
    Unit,
    UnitType,
)


class BatchUnit(NamedTuple):
    """A unit of a batch; area in m²."""

    unit_id: int
    code: str
    building: str
    floor_label: str
    unit_type: str
    unit_type_id: int | None
    gross_area: Decimal | None
    doubt: str


def get_batch(session: Session, project_id: int, batch_id: int) -> ReleaseBatch:
    """Return a release batch of a project; raises NotFound."""
    batch = session.get(ReleaseBatch, batch_id)
    if batch is None or batch.project_id != project_id:
        raise NotFound(_l("There is no such release batch."))
    return batch


def list_batches(session: Session, project_id: int) -> Sequence[ReleaseBatch]:
    """List the release batches of a project, the newest first."""
    statement = select(ReleaseBatch).where(ReleaseBatch.project_id == project_id)
    return session.scalars(statement.order_by(ReleaseBatch.id.desc())).all()


def count_batch_units(session: Session, project_id: int) -> dict[int, int]:
    """Return the number of units by batch."""
    statement = (
        select(ReleaseBatchUnit.batch_id, func.count())
        .join(ReleaseBatch, ReleaseBatch.id == ReleaseBatchUnit.batch_id)
        .where(ReleaseBatch.project_id == project_id)
        .group_by(ReleaseBatchUnit.batch_id)
    )
    return dict(session.execute(statement).all())


def list_batch_units(session: Session, batch_id: int) -> list[BatchUnit]:
    """List the units of a batch in the order of the house."""
    statement = (
        select(
            Unit.id, Unit.code, Building.name, Floor.label, func.coalesce(UnitType.name, ""), Unit.unit_type_id,
            Unit.gross_area, Unit.doubt,
        )
        .join(ReleaseBatchUnit, ReleaseBatchUnit.unit_id == Unit.id)
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .where(ReleaseBatchUnit.batch_id == batch_id)
        .order_by(
            Building.position, Building.name, Section.name, func.coalesce(Floor.number, -99), Unit.room_no, Unit.id
        )
    )  # fmt: skip
    return [BatchUnit(*row) for row in session.execute(statement)]


def list_unbatched(session: Session, project_id: int) -> Sequence[Row[int, str, int]]:
    """List (building id, name, units in no batch yet) of a project."""
    taken = select(ReleaseBatchUnit.unit_id)
    statement = (
        select(Building.id, Building.name, func.count(Unit.id))
        .join(Unit, Unit.building_id == Building.id)
        .where(Building.project_id == project_id, Unit.id.not_in(taken))
        .group_by(Building.id)
        .order_by(Building.position, Building.name)
    )
    return session.execute(statement).all()


def find_units_of_codes(session: Session, project_id: int, codes: Sequence[str]) -> dict[str, int]:
    """Return the ids of units of a project by code; codes that are not there are missing."""
    statement = select(Unit.code, Unit.id).where(Unit.project_id == project_id, Unit.code.in_(codes))
    return dict(session.execute(statement).all())


def list_unit_ids_of_buildings(session: Session, project_id: int, building_ids: Sequence[int]) -> list[int]:
    """List the ids of the units of some buildings that are in no batch yet."""
    statement = select(Unit.id).where(
        Unit.project_id == project_id,
        Unit.building_id.in_(building_ids),
        Unit.id.not_in(select(ReleaseBatchUnit.unit_id)),
    )
    return list(session.scalars(statement.order_by(Unit.id)))
