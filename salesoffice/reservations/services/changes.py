"""Changes of a subscription agreement: extended, cancelled, printed."""

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
from salesoffice.infra.models import StoredFile
from salesoffice.payments.services import end_account
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.rules import (
    check_signing_days,
)
from salesoffice.reservations.services.records import record_subscription
from salesoffice.reservations.signals import check_cancelling

_REASON_LENGTH = 200


def extend_subscription(
    session: Session, subscription: Subscription, *, actor: Actor, sign_by_day: date, reason: str
) -> Subscription:
    """Move the last day for signing the contract to a later one; the schedule and the printed agreement stay.

    Refused: WrongState for an agreement that is no longer active, InvalidInput without a reason,
    `sign_by_invalid` for a day that is not later or more than a year after the subscription.
    """
    reason = _check_reason(reason)
    lock_unit(session, subscription.unit_id)
    subscription, _claim = _get_active(session, subscription)
    check_signing_days(subscription.signed_on, sign_by_day, clock.business_today())
    if sign_by_day <= subscription.sign_by:
        message = _l(
            "The new last day for signing must be after %(day)s.", day=subscription.sign_by.isoformat()
        )
        raise InvalidInput(message, [FieldProblem("sign_by", message)], code="sign_by_invalid")
    before = subscription.sign_by
    subscription.sign_by = sign_by_day
    session.flush()
    record_subscription(
        session,
        subscription,
        "subscription.extended",
        actor,
        before={"sign_by": before.isoformat()},
        after={"sign_by": sign_by_day.isoformat(), "reason": reason},
    )
    return subscription


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
    session: Session, subscription: Subscription, *, actor: Actor, reason: str
) -> Subscription:
    """Cancel a subscription agreement by agreement (退认购). It keeps its figures.

    The deal ends, the account settles what has to be paid back, and the unit comes back withheld: it is not sold again
    before the manager has confirmed its price and released it. Refused: WrongState when the agreement is no longer
    active or a contract has been entered (also its draft), InvalidInput without a reason.
    """
    reason = _check_reason(reason)
    unit = lock_unit(session, subscription.unit_id)
    subscription, claim = _get_active(session, subscription)
    check_cancelling(session, subscription.deal_id)
    close_claim(session, claim, actor=actor, end=ClaimEnd.CANCEL, reason=reason)
    subscription.state = SubscriptionState.CANCELLED
    subscription.cancelled_at = clock.now()
    subscription.cancelled_on = clock.business_today()
    subscription.cancelled_by_id = actor.id
    subscription.cancel_reason = reason
    session.flush()
    if subscription.deal.account is not None:
        end_account(session, subscription.deal.account, actor=actor)
    record_subscription(
        session,
        subscription,
        "subscription.cancelled",
        actor,
        before={"state": SubscriptionState.ACTIVE.value},
        after={"state": subscription.state.value, "reason": reason},
    )
    take_back_unit(session, unit, actor=actor)
    return subscription


def attach_agreement(
    session: Session, subscription: Subscription, stored: StoredFile, *, actor: Actor
) -> Subscription:
    """Keep the printed agreement with the subscription; the first print stays, later ones are ignored."""
    subscription = session.get_one(Subscription, subscription.id, populate_existing=True)
    if subscription.document_id is None:
        subscription.document_id = stored.id
        session.flush()
        record_subscription(
            session, subscription, "subscription.printed", actor, after={"sha256": stored.sha256}
        )
    return subscription


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
