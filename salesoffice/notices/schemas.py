"""Shapes of engineering change notices in the JSON API."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from salesoffice.notices.enums import BuyerAnswer
from salesoffice.notices.queries import NoticeScope
from salesoffice.notices.rules import MAX_BODY, MAX_DAYS, MAX_SOURCE, MAX_TITLE
from salesoffice.notices.services import NoticeDraft, Telling
from salesoffice.webkit.forms import tidy_text

_LARGEST_ID = 2**31 - 1
_MOST = 2_000


class NoticeText(fields.String):
    """A text read as the pages' forms read it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tidy_text(super()._deserialize(value, attr, data, **kwargs))


def _ids() -> fields.List[Any]:
    one = fields.Integer(strict=True, validate=validate.Range(1, _LARGEST_ID))
    return fields.List(one, load_default=list, validate=validate.Length(max=_MOST))


def _days(usual: int) -> fields.Integer:
    return fields.Integer(strict=True, load_default=usual, validate=validate.Range(1, MAX_DAYS))


class NoticeBodySchema(Schema):
    """A notice and the sales it concerns; `codes` are deal numbers or unit codes."""

    title = NoticeText(required=True, validate=validate.Length(1, MAX_TITLE))
    body = NoticeText(required=True, validate=validate.Length(1, MAX_BODY))
    source = NoticeText(load_default="", validate=validate.Length(max=MAX_SOURCE))
    decided_on = fields.Date(required=True)
    notify_days = _days(10)
    answer_days = _days(15)
    building_ids = _ids()
    section_ids = _ids()
    unit_type_ids = _ids()
    codes = fields.List(
        NoticeText(validate=validate.Length(1, 64)), load_default=list, validate=validate.Length(max=_MOST)
    )

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Build what the service takes."""
        names = ("building_ids", "section_ids", "unit_type_ids", "codes")
        scope = NoticeScope(*(tuple(data.pop(name)) for name in names))
        return {"draft": NoticeDraft(**data), "scope": scope}


class DeliverySchema(Schema):
    """The notice to the buyers of one sale."""

    id = fields.Integer(required=True)
    deal_id = fields.Integer(required=True)
    notified_on = fields.Date(required=True, allow_none=True)
    notified_how = fields.String(required=True)
    answer = fields.Enum(BuyerAnswer, by_value=True, required=True)
    answered_on = fields.Date(required=True, allow_none=True)
    note = fields.String(required=True)


class NoticeSchema(Schema):
    """A notice with its deliveries."""

    id = fields.Integer(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    body = fields.String(required=True)
    source = fields.String(required=True)
    decided_on = fields.Date(required=True)
    notify_days = fields.Integer(required=True)
    answer_days = fields.Integer(required=True)
    deliveries = fields.List(fields.Nested(DeliverySchema), required=True)


class NoticeQuerySchema(Schema):
    """A piece of the list."""

    limit = fields.Integer(load_default=50)
    cursor = fields.String(load_default=None)


class NoticeListSchema(Schema):
    """A piece of the list."""

    items = fields.List(fields.Nested(NoticeSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class TellingBodySchema(Schema):
    """How and when the buyers were told."""

    how = NoticeText(required=True, validate=validate.Length(1, 100))
    on = fields.Date(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> Telling:
        """Build what the service takes."""
        return Telling(**data)


class AnswerBodySchema(Schema):
    """What the buyers answered."""

    answer = fields.String(required=True, validate=validate.OneOf(["accepted", "withdrew"]))
    on = fields.Date(required=True)
    note = NoticeText(load_default="", validate=validate.Length(max=200))
