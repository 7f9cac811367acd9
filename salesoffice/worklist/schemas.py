"""The work list in the JSON API."""

from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields

from salesoffice.core import clock


class LinkSchema(Schema):
    """What can be done about a line."""

    label = fields.String()
    url = fields.String()
    is_post = fields.Boolean(
        metadata={"description": "whether the address is sent a POST, else it is a page"}
    )


class LineSchema(Schema):
    """One thing that waits."""

    subject_id = fields.Integer()
    about = fields.String()
    kind = fields.Function(lambda line: getattr(line.kind, "value", None), metadata={"type": "string"})
    unit = fields.String(attribute="unit_code", allow_none=True)
    deal = fields.String(attribute="deal_number", allow_none=True)
    name = fields.String(allow_none=True)
    due = fields.Function(
        lambda line: write_due(line.due),
        metadata={"type": "string", "description": "a business day or a moment in UTC"},
    )
    amount_fen = fields.Integer(attribute="amount", allow_none=True)
    is_late = fields.Boolean()
    actions = fields.List(fields.Nested(LinkSchema), attribute="links")


class SectionSchema(Schema):
    """A section with its lines, 30 at most; `count` is of all of them."""

    key = fields.Function(lambda view: view.key.value, metadata={"type": "string"})
    label = fields.Function(lambda view: str(view.key.label), metadata={"type": "string"})
    is_late = fields.Boolean(attribute="section.is_late")
    is_mine = fields.Boolean(attribute="section.is_mine")
    count = fields.Integer()
    items = fields.List(fields.Nested(LineSchema), attribute="lines")


class WorkSchema(Schema):
    """Everything that waits for the person in a project."""

    sections = fields.List(fields.Nested(SectionSchema))


def write_due(due: Any) -> str | None:
    """Write when a line is due: a day, or a moment in UTC."""
    if isinstance(due, datetime):
        return clock.rfc3339(due)
    return due.isoformat() if isinstance(due, date) else None
