"""Shapes of the JSON API: money is integer fen, days are YYYY-MM-DD, moments RFC 3339 UTC, rates texts like "0.30"."""

from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from salesoffice.core.money import MAX_AMOUNT
from salesoffice.customers.schemas import Text
from salesoffice.infra.i18n import _l
from salesoffice.offers.enums import FeeKind, LoanKind, RepaymentKind
from salesoffice.offers.rules import MAX_SCHEMES
from salesoffice.offers.services import OfferTerms
from salesoffice.payments.enums import InstalmentKind, PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.webkit.pager import DEFAULT_LIMIT

MAX_STEPS = 5
_LARGEST_ID = 2**31 - 1
_MONEY_KINDS = frozenset({DiscountKind.AMOUNT, DiscountKind.PER_AREA})
_LONGEST_RATE = 12
_LONGEST_LOAN = 40


def _identifier(**kwargs: Any) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(1, _LARGEST_ID), **kwargs)


def _moment(attribute: str) -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ", attribute=attribute, metadata={"type": "string", "format": "date-time"}
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


class OfferBodySchema(Schema):
    """Which unit, for whom, paid how; schemes come first, then `discounts`. Left out: the project's usual figures."""

    unit_id = _identifier(required=True)
    customer_id = _identifier(load_default=None, allow_none=True)
    payment_plan = fields.Enum(PlanKind, by_value=True, required=True)
    scheme_ids = fields.List(_identifier(), load_default=list, validate=validate.Length(max=MAX_SCHEMES))
    discounts = fields.List(
        fields.Nested(DiscountSchema), load_default=list, validate=validate.Length(max=MAX_STEPS)
    )
    loan_years = fields.Integer(strict=True, load_default=30, validate=validate.Range(1, _LONGEST_LOAN))
    repayment = fields.Enum(RepaymentKind, by_value=True, load_default=RepaymentKind.EQUAL_PAYMENT)
    down_payment_rate = fields.String(
        load_default=None, allow_none=True, validate=validate.Regexp(r"^0(\.[0-9]{1,6})?$")
    )
    provident_fen = fields.Integer(strict=True, load_default=0, validate=validate.Range(0, MAX_AMOUNT))
    valid_until = fields.Date(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Build the terms beside the unit's id."""
        rate = data["down_payment_rate"]
        terms = OfferTerms(
            plan=data["payment_plan"],
            scheme_ids=tuple(data["scheme_ids"]),
            extra=tuple(data["discounts"]),
            customer_id=data["customer_id"],
            loan_years=data["loan_years"],
            repayment=data["repayment"],
            down_payment_rate=None if rate is None else Decimal(rate),
            provident_amount=data["provident_fen"],
            valid_until=data["valid_until"],
        )
        return {"unit_id": data["unit_id"], "terms": terms}


class OfferStepSchema(Schema):
    """One discount step with the price before and after it."""

    name = fields.String()
    kind = fields.Enum(DiscountKind, by_value=True)
    value = fields.String()
    before_fen = fields.Integer(attribute="before")
    after_fen = fields.Integer(attribute="after")
    scheme_id = fields.Integer(allow_none=True)


class OfferPaymentSchema(Schema):
    """One instalment, as if the subscription were signed on the day of the offer."""

    kind = fields.Enum(InstalmentKind, by_value=True)
    due_on = fields.Date()
    amount_fen = fields.Integer(attribute="amount")
    is_loan = fields.Boolean()


class OfferLoanSchema(Schema):
    """A loan in short."""

    kind = fields.Enum(LoanKind, by_value=True)
    repayment = fields.Enum(RepaymentKind, by_value=True)
    principal_fen = fields.Integer(attribute="principal")
    rate = fields.String()
    months = fields.Integer()
    first_payment_fen = fields.Integer(attribute="first_payment")
    last_payment_fen = fields.Integer(attribute="last_payment")
    total_interest_fen = fields.Integer(attribute="total_interest")


class OfferFeeSchema(Schema):
    """A tax or fee on behalf."""

    kind = fields.Enum(FeeKind, by_value=True, attribute="terms.kind")
    name = fields.String(attribute="terms.name")
    source = fields.String(attribute="terms.source")
    amount_fen = fields.Integer(attribute="amount")


class OfferSchema(Schema):
    """An offer with the figures it was made with."""

    id = fields.Integer(attribute="offer.id")
    number = fields.String(attribute="offer.number")
    unit_id = fields.Integer(attribute="offer.unit_id")
    customer_id = fields.Integer(allow_none=True, attribute="offer.customer_id")
    rep_id = fields.Integer(attribute="offer.rep_id")
    list_total_fen = fields.Integer(attribute="offer.list_total_amount")
    total_fen = fields.Integer(attribute="offer.total_amount")
    payment_plan = fields.Enum(PlanKind, by_value=True, attribute="offer.plan_kind")
    price_version = fields.Integer(attribute="figures.version_number")
    steps = fields.List(fields.Nested(OfferStepSchema), attribute="figures.steps")
    schedule = fields.List(fields.Nested(OfferPaymentSchema), attribute="figures.payments")
    loans = fields.List(fields.Nested(OfferLoanSchema), attribute="figures.loans")
    fees = fields.List(fields.Nested(OfferFeeSchema), attribute="figures.fees")
    fee_total_fen = fields.Integer(attribute="figures.fee_total")
    made_at = _moment("offer.made_at")
    valid_until = _moment("offer.valid_until")


class OfferQuerySchema(Schema):
    """Which offers to list: of one project, or of all; `q` is a part of the number, unit or customer."""

    project = Text(load_default=None, validate=validate.Length(1, 32))
    q = Text(load_default="", validate=validate.Length(max=100))
    cursor = Text(load_default=None, validate=validate.Length(max=100))
    limit = fields.Integer(load_default=DEFAULT_LIMIT)


class OfferListSchema(Schema):
    """A piece of the list."""

    items = fields.List(fields.Nested(OfferSchema))
    next_cursor = fields.String(allow_none=True)
