"""Shapes of service tracks in the JSON API; days are business days."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from salesoffice.tracks.enums import TrackKind, TrackState
from salesoffice.tracks.services import NOTE_LENGTH, TrackMove


class TrackMoveBodySchema(Schema):
    """Where a track goes."""

    state = fields.Enum(TrackState, by_value=True, required=True)
    on = fields.Date(required=True)
    due_on = fields.Date(load_default=None, allow_none=True)
    note = fields.String(load_default="", validate=validate.Length(0, NOTE_LENGTH))

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> TrackMove:
        """Return the move."""
        return TrackMove(**data)


class TrackSchema(Schema):
    """One track of a sale."""

    kind = fields.Enum(TrackKind, by_value=True)
    state = fields.Enum(TrackState, by_value=True)
    started_on = fields.Date(allow_none=True)
    due_on = fields.Date(allow_none=True)
    done_on = fields.Date(allow_none=True)
    note = fields.String()


class TracksSchema(Schema):
    """The tracks of a sale."""

    items = fields.List(fields.Nested(TrackSchema))
