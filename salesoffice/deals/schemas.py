"""Shapes of the API of papers attached to a sale."""

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from salesoffice.deals.enums import AttachmentKind


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ", metadata={"type": "string", "format": "date-time"}
    )


class AttachFileSchema(Schema):
    """The file: PDF, JPG, PNG or DOCX, at most 20 MB."""

    file = Upload(required=True)


class AttachFormSchema(Schema):
    """What the paper is."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in AttachmentKind]))


class RemoveBodySchema(Schema):
    """Why a paper is taken out."""

    reason = fields.String(required=True, validate=validate.Length(1, 200))


class AttachmentSchema(Schema):
    """A paper attached to a sale; `removed_at` says that it was taken out, and `removed_reason` why."""

    id = fields.Integer()
    deal_id = fields.Integer()
    kind = fields.Enum(AttachmentKind, by_value=True)
    name = fields.String()
    media_type = fields.String(attribute="file.media_type")
    size = fields.Integer(attribute="file.size")
    sha256 = fields.String(attribute="file.sha256")
    attached_at = _moment()
    attached_by_id = fields.Integer()
    removed_at = _moment()
    removed_by_id = fields.Integer(allow_none=True)
    removed_reason = fields.String()


class AttachmentListSchema(Schema):
    """The papers of a sale in the order in which they came."""

    items = fields.List(fields.Nested(AttachmentSchema))
    next_cursor = fields.String(allow_none=True)
