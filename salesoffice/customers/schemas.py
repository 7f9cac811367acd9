"""Shapes of customers, calls and visits in the JSON API."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.infra.i18n import _
from salesoffice.webkit.forms import tidy_text

_MOMENT = "%Y-%m-%dT%H:%M:%SZ"
_ID = validate.Range(min=1, max=2**31 - 1)


class Text(fields.String):
    """A text without control characters and without spaces around it, as the pages' forms read it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if any("\ud800" <= sign <= "\udfff" for sign in text):
            raise ValidationError(_("This text has signs that cannot be stored."))
        return tidy_text(text)


def _one_of(kind: type[Sex | CertificateKind | Source | VisitKind]) -> validate.OneOf:
    return validate.OneOf([member.value for member in kind])


class CustomerBody(Schema):
    """A new customer; a certificate number without a kind is an identity card's."""

    project = Text(required=True, validate=validate.Length(1, 32))
    name = Text(required=True, validate=validate.Length(1, 100))
    sex = fields.String(allow_none=True, validate=_one_of(Sex))
    phones = fields.List(
        Text(validate=validate.Length(1, 40)), load_default=list, validate=validate.Length(max=10)
    )
    certificate_kind = fields.String(allow_none=True, validate=_one_of(CertificateKind))
    certificate_no = Text(allow_none=True, validate=validate.Length(max=40))
    source = fields.String(allow_none=True, validate=_one_of(Source))
    address = Text(load_default="", validate=validate.Length(max=200))
    note = Text(load_default="", validate=validate.Length(max=2000))
    rep_id = fields.Integer(strict=True, allow_none=True, validate=_ID)


class CustomerOut(Schema):
    """A customer. Phones are masked and the address is empty unless the caller works with the customer."""

    id = fields.Integer(required=True)
    project = fields.String(required=True)
    name = fields.String(required=True)
    sex = fields.String(required=True, allow_none=True)
    phones = fields.List(fields.String(), required=True)
    certificate_kind = fields.String(required=True, allow_none=True)
    certificate_masked = fields.String(required=True)
    source = fields.String(required=True, allow_none=True)
    address = fields.String(required=True)
    note = fields.String(required=True)
    rep_id = fields.Integer(required=True, allow_none=True)
    created_at = fields.DateTime(required=True, format=_MOMENT)


class CustomerQuery(Schema):
    """Search: `q` is a part of the name, pinyin, a phone or its end, or a whole certificate number."""

    q = Text(load_default="", validate=validate.Length(max=100))
    project = Text(load_default=None, validate=validate.Length(1, 32))
    limit = fields.Integer(load_default=50)
    cursor = Text(load_default=None, validate=validate.Length(max=100))


class CustomerList(Schema):
    """A piece of a list of customers."""

    items = fields.List(fields.Nested(CustomerOut), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class VisitBody(Schema):
    """A call or visit; `happened_on` is the business day, today when left out."""

    project = Text(required=True, validate=validate.Length(1, 32))
    kind = fields.String(required=True, validate=_one_of(VisitKind))
    first = fields.Boolean(required=True, truthy={True}, falsy={False})
    source = fields.String(required=True, validate=_one_of(Source))
    wants = Text(load_default="", validate=validate.Length(max=2000))
    objections = Text(load_default="", validate=validate.Length(max=2000))
    customer_id = fields.Integer(strict=True, allow_none=True, load_default=None, validate=_ID)
    rep_id = fields.Integer(strict=True, allow_none=True, load_default=None, validate=_ID)
    happened_on = fields.Date(allow_none=True, load_default=None)


class VisitOut(Schema):
    """A recorded call or visit."""

    id = fields.Integer(required=True)
    project = fields.String(required=True)
    kind = fields.String(required=True)
    first = fields.Boolean(required=True)
    source = fields.String(required=True)
    wants = fields.String(required=True)
    objections = fields.String(required=True)
    customer_id = fields.Integer(required=True, allow_none=True)
    rep_id = fields.Integer(required=True)
    happened_on = fields.Date(required=True)
    entered_at = fields.DateTime(required=True, format=_MOMENT)
