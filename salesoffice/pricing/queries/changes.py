"""The differences between two price versions, for pages and sheets."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, aliased

from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitType
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice

NO_VERSION = 0
"""Stands for "nothing before": no version has this id."""


@dataclass(frozen=True)
class ChangeFilter:
    """Which rows of a difference to show; what is left open is not asked."""

    q: str = ""
    building_id: int | None = None
    unit_type_id: int | None = None
    is_changed_only: bool = False
    unit_ids: Collection[int] | None = None


@dataclass(frozen=True)
class ChangeTotals:
    """The sum of a difference: units by what becomes of them, and the value (fen) of those priced in both versions."""

    added: int
    raised: int
    lowered: int
    kept: int
    old_amount: int
    new_amount: int

    @property
    def changed(self) -> int:
        """Units whose total differs or that were not priced before."""
        return self.added + self.raised + self.lowered


def find_previous(session: Session, version: PriceVersion) -> PriceVersion | None:
    """Find what a version is compared with: what it was made from, else the last that was in force before it."""
    if version.base_version_id is not None:
        return session.get(PriceVersion, version.base_version_id)
    states = (PriceVersionState.IN_FORCE, PriceVersionState.SUPERSEDED)
    statement = (
        select(PriceVersion)
        .where(
            PriceVersion.project_id == version.project_id,
            PriceVersion.number < version.number,
            PriceVersion.state.in_(states),
        )
        .order_by(PriceVersion.number.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def select_changes(version: PriceVersion, old: PriceVersion | None, chosen: ChangeFilter) -> Select[Any]:
    """Build the select of a version's units with their prices in it and in another version, in the order of sheets.

    Columns: unit_id, code, building, section, floor, room_no, unit_type, gross_area, basis, old_total, new_total,
    old_price, new_price (fen, fen per m² of the basis).
    """
    before = aliased(UnitPrice)
    join = and_(before.unit_id == UnitPrice.unit_id, before.version_id == (old.id if old else NO_VERSION))
    columns: tuple[Any, ...] = (
        Unit.id.label("unit_id"),
        Unit.code,
        Building.name.label("building"),
        Section.name.label("section"),
        Floor.label.label("floor"),
        Unit.room_no,
        func.coalesce(UnitType.name, "").label("unit_type"),
        Unit.gross_area,
        UnitPrice.basis,
        before.list_total_amount.label("old_total"),
        UnitPrice.list_total_amount.label("new_total"),
        _by_basis(before).label("old_price"),
        _by_basis(UnitPrice).label("new_price"),
    )
    statement = (
        select(*columns)
        .join(Unit, Unit.id == UnitPrice.unit_id)
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .outerjoin(before, join)
        .where(UnitPrice.version_id == version.id)
        .order_by(
            Building.position, Building.name, Building.id, Section.position, Section.name, Section.id,
            func.coalesce(Floor.number, 0), Floor.label, Unit.line, Unit.room_no, Unit.id,
        )
    )  # fmt: skip
    if chosen.is_changed_only:
        statement = statement.where(
            or_(before.id.is_(None), before.list_total_amount != UnitPrice.list_total_amount)
        )
    return _narrow(statement, chosen)


def sum_changes(session: Session, version: PriceVersion, old: PriceVersion | None) -> ChangeTotals:
    """Add up the difference of a version to another one."""
    before = aliased(UnitPrice)
    new, prior = UnitPrice.list_total_amount, before.list_total_amount
    join = and_(before.unit_id == UnitPrice.unit_id, before.version_id == (old.id if old else NO_VERSION))
    statement = (
        select(
            func.coalesce(func.sum(case((prior.is_(None), 1), else_=0)), 0),
            func.coalesce(func.sum(case((new > prior, 1), else_=0)), 0),
            func.coalesce(func.sum(case((new < prior, 1), else_=0)), 0),
            func.coalesce(func.sum(case((new == prior, 1), else_=0)), 0),
            func.coalesce(func.sum(prior), 0),
            func.coalesce(func.sum(case((prior.is_not(None), new), else_=0)), 0),
        )
        .select_from(UnitPrice)
        .outerjoin(before, join)
        .where(UnitPrice.version_id == version.id)
    )
    return ChangeTotals(*(int(value) for value in session.execute(statement).one()))


def _by_basis(price: Any) -> Any:
    return case((price.basis == "inner", price.inner_price), else_=price.gross_price)


def _narrow(statement: Select[Any], chosen: ChangeFilter) -> Select[Any]:
    if chosen.building_id is not None:
        statement = statement.where(Unit.building_id == chosen.building_id)
    if chosen.unit_type_id is not None:
        statement = statement.where(Unit.unit_type_id == chosen.unit_type_id)
    if chosen.unit_ids is not None:
        statement = statement.where(Unit.id.in_(chosen.unit_ids))
    if chosen.q:
        words = (
            Unit.code.icontains(chosen.q, autoescape=True),
            Unit.room_no.icontains(chosen.q, autoescape=True),
        )
        statement = statement.where(or_(*words, UnitType.name.icontains(chosen.q, autoescape=True)))
    return statement
