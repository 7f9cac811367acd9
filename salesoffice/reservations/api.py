"""JSON API of holds and subscription agreements."""

from typing import Any

from salesoffice.core.permissions import Permission
from salesoffice.infra.db import db
from salesoffice.inventory.queries import get_unit
from salesoffice.reservations.models import Hold, Subscription, WaitingEntry
from salesoffice.reservations.queries import get_entry, get_hold, get_subscription
from salesoffice.reservations.schemas import (
    CancelBodySchema,
    ExtendHoldBodySchema,
    ExtendSubscriptionBodySchema,
    HoldBodySchema,
    HoldSchema,
    JoinBodySchema,
    NothingBodySchema,
    SubscriptionBodySchema,
    SubscriptionSchema,
    WaitingSchema,
)
from salesoffice.reservations.services import (
    cancel_subscription,
    extend_hold,
    extend_subscription,
    join_waiting_list,
    leave_waiting_list,
    place_hold,
    release_hold,
    sign_subscription,
)
from salesoffice.webkit.access import authorise, current_actor, requires
from salesoffice.webkit.api import make_blueprint, writes

blp = make_blueprint("reservations", "Holds and subscription agreements")


@blp.route("/holds", methods=["POST"])
@requires(Permission.HOLD_PLACE)
@blp.arguments(HoldBodySchema)
@blp.response(201, HoldSchema)
@blp.alt_response(
    409, description="unit_taken, unit_not_released, permit_missing, price_not_approved, hold_limit"
)
@writes(HoldSchema, 201)
def post_hold(body: dict[str, Any]) -> Hold:
    """Hold a free unit for a few minutes."""
    session = db.session()
    unit = get_unit(session, body["unit_id"])
    authorise(unit.project_id)
    return place_hold(
        session, unit, actor=current_actor(), customer_id=body["customer_id"], minutes=body["minutes"]
    )


@blp.route("/holds/<int:hold_id>/extend", methods=["POST"])
@requires(Permission.HOLD_PLACE)
@blp.arguments(ExtendHoldBodySchema)
@blp.response(200, HoldSchema)
@blp.alt_response(409, description="wrong_state (ended or expired), hold_limit")
@writes(HoldSchema)
def post_hold_extension(body: dict[str, Any], hold_id: int) -> Hold:
    """Let a hold last longer, within the project's longest time."""
    return extend_hold(db.session(), _load_hold(hold_id), actor=current_actor(), minutes=body["minutes"])


@blp.route("/holds/<int:hold_id>/release", methods=["POST"])
@requires(Permission.HOLD_PLACE)
@blp.arguments(NothingBodySchema)
@blp.response(200, HoldSchema)
@blp.alt_response(409, description="wrong_state (ended or expired)")
@writes(HoldSchema)
def post_hold_release(_body: dict[str, Any], hold_id: int) -> Hold:
    """Give a held unit back."""
    return release_hold(db.session(), _load_hold(hold_id), actor=current_actor())


@blp.route("/units/<int:unit_id>/waiting", methods=["POST"])
@requires(Permission.WAITING_JOIN)
@blp.arguments(JoinBodySchema)
@blp.response(201, WaitingSchema)
@blp.alt_response(409, description="waiting_already, wrong_state (the unit is free and nobody waits)")
@writes(WaitingSchema, 201)
def post_waiting(body: dict[str, Any], unit_id: int) -> WaitingEntry:
    """Put a customer at the end of the list behind a taken unit."""
    session = db.session()
    unit = get_unit(session, unit_id)
    authorise(unit.project_id)
    return join_waiting_list(
        session, unit, actor=current_actor(), customer_id=body["customer_id"], note=body["note"]
    )


@blp.route("/waiting/<int:entry_id>/leave", methods=["POST"])
@requires(Permission.WAITING_JOIN)
@blp.arguments(NothingBodySchema)
@blp.response(200, WaitingSchema)
@blp.alt_response(409, description="wrong_state (offered or ended already)")
@writes(WaitingSchema)
def post_waiting_leave(_body: dict[str, Any], entry_id: int) -> WaitingEntry:
    """Take a customer off a waiting list."""
    entry = get_entry(db.session(), entry_id)
    authorise(entry.project_id)
    return leave_waiting_list(db.session(), entry, actor=current_actor())


@blp.route("/subscriptions", methods=["POST"])
@requires(Permission.SUBSCRIPTION_SIGN)
@blp.arguments(SubscriptionBodySchema)
@blp.response(201, SubscriptionSchema)
@blp.alt_response(
    409,
    description="unit_taken, unit_not_released, permit_missing, price_not_approved, deposit_too_high,"
    " above_filed_price, below_floor_price, discount_not_allowed, wrong_state",
)
@writes(SubscriptionSchema, 201)
def post_subscription(body: dict[str, Any]) -> Subscription:
    """Sign a subscription agreement for a free unit or out of a hold; opens the account with its schedule."""
    session = db.session()
    hold_id, unit_id = body["hold_id"], body["unit_id"]
    subject = get_hold(session, hold_id) if hold_id is not None else get_unit(session, unit_id)
    authorise(subject.project_id)
    return sign_subscription(session, subject, actor=current_actor(), terms=body["terms"])


@blp.route("/subscriptions/<int:subscription_id>/cancel", methods=["POST"])
@requires(Permission.SUBSCRIPTION_CANCEL)
@blp.arguments(CancelBodySchema)
@blp.response(200, SubscriptionSchema)
@blp.alt_response(409, description="wrong_state (not active, or a contract has been entered)")
@writes(SubscriptionSchema)
def post_subscription_cancellation(body: dict[str, Any], subscription_id: int) -> Subscription:
    """Cancel a subscription agreement; the unit comes back withheld until its price is confirmed."""
    subscription = _load_subscription(subscription_id)
    return cancel_subscription(db.session(), subscription, actor=current_actor(), reason=body["reason"])


@blp.route("/subscriptions/<int:subscription_id>/extend", methods=["POST"])
@requires(Permission.SUBSCRIPTION_CANCEL)
@blp.arguments(ExtendSubscriptionBodySchema)
@blp.response(200, SubscriptionSchema)
@blp.alt_response(409, description="wrong_state (not active, or a contract has been entered)")
@writes(SubscriptionSchema)
def post_subscription_extension(body: dict[str, Any], subscription_id: int) -> Subscription:
    """Move the last day for signing the contract to a later one."""
    return extend_subscription(
        db.session(),
        _load_subscription(subscription_id),
        actor=current_actor(),
        sign_by_day=body["sign_by"],
        reason=body["reason"],
    )


def _load_hold(hold_id: int) -> Hold:
    hold = get_hold(db.session(), hold_id)
    authorise(hold.project_id)
    return hold


def _load_subscription(subscription_id: int) -> Subscription:
    subscription = get_subscription(db.session(), subscription_id)
    authorise(subscription.project_id)
    return subscription
