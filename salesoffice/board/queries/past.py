"""The board as of a past moment, put together again from claims, documents and the audit."""

import json
from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.board.queries.board import find_cover
from salesoffice.board.queries.rows import list_rows
from salesoffice.board.rules import UnitRow, look_of
from salesoffice.core import clock
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.deals.rules import derive_unit_state
from salesoffice.infra.models import AuditEntry
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_open_overlays
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription

_STEPS = {
    "contract.verified": ClaimKind.CONTRACT,
    "contract.signed_online": ClaimKind.SIGNED_ONLINE,
    "contract.filed": ClaimKind.FILED,
    "contract.filing_withdrawn": ClaimKind.SIGNED_ONLINE,
    "contract.delivered": ClaimKind.DELIVERED,
}
"""Audit actions that move a claim on to a contract's kinds."""


def list_rows_at(
    session: Session, project_id: int, *, at: datetime, house_id: int | None = None
) -> list[UnitRow]:
    """List the units as they stood at a moment: those entered by then, with the states and prices of then."""
    now = clock.now()
    rows = list_rows(
        session, project_id, now=max(at, now), building_ids=None if house_id is None else [house_id]
    )
    if at >= now:
        return rows
    releases = _list_releases(session, project_id, at)
    claims = _list_claims(session, project_id, at)
    prices = _list_prices(session, project_id, at)
    cover = find_cover(session, project_id, at, entered_by=at)
    overlays = find_open_overlays(session, project_id, at=at)

    def look_at(row: UnitRow) -> str:
        is_permitted = cover.includes(row.building_id, row.id)
        state = derive_unit_state(releases[row.id], is_permitted, claims.get(row.id))
        return look_of(state.value, overlays.get(row.id, ()))

    return [row._replace(total=prices.get(row.id), state=look_at(row)) for row in rows if row.id in releases]


def find_sequence_at(session: Session, project_id: int, at: datetime) -> int:
    """Return the board's version at a moment: the last audit entry by then, 0 when there was none."""
    statement = select(func.max(AuditEntry.sequence)).where(
        AuditEntry.project_id == project_id, AuditEntry.at <= at
    )
    return session.scalar(statement) or 0


def _list_releases(session: Session, project_id: int, at: datetime) -> dict[int, str]:
    """List the release state of the units that existed: today's, unless a later change tells what it was before."""
    current = select(Unit.id, Unit.release_state).where(Unit.project_id == project_id, Unit.created_at <= at)
    states = {row[0]: row[1].value for row in session.execute(current)}
    later = (
        select(AuditEntry.unit_id, AuditEntry.before)
        .where(
            AuditEntry.project_id == project_id,
            AuditEntry.subject_kind == Unit.__tablename__,
            AuditEntry.unit_id.is_not(None),
            AuditEntry.at > at,
        )
        .order_by(AuditEntry.sequence.desc())
    )
    for unit_id, before in session.execute(later):
        state = json.loads(before).get("release_state")
        if state is not None and unit_id in states:
            states[unit_id] = state
    return states


def _list_claims(session: Session, project_id: int, at: datetime) -> dict[int, ClaimKind]:
    """List how far the claim of each claimed unit had come."""
    statement = (
        select(
            Claim.unit_id,
            Claim.kind,
            Hold.expires_at,
            ProvisionalOrder.entered_at,
            ProvisionalOrder.expires_at,
            func.min(Subscription.entered_at),
        )
        .outerjoin(Hold, Hold.deal_id == Claim.deal_id)
        .outerjoin(ProvisionalOrder, ProvisionalOrder.deal_id == Claim.deal_id)
        .outerjoin(Subscription, Subscription.deal_id == Claim.deal_id)
        .where(
            Claim.project_id == project_id,
            Claim.opened_at <= at,
            or_(Claim.closed_at.is_(None), Claim.closed_at > at),
        )
        .group_by(
            Claim.id,
            Claim.unit_id,
            Claim.kind,
            Hold.expires_at,
            ProvisionalOrder.entered_at,
            ProvisionalOrder.expires_at,
        )
    )
    steps = _list_contract_steps(session, project_id, at)
    kinds: dict[int, ClaimKind] = {}
    rows = session.execute(statement)
    for unit_id, kind, hold_ends_at, ordered_at, order_ends_at, subscribed_at in rows:
        if subscribed_at is not None and subscribed_at <= at:
            kinds[unit_id] = steps.get(unit_id, ClaimKind.SUBSCRIPTION)
        elif ordered_at is not None and ordered_at <= at:
            if order_ends_at > at:
                kinds[unit_id] = ClaimKind.PROVISIONAL
        elif hold_ends_at is None:
            kinds[unit_id] = kind
        elif hold_ends_at > at:
            kinds[unit_id] = ClaimKind.HOLD
    return kinds


def _list_contract_steps(session: Session, project_id: int, at: datetime) -> dict[int, ClaimKind]:
    """List per unit the last step of a contract up to the moment, unless that contract was cancelled by then."""
    ends = ("contract.cancelled", "subscription.cancelled")
    statement = (
        select(AuditEntry.unit_id, AuditEntry.action)
        .where(
            AuditEntry.project_id == project_id,
            AuditEntry.unit_id.is_not(None),
            AuditEntry.action.in_((*_STEPS, *ends)),
            AuditEntry.at <= at,
        )
        .order_by(AuditEntry.sequence)
    )
    found: dict[int, ClaimKind] = {}
    for unit_id, action in session.execute(statement):
        if unit_id is None:
            continue
        if action in ends:
            found.pop(unit_id, None)
        else:
            found[unit_id] = _STEPS[action]
    return found


def _list_prices(session: Session, project_id: int, at: datetime) -> dict[int, int]:
    statement = (
        select(UnitPrice.unit_id, UnitPrice.list_total_amount)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(
            PriceVersion.project_id == project_id,
            and_(PriceVersion.in_force_from.is_not(None), PriceVersion.in_force_from <= at),
            or_(PriceVersion.superseded_at.is_(None), PriceVersion.superseded_at > at),
        )
    )
    return {row[0]: row[1] for row in session.execute(statement)}
