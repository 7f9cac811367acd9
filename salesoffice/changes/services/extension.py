"""Extension of signing: the last day for the contract moves, again and again if need be, counted in days."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import ChangePlan, Values, refuse_field
from salesoffice.changes.services.handling import ChangeHandler, Scene, open_contract
from salesoffice.changes.services.reading import read_count, read_day, stored_values
from salesoffice.core import clock
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Actor
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.rules import check_signing_days
from salesoffice.reservations.services.changes import set_sign_by

LONGEST_DAYS = 365


def plan(scene: Scene, terms: Values) -> ChangePlan:
    """Plan `days` more for signing, or until the day `sign_by`. `measure` is all days of extension together, so that
    many small ones reach the threshold of a large one.

    Refused: fewer than 1 or more than 365 days, a day that is not later (`sign_by_invalid`), a contract that is entered.
    """
    subscription = require_subscription(scene)
    if open_contract(scene) is not None:
        raise WrongState(_l("A contract has been entered for this agreement; there is nothing to extend."))
    first, last = first_sign_by(scene, subscription), _read_last(subscription, terms)
    check_signing_days(subscription.signed_on, last, clock.business_today())
    return ChangePlan(
        old={"sign_by": subscription.sign_by.isoformat()},
        new={"sign_by": last.isoformat()},
        measure=(last - first).days,
    )


def apply(scene: Scene, _terms: Values, plan: ChangePlan, actor: Actor, change: Change) -> None:
    """Move the last day for signing; the schedule and the printed agreement stay."""
    subscription = require_subscription(scene)
    day = date.fromisoformat(str(plan.new["sign_by"]))
    set_sign_by(scene.session, subscription, actor=actor, day=day, reason=change.reason)


def restore(scene: Scene, change: Change, actor: Actor) -> None:
    """Put the last day for signing back."""
    day = date.fromisoformat(stored_values(change.old_values)["sign_by"])
    set_sign_by(scene.session, require_subscription(scene), actor=actor, day=day, reason=change.reason)


def _read_last(subscription: Subscription, terms: Values) -> date:
    if "sign_by" in terms:
        last = read_day(terms, "sign_by")
        if last <= subscription.sign_by:
            day = subscription.sign_by.isoformat()
            message = _l("The new last day for signing must be after %(day)s.", day=day)
            raise refuse_field("sign_by", message, code="sign_by_invalid")
        return last
    days = read_count(terms, "days")
    if not 1 <= days <= LONGEST_DAYS:
        raise refuse_field("days", _l("Extend by 1 to %(count)s days.", count=LONGEST_DAYS))
    return subscription.sign_by + timedelta(days=days)


def require_subscription(scene: Scene) -> Subscription:
    """Return the agreement in force; there is one at every stage at which this is asked."""
    if scene.subscription is None:
        raise RuntimeError(f"deal {scene.deal.id} has no subscription agreement")
    return scene.subscription


def first_sign_by(scene: Scene, subscription: Subscription) -> date:
    """Return the last day for signing as first agreed, before any extension of this agreement."""
    statement = (
        select(Change.old_values)
        .where(
            Change.deal_id == scene.deal.id,
            Change.kind == ChangeKind.EXTENSION,
            Change.state == ChangeState.APPLIED,
            Change.applied_at >= subscription.entered_at,
        )
        .order_by(Change.id)
    )
    stored = scene.session.scalars(statement).first()
    return subscription.sign_by if stored is None else date.fromisoformat(stored_values(stored)["sign_by"])


HANDLER = ChangeHandler(ChangeKind.EXTENSION, plan, apply, restore=restore)
