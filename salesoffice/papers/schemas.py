"""The JSON of papers."""

from datetime import UTC

from marshmallow import Schema, fields, validate

from salesoffice.papers.enums import PaperFormat, PaperKind, PaperState
from salesoffice.papers.rules import MAX_CLAUSES_LENGTH


def _moment(attribute: str) -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ", default_timezone=UTC, attribute=attribute, allow_none=True
    )


class PaperBodySchema(Schema):
    """What is issued; `subject` is `changes:12`, the first of the sale that fits when it is left out."""

    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in PaperKind]))
    subject = fields.String(load_default="", validate=validate.Length(max=60))
    clauses = fields.String(load_default="", validate=validate.Length(max=MAX_CLAUSES_LENGTH))


class DifferenceSchema(Schema):
    """A field that says something else now; `row` counts from 1 in lists, 0 elsewhere."""

    field = fields.String(attribute="name")
    row = fields.Integer()
    old = fields.String()
    new = fields.String()


class PaperSchema(Schema):
    """An issued paper."""

    id = fields.Integer(attribute="paper.id")
    deal_id = fields.Integer(attribute="paper.deal_id", allow_none=True)
    kind = fields.Enum(PaperKind, by_value=True, attribute="paper.kind")
    number = fields.String(attribute="paper.number")
    edition = fields.Integer(attribute="paper.edition")
    format = fields.Enum(PaperFormat, by_value=True, attribute="paper.format")
    subject = fields.Function(lambda found: f"{found.paper.subject_kind}:{found.paper.subject_id}")
    clauses = fields.String(attribute="paper.clauses")
    data_sha256 = fields.String(attribute="paper.data_hash")
    state = fields.Enum(PaperState, by_value=True)
    issued_at = _moment("paper.issued_at")
    superseded_at = _moment("paper.superseded_at")
    superseded_reason = fields.String(attribute="paper.superseded_reason")
    differences = fields.List(fields.Nested(DifferenceSchema))


class PaperListSchema(Schema):
    """The papers of a sale, the newest first."""

    items = fields.List(fields.Nested(PaperSchema))
    next_cursor = fields.String(allow_none=True)
