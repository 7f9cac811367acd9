"""JSON API of holds and subscription agreements."""

from typing import Any

from sqlalchemy.orm import joinedload

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Permission
from salesoffice.deals.queries import may_view_deal
from salesoffice.infra.db import db
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import get_unit
from salesoffice.reservations.models import Hold, Keeping, ProvisionalOrder, Subscription, WaitingEntry
from salesoffice.reservations.queries import (
    get_entry,
    get_hold,
    get_order,
    get_subscription,
    select_orders,
)
from salesoffice.reservations.schemas import (
    ExtendHoldBodySchema,
    HoldBodySchema,
    HoldSchema,
    JoinBodySchema,
    NothingBodySchema,
    OrderBodySchema,
    OrderCancelBodySchema,
    OrderQuerySchema,
    ProvisionalOrderPageSchema,
    ProvisionalOrderSchema,
    SubscriptionBodySchema,
    SubscriptionSchema,
    WaitingSchema,
)
from salesoffice.reservations.services import (
    cancel_provisional,
    extend_hold,
    join_waiting_list,
    leave_waiting_list,
    place_hold,
    release_hold,
    sign_provisional,
    sign_subscription,
)
from salesoffice.webkit.access import authorise, current_actor, current_project_id, requires
from salesoffice.webkit.api import make_blueprint, writes
from salesoffice.webkit.pager import CursorPage, paginate_by_id

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


@blp.route("/provisional-orders", methods=["POST"])
@requires(Permission.PROVISIONAL_SIGN)
@blp.arguments(OrderBodySchema)
@blp.response(201, ProvisionalOrderSchema)
@blp.alt_response(
    409,
    description="unit_taken, unit_not_released, permit_missing, price_not_approved, deposit_too_high,"
    " wrong_state (the hold has ended)",
)
@writes(ProvisionalOrderSchema, 201)
def post_order(body: dict[str, Any]) -> ProvisionalOrder:
    """Order a free or held unit provisionally for a small sum that is given back; opens the deal's account."""
    session = db.session()
    hold_id = body.get("hold_id")
    subject: Unit | Hold = (
        get_hold(session, hold_id) if hold_id is not None else get_unit(session, body["unit_id"])
    )
    authorise(subject.project_id)
    return sign_provisional(
        session,
        subject,
        actor=current_actor(),
        customer_id=body["customer_id"],
        amount=body["amount_fen"],
        signed_on=body["signed_on"],
        days=body["days"],
    )


@blp.route("/provisional-orders/<int:order_id>")
@requires(Permission.DEAL_VIEW)
@blp.response(200, ProvisionalOrderSchema)
@blp.alt_response(404, description="not_found")
def show_order(order_id: int) -> ProvisionalOrder:
    """Return a provisional order; a rep sees their own."""
    return _load_order(order_id)


@blp.route("/projects/<code>/provisional-orders")
@requires(Permission.DEAL_VIEW)
@blp.arguments(OrderQuerySchema, location="query")
@blp.response(200, ProvisionalOrderPageSchema)
def list_provisional_orders(arguments: dict[str, Any], **_address: str) -> CursorPage[ProvisionalOrder]:
    """List the provisional orders of a project by id; a rep sees their own."""
    statement = select_orders(current_project_id(), current_actor()).options(
        joinedload(ProvisionalOrder.deal)
    )
    if arguments["state"] is not None:
        statement = statement.where(ProvisionalOrder.state == arguments["state"])
    return paginate_by_id(
        statement, ProvisionalOrder.id, cursor=arguments["cursor"], limit=arguments["limit"]
    )


@blp.route("/provisional-orders/<int:order_id>/cancel", methods=["POST"])
@requires(Permission.PROVISIONAL_SIGN)
@blp.arguments(OrderCancelBodySchema)
@blp.response(200, ProvisionalOrderSchema)
@blp.alt_response(409, description="wrong_state (ended or run out)")
@writes(ProvisionalOrderSchema)
def post_order_cancellation(body: dict[str, Any], order_id: int) -> ProvisionalOrder:
    """Cancel a provisional order; the unit is free again and its money waits to be paid back."""
    return cancel_provisional(
        db.session(), _load_order(order_id), actor=current_actor(), reason=body["reason"]
    )


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
    """Sign a subscription agreement for a free unit, a hold or an order; opens the account with its schedule."""
    session = db.session()
    subject: Unit | Keeping
    if body["hold_id"] is not None:
        subject = get_hold(session, body["hold_id"])
    elif body["provisional_order_id"] is not None:
        subject = get_order(session, body["provisional_order_id"])
    else:
        subject = get_unit(session, body["unit_id"])
    authorise(subject.project_id)
    return sign_subscription(session, subject, actor=current_actor(), terms=body["terms"])


def _load_hold(hold_id: int) -> Hold:
    hold = get_hold(db.session(), hold_id)
    authorise(hold.project_id)
    return hold


def _load_order(order_id: int) -> ProvisionalOrder:
    order = get_order(db.session(), order_id)
    authorise(order.project_id)
    if not may_view_deal(current_actor(), order.deal):
        raise NotFound(_l("There is no such provisional order."))
    return order


def _load_subscription(subscription_id: int) -> Subscription:
    subscription = get_subscription(db.session(), subscription_id)
    authorise(subscription.project_id)
    return subscription
