"""Search in the JSON API."""

from marshmallow import Schema, ValidationError, fields, validate, validates

from salesoffice.search.rules import LONGEST_TEXT

MOST = 50


class SearchQuerySchema(Schema):
    """What to search for; `limit` is for each group."""

    q = fields.String(required=True, validate=validate.Length(max=LONGEST_TEXT))
    limit = fields.Integer(load_default=8)

    @validates("limit")
    def check_limit(self, value: int, **_kwargs: object) -> None:
        """Refuse a limit that is out of range."""
        if not 1 <= value <= MOST:
            raise ValidationError(f"1 to {MOST}")


class RelatedSchema(Schema):
    """Something that belongs to a find."""

    title = fields.String()
    words = fields.List(fields.String())
    state = fields.Function(lambda hit: getattr(hit.state, "value", None), metadata={"type": "string"})
    page = fields.String(attribute="url")


class HitSchema(RelatedSchema):
    """One find; names and phones as the person may read them."""

    id = fields.Integer(attribute="subject_id")
    related = fields.List(fields.Nested(RelatedSchema))


class GroupSchema(Schema):
    """The finds of one kind, the best first."""

    kind = fields.Function(lambda group: group.kind.value, metadata={"type": "string"})
    items = fields.List(fields.Nested(HitSchema), attribute="hits")
    has_more = fields.Boolean()


class AnswerSchema(Schema):
    """Everything found."""

    groups = fields.List(fields.Nested(GroupSchema))
