"""Shapes of registrations in the JSON API: money is integer fen, days are YYYY-MM-DD."""

from marshmallow import Schema, fields, validate

from salesoffice.core.text import mask_name
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import Registration
from salesoffice.registrations.queries import may_name
from salesoffice.registrations.rules import LONGEST_WANTS
from salesoffice.webkit.access import current_actor

_LARGEST_ID = 2**31 - 1


def _identifier() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(1, _LARGEST_ID))


def _show_customer(registration: Registration) -> str:
    """Return the customer's name as the caller may read it."""
    name = registration.customer.name
    is_shown = may_name(current_actor(), registration.project_id, registration.rep_id)
    return name if is_shown else mask_name(name)


class RegistrationBodySchema(Schema):
    """Who registers in which category of which project: its name or its letters."""

    project = fields.String(required=True, validate=validate.Length(1, 32))
    category = fields.String(required=True, validate=validate.Length(1, 40))
    customer_id = _identifier()
    wants = fields.String(load_default="", validate=validate.Length(max=LONGEST_WANTS))
    registered_on = fields.Date(load_default=None, allow_none=True)


class RegistrationQuerySchema(Schema):
    """Which registrations to list."""

    q = fields.String(load_default="", validate=validate.Length(max=100))
    category = fields.String(load_default="", validate=validate.Length(max=40))
    state = fields.Enum(RegistrationState, by_value=True, load_default=None)
    limit = fields.Integer(load_default=50)
    cursor = fields.String(load_default=None)


class RegistrationReasonSchema(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class RegistrationRenameSchema(RegistrationReasonSchema):
    """Who takes the place, and why."""

    customer_id = _identifier()


class RegistrationConvertSchema(Schema):
    """The sale whose deposit the earnest money becomes."""

    deal_id = _identifier()


class RegistrationSchema(Schema):
    """A registration; its money is that of its account."""

    id = fields.Integer()
    number = fields.String()
    category = fields.String(attribute="category.name")
    queue_number = fields.Integer()
    customer_id = fields.Integer()
    customer = fields.Function(_show_customer, metadata={"type": "string"})
    rep_id = fields.Integer()
    account_id = fields.Integer()
    earnest_fen = fields.Integer(attribute="account.total_amount")
    received_fen = fields.Integer(attribute="account.received_amount")
    state = fields.Enum(RegistrationState, by_value=True)
    wants = fields.String()
    registered_on = fields.Date()
    deal_id = fields.Integer(allow_none=True)
    ended_on = fields.Date(allow_none=True)
    end_reason = fields.String()


class RegistrationPageSchema(Schema):
    """A piece of the list of registrations."""

    items = fields.List(fields.Nested(RegistrationSchema))
    next_cursor = fields.String(allow_none=True)
