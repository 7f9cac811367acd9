"""The free units nearest to one, with what a customer wants to know of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from salesoffice.board.queries.board import covers, find_cover, open_claim, state_column
from salesoffice.board.queries.facts import UnitFacts
from salesoffice.deals.enums import UnitState
from salesoffice.deals.models import Claim
from salesoffice.inventory.enums import Product
from salesoffice.inventory.models import Building, Floor, Section, Unit, UnitType
from salesoffice.inventory.queries import find_open_overlays
from salesoffice.inventory.rules import Candidate, find_alternatives
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice


@dataclass(frozen=True)
class AlternativeUnit:
    """A free unit near another; `difference_amount` is its list total less the other's (fen)."""

    id: int
    code: str
    building: str
    section: str
    floor_label: str
    room_no: str
    unit_type: str
    orientation: str
    gross_area: Decimal | None
    list_total_amount: int | None
    difference_amount: int | None


def list_alternatives(session: Session, facts: UnitFacts, *, now: datetime) -> list[AlternativeUnit]:
    """List the five free units nearest to a unit of the same project, the nearest first."""
    wanted = session.execute(_select_candidates(facts.project_id).where(Unit.id == facts.id)).one()
    cover = find_cover(session, facts.project_id, now)
    free = (
        _select_candidates(facts.project_id)
        .outerjoin(Claim, open_claim(now))
        .where(
            state_column(covers(cover)) == UnitState.AVAILABLE.value,
            Unit.id.not_in(find_open_overlays(session, facts.project_id).keys()),
        )
    )
    found = find_alternatives(Candidate(*wanted), (Candidate(*row) for row in session.execute(free)))
    described = _describe(session, [alternative.unit.id for alternative in found])
    return [
        AlternativeUnit(
            alternative.unit.id,
            alternative.unit.code,
            *described[alternative.unit.id],
            alternative.unit.total,
            alternative.difference,
        )
        for alternative in found
    ]


def _select_candidates(
    project_id: int,
) -> Select[int, str, int, int | None, Product, Decimal | None, int | None, int | None]:
    version = (
        select(PriceVersion.id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE)
        .scalar_subquery()
    )
    priced = and_(UnitPrice.unit_id == Unit.id, UnitPrice.version_id == version)
    return (
        select(
            Unit.id,
            Unit.code,
            Unit.building_id,
            Unit.unit_type_id,
            Unit.product,
            func.coalesce(Unit.gross_area, Unit.inner_area),
            Floor.number,
            UnitPrice.list_total_amount,
        )
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitPrice, priced)
        .where(Unit.project_id == project_id)
    )


def _describe(
    session: Session, unit_ids: Sequence[int]
) -> dict[int, tuple[str, str, str, str, str, str, Decimal | None]]:
    statement = (
        select(
            Unit.id,
            Building.name,
            Section.name,
            Floor.label,
            Unit.room_no,
            func.coalesce(UnitType.name, ""),
            Unit.orientation,
            Unit.gross_area,
        )
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
        .join(Floor, Floor.id == Unit.floor_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .where(Unit.id.in_(unit_ids))
    )
    return {
        row[0]: (row[1], row[2], row[3], row[4], row[5], row[6], row[7]) for row in session.execute(statement)
    }
