"""Shapes of the JSON API of changes: money is integer fen, days are YYYY-MM-DD, moments RFC 3339 UTC."""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from salesoffice.changes.enums import ChangeKind, ChangeState, Fault, ReasonCode
from salesoffice.changes.services import ChangeEntry
from salesoffice.changes.services.reading import write_steps
from salesoffice.contracts.schemas import ContractSchema
from salesoffice.core import clock
from salesoffice.core.money import MAX_AMOUNT
from salesoffice.infra.i18n import _l
from salesoffice.offers.rules import MAX_SCHEMES
from salesoffice.offers.schemas import DiscountSchema
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.rules import MAX_ACCESSORIES, MAX_BUYERS, MAX_DISCOUNT_STEPS
from salesoffice.reservations.schemas import SubscriptionSchema

LARGEST_ID = 2**31 - 1
LARGEST_PAGE = 200
LONGEST_RATE = 12

_ENTRY = ("reason_code", "reason", "fault", "signed_on", "attributed_on", "attachment_ids")


def identifier(**kwargs: Any) -> fields.Integer:
    """Build the field of an id."""
    return fields.Integer(strict=True, validate=validate.Range(1, LARGEST_ID), **kwargs)


def amount(**kwargs: Any) -> fields.Integer:
    """Build the field of an amount in fen that may be zero."""
    return fields.Integer(strict=True, validate=validate.Range(0, MAX_AMOUNT), **kwargs)


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ",
        required=True,
        allow_none=True,
        metadata={"type": "string", "format": "date-time"},
    )


class ChangeBodySchema(Schema):
    """What every request for a change says: why (a code and words), whose fault, the day of the paper (today when left
    out), the business day it counts for (today), papers attached to the sale. A kind adds its own terms.
    """

    reason_code = fields.Enum(ReasonCode, by_value=True, load_default=ReasonCode.OTHER)
    reason = fields.String(required=True, validate=validate.Length(1, 200))
    fault = fields.Enum(Fault, by_value=True, load_default=Fault.NONE)
    signed_on = fields.Date(load_default=None, allow_none=True)
    attributed_on = fields.Date(load_default=None, allow_none=True)
    attachment_ids = fields.List(identifier(), load_default=list, validate=validate.Length(max=50))

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Build the entry that all kinds share, and the terms (JSON values) beside it."""
        terms = {name: to_json(value) for name, value in data.items() if name not in _ENTRY}
        return {"entry": self._build_entry(data), "terms": terms}

    def _build_entry(self, data: Mapping[str, Any]) -> ChangeEntry:
        today = clock.business_today()
        return ChangeEntry(
            reason_code=data["reason_code"],
            reason=data["reason"],
            signed_on=data["signed_on"] or data["attributed_on"] or today,
            attributed_on=data["attributed_on"],
            fault=data["fault"],
            attachment_ids=tuple(data["attachment_ids"]),
        )


def to_json(value: Any) -> Any:
    """Turn a loaded value into what JSON can hold, as terms are stored: days and rates as text, enumerations by value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, DiscountStep):
        return write_steps([value])[0]
    if isinstance(value, Mapping):
        return {str(name): to_json(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return value


class CancelSaleBodySchema(ChangeBodySchema):
    """Cancellation; `refundable_fen` only where another amount than the rule's is agreed."""

    refundable_fen = amount(load_default=None, allow_none=True)


class CancelContractBodySchema(CancelSaleBodySchema):
    """Cancellation of a contract; `form_spoilt` says that the numbered form of a draft cannot be used again."""

    form_spoilt = fields.Boolean(load_default=False, truthy={True}, falsy={False})

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Keep what is said about the form beside the terms."""
        is_spoilt = data.pop("form_spoilt")
        return super().build(data) | {"form_spoilt": is_spoilt}


class ExtendSigningBodySchema(ChangeBodySchema):
    """Extension of signing: by so many `days`, or until `sign_by`; one of the two."""

    days = fields.Integer(strict=True, validate=validate.Range(1, 365))
    sign_by = fields.Date()

    @validates_schema
    def check_one(self, data: dict[str, Any], **_kwargs: Any) -> None:
        """Ask for exactly one of the two."""
        if ("days" in data) == ("sign_by" in data):
            raise ValidationError(str(_l("Give either days or sign_by.")), "days")


class ReviveBodySchema(ChangeBodySchema):
    """Revival of a forfeited sale; `sign_by` is the new last day for signing."""

    sign_by = fields.Date(required=True)


class AreaBodySchema(ChangeBodySchema):
    """Area settlement; `due_on` is the day by which a difference is paid, 15 days after the paper when left out."""

    due_on = fields.Date()


class LateRefundBodySchema(ChangeBodySchema):
    """How much of what the seller keeps is given back."""

    amount_fen = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))


class SwapBodySchema(ChangeBodySchema):
    """Swap to `unit_id`, priced like a new subscription; payment plan and deposit stay when left out. `accessory_ids` are
    sold with the new unit; those of the sale that are not named are given up.
    """

    unit_id = identifier(required=True)
    payment_plan = fields.Enum(PlanKind, by_value=True)
    discounts = fields.List(fields.Nested(DiscountSchema), validate=validate.Length(max=MAX_DISCOUNT_STEPS))
    scheme_ids = fields.List(identifier(), validate=validate.Length(max=MAX_SCHEMES))
    deposit_fen = fields.Integer(strict=True, validate=validate.Range(1, MAX_AMOUNT))
    accessory_ids = fields.List(identifier(), validate=validate.Length(max=MAX_ACCESSORIES))


class RenameBodySchema(ChangeBodySchema):
    """Another name: `customer_ids` take the place of all buyers, or of the one buyer `replaced_id`."""

    customer_ids = fields.List(identifier(), required=True, validate=validate.Length(1, MAX_BUYERS))
    replaced_id = identifier()


class AddedBuyerSchema(Schema):
    """A customer who buys too; `share` is a text like "0.50"."""

    customer_id = identifier(required=True)
    share = fields.String(validate=validate.Length(1, LONGEST_RATE))


class CoOwnerBodySchema(ChangeBodySchema):
    """Co-owners to add and to remove; `shares` gives the share of each buyer by customer id ("0.50"), all or nobody."""

    add = fields.List(fields.Nested(AddedBuyerSchema), validate=validate.Length(max=MAX_BUYERS))
    remove = fields.List(identifier(), validate=validate.Length(max=MAX_BUYERS))
    shares = fields.Dict(
        keys=fields.String(validate=validate.Length(1, 10)),
        values=fields.String(validate=validate.Length(1, LONGEST_RATE)),
    )


class PrincipalBodySchema(ChangeBodySchema):
    """The buyer who becomes the principal."""

    customer_id = identifier(required=True)


class PriceBodySchema(ChangeBodySchema):
    """Another price: discount schemes, then `discounts`, or the total of the whole sale."""

    discounts = fields.List(fields.Nested(DiscountSchema), validate=validate.Length(max=MAX_DISCOUNT_STEPS))
    scheme_ids = fields.List(identifier(), validate=validate.Length(max=MAX_SCHEMES))
    total_fen = fields.Integer(strict=True, validate=validate.Range(1, MAX_AMOUNT))


class PlanBodySchema(ChangeBodySchema):
    """Another payment plan; `down_payment_rate` is a text like "0.40", the project's share when left out."""

    payment_plan = fields.Enum(PlanKind, by_value=True, required=True)
    down_payment_rate = fields.String(validate=validate.Length(1, LONGEST_RATE))


class PaymentDateSchema(Schema):
    """The new day of one payment of the schedule in force."""

    position = fields.Integer(strict=True, required=True, validate=validate.Range(1, LARGEST_ID))
    due_on = fields.Date(required=True)


class PaymentDatesBodySchema(ChangeBodySchema):
    """Other days for what is still to be paid."""

    dates = fields.List(fields.Nested(PaymentDateSchema), required=True, validate=validate.Length(1, 100))


class LoanBodySchema(ChangeBodySchema):
    """Bank and years of the loan; `loan_fen` only where the amount changes, rounded down to whole 10,000 yuan."""

    bank = fields.String(required=True, validate=validate.Length(1, 100))
    years = fields.Integer(strict=True, required=True, validate=validate.Range(1, 40))
    loan_fen = fields.Integer(strict=True, validate=validate.Range(1, MAX_AMOUNT))


class ChangeSchema(Schema):
    """A change of a sale. `old` and `new` hold the same values before and after; amounts in them end in `_fen`.

    `signed_on` is the day of the paper, `attributed_on` the business day it counts for; `measure` is what the chain of
    approval compares with its thresholds; `floor_effect_fen` is null where there is no floor price.
    """

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    deal_id = fields.Integer(required=True)
    kind = fields.Enum(ChangeKind, by_value=True, required=True)
    state = fields.Enum(ChangeState, by_value=True, required=True)
    reason_code = fields.Enum(ReasonCode, by_value=True, required=True)
    reason = fields.String(required=True)
    fault = fields.Enum(Fault, by_value=True, required=True)
    old = fields.Function(
        lambda change: json.loads(change.old_values), required=True, metadata={"type": "object"}
    )
    new = fields.Function(
        lambda change: json.loads(change.new_values), required=True, metadata={"type": "object"}
    )
    amount_effect_fen = fields.Integer(attribute="amount_effect", required=True)
    floor_effect_fen = fields.Integer(attribute="floor_effect", required=True, allow_none=True)
    measure = fields.Integer(required=True)
    signed_on = fields.Date(required=True)
    attributed_on = fields.Date(required=True)
    entered_at = _moment()
    approved_at = _moment()
    applied_at = _moment()
    approval_id = fields.Integer(attribute="request_id", required=True, allow_none=True)
    end_reason = fields.String(required=True)


class ChangeListSchema(Schema):
    """Changes; `next_cursor` continues the list."""

    items = fields.List(fields.Nested(ChangeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class ChangeQuerySchema(Schema):
    """Which changes: of one kind, of one state, or all."""

    kind = fields.Enum(ChangeKind, by_value=True, load_default=None, allow_none=True)
    state = fields.Enum(ChangeState, by_value=True, load_default=None, allow_none=True)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LARGEST_PAGE))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=100))


class ChangeLinkSchema(Schema):
    """The change that an older address opened."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    state = fields.Enum(ChangeState, by_value=True, required=True)


class ChangedSubscriptionSchema(SubscriptionSchema):
    """A subscription agreement with the change that was opened for it."""

    change = fields.Nested(ChangeLinkSchema, required=True)


class ChangedContractSchema(ContractSchema):
    """A contract with the change that was opened for it; none where a draft was discarded."""

    change = fields.Nested(ChangeLinkSchema, required=True, allow_none=True)
