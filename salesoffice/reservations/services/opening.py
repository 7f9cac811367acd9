"""What opens a hold: its price, its claim, its limit per rep, its audit."""

from datetime import datetime

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Deal
from salesoffice.deals.services import open_claim
from salesoffice.infra import audit
from salesoffice.inventory.models import Unit
from salesoffice.pricing.models import UnitPrice
from salesoffice.pricing.queries import find_price_in_force
from salesoffice.projects.models import Project
from salesoffice.reservations.enums import HoldState
from salesoffice.reservations.models import Hold
from salesoffice.reservations.queries import count_open_holds
from salesoffice.reservations.rules import HoldCountReached, PriceNotApproved


def get_price(session: Session, unit: Unit) -> UnitPrice:
    """Return the unit's price in force; refuses with PriceNotApproved when there is none."""
    price = find_price_in_force(session, unit.id)
    if price is None:
        raise PriceNotApproved
    return price


def open_hold(
    session: Session,
    unit: Unit,
    *,
    actor: Actor,
    rep_id: int,
    customer: Customer | None,
    times: tuple[datetime, datetime, datetime],
) -> Hold:
    """Claim a locked, free unit by a hold; `times` are when it is placed, when it expires, and its latest expiry."""
    price = get_price(session, unit)
    claim = open_claim(
        session,
        unit,
        rep_id=rep_id,
        kind=ClaimKind.HOLD,
        document=lambda deal: _add_hold(session, deal, price, customer, times),
        expires_at=times[1],
    )
    hold = session.get_one(Hold, claim.document_id)
    after = {"deal": claim.deal.number, "list_total": price.list_total_amount}
    record_hold(session, hold, "hold.placed", actor, after=after)
    return hold


def check_hold_count(session: Session, project: Project, actor: Actor, rep_id: int, *, own: int = 0) -> None:
    """Refuse a rep who holds as many units as the office allows, not counting `own` just placed."""
    if actor.can(Permission.HOLD_MANAGE, project.id):
        return
    if count_open_holds(session, project_id=project.id, rep_id=rep_id) - own >= project.hold_limit:
        raise HoldCountReached(project.hold_limit)


def record_hold(
    session: Session,
    hold: Hold,
    action: str,
    actor: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write one audit entry of a hold."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=hold.project_id,
        subject=hold,
        unit_id=hold.unit_id,
        before=before,
        after={"state": hold.state.value, "expires_at": hold.expires_at.isoformat()} | (after or {}),
    )


def _add_hold(
    session: Session,
    deal: Deal,
    price: UnitPrice,
    customer: Customer | None,
    times: tuple[datetime, datetime, datetime],
) -> Hold:
    placed_at, expires_at, latest_expiry_at = times
    hold = Hold(
        project_id=deal.project_id,
        deal_id=deal.id,
        unit_id=deal.unit_id,
        customer_id=customer.id if customer else None,
        rep_id=deal.rep_id,
        list_total_amount=price.list_total_amount,
        unit_price_id=price.id,
        placed_at=placed_at,
        expires_at=expires_at,
        latest_expiry_at=latest_expiry_at,
        state=HoldState.OPEN,
        deal=deal,
        unit=deal.unit,
        customer=customer,
    )
    session.add(hold)
    return hold
