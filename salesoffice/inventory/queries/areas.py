"""Finding the editions of areas, and how far a final survey has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, case, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitArea
from salesoffice.inventory.rules import AREA_LIMIT, AreaChange, compare_areas
from salesoffice.staff.models import User


@dataclass(frozen=True)
class EditionRow:
    """One edition of a unit's areas in m²; all None where it was never measured."""

    edition: AreaEdition
    gross_area: Decimal | None
    inner_area: Decimal | None
    shared_area: Decimal | None
    is_own: bool
    row: UnitArea | None = None
    entered_by: str = ""
    checked_by: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether a second person has still to check it."""
        return self.row is not None and self.edition is AreaEdition.FINAL and self.row.checked_by_id is None


@dataclass(frozen=True)
class SurveyRow:
    """A unit in the final survey of its building."""

    unit: Unit
    floor: str
    gross_before: Decimal | None
    inner_before: Decimal | None
    final: UnitArea | None
    entered_by: str
    checked_by: str

    @property
    def gross(self) -> AreaChange | None:
        """How the gross area differs from the pre-sale survey."""
        return compare_areas(self.gross_before, self.final.gross_area if self.final else None)

    @property
    def inner(self) -> AreaChange | None:
        """How the inner area differs from the pre-sale survey."""
        return compare_areas(self.inner_before, self.final.inner_area if self.final else None)

    @property
    def is_waiting(self) -> bool:
        """Whether a second person has still to check it."""
        return self.final is not None and self.final.checked_by_id is None


class SurveyTotal(NamedTuple):
    """How far the final survey of a building has come, in units; `beyond_count` differ by more than 3 %."""

    building: Building
    unit_count: int
    entered_count: int
    waiting_count: int
    beyond_count: int


def list_editions(session: Session, unit: Unit) -> list[EditionRow]:
    """List the three editions of a unit's areas; its own columns stand for its own edition where no row does."""
    enterer, checker = aliased(User), aliased(User)
    statement = (
        select(UnitArea, enterer.name, checker.name)
        .outerjoin(enterer, enterer.id == UnitArea.entered_by_id)
        .outerjoin(checker, checker.id == UnitArea.checked_by_id)
        .where(UnitArea.unit_id == unit.id, UnitArea.superseded_at.is_(None))
    )
    found = {row[0].edition: row for row in session.execute(statement)}
    editions = []
    for edition in AreaEdition:
        is_own = edition is unit.area_edition
        row, entered_by, checked_by = found.get(edition, (None, "", ""))
        source = row or (unit if is_own else None)
        editions.append(
            EditionRow(
                edition=edition,
                gross_area=source.gross_area if source else None,
                inner_area=source.inner_area if source else None,
                shared_area=source.shared_area if source else None,
                is_own=is_own,
                row=row,
                entered_by=entered_by or "",
                checked_by=checked_by or "",
            )
        )
    return editions


def list_survey(session: Session, building_id: int) -> list[SurveyRow]:
    """List the units of a building with what the pre-sale and the final survey say."""
    presale, final, enterer, checker = aliased(UnitArea), aliased(UnitArea), aliased(User), aliased(User)
    gross, inner = _before(presale, "gross_area"), _before(presale, "inner_area")
    statement = (
        select(Unit, Floor.label, gross, inner, final, enterer.name, checker.name)
        .join(Floor, Floor.id == Unit.floor_id)
        .join(Section, Section.id == Unit.section_id)
        .outerjoin(presale, _current(presale, AreaEdition.PRESALE))
        .outerjoin(final, _current(final, AreaEdition.FINAL))
        .outerjoin(enterer, enterer.id == final.entered_by_id)
        .outerjoin(checker, checker.id == final.checked_by_id)
        .where(Unit.building_id == building_id)
        .order_by(Section.name, func.coalesce(Floor.number, -99), Floor.label, Unit.room_no, Unit.id)
    )
    return [SurveyRow(*row[:5], row[5] or "", row[6] or "") for row in session.execute(statement)]


def list_waiting_areas(session: Session, building_id: int) -> Sequence[UnitArea]:
    """List the final areas of a building that wait for their check."""
    statement = (
        select(UnitArea)
        .join(Unit, Unit.id == UnitArea.unit_id)
        .where(
            Unit.building_id == building_id,
            UnitArea.edition == AreaEdition.FINAL,
            UnitArea.superseded_at.is_(None),
            UnitArea.checked_at.is_(None),
        )
        .order_by(UnitArea.id)
    )
    return session.scalars(statement).all()


def count_survey(session: Session, project_id: int) -> list[SurveyTotal]:
    """List the buildings of a project with how far their final survey has come."""
    presale, final = aliased(UnitArea), aliased(UnitArea)
    before = type_coerce(_before(presale, "gross_area"), BigInteger)
    after = type_coerce(final.gross_area, BigInteger)
    is_beyond = func.abs(after - before) * 100 > before * int(AREA_LIMIT * 100)

    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    statement = (
        select(
            Building,
            func.count(Unit.id),
            count(final.id.is_not(None)),
            count(and_(final.id.is_not(None), final.checked_at.is_(None))),
            count(is_beyond),
        )
        .outerjoin(Unit, Unit.building_id == Building.id)
        .outerjoin(presale, _current(presale, AreaEdition.PRESALE))
        .outerjoin(final, _current(final, AreaEdition.FINAL))
        .where(Building.project_id == project_id)
        .group_by(Building.id)
        .order_by(Building.position, Building.name)
    )
    return [SurveyTotal(*row) for row in session.execute(statement)]


def _current(area: type[UnitArea], edition: AreaEdition) -> ColumnElement[bool]:
    return and_(area.unit_id == Unit.id, area.edition == edition, area.superseded_at.is_(None))


def _before(presale: type[UnitArea], column: str) -> ColumnElement[Decimal | None]:
    """The pre-sale area: of its row, else the unit's own where that is its edition."""
    own = case((Unit.area_edition == AreaEdition.PRESALE, getattr(Unit, column)))
    return case((presale.id.is_not(None), getattr(presale, column)), else_=own)
