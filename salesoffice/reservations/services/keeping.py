"""What keeps a unit for somebody before it is sold: a hold or a provisional order, and who may go on from it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core.errors import FieldProblem, InvalidInput, NotAllowed, WrongState
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.services import build_unit_taken, check_claimable
from salesoffice.inventory.models import Unit
from salesoffice.reservations.models import Hold, Keeping, ProvisionalOrder
from salesoffice.reservations.queries import find_keeping_of, find_open_hold, find_open_order
from salesoffice.reservations.rules import HoldExpired, OrderExpired
from salesoffice.reservations.services.expiring import expire_hold_of, order_ended


def find_keeping(
    session: Session, unit: Unit, subject: Unit | Keeping, *, actor: Actor, customers: Sequence[Customer]
) -> Keeping | None:
    """Return the hold or provisional order that the customers go on from, None when the locked unit is free.

    Refused: UnitTaken and what `check_claimable` refuses; a hold of another rep named by itself (NotAllowed); one that
    has ended or expired (WrongState); a provisional order whose customer is not among the customers (InvalidInput).
    """
    if isinstance(subject, Hold):
        return _check_hold(session, subject, actor)
    if isinstance(subject, ProvisionalOrder):
        return _check_order(session, subject, customers)
    expire_hold_of(session, unit)
    kept = find_keeping_of(session, unit.id)
    if kept is None:
        check_claimable(session, unit, actor=actor)
        return None
    claim = find_open_claim(session, unit.id)
    if claim is not None and not _is_theirs(kept, actor, customers):
        raise build_unit_taken(session, claim, actor=actor)
    return kept


def _is_theirs(kept: Keeping, actor: Actor, customers: Sequence[Customer]) -> bool:
    ids = {customer.id for customer in customers}
    if isinstance(kept, ProvisionalOrder):
        return kept.customer_id in ids
    if kept.customer_id is None:
        return kept.rep_id in {actor.id, customers[0].rep_id}
    return kept.rep_id == actor.id or kept.customer_id in ids


def _check_hold(session: Session, hold: Hold, actor: Actor) -> Hold:
    if hold.rep_id != actor.id and not actor.can(Permission.HOLD_MANAGE, hold.project_id):
        raise NotAllowed(_l("This hold is somebody else's. Ask the sales manager."))
    live = find_open_hold(session, hold.unit_id)
    if live is not None and live.id == hold.id:
        return live
    fresh = session.get_one(Hold, hold.id, populate_existing=True)
    if fresh.ended_at is None:
        raise HoldExpired
    raise WrongState(_l("This hold has ended already: %(state)s.", state=fresh.state.label))


def _check_order(
    session: Session, order: ProvisionalOrder, customers: Sequence[Customer]
) -> ProvisionalOrder:
    live = find_open_order(session, order.unit_id)
    if live is None or live.id != order.id:
        fresh = session.get_one(ProvisionalOrder, order.id, populate_existing=True)
        raise OrderExpired if fresh.ended_at is None else order_ended(fresh)
    if live.customer_id not in {customer.id for customer in customers}:
        message = _l("The customer of the provisional order must be one of the buyers.")
        raise InvalidInput(message, [FieldProblem("customer_ids", message)], code="buyers_invalid")
    return live
