"""Taking back what was done to a hold: given out again as it was, or shortened to what it was."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.customers.models import Customer
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.services import check_claimable, check_not_overlaid, lock_unit
from salesoffice.pricing.queries import find_price_in_force
from salesoffice.projects.queries import get_project
from salesoffice.reservations.enums import HoldState
from salesoffice.reservations.models import Hold
from salesoffice.reservations.queries import get_hold
from salesoffice.reservations.rules import HoldExpired, PriceNotApproved
from salesoffice.reservations.services.holds import release_hold
from salesoffice.reservations.services.opening import check_hold_count, open_hold, record_hold
from salesoffice.reservations.services.waiting import check_turn
from salesoffice.undo.rules import UndoChanged


def give_back(session: Session, hold_id: int, *, expires_at: datetime, actor: Actor) -> Hold:
    """Release a hold that was just placed. Refused: UndoChanged when it was extended, whatever refuses a release."""
    hold = get_hold(session, hold_id)
    lock_unit(session, hold.unit_id)
    hold = session.get_one(Hold, hold_id, populate_existing=True)
    if hold.expires_at != expires_at:
        raise UndoChanged
    return release_hold(session, hold, actor=actor)


def hold_again(session: Session, hold_id: int, *, actor: Actor) -> Hold:
    """Hold a unit anew that was just released: for the same rep and customer, until the same moment.

    It is a new hold with a deal of its own. Refused: HoldExpired when that moment has passed, OthersWait when somebody
    waits for the unit, PriceNotApproved when its price is another one now, whatever else keeps a unit from being held.
    """
    released = get_hold(session, hold_id)
    unit = lock_unit(session, released.unit_id)
    now = clock.now()
    if released.expires_at <= now:
        raise HoldExpired
    check_claimable(session, unit, actor=actor)
    check_not_overlaid(session, unit)
    check_turn(session, unit, ())
    price = find_price_in_force(session, unit.id)
    if price is None or price.id != released.unit_price_id:
        raise PriceNotApproved
    project = get_project(session, released.project_id)
    check_hold_count(session, project, actor, released.rep_id)
    customer = session.get(Customer, released.customer_id) if released.customer_id else None
    times = (now, released.expires_at, released.latest_expiry_at)
    return open_hold(session, unit, actor=actor, rep_id=released.rep_id, customer=customer, times=times)


def shorten_hold(
    session: Session, hold_id: int, *, expires_at: datetime, before: datetime, actor: Actor
) -> Hold:
    """Let an extended hold end when it would have ended before.

    Refused: UndoChanged when it has ended or was extended again, HoldExpired when the earlier end has passed.
    """
    unit = lock_unit(session, get_hold(session, hold_id).unit_id)
    hold = session.scalars(
        select(Hold).where(Hold.id == hold_id).execution_options(populate_existing=True)
    ).one()
    claim = find_open_claim(session, unit.id)
    if hold.state is not HoldState.OPEN or hold.expires_at != expires_at or claim is None:
        raise UndoChanged
    if before <= clock.now():
        raise HoldExpired
    hold.expires_at = claim.expires_at = before
    session.flush()
    record_hold(session, hold, "hold.shortened", actor, before={"expires_at": expires_at.isoformat()})
    return hold
