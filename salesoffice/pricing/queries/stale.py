"""What happened to the units of a version since it was made."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.inventory.models import Unit
from salesoffice.inventory.signals import find_claimed
from salesoffice.pricing.enums import StaleReason
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.queries.versions import list_drafts, version_in_force
from salesoffice.pricing.rules import PriceDraft

_BATCH = 5000


@dataclass(frozen=True)
class StaleUnit:
    """A unit whose price of a version cannot come into force any more, and why."""

    unit_id: int
    code: str
    reason: StaleReason


def list_changed_prices(session: Session, version: PriceVersion) -> dict[int, PriceDraft]:
    """Return the prices by unit id in which a version differs from the one that it was made from."""
    base = session.get(PriceVersion, version.base_version_id) if version.base_version_id else None
    before = list_drafts(session, base) if base else {}
    after = list_drafts(session, version)
    return {unit_id: price for unit_id, price in after.items() if before.get(unit_id) != price}


def find_stale(session: Session, version: PriceVersion) -> list[StaleUnit]:
    """Find the units that were claimed, repriced, re-measured or taken away since a version was made, by code.

    Among the units whose price the version changes; a unit that it leaves as it was is stale when its price was changed
    by another version meanwhile, because the version would take that back.
    """
    reasons = dict(_find_reasons(session, version))
    codes = _find_codes(session, reasons)
    found = [StaleUnit(unit_id, codes[unit_id], reason) for unit_id, reason in reasons.items()]
    return sorted(found, key=lambda unit: unit.code)


def _find_reasons(session: Session, version: PriceVersion) -> Iterator[tuple[int, StaleReason]]:
    changed = list_changed_prices(session, version)
    areas = _find_areas(session, version.project_id)
    priced_for = _find_priced_areas(session, version)
    claimed = _find_claimed(session, list(changed))
    moved = _find_moved(session, version)
    for unit_id in changed:
        if unit_id not in areas:
            yield unit_id, StaleReason.GONE
        elif unit_id in claimed:
            yield unit_id, StaleReason.CLAIMED
        elif unit_id in moved:
            yield unit_id, StaleReason.REPRICED
        elif unit_id in priced_for and priced_for[unit_id] != areas[unit_id]:
            yield unit_id, StaleReason.REMEASURED
    for unit_id in moved.keys() - changed.keys():
        yield unit_id, StaleReason.REPRICED


def _find_moved(session: Session, version: PriceVersion) -> Mapping[int, PriceDraft | None]:
    """Return the prices in force of units that another version repriced since this one was made."""
    current = version_in_force(session, version.project_id)
    if (current.id if current else None) == version.base_version_id:
        return {}
    base = session.get(PriceVersion, version.base_version_id) if version.base_version_id else None
    before = list_drafts(session, base) if base else {}
    now = list_drafts(session, current) if current else {}
    after = list_drafts(session, version)
    return {
        unit_id: now.get(unit_id)
        for unit_id in before.keys() | now.keys()
        if before.get(unit_id) != now.get(unit_id) and now.get(unit_id) != after.get(unit_id)
    }


def _find_claimed(session: Session, unit_ids: list[int]) -> set[int]:
    claimed: set[int] = set()
    for start in range(0, len(unit_ids), _BATCH):
        claimed |= find_claimed(session, unit_ids[start : start + _BATCH], SYSTEM).keys()
    return claimed


def _find_areas(session: Session, project_id: int) -> dict[int, tuple[object, object]]:
    statement = select(Unit.id, Unit.gross_area, Unit.inner_area).where(Unit.project_id == project_id)
    return {unit_id: (gross, inner) for unit_id, gross, inner in session.execute(statement)}


def _find_priced_areas(session: Session, version: PriceVersion) -> dict[int, tuple[object, object]]:
    statement = select(UnitPrice.unit_id, UnitPrice.gross_area, UnitPrice.inner_area).where(
        UnitPrice.version_id == version.id,
        UnitPrice.gross_area.is_not(None) | UnitPrice.inner_area.is_not(None),
    )
    return {unit_id: (gross, inner) for unit_id, gross, inner in session.execute(statement)}


def _find_codes(session: Session, unit_ids: Mapping[int, object]) -> dict[int, str]:
    ids = list(unit_ids)
    codes: dict[int, str] = {}
    for start in range(0, len(ids), _BATCH):
        statement = select(Unit.id, Unit.code).where(Unit.id.in_(ids[start : start + _BATCH]))
        codes.update(session.execute(statement).all())
    return codes
