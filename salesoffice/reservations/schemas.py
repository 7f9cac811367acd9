"""Shapes of the JSON API: money is integer fen, days are YYYY-MM-DD, moments RFC 3339 UTC."""

from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from salesoffice.core.money import MAX_AMOUNT
from salesoffice.infra.i18n import _l
from salesoffice.offers.rules import MAX_SCHEMES
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.enums import HoldState, SubscriptionState, WaitingState
from salesoffice.reservations.rules import MAX_BUYERS, MAX_DISCOUNT_STEPS
from salesoffice.reservations.services import SubscriptionTerms

_LARGEST_ID = 2**31 - 1
_LONGEST_HOLD = 7 * 24 * 60
_MONEY_KINDS = frozenset({DiscountKind.AMOUNT, DiscountKind.PER_AREA})
_LONGEST_RATE = 12


def _identifier(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, _LARGEST_ID), **kwargs)


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ", metadata={"type": "string", "format": "date-time"}
    )


def _read_value(value: Any) -> Decimal:
    """Read an integer, or a text like "0.98"; never a float."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    is_text = isinstance(value, str) and len(value) <= _LONGEST_RATE
    try:
        found = Decimal(value) if is_number or is_text else None
    except InvalidOperation:
        found = None
    if found is None or not found.is_finite() or abs(found) > MAX_AMOUNT:
        raise ValidationError(str(_l("Give an integer, or a text like “0.98”.")))
    return found


class DiscountSchema(Schema):
    """One discount step. `value` by kind: percentage the factor left to pay ("0.98"), points ("2" = 2 % of the list
    price), per_area and amount integer fen.
    """

    kind = fields.Enum(DiscountKind, by_value=True, required=True)
    value = fields.Raw(
        required=True, validate=_read_value, metadata={"oneOf": [{"type": "integer"}, {"type": "string"}]}
    )
    name = fields.String(load_default="", validate=validate.Length(max=60))

    @validates_schema
    def check_value(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Money is an integer of fen, not a text."""
        if data["kind"] in _MONEY_KINDS and isinstance(data["value"], str):
            raise ValidationError(str(_l("Give an amount as an integer of fen.")), "value")

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> DiscountStep:
        """Build the step."""
        return DiscountStep(data["kind"], Decimal(data["value"]), data["name"] or str(data["kind"].label))


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


class SubscriptionBodySchema(Schema):
    """What is signed: either `unit_id` or `hold_id`; the first customer is the principal buyer.

    Discount schemes come first, then `discounts`; `offer_id` is the offer it is signed from.
    """

    unit_id = _identifier()
    hold_id = _identifier()
    customer_ids = fields.List(_identifier(), required=True, validate=validate.Length(1, MAX_BUYERS))
    payment_plan = fields.Enum(PlanKind, by_value=True, required=True)
    discounts = fields.List(
        fields.Nested(DiscountSchema), load_default=list, validate=validate.Length(max=MAX_DISCOUNT_STEPS)
    )
    scheme_ids = fields.List(_identifier(), load_default=list, validate=validate.Length(max=MAX_SCHEMES))
    offer_id = _identifier(load_default=None, allow_none=True)
    deposit_fen = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))
    signed_on = fields.Date(required=True)
    sign_by = fields.Date(load_default=None, allow_none=True)

    @validates_schema
    def check_subject(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Ask for exactly one of the two."""
        if ("unit_id" in data) == ("hold_id" in data):
            raise ValidationError(str(_l("Give either unit_id or hold_id.")), "unit_id")

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
        )
        return {"unit_id": data.get("unit_id"), "hold_id": data.get("hold_id"), "terms": terms}


class CancelBodySchema(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class ExtendSubscriptionBodySchema(Schema):
    """The new last day for signing the contract, and why."""

    sign_by = fields.Date(required=True)
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
