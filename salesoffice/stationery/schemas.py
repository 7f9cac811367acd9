"""Shapes of print runs and numbered forms in the JSON API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from salesoffice.infra.i18n import _
from salesoffice.stationery.enums import FormKind, FormState
from salesoffice.stationery.rules import MAX_DIGITS, MAX_RUN, RunNumbers
from salesoffice.stationery.services import FormChoice, RunDraft
from salesoffice.webkit.forms import tidy_text

_LARGEST_ID = 2**31 - 1
_LARGEST_NUMBER = 10**9
_MOMENT = "%Y-%m-%dT%H:%M:%SZ"


class TidyText(fields.String):
    """A text read as the pages' forms read it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return tidy_text(super()._deserialize(value, attr, data, **kwargs))


def _number() -> fields.Integer:
    return fields.Integer(strict=True, required=True, validate=validate.Range(0, _LARGEST_NUMBER))


class RunBodySchema(Schema):
    """A print run that was delivered."""

    kind = fields.Enum(FormKind, by_value=True, required=True)
    prefix = TidyText(load_default="", validate=validate.Length(max=40))
    first = _number()
    last = _number()
    digits = fields.Integer(strict=True, required=True, validate=validate.Range(1, MAX_DIGITS))
    printer = TidyText(load_default="", validate=validate.Length(max=100))
    received_on = fields.Date(required=True)

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> RunDraft:
        """Build what the service takes."""
        numbers = RunNumbers(data["prefix"], data["first"], data["last"], data["digits"])
        return RunDraft(data["kind"], numbers, data["received_on"], data["printer"])


class RunSchema(Schema):
    """A print run."""

    id = fields.Integer(required=True)
    kind = fields.Enum(FormKind, by_value=True, required=True)
    prefix = fields.String(required=True)
    first = fields.Integer(required=True, attribute="first_number")
    last = fields.Integer(required=True, attribute="last_number")
    digits = fields.Integer(required=True)
    printer = fields.String(required=True)
    received_on = fields.Date(required=True)


class IssueBodySchema(Schema):
    """Forms for a person: so many, or from a number to a number."""

    kind = fields.Enum(FormKind, by_value=True, required=True)
    user_id = fields.Integer(strict=True, required=True, validate=validate.Range(1, _LARGEST_ID))
    count = fields.Integer(strict=True, validate=validate.Range(1, MAX_RUN))
    first = TidyText(validate=validate.Length(1, 60))
    last = TidyText(validate=validate.Length(1, 60))

    @post_load
    def build(self, data: dict[str, Any], **_kwargs: Any) -> dict[str, Any]:
        """Build what the service takes."""
        if ("count" in data) == ("first" in data):
            raise ValidationError(_("Say how many forms, or which is the first number."), "count")
        choice = FormChoice(data["kind"], data.get("count", 0), data.get("first", ""), data.get("last", ""))
        return {"choice": choice, "holder_id": data["user_id"]}


class SpoilBodySchema(Schema):
    """Why a form can no longer be used."""

    reason = TidyText(required=True, validate=validate.Length(1, 200))


class NoFormEntriesSchema(Schema):
    """No further entries."""


class FormSchema(Schema):
    """A numbered form; `subject` names what it is reserved or used by."""

    id = fields.Integer(required=True)
    kind = fields.Enum(FormKind, by_value=True, required=True)
    number = fields.String(required=True)
    state = fields.Enum(FormState, by_value=True, required=True)
    holder_id = fields.Integer(required=True, allow_none=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.Integer(required=True, allow_none=True)
    spoilt_reason = fields.String(required=True)
    changed_at = fields.DateTime(required=True, format=_MOMENT)


class FormQuerySchema(Schema):
    """What the list is narrowed to."""

    kind = fields.Enum(FormKind, by_value=True, load_default=None)
    state = fields.Enum(FormState, by_value=True, load_default=None)
    limit = fields.Integer(load_default=50)
    cursor = fields.String(load_default=None)


class FormListSchema(Schema):
    """A piece of the list."""

    items = fields.List(fields.Nested(FormSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class IssuedSchema(Schema):
    """The forms that were issued."""

    items = fields.List(fields.Nested(FormSchema), required=True)
