"""What happened to a unit beside its audit entries: its price from version to version, its areas by edition."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from salesoffice.inventory.enums import AreaEdition
from salesoffice.inventory.models import Unit, UnitArea
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.staff.models import User

_PUBLISHED = (PriceVersionState.IN_FORCE, PriceVersionState.SUPERSEDED)


@dataclass(frozen=True)
class PriceStep:
    """A list total (fen) that came into force with a version, and the one before; `who` decided it."""

    at: datetime
    who: str
    version: int
    old: int | None
    new: int


@dataclass(frozen=True)
class AreaStep:
    """Areas (m²) entered for a unit in one edition, or checked by a second person (`is_check`)."""

    at: datetime
    who: str
    edition: AreaEdition
    is_check: bool
    gross: Decimal | None
    inner: Decimal | None
    shared: Decimal | None


def list_price_steps(session: Session, unit: Unit) -> list[PriceStep]:
    """List the changes of a unit's list price by the versions that were in force, the oldest first."""
    maker, approver = aliased(User), aliased(User)
    statement = (
        select(
            PriceVersion.in_force_from,
            func.coalesce(approver.name, maker.name, ""),
            PriceVersion.number,
            UnitPrice.list_total_amount,
        )
        .join(UnitPrice, UnitPrice.version_id == PriceVersion.id)
        .outerjoin(maker, maker.id == PriceVersion.created_by_id)
        .outerjoin(approver, approver.id == PriceVersion.approved_by_id)
        .where(
            UnitPrice.unit_id == unit.id,
            PriceVersion.state.in_(_PUBLISHED),
            PriceVersion.in_force_from.is_not(None),
        )
        .order_by(PriceVersion.in_force_from, PriceVersion.number)
    )
    steps, old = [], None
    for at, who, number, total in session.execute(statement):
        if total != old and at is not None:
            steps.append(PriceStep(at, who, number, old, total))
        old = total
    return steps


def list_area_steps(session: Session, unit: Unit) -> list[AreaStep]:
    """List when areas of each edition were entered and checked."""
    enterer, checker = aliased(User), aliased(User)
    statement = (
        select(UnitArea, func.coalesce(enterer.name, ""), func.coalesce(checker.name, ""))
        .outerjoin(enterer, enterer.id == UnitArea.entered_by_id)
        .outerjoin(checker, checker.id == UnitArea.checked_by_id)
        .where(UnitArea.unit_id == unit.id)
        .order_by(UnitArea.id)
    )
    steps = []
    for area, entered_by, checked_by in session.execute(statement):
        figures = (area.gross_area, area.inner_area, area.shared_area)
        steps.append(AreaStep(area.entered_at, entered_by, area.edition, False, *figures))
        if area.checked_at is not None:
            steps.append(AreaStep(area.checked_at, checked_by, area.edition, True, *figures))
    return steps
