"""Holds: placed, extended, released."""

from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed, WrongState
from salesoffice.core.permissions import SYSTEM, Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import UnitState
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_open_claim, unit_state
from salesoffice.deals.services import check_claimable, lock_unit
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.pricing.queries import find_price_in_force
from salesoffice.projects.models import Project
from salesoffice.projects.queries import get_project
from salesoffice.reservations.enums import HoldState
from salesoffice.reservations.models import Hold, WaitingEntry
from salesoffice.reservations.queries import (
    find_first_waiting,
    find_previous_hold,
    get_choosable_customers,
)
from salesoffice.reservations.rules import (
    HoldExpired,
    HoldLimit,
    hold_expiry,
    latest_expiry,
)
from salesoffice.reservations.services.expiring import end_hold, expire_hold_of
from salesoffice.reservations.services.opening import check_hold_count, open_hold, record_hold
from salesoffice.reservations.services.undoing import offer_hold_undo
from salesoffice.reservations.services.waiting import check_turn, mark_offered


def place_hold(
    session: Session, unit: Unit, *, actor: Actor, customer_id: int | None = None, minutes: int | None = None
) -> Hold:
    """Hold a free unit for `minutes` (the project's usual time), never beyond the project's longest time.

    The hold keeps the list price of this moment. Whoever may manage holds places them for the customer's own rep, and
    without the limit of holds per rep. Refused: `unit_not_released`, `permit_missing`, `unit_taken`,
    `price_not_approved`, `hold_limit` (too many holds, or this unit was held for too long), `customer_unknown`, and
    OthersWait while another customer is the first on the unit's waiting list.
    """
    project = get_project(session, unit.project_id)
    customer = _find_customer(session, project, actor, customer_id)
    unit = lock_unit(session, unit.id)
    expire_hold_of(session, unit)
    check_claimable(session, unit, actor=actor)
    first = check_turn(session, unit, () if customer is None else (customer.id,))
    rep_id = choose_rep(actor, project.id, customer)
    check_hold_count(session, project, actor, rep_id)
    now = clock.now()
    latest = _latest_expiry(session, unit, rep_id, project, now)
    first_placed_at = latest - timedelta(minutes=project.max_hold_minutes)
    expires_at = hold_expiry(now, minutes or project.hold_minutes, first_placed_at, project.max_hold_minutes)
    hold = open_hold(
        session, unit, actor=actor, rep_id=rep_id, customer=customer, times=(now, expires_at, latest)
    )
    check_hold_count(
        session, project, actor, rep_id, own=1
    )  # again: the deal's number keeps other holds waiting now
    if first is None:
        offer_hold_undo(session, hold, "hold.placed", actor)
    else:
        mark_offered(session, first, hold, actor=actor)
    return hold


def offer_unit(session: Session, unit_id: int) -> WaitingEntry | None:
    """Hold a unit that has become free for the first who waits for it, for the project's `offer_minutes`.

    None when nobody waits, or the unit cannot be claimed now. Neither the limit of holds per rep nor an earlier hold
    of theirs counts: the office offers, nobody takes.
    """
    unit = lock_unit(session, unit_id)
    expire_hold_of(session, unit)
    first = find_first_waiting(session, unit.id)
    if first is None or unit_state(session, unit) is not UnitState.AVAILABLE:
        return None
    if find_overlays(session, unit.id):
        return None
    if find_price_in_force(session, unit.id) is None:
        return None
    project = get_project(session, unit.project_id)
    now = clock.now()
    expires_at = now + timedelta(minutes=project.offer_minutes)
    latest = now + timedelta(minutes=max(project.offer_minutes, project.max_hold_minutes))
    times = (now, expires_at, latest)
    hold = open_hold(session, unit, actor=SYSTEM, rep_id=first.rep_id, customer=first.customer, times=times)
    mark_offered(session, first, hold, actor=SYSTEM)
    return first


def extend_hold(session: Session, hold: Hold, *, actor: Actor, minutes: int | None = None) -> Hold:
    """Let a hold last `minutes` (the project's usual time) from now, never beyond its latest moment, never shorter.

    Refused: NotAllowed for another rep's hold, WrongState for one that has ended or expired, `hold_limit` for one that
    already lasts as long as it can.
    """
    _check_own(hold, actor)
    lock_unit(session, hold.unit_id)
    hold, claim = _get_live(session, hold)
    project = get_project(session, hold.project_id)
    if hold.expires_at >= hold.latest_expiry_at:
        raise HoldLimit(project.max_hold_minutes)
    first_placed_at = hold.latest_expiry_at - timedelta(minutes=project.max_hold_minutes)
    wanted = hold_expiry(
        clock.now(), minutes or project.hold_minutes, first_placed_at, project.max_hold_minutes
    )
    before = hold.expires_at
    hold.expires_at = claim.expires_at = max(before, wanted)
    session.flush()
    record_hold(session, hold, "hold.extended", actor, before={"expires_at": before.isoformat()})
    offer_hold_undo(session, hold, "hold.extended", actor, before=before)
    return hold


def release_hold(session: Session, hold: Hold, *, actor: Actor) -> Hold:
    """Give a held unit back. Refused: NotAllowed for another rep's hold, WrongState for one that has ended."""
    _check_own(hold, actor)
    lock_unit(session, hold.unit_id)
    hold, claim = _get_live(session, hold)
    end_hold(session, hold, claim, state=HoldState.RELEASED, actor=actor)
    offer_hold_undo(session, hold, "hold.released", actor)
    return hold


def convert_hold(session: Session, hold: Hold) -> None:
    """Mark a hold as converted to an order or a subscription; the claim is moved on by the caller."""
    hold.state, hold.ended_at = HoldState.CONVERTED, clock.now()
    session.flush()


def choose_rep(actor: Actor, project_id: int, customer: Customer | None) -> int:
    """Return whose deal it becomes: the customer's rep when the office acts for the rep, else the person acting."""
    if customer is not None and customer.rep_id is not None and actor.can(Permission.HOLD_MANAGE, project_id):
        return customer.rep_id
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    return actor.id


def _find_customer(
    session: Session, project: Project, actor: Actor, customer_id: int | None
) -> Customer | None:
    if customer_id is None:
        return None
    return get_choosable_customers(session, project.id, actor, [customer_id], field="customer_id")[0]


def _latest_expiry(session: Session, unit: Unit, rep_id: int, project: Project, now: datetime) -> datetime:
    previous = find_previous_hold(session, unit_id=unit.id, rep_id=rep_id)
    if previous is None:
        return latest_expiry(now, project.max_hold_minutes, None, None)
    ended_at = min(previous.ended_at or previous.expires_at, previous.expires_at)
    return latest_expiry(now, project.max_hold_minutes, ended_at, previous.latest_expiry_at)


def _check_own(hold: Hold, actor: Actor) -> None:
    if hold.rep_id != actor.id and not actor.can(Permission.HOLD_MANAGE, hold.project_id):
        raise NotAllowed(_l("This hold is somebody else's. Ask the sales manager."))


def _get_live(session: Session, hold: Hold) -> tuple[Hold, Claim]:
    hold = session.get_one(Hold, hold.id, populate_existing=True)
    claim = find_open_claim(session, hold.unit_id, include_expired=True)
    if hold.state is HoldState.EXPIRED or (hold.state is HoldState.OPEN and hold.expires_at <= clock.now()):
        raise HoldExpired
    if hold.state is not HoldState.OPEN or claim is None or claim.document_id != hold.id:
        raise WrongState(_l("This hold has ended already: %(state)s.", state=hold.state.label))
    return hold, claim
