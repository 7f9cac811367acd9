"""Shapes of the JSON API: money is integer fen, days are YYYY-MM-DD, moments RFC 3339 UTC."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from salesoffice.core.money import MAX_AMOUNT
from salesoffice.infra.i18n import _l
from salesoffice.offers.rules import MAX_SCHEMES
from salesoffice.offers.schemas import DiscountSchema
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.enums import HoldState, ProvisionalState, SubscriptionState, WaitingState
from salesoffice.reservations.rules import MAX_ACCESSORIES, MAX_BUYERS, MAX_DISCOUNT_STEPS
from salesoffice.reservations.services import SubscriptionTerms

_LARGEST_ID = 2**31 - 1
_LONGEST_HOLD = 7 * 24 * 60


def _identifier(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, _LARGEST_ID), **kwargs)


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ", metadata={"type": "string", "format": "date-time"}
    )


class HoldBodySchema(Schema):
    """Which unit to hold, for whom, for how long (the project's usual minutes when left out)."""

    unit_id = _identifier(required=True)
    customer_id = _identifier(load_default=None, allow_none=True)
    minutes = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _LONGEST_HOLD)
    )


class JoinBodySchema(Schema):
    """Which customer waits for the unit."""

    customer_id = _identifier(required=True)
    note = fields.String(load_default="", validate=validate.Length(max=200))


class WaitingSchema(Schema):
    """A place on the waiting list of a unit; `hold_id` is the hold by which it was offered."""

    id = fields.Integer()
    unit_id = fields.Integer()
    customer_id = fields.Integer()
    rep_id = fields.Integer()
    position = fields.Integer()
    state = fields.Enum(WaitingState, by_value=True)
    hold_id = fields.Integer(allow_none=True)
    joined_at = _moment()
    offered_at = _moment()
    ended_at = _moment()


class ExtendHoldBodySchema(Schema):
    """How many minutes from now (the project's usual minutes when left out)."""

    minutes = fields.Integer(
        strict=True, load_default=None, allow_none=True, validate=validate.Range(1, _LONGEST_HOLD)
    )


class NothingBodySchema(Schema):
    """No further entries."""


class HoldSchema(Schema):
    """A hold."""

    id = fields.Integer()
    unit_id = fields.Integer()
    deal_id = fields.Integer()
    deal_number = fields.String(attribute="deal.number")
    customer_id = fields.Integer(allow_none=True)
    rep_id = fields.Integer()
    list_total_fen = fields.Integer(attribute="list_total_amount")
    state = fields.Enum(HoldState, by_value=True)
    placed_at = _moment()
    expires_at = _moment()
    latest_expiry_at = _moment()


class OrderBodySchema(Schema):
    """What is ordered provisionally: either `unit_id` or `hold_id`; the project's days when left out."""

    unit_id = _identifier()
    hold_id = _identifier()
    customer_id = _identifier(required=True)
    amount_fen = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))
    signed_on = fields.Date(required=True)
    days = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 60))

    @validates_schema
    def check_subject(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Ask for exactly one of the two."""
        if ("unit_id" in data) == ("hold_id" in data):
            raise ValidationError(str(_l("Give either unit_id or hold_id.")), "unit_id")


class ProvisionalOrderSchema(Schema):
    """A provisional order."""

    id = fields.Integer()
    number = fields.String()
    unit_id = fields.Integer()
    deal_id = fields.Integer()
    deal_number = fields.String(attribute="deal.number")
    account_id = fields.Integer(attribute="deal.account_id")
    customer_id = fields.Integer()
    rep_id = fields.Integer()
    list_total_fen = fields.Integer(attribute="list_total_amount")
    amount_fen = fields.Integer(attribute="amount")
    signed_on = fields.Date()
    expires_at = _moment()
    state = fields.Enum(ProvisionalState, by_value=True)
    ended_on = fields.Date(allow_none=True)
    end_reason = fields.String()


class OrderQuerySchema(Schema):
    """Which provisional orders to list."""

    state = fields.Enum(ProvisionalState, by_value=True, load_default=None)
    limit = fields.Integer(load_default=50)
    cursor = fields.String(load_default=None)


class ProvisionalOrderPageSchema(Schema):
    """A piece of the list of provisional orders."""

    items = fields.List(fields.Nested(ProvisionalOrderSchema))
    next_cursor = fields.String(allow_none=True)


class SubscriptionBodySchema(Schema):
    """What is signed: one of `unit_id`, `hold_id`, `provisional_order_id`; the first customer is the principal buyer.

    Discount schemes come first, then `discounts`; `offer_id` is the offer it is signed from. `accessory_ids` are
    parking spaces and storage rooms sold with the flat at their list price.
    """

    unit_id = _identifier()
    hold_id = _identifier()
    provisional_order_id = _identifier()
    customer_ids = fields.List(_identifier(), required=True, validate=validate.Length(1, MAX_BUYERS))
    payment_plan = fields.Enum(PlanKind, by_value=True, required=True)
    discounts = fields.List(
        fields.Nested(DiscountSchema), load_default=list, validate=validate.Length(max=MAX_DISCOUNT_STEPS)
    )
    scheme_ids = fields.List(_identifier(), load_default=list, validate=validate.Length(max=MAX_SCHEMES))
    offer_id = _identifier(load_default=None, allow_none=True)
    accessory_ids = fields.List(
        _identifier(), load_default=list, validate=validate.Length(max=MAX_ACCESSORIES)
    )
    deposit_fen = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))
    signed_on = fields.Date(required=True)
    sign_by = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def check_subject(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Ask for exactly one of the three."""
        if sum(name in data for name in ("unit_id", "hold_id", "provisional_order_id")) != 1:
            raise ValidationError(
                str(_l("Give one of unit_id, hold_id and provisional_order_id.")), "unit_id"
            )

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Build the terms beside the ids."""
        terms = SubscriptionTerms(
            customer_ids=tuple(data["customer_ids"]),
            plan=data["payment_plan"],
            deposit=data["deposit_fen"],
            signed_on=data["signed_on"],
            discounts=tuple(data["discounts"]),
            sign_by=data["sign_by"],
            scheme_ids=tuple(data["scheme_ids"]),
            offer_id=data["offer_id"],
            accessory_ids=tuple(data["accessory_ids"]),
        )
        names = ("unit_id", "hold_id", "provisional_order_id")
        return {name: data.get(name) for name in names} | {"terms": terms}


class OrderCancelBodySchema(Schema):
    """Why a provisional order is cancelled."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class SubscriptionSchema(Schema):
    """A subscription agreement."""

    id = fields.Integer()
    number = fields.String()
    unit_id = fields.Integer()
    deal_id = fields.Integer()
    deal_number = fields.String(attribute="deal.number")
    account_id = fields.Integer(attribute="deal.account_id")
    list_total_fen = fields.Integer(attribute="list_total_amount")
    total_fen = fields.Integer(attribute="total_amount")
    deposit_fen = fields.Integer(attribute="deposit_amount")
    payment_plan = fields.Enum(PlanKind, by_value=True, attribute="plan_kind")
    signed_on = fields.Date()
    sign_by = fields.Date()
    state = fields.Enum(SubscriptionState, by_value=True)
