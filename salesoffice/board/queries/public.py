"""What everybody may read: the released units that a permit covers, their prices and states; no personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.board.enums import PUBLIC_STATES, PublicState
from salesoffice.board.queries.board import covers, find_cover, open_claim, state_column
from salesoffice.core import clock
from salesoffice.core.text import natural_key
from salesoffice.deals.enums import UnitState
from salesoffice.deals.models import Claim
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Building, Floor, Permit, Section, Unit, UnitOverlay, UnitType
from salesoffice.pricing.enums import PriceBasis, PriceLayer
from salesoffice.pricing.models import PriceLimit, PriceVersion, UnitPrice


class PublicUnit(NamedTuple):
    """A unit on the public price page: areas in m², prices in fen and fen per m²."""

    building: str
    section: str
    floor_number: int | None
    floor: str
    room_no: str
    code: str
    unit_type_id: int | None
    unit_type: str
    usage: str
    gross_area: Decimal | None
    inner_area: Decimal | None
    basis: PriceBasis | None
    gross_price: int | None
    inner_price: int | None
    list_total: int | None
    filed_total: int | None
    state: PublicState


@dataclass(frozen=True)
class PublicFilter:
    """What a visitor looks for; None and an empty text leave a question open."""

    unit_type_id: int | None = None
    state: PublicState | None = None
    q: str = ""

    def fits(self, unit: PublicUnit) -> bool:
        """Tell whether a unit fits."""
        words = f"{unit.building}{unit.section}{unit.room_no} {unit.code}".lower()
        return (
            self.unit_type_id in {None, unit.unit_type_id}
            and self.state in {None, unit.state}
            and self.q.lower() in words
        )


def list_public_units(
    session: Session,
    project_id: int,
    *,
    version: PriceVersion | None,
    building_id: int | None,
    now: datetime,
) -> list[PublicUnit]:
    """List the units of a building, or of the project, with the prices of a version, floors from below, as people count."""
    state = state_column(covers(find_cover(session, project_id, now)))
    overlaid = exists().where(UnitOverlay.unit_id == Unit.id, UnitOverlay.lifted_on.is_(None))
    statement = (
        select(
            Building.name, Section.name, Floor.number, Floor.label, Unit.room_no, Unit.code, Unit.unit_type_id,
            func.coalesce(UnitType.name, ""), Unit.usage, Unit.gross_area, Unit.inner_area, UnitPrice.basis,
            UnitPrice.gross_price, UnitPrice.inner_price, UnitPrice.list_total_amount,
            func.coalesce(PriceLimit.total_amount, UnitPrice.filed_total_amount), state, overlaid,
        )
        .select_from(Unit)
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .outerjoin(Claim, open_claim(now))
        .outerjoin(
            UnitPrice,
            and_(UnitPrice.unit_id == Unit.id, UnitPrice.version_id == (version.id if version else 0)),
        )
        .outerjoin(
            PriceLimit,
            and_(
                PriceLimit.unit_id == Unit.id,
                PriceLimit.layer == PriceLayer.FILED,
                PriceLimit.superseded_at.is_(None),
            ),
        )
        .where(Unit.project_id == project_id, _is_public(session, project_id, now))
    )  # fmt: skip
    if building_id is not None:
        statement = statement.where(Unit.building_id == building_id)
    found: list[tuple[Any, ...]] = [tuple(row) for row in session.execute(statement)]
    units = [
        PublicUnit._make((*values, _tell(UnitState(word), is_overlaid=overlay)))
        for *values, word, overlay in found
    ]
    return sorted(units, key=_order)


def list_public_buildings(session: Session, project_id: int, now: datetime) -> Sequence[tuple[int, str]]:
    """List (id, name) of the buildings that have a unit to show, in their order."""
    shown = (
        select(Unit.building_id)
        .outerjoin(Claim, open_claim(now))
        .where(Unit.project_id == project_id, _is_public(session, project_id, now))
    )
    rows = session.execute(
        select(Building.id, Building.name, Building.position).where(Building.id.in_(shown))
    ).all()
    ordered = sorted(rows, key=lambda row: (row[2] or 0, not row[1], natural_key(row[1])))
    return [(row[0], row[1]) for row in ordered]


def list_valid_permits(session: Session, project_id: int, now: datetime) -> Sequence[Permit]:
    """List the permits that are valid, the oldest first."""
    statement = (
        select(Permit)
        .where(Permit.project_id == project_id, Permit.issued_on <= clock.business_day_of(now))
        .order_by(Permit.issued_on, Permit.id)
    )
    return session.scalars(statement).all()


def _is_public(session: Session, project_id: int, now: datetime) -> ColumnElement[bool]:
    """Return the condition that a permit covers the unit and that it is, or was, on sale."""
    was_released = or_(Unit.release_state != ReleaseState.UNRELEASED, Claim.id.is_not(None))
    return and_(covers(find_cover(session, project_id, now)), was_released)


def _tell(state: UnitState, *, is_overlaid: bool) -> PublicState:
    told = PUBLIC_STATES[state]
    return PublicState.NOT_ON_SALE if is_overlaid and told is PublicState.ON_SALE else told


def _order(unit: PublicUnit) -> tuple[object, ...]:
    return (
        natural_key(unit.building),
        natural_key(unit.section),
        unit.floor_number or 0,
        natural_key(unit.floor),
        natural_key(unit.room_no),
    )
