"""Shapes of projects in the JSON API."""

from marshmallow import Schema, fields, validate


class ListQuery(Schema):
    """Which piece of the list."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))
    cursor = fields.String(load_default=None, allow_none=True)


class ProjectSchema(Schema):
    """A project and the rules of its office; rates are shares as text (0.2 = 20 %)."""

    id = fields.Integer()
    code = fields.String()
    name = fields.String()
    city = fields.String()
    address = fields.String()
    phone = fields.String()
    max_deposit_rate = fields.Decimal(as_string=True)
    sign_by_days = fields.Integer()
    provisional_days = fields.Integer()
    forfeit_after_days = fields.Integer(allow_none=True)
    filing_days = fields.Integer()
    hold_minutes = fields.Integer()
    max_hold_minutes = fields.Integer()
    hold_limit = fields.Integer()
    down_payment_rate = fields.Decimal(as_string=True)
    late_fee_rate = fields.Decimal(as_string=True)
    log_send_at = fields.Time(format="%H:%M")
    is_log_automatic = fields.Boolean()


class ProjectListSchema(Schema):
    """A piece of the list of projects."""

    items = fields.List(fields.Nested(ProjectSchema))
    next_cursor = fields.String(allow_none=True)
