"""Finding units and the list of them; and what must never be the case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from salesoffice.core.errors import NotFound
from salesoffice.infra.i18n import _l
from salesoffice.inventory.enums import Product, ReleaseState
from salesoffice.inventory.models import (
    Building,
    Floor,
    Permit,
    PermitBuilding,
    ReleaseBatchUnit,
    Section,
    Unit,
    UnitType,
)
from salesoffice.inventory.rules import is_area_sum_right

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class UnitFilter:
    """Which units a list shows; None and an empty text leave a question open."""

    building_id: int | None = None
    release_state: ReleaseState | None = None
    q: str = ""
    is_doubtful: bool = False
    type_id: int | None = None
    orientation: str = ""
    product: Product | None = None
    batch_id: int | None = None
    lowest_floor: int | None = None
    highest_floor: int | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether every unit is shown."""
        return self == UnitFilter()


def get_unit(session: Session, unit_id: int) -> Unit:
    """Return a unit by id; raises NotFound."""
    unit = session.get(Unit, unit_id) if 0 < unit_id <= _LARGEST_ID else None
    if unit is None:
        raise NotFound(_l("There is no such unit."))
    return unit


def get_unit_by_code(session: Session, project_id: int, code: str) -> Unit:
    """Return a unit of a project by its code; raises NotFound."""
    unit = session.scalars(select(Unit).where(Unit.project_id == project_id, Unit.code == code)).one_or_none()
    if unit is None:
        raise NotFound(_l("There is no such unit."))
    return unit


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
    return statement.where(*_conditions(chosen))


def list_unit_ids(session: Session, project_id: int, chosen: UnitFilter) -> list[int]:
    """List the ids of all units of a list, on whatever page."""
    return list(session.scalars(select_units(project_id, chosen).with_only_columns(Unit.id)))


def count_units(session: Session, project_id: int, chosen: UnitFilter) -> int:
    """Count the units of a list."""
    found = select_units(project_id, chosen).with_only_columns(Unit.id).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(found)) or 0


def list_orientations(session: Session, project_id: int) -> list[str]:
    """List the words for orientation that are used in a project."""
    statement = select(Unit.orientation).where(Unit.project_id == project_id, Unit.orientation != "")
    return list(session.scalars(statement.distinct().order_by(Unit.orientation)))


def count_doubts(session: Session, project_id: int) -> int:
    """Count the units whose place is only partly understood."""
    statement = select(func.count(Unit.id)).where(Unit.project_id == project_id, Unit.doubt != "")
    return session.scalar(statement) or 0


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


def find_unit_ids(session: Session, project_id: int, codes: Sequence[str]) -> list[int]:
    """Return the ids of units by code, each once; raises NotFound naming those that are not there."""
    wanted = list(dict.fromkeys(codes))
    statement = select(Unit.code, Unit.id).where(Unit.project_id == project_id, Unit.code.in_(wanted))
    known = dict(session.execute(statement).all())
    missing = [code for code in wanted if code not in known]
    if missing:
        raise NotFound(_l("There is no unit %(codes)s in the project.", codes=", ".join(missing[:10])))
    return [known[code] for code in wanted]


def _conditions(chosen: UnitFilter) -> Iterator[ColumnElement[bool]]:
    plain = (
        (Unit.building_id, chosen.building_id),
        (Unit.release_state, chosen.release_state),
        (Unit.unit_type_id, chosen.type_id),
        (Unit.orientation, chosen.orientation or None),
        (Unit.product, chosen.product),
    )
    yield from (column == value for column, value in plain if value is not None)
    if chosen.is_doubtful:
        yield Unit.doubt != ""
    if chosen.batch_id is not None:
        yield Unit.id.in_(
            select(ReleaseBatchUnit.unit_id).where(ReleaseBatchUnit.batch_id == chosen.batch_id)
        )
    if chosen.lowest_floor is not None:
        yield Floor.number >= chosen.lowest_floor
    if chosen.highest_floor is not None:
        yield Floor.number <= chosen.highest_floor
    if chosen.q:
        yield _matches(chosen.q)
