"""Shapes of contracts in the JSON API: money is integer fen, areas are strings with two decimals."""

from decimal import Decimal
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from salesoffice.contracts.enums import ContractState, Culprit
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry
from salesoffice.core.money import MAX_AMOUNT
from salesoffice.core.permissions import Permission
from salesoffice.core.text import mask_name
from salesoffice.payments.enums import PlanKind
from salesoffice.webkit.access import current_actor

_LARGEST_ID = 2**31 - 1
_LARGEST_AREA = Decimal(10_000_000)
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


def _show_name(name: str, project_id: int) -> str:
    """Return a name as the caller may read it."""
    return name if current_actor().can(Permission.CUSTOMER_VIEW, project_id) else mask_name(name)


class AreaText(fields.Decimal):
    """An area in m² written as a string with at most two decimals."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, places=2, validate=_check_area, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        found: Decimal = super()._deserialize(value, attr, data, **kwargs)
        if found != Decimal(value.strip()):
            raise self.make_error("invalid")
        return found


def _check_area(value: Decimal) -> None:
    validate.Range(min=0, max=_LARGEST_AREA, min_inclusive=False)(value)


class ContractBodySchema(Schema):
    """The first person's entry; critical fields that are left out are taken from the subscription and its buyer."""

    subscription_id = fields.Integer(strict=True, required=True, validate=validate.Range(1, _LARGEST_ID))
    contract_no = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 60))
    signed_on = fields.Date(required=True)
    total_fen = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))
    payment_plan = fields.Enum(PlanKind, by_value=True, required=True)
    customer_name = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 200))
    certificate_no = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 40))
    unit_code = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 64))
    gross_area = AreaText(load_default=None, allow_none=True)

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Build the entry beside the id."""
        entry = ContractEntry(
            signed_on=data["signed_on"],
            total_amount=data["total_fen"],
            plan_kind=data["payment_plan"],
            number=data["contract_no"],
            customer_name=data["customer_name"],
            certificate_no=data["certificate_no"],
            unit_code=data["unit_code"],
            gross_area=data["gross_area"],
        )
        return {"subscription_id": data["subscription_id"], "entry": entry}


class VerifyBodySchema(Schema):
    """The second person's entry."""

    customer_name = fields.String(required=True, validate=validate.Length(1, 200))
    certificate_no = fields.String(required=True, validate=validate.Length(1, 40))
    unit_code = fields.String(required=True, validate=validate.Length(1, 64))
    gross_area = AreaText(required=True)
    total_fen = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_AMOUNT))
    signed_on = fields.Date(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> CriticalFields:
        """Build the fields."""
        return CriticalFields(
            customer_name=data["customer_name"],
            certificate_no=data["certificate_no"],
            unit_code=data["unit_code"],
            gross_area=data["gross_area"],
            total_amount=data["total_fen"],
            signed_on=data["signed_on"],
        )


class OnlineBodySchema(Schema):
    """The authority's number of the online signing, and its day."""

    online_no = fields.String(required=True, validate=validate.Length(1, 60))
    on = fields.Date(required=True)


class FilingBodySchema(Schema):
    """The authority's number of the filing, and its day."""

    filing_no = fields.String(required=True, validate=validate.Length(1, 60))
    on = fields.Date(required=True)


class ContractSchema(Schema):
    """A contract; the certificate number is masked."""

    id = fields.Integer()
    number = fields.String()
    contract_no = fields.Function(lambda contract: contract.number, metadata={"type": "string"})
    deal_id = fields.Integer()
    deal_number = fields.String(attribute="deal.number")
    subscription_id = fields.Integer()
    account_id = fields.Integer(attribute="deal.account_id")
    customer_name = fields.Function(
        lambda contract: _show_name(contract.customer_name, contract.project_id), metadata={"type": "string"}
    )
    certificate_masked = fields.String()
    unit_code = fields.String()
    gross_area = fields.Decimal(places=2, as_string=True)
    total_fen = fields.Integer(attribute="total_amount")
    payment_plan = fields.Enum(PlanKind, by_value=True, attribute="plan_kind")
    signed_on = fields.Date()
    state = fields.Enum(ContractState, by_value=True)
    entered_at = fields.DateTime(format=_MOMENT)
    entered_by_id = fields.Integer()
    verified_on = fields.Date(allow_none=True)
    verified_by_id = fields.Integer(allow_none=True)
    online_no = fields.String()
    online_on = fields.Date(allow_none=True)
    filing_no = fields.String()
    filed_on = fields.Date(allow_none=True)
    cancelled_on = fields.Date(allow_none=True)
    cancel_reason = fields.String()


class ResolveBodySchema(Schema):
    """Which field of the second entry, and whose entry was wrong."""

    field = fields.String(required=True, validate=validate.Length(1, 40))
    culprit = fields.Enum(Culprit, by_value=True, required=True)


class ResolutionSchema(Schema):
    """Who was wrong in one field, as somebody decided."""

    check_id = fields.Integer()
    field = fields.String()
    culprit = fields.Enum(Culprit, by_value=True)
    first_by_id = fields.Integer()
    second_by_id = fields.Integer()
    resolved_at = fields.DateTime(format=_MOMENT)
    resolved_by_id = fields.Integer()


class CheckedFieldSchema(Schema):
    """One differing field with both values; `resolution` is null while nobody has decided."""

    field = fields.String()
    first = fields.String()
    second = fields.String()
    resolution = fields.Nested(ResolutionSchema, allow_none=True)


class CheckSchema(Schema):
    """A second entry that differed."""

    id = fields.Integer(attribute="check.id")
    checked_at = fields.DateTime(format=_MOMENT, attribute="check.checked_at")
    first_by_id = fields.Integer()
    second_by_id = fields.Integer(attribute="check.checked_by_id")
    fields_ = fields.List(fields.Nested(CheckedFieldSchema), data_key="fields", attribute="fields")


class CheckListSchema(Schema):
    """The second entries of a contract that differed, the first one first."""

    items = fields.List(fields.Nested(CheckSchema))
    next_cursor = fields.String(allow_none=True)


class PeriodQuerySchema(Schema):
    """Business days, both included; the current month where they are left out."""

    from_ = fields.Date(load_default=None, data_key="from")
    to = fields.Date(load_default=None)


class PersonMonthSchema(Schema):
    """What one person entered in one month; `rate` is errors per 1,000 fields, a string with one decimal."""

    user_id = fields.Integer()
    name = fields.String()
    month = fields.Function(lambda row: row.month.strftime("%Y-%m"), metadata={"type": "string"})
    fields_first = fields.Integer()
    fields_second = fields.Integer()
    errors_first = fields.Integer()
    errors_second = fields.Integer()
    open = fields.Integer()
    rate = fields.String()
    frequent = fields.List(fields.String())


class FieldErrorsSchema(Schema):
    """How often one field was wrong, and how many of its differences nobody has decided."""

    field = fields.String()
    errors = fields.Integer()
    open = fields.Integer()


class ErrorReportSchema(Schema):
    """The errors of entries of a period: every second entry compares six fields, once for each of the two persons."""

    from_ = fields.Date(data_key="from", attribute="first")
    to = fields.Date(attribute="last")
    checks = fields.Integer()
    open = fields.Integer()
    people = fields.List(fields.Nested(PersonMonthSchema))
    fields_ = fields.List(fields.Nested(FieldErrorsSchema), data_key="fields", attribute="fields")
