"""Shapes of the API of undo."""

from marshmallow import Schema, fields, validate

from salesoffice.webkit.pager import DEFAULT_LIMIT


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ", metadata={"type": "string", "format": "date-time"}
    )


class UndoQuerySchema(Schema):
    """Which piece of the list."""

    cursor = fields.String(load_default=None, validate=validate.Length(max=100))
    limit = fields.Integer(load_default=DEFAULT_LIMIT)


class UndoBodySchema(Schema):
    """No further entries."""


class UndoOfferSchema(Schema):
    """An action that can be undone until `expires_at`; `undone_at` says that it was."""

    id = fields.Integer()
    project_id = fields.Integer()
    action = fields.String()
    subject_kind = fields.String()
    subject_id = fields.Integer()
    name = fields.String()
    done_at = _moment()
    expires_at = _moment()
    undone_at = _moment()


class UndoListSchema(Schema):
    """A piece of the list."""

    items = fields.List(fields.Nested(UndoOfferSchema))
    next_cursor = fields.String(allow_none=True)
