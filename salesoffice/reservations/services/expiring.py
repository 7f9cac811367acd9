"""How holds and provisional orders end: given back, cancelled, or by time.

Their time is judged when read; the sweep and whoever takes the unit over only write it down.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import SYSTEM, Actor
from salesoffice.deals.enums import TIMED_KINDS, ClaimEnd, ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_open_claim, is_live
from salesoffice.deals.services import close_claim
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit
from salesoffice.payments.services import end_account
from salesoffice.reservations.enums import HOLD_STEPS, PROVISIONAL_STEPS, HoldState, ProvisionalState
from salesoffice.reservations.models import Hold, ProvisionalOrder
from salesoffice.reservations.queries import list_expired_unit_ids
from salesoffice.reservations.services.opening import record_hold

_SWEEP_SIZE = 500

_HOLD_ENDS = {
    HoldState.RELEASED: ("hold.released", ClaimEnd.RELEASE),
    HoldState.EXPIRED: ("hold.expired", ClaimEnd.EXPIRE),
}
_ORDER_ENDS = {
    ProvisionalState.CANCELLED: ("provisional.cancelled", ClaimEnd.CANCEL),
    ProvisionalState.EXPIRED: ("provisional.expired", ClaimEnd.EXPIRE),
}


def expire_holds(session: Session) -> int:
    """Close the holds and provisional orders whose time has passed and return how many; safe to repeat."""
    unit_ids = list_expired_unit_ids(session, _SWEEP_SIZE)
    units = (
        lock_rows(session, select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.id)) if unit_ids else []
    )
    return sum(expire_hold_of(session, unit) for unit in units)


def expire_hold_of(session: Session, unit: Unit) -> bool:
    """Close the expired hold or provisional order of a locked unit, if it has one; tell whether it had."""
    claim = find_open_claim(session, unit.id, include_expired=True)
    if claim is None or claim.kind not in TIMED_KINDS or is_live(claim):
        return False
    if claim.kind is ClaimKind.HOLD:
        hold = session.get_one(Hold, claim.document_id, populate_existing=True)
        end_hold(session, hold, claim, state=HoldState.EXPIRED, actor=SYSTEM)
    else:
        order = session.get_one(ProvisionalOrder, claim.document_id, populate_existing=True)
        end_order(session, order, claim, state=ProvisionalState.EXPIRED, actor=SYSTEM)
    return True


def end_hold(session: Session, hold: Hold, claim: Claim, *, state: HoldState, actor: Actor) -> None:
    """End a hold and its claim: released or expired; the unit is locked. Refused with WrongState when it has ended."""
    if state not in HOLD_STEPS[hold.state]:
        raise WrongState(_l("This hold has ended already: %(state)s.", state=hold.state.label))
    action, end = _HOLD_ENDS[state]
    hold.state, hold.ended_at = state, clock.now()
    close_claim(session, claim, actor=actor, end=end)
    record_hold(session, hold, action, actor, before={"state": HoldState.OPEN.value})


def end_order(
    session: Session,
    order: ProvisionalOrder,
    claim: Claim,
    *,
    state: ProvisionalState,
    actor: Actor,
    reason: str = "",
    on: date | None = None,
) -> None:
    """End a provisional order and its claim: cancelled or expired; the unit is locked and is free again.

    `on` is the business day it counts for (today, or the one on which its time ran out). All money on its account waits to be paid back. Refused with WrongState when the order has ended.
    """
    if state not in PROVISIONAL_STEPS[order.state]:
        raise order_ended(order)
    action, end = _ORDER_ENDS[state]
    now = clock.now()
    order.state, order.ended_at, order.end_reason = state, now, reason
    order.ended_on = on or clock.business_day_of(min(now, order.expires_at))
    close_claim(session, claim, actor=actor, end=end, reason=reason)
    if order.deal.account is not None:
        end_account(session, order.deal.account, actor=actor)
    after: dict[str, object] = {"reason": reason} if reason else {}
    record_order(session, order, action, actor, before={"state": ProvisionalState.OPEN.value}, after=after)


def order_ended(order: ProvisionalOrder) -> WrongState:
    """Build the refusal for an order that is no longer open."""
    return WrongState(_l("This provisional order has ended already: %(state)s.", state=order.state.label))


def record_order(
    session: Session,
    order: ProvisionalOrder,
    action: str,
    actor: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write one audit entry of a provisional order."""
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=order.project_id,
        subject=order,
        unit_id=order.unit_id,
        before=before,
        after={"state": order.state.value, "number": order.number} | (after or {}),
    )
