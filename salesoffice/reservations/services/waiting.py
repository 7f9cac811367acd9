"""The waiting list behind a taken unit: joined, left, offered.

An offer is a hold in the name of the first customer's rep, so everything that protects holds protects it. Whether an
offer still stands is judged by its hold; `settle_offers` only writes it down.
"""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed, WrongState
from salesoffice.core.permissions import SYSTEM, Actor, Permission
from salesoffice.deals.enums import UnitState
from salesoffice.deals.queries import find_open_claim, unit_state
from salesoffice.deals.services import lock_unit
from salesoffice.infra import audit
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.reservations.enums import WAITING_STEPS, HoldState, WaitingState
from salesoffice.reservations.models import Hold, WaitingEntry
from salesoffice.reservations.queries import (
    find_first_waiting,
    get_choosable_customers,
    list_offered,
    list_waiting_unit_ids,
)
from salesoffice.reservations.rules import NothingToWaitFor, OthersWait, WaitsAlready
from salesoffice.reservations.services.undoing import offer_place_undo

_OPEN = (WaitingState.WAITING, WaitingState.OFFERED)


def join_waiting_list(
    session: Session, unit: Unit, *, actor: Actor, customer_id: int, note: str = ""
) -> WaitingEntry:
    """Put a customer at the end of the list behind a unit that is not free; the customer's rep gets the offer.

    Refused: a customer the person does not look after (`customer_unknown`), one who waits for it already
    (`waiting_already`), a unit that is free with nobody waiting (NothingToWaitFor).
    """
    customer = get_choosable_customers(session, unit.project_id, actor, [customer_id], field="customer_id")[0]
    rep_id = customer.rep_id or actor.id
    if rep_id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    unit = lock_unit(session, unit.id)
    if _is_waiting(session, unit.id, customer.id):
        raise WaitsAlready
    is_free = unit_state(session, unit) is UnitState.AVAILABLE and not find_overlays(session, unit.id)
    if is_free and find_first_waiting(session, unit.id) is None:
        raise NothingToWaitFor
    last = session.scalar(select(func.max(WaitingEntry.position)).where(WaitingEntry.unit_id == unit.id))
    entry = WaitingEntry(
        project_id=unit.project_id,
        unit_id=unit.id,
        customer_id=customer.id,
        rep_id=rep_id,
        position=(last or 0) + 1,
        state=WaitingState.WAITING,
        note=note.strip(),
        joined_at=clock.now(),
        joined_by_id=actor.id,
    )
    session.add(entry)
    session.flush()
    _record(session, entry, "waiting.joined", actor)
    offer_place_undo(session, entry, "waiting.joined", actor)
    return entry


def leave_waiting_list(session: Session, entry: WaitingEntry, *, actor: Actor) -> WaitingEntry:
    """Take a customer off the list. Refused: NotAllowed for another rep's, WrongState once it is offered or ended.

    An offer is given back by releasing its hold.
    """
    if entry.rep_id != actor.id and not actor.can(Permission.HOLD_MANAGE, entry.project_id):
        raise NotAllowed(_l("This place is another rep's. Ask the sales manager."))
    lock_unit(session, entry.unit_id)
    entry = session.get_one(WaitingEntry, entry.id, populate_existing=True)
    if entry.state is not WaitingState.WAITING:
        raise WrongState(_l("This place is “%(state)s” already.", state=entry.state.label))
    _move(session, entry, WaitingState.WITHDRAWN, actor)
    offer_place_undo(session, entry, "waiting.withdrawn", actor)
    return entry


def wait_again(session: Session, entry: WaitingEntry, *, actor: Actor) -> WaitingEntry:
    """Put a customer who has just left the list back on their place.

    Refused: WrongState when the place is not withdrawn, WaitsAlready when the customer joined again meanwhile,
    NothingToWaitFor when the unit is free by now.
    """
    unit = lock_unit(session, entry.unit_id)
    entry = session.get_one(WaitingEntry, entry.id, populate_existing=True)
    if _is_waiting(session, unit.id, entry.customer_id):
        raise WaitsAlready
    if unit_state(session, unit) is UnitState.AVAILABLE and find_first_waiting(session, unit.id) is None:
        raise NothingToWaitFor
    _move(session, entry, WaitingState.WAITING, actor)
    return entry


def check_turn(session: Session, unit: Unit, customer_ids: Collection[int]) -> WaitingEntry | None:
    """Refuse with OthersWait to claim a locked unit for customers of whom none is the first that waits for it.

    Returns the first one's entry when it is among them, None when nobody waits.
    """
    first = find_first_waiting(session, unit.id)
    if first is None or first.customer_id in customer_ids:
        return first
    count = session.scalar(
        select(func.count()).where(
            WaitingEntry.unit_id == unit.id, WaitingEntry.state == WaitingState.WAITING
        )
    )
    raise OthersWait(count or 0)


def mark_offered(session: Session, entry: WaitingEntry, hold: Hold, *, actor: Actor) -> None:
    """Note which hold gives the first of a list the unit."""
    entry.hold_id, entry.offered_at = hold.id, clock.now()
    _move(session, entry, WaitingState.OFFERED, actor)


def mark_taken(session: Session, entry: WaitingEntry, *, actor: Actor) -> None:
    """Note that the first of a list signed for the unit without an offer."""
    _move(session, entry, WaitingState.TAKEN, actor)


def settle_offers(session: Session) -> int:
    """Write down how offers ended: taken when the hold became a subscription, lapsed otherwise; return how many."""
    entries = list_offered(session)
    for found in entries:
        lock_unit(session, found.unit_id)
        entry = session.get_one(WaitingEntry, found.id, populate_existing=True)
        hold = session.get_one(Hold, entry.hold_id, populate_existing=True)
        if entry.state is WaitingState.OFFERED:
            is_taken = hold.state is HoldState.CONVERTED
            _move(session, entry, WaitingState.TAKEN if is_taken else WaitingState.LAPSED, SYSTEM)
    return len(entries)


def list_offerable_unit_ids(session: Session) -> list[int]:
    """List the units that somebody waits for and that no live claim keeps."""
    return [
        unit_id for unit_id in list_waiting_unit_ids(session) if find_open_claim(session, unit_id) is None
    ]


def _is_waiting(session: Session, unit_id: int, customer_id: int) -> bool:
    statement = select(WaitingEntry.id).where(
        WaitingEntry.unit_id == unit_id,
        WaitingEntry.customer_id == customer_id,
        WaitingEntry.state.in_(_OPEN),
    )
    return session.scalar(statement) is not None


def _move(session: Session, entry: WaitingEntry, state: WaitingState, actor: Actor) -> None:
    if state not in WAITING_STEPS[entry.state]:
        raise WrongState(_l("This place is “%(state)s” already.", state=entry.state.label))
    before = entry.state
    entry.state = state
    entry.ended_at = None if state in _OPEN else clock.now()
    session.flush()
    _record(session, entry, f"waiting.{state.value}", actor, before={"state": before.value})


def _record(
    session: Session,
    entry: WaitingEntry,
    action: str,
    actor: Actor,
    *,
    before: dict[str, object] | None = None,
) -> None:
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=entry.project_id,
        subject=entry,
        unit_id=entry.unit_id,
        before=before,
        after={"state": entry.state.value, "position": entry.position},
    )
