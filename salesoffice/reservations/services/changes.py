"""Changes of a subscription agreement: extended, ended."""

from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.deals.enums import ClaimEnd, ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import find_open_claim
from salesoffice.deals.services import (
    close_claim,
    lock_unit,
    take_back_unit,
)
from salesoffice.payments.services import end_account
from salesoffice.reservations.enums import SUBSCRIPTION_STEPS, ProvisionalState, SubscriptionState
from salesoffice.reservations.models import ProvisionalOrder, Subscription
from salesoffice.reservations.rules import (
    check_signing_days,
)
from salesoffice.reservations.services.expiring import record_order
from salesoffice.reservations.services.records import record_subscription
from salesoffice.reservations.signals import check_cancelling

_REASON_LENGTH = 200

_ENDS = {
    ClaimEnd.CANCEL: (SubscriptionState.CANCELLED, "subscription.cancelled"),
    ClaimEnd.FORFEIT: (SubscriptionState.FORFEITED, "subscription.forfeited"),
    ClaimEnd.SWAP: (SubscriptionState.SWAPPED, "subscription.swapped"),
    ClaimEnd.VOID: (SubscriptionState.VOID, "subscription.voided"),
}


def set_sign_by(
    session: Session, subscription: Subscription, *, actor: Actor, day: date, reason: str
) -> Subscription:
    """Set the last day for signing of an agreement whose unit is locked; the caller decided that it may be this day.

    Refused: WrongState for an agreement that is no longer active, `sign_by_invalid` for a day that cannot be.
    """
    subscription, _claim = _get_active(session, subscription)
    check_signing_days(subscription.signed_on, day, clock.business_today())
    before = subscription.sign_by
    subscription.sign_by = day
    session.flush()
    record_subscription(
        session,
        subscription,
        "subscription.extended",
        actor,
        before={"sign_by": before.isoformat()},
        after={"sign_by": day.isoformat(), "reason": reason},
    )
    return subscription


def cancel_subscription(
    session: Session,
    subscription: Subscription,
    *,
    actor: Actor,
    reason: str,
    end: ClaimEnd = ClaimEnd.CANCEL,
    on: date | None = None,
) -> Subscription:
    """End a subscription agreement: cancelled (退认购), forfeited (挞定) or void (entered by mistake). It keeps its figures.

    `on` is the business day it counts for (today). The deal ends, the account settles what has to be paid back (what the
    seller keeps was settled before), and the unit comes back withheld: it is not sold again before the manager has
    confirmed its price and released it. After a void it is on sale as before: nothing was sold.
    Refused: WrongState when the agreement is no longer active or a contract has been entered (also its draft),
    InvalidInput without a reason.
    """
    reason = _check_reason(reason)
    unit = lock_unit(session, subscription.unit_id)
    subscription, claim = _get_active(session, subscription)
    check_cancelling(session, subscription.deal_id)
    close_claim(session, claim, actor=actor, end=end, reason=reason)
    if subscription.deal.account is not None:
        end_account(session, subscription.deal.account, actor=actor)
    end_agreement(session, subscription, actor=actor, end=end, reason=reason, on=on)
    if end is not ClaimEnd.VOID:
        take_back_unit(session, unit, actor=actor)
    return subscription


def end_agreement(
    session: Session,
    subscription: Subscription,
    *,
    actor: Actor,
    end: ClaimEnd,
    reason: str,
    on: date | None = None,
) -> Subscription:
    """Note on an agreement whose unit is locked how it ended; nothing else changes. Refused with WrongState when its
    state does not allow it.
    """
    before, (state, action) = subscription.state, _ENDS[end]
    if state not in SUBSCRIPTION_STEPS[before]:
        raise WrongState(_l("This agreement is no longer active: %(state)s.", state=before.label))
    subscription.state = state
    subscription.cancelled_at = clock.now()
    subscription.cancelled_on = on or clock.business_today()
    subscription.cancelled_by_id = actor.id
    subscription.cancel_reason = reason
    session.flush()
    after: dict[str, object] = {"state": state.value, "reason": reason}
    record_subscription(session, subscription, action, actor, before={"state": before.value}, after=after)
    return subscription


def void_order(
    session: Session, order: ProvisionalOrder, *, actor: Actor, reason: str, on: date
) -> ProvisionalOrder:
    """End a provisional order that was entered by mistake; its unit, locked and not taken over, is on sale as before.

    Refused with WrongState when it has ended.
    """
    claim = find_open_claim(session, order.unit_id)
    if order.state is not ProvisionalState.OPEN or claim is None or claim.document_id != order.id:
        raise WrongState(_l("This order has ended: %(state)s.", state=order.state.label))
    order.state, order.ended_at, order.ended_on = ProvisionalState.CANCELLED, clock.now(), on
    order.end_reason = reason
    close_claim(session, claim, actor=actor, end=ClaimEnd.VOID, reason=reason)
    if order.deal.account is not None:
        end_account(session, order.deal.account, actor=actor)
    before: dict[str, object] = {"state": ProvisionalState.OPEN.value}
    record_order(session, order, "provisional.voided", actor, before=before, after={"reason": reason})
    return order


def _get_active(session: Session, subscription: Subscription) -> tuple[Subscription, Claim]:
    subscription = session.get_one(Subscription, subscription.id, populate_existing=True)
    claim = find_open_claim(session, subscription.unit_id)
    if subscription.state is not SubscriptionState.ACTIVE:
        raise WrongState(_l("This agreement is no longer active: %(state)s.", state=subscription.state.label))
    if claim is None or claim.kind is not ClaimKind.SUBSCRIPTION or claim.document_id != subscription.id:
        raise WrongState(_l("A contract has been entered for this agreement. Cancel the contract first."))
    return subscription, claim


def _check_reason(reason: str) -> str:
    tidy = reason.strip()
    if not 1 <= len(tidy) <= _REASON_LENGTH:
        message = _l("Give a reason of at most %(count)s characters.", count=_REASON_LENGTH)
        raise InvalidInput(message, [FieldProblem("reason", message)], code="reason_missing")
    return tidy
