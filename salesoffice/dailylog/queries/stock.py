"""The units of a project with their history, for their state now or at any past moment."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.core.text import natural_key
from salesoffice.dailylog.rules.figures import NO_AREA
from salesoffice.dailylog.rules.stock import ClaimSpan, PermitSpan, ReleaseChange, UnitHistory
from salesoffice.deals.models import Claim
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.enums import PRODUCT_GROUPS
from salesoffice.inventory.models import Building, Permit, PermitBuilding, PermitUnit, Unit, UnitType
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.reservations.models import ProvisionalOrder, Subscription

_RELEASE = "release_state"
_REASON = "reason"
_FILE_WORD = "source_status"


@dataclass(frozen=True)
class StockUnit:
    """A unit with what the stock is listed by; area in m², list price in fen; 0 where unknown.

    `product` is the group in which its product is counted.
    """

    code: str
    building: str
    unit_type: str
    product: str
    area: Decimal
    list_amount: int
    history: UnitHistory


def list_units(session: Session, project_id: int) -> list[StockUnit]:
    """List the units of a project with their histories, by building; the same number of queries whatever the size."""
    (changes, words), claims = _changes(session, project_id), _claims(session, project_id)
    permits, by_unit = _permits(session, project_id), _permits_of_units(session, project_id)
    prices = _prices(session, project_id)
    statement = (
        select(Unit, Building, UnitType.name)
        .join(Building, Building.id == Unit.building_id)
        .outerjoin(UnitType, UnitType.id == Unit.unit_type_id)
        .where(Unit.project_id == project_id)
        .order_by(Unit.id)
    )
    rows = sorted(
        session.execute(statement), key=lambda row: (row[1].position, natural_key(row[1].name), row[1].id)
    )
    return [
        StockUnit(
            code=unit.code,
            building=building.name,
            unit_type=unit_type or "",
            product=PRODUCT_GROUPS[unit.product].value,
            area=unit.gross_area or NO_AREA,
            list_amount=prices.get(unit.id, 0),
            history=UnitHistory(
                unit_id=unit.id,
                created_at=unit.created_at,
                release_state=unit.release_state.value,
                withheld_reason=unit.withheld_reason,
                file_words={unit.source_status, *words.get(unit.id, ())} - {""},
                changes=tuple(changes.get(unit.id, ())),
                permits=(
                    *permits.get(None, ()),
                    *permits.get(unit.building_id, ()),
                    *by_unit.get(unit.id, ()),
                ),
                claims=tuple(claims.get(unit.id, ())),
            ),
        )
        for unit, building, unit_type in rows
    ]


def _changes(
    session: Session, project_id: int
) -> tuple[dict[int, list[ReleaseChange]], dict[int, list[str]]]:
    """Changes of the release axis from the audit: entries with `release_state` before and after.

    Beside them the words of files that an import replaced; where an import released a unit, its word was the reason.
    """
    statement = (
        select(AuditEntry.unit_id, AuditEntry.at, AuditEntry.before, AuditEntry.after)
        .where(
            AuditEntry.project_id == project_id,
            AuditEntry.unit_id.is_not(None),
            AuditEntry.before.contains(f'"{_RELEASE}"', autoescape=True),
            AuditEntry.after.contains(f'"{_RELEASE}"', autoescape=True),
        )
        .order_by(AuditEntry.sequence)
    )
    found: dict[int, list[ReleaseChange]] = defaultdict(list)
    words: dict[int, list[str]] = defaultdict(list)
    for unit_id, at, before, after in session.execute(statement):
        old = json.loads(before)
        state, is_changed = old.get(_RELEASE), isinstance(json.loads(after).get(_RELEASE), str)
        if unit_id is not None and is_changed and isinstance(state, str):
            word = str(old.get(_FILE_WORD, ""))
            words[unit_id].append(word)
            found[unit_id].append(ReleaseChange(at, state, str(old.get(_REASON, word))))
    return found, words


def _claims(session: Session, project_id: int) -> dict[int, list[ClaimSpan]]:
    """Return the claims by unit. A deal may have claimed several times, after a swap or a revival: what was signed before
    a claim belongs to the one that had ended by then.
    """
    ordered = _moments(session, project_id, ProvisionalOrder, "entered_at")
    subscribed = _moments(session, project_id, Subscription, "entered_at")
    verified = _moments(session, project_id, Contract, "verified_at")
    statement = (
        select(
            Claim.unit_id, Claim.deal_id, Claim.kind, Claim.opened_at, Claim.closed_at, Claim.expires_at
        )
        .where(Claim.project_id == project_id)
        .order_by(Claim.id)
    )  # fmt: skip
    rows = session.execute(statement).all()
    ends: dict[int, list[datetime]] = defaultdict(list)
    for row in rows:
        if row.closed_at is not None:
            ends[row.deal_id].append(row.closed_at)
    found: dict[int, list[ClaimSpan]] = defaultdict(list)
    for unit_id, deal_id, kind, opened_at, closed_at, expires_at in rows:
        before = [end for end in ends[deal_id] if end <= opened_at and end != closed_at]
        since = max(before, default=None)
        moments = (
            _first_since(found_at.get(deal_id, ()), since) for found_at in (subscribed, verified, ordered)
        )
        found[unit_id].append(ClaimSpan(kind, opened_at, closed_at, expires_at, *moments))
    return found


def _first_since(moments: Sequence[datetime], since: datetime | None) -> datetime | None:
    return next((moment for moment in moments if since is None or moment >= since), None)


def _moments(
    session: Session, project_id: int, model: type[ProvisionalOrder | Subscription | Contract], column: str
) -> dict[int, list[datetime]]:
    """Return when documents of a kind came, by deal, in order."""
    moment = getattr(model, column)
    statement = (
        select(model.deal_id, moment)
        .where(model.project_id == project_id, moment.is_not(None))
        .order_by(moment)
    )
    found: dict[int, list[datetime]] = defaultdict(list)
    for deal_id, at in session.execute(statement):
        found[deal_id].append(at)
    return found


def _permits(session: Session, project_id: int) -> dict[int | None, list[PermitSpan]]:
    statement = (
        select(Permit.created_at, Permit.issued_on, Permit.is_project_wide, PermitBuilding.building_id)
        .outerjoin(PermitBuilding, PermitBuilding.permit_id == Permit.id)
        .where(Permit.project_id == project_id)
    )
    found: dict[int | None, list[PermitSpan]] = defaultdict(list)
    for known_at, issued_on, is_project_wide, building_id in session.execute(statement):
        if is_project_wide or building_id is not None:
            found[None if is_project_wide else building_id].append(PermitSpan(known_at, issued_on))
    return found


def _permits_of_units(session: Session, project_id: int) -> dict[int, list[PermitSpan]]:
    statement = (
        select(PermitUnit.unit_id, Permit.created_at, Permit.issued_on)
        .join(Permit, Permit.id == PermitUnit.permit_id)
        .where(Permit.project_id == project_id)
    )
    found: dict[int, list[PermitSpan]] = defaultdict(list)
    for unit_id, known_at, issued_on in session.execute(statement):
        found[unit_id].append(PermitSpan(known_at, issued_on))
    return found


def _prices(session: Session, project_id: int) -> dict[int, int]:
    statement = (
        select(UnitPrice.unit_id, UnitPrice.list_total_amount)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(PriceVersion.project_id == project_id, PriceVersion.state == PriceVersionState.IN_FORCE)
    )
    return {row[0]: row[1] for row in session.execute(statement)}
