"""Shapes of the JSON API: moments RFC 3339 UTC, measures in the unit of the kind (days, fen)."""

from marshmallow import Schema, fields, validate

from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.core.permissions import Role


def _moment(*, allow_none: bool = False) -> fields.AwareDateTime:
    return fields.AwareDateTime(
        format="%Y-%m-%dT%H:%M:%SZ",
        required=True,
        allow_none=allow_none,
        metadata={"type": "string", "format": "date-time"},
    )


class PersonSchema(Schema):
    """A person by id and name."""

    id = fields.Integer(required=True)
    name = fields.String(required=True)


class TaskSchema(Schema):
    """One part of a request; parts of one position stand side by side. `for_user` is whom the decider stood in for."""

    position = fields.Integer(required=True)
    role = fields.Enum(Role, by_value=True, required=True)
    title = fields.String(required=True)
    user = fields.Nested(PersonSchema, required=True, allow_none=True)
    state = fields.Enum(TaskState, by_value=True, required=True)
    decided_by = fields.Nested(PersonSchema, required=True, allow_none=True)
    for_user = fields.Nested(PersonSchema, required=True, allow_none=True)
    decided_at = _moment(allow_none=True)
    comment = fields.String(required=True)


class RequestSchema(Schema):
    """A request for approval. `fingerprint` is sent back with the decision, so that nobody approves what they did not
    see; `waits_for_me` tells whether the caller may decide it now.
    """

    id = fields.Integer(required=True)
    project = fields.String(required=True)
    kind = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.Integer(required=True)
    title = fields.String(required=True)
    measure = fields.Integer(required=True)
    fingerprint = fields.String(required=True)
    state = fields.Enum(RequestState, by_value=True, required=True)
    applicant = fields.Nested(PersonSchema, required=True)
    requested_at = _moment()
    decide_by = _moment()
    decided_at = _moment(allow_none=True)
    waits_for_me = fields.Boolean(required=True)
    tasks = fields.List(fields.Nested(TaskSchema), required=True)


class FactSchema(Schema):
    """One value before and after, in words."""

    label = fields.String(required=True)
    old = fields.String(required=True)
    new = fields.String(required=True)


class RequestDetailSchema(RequestSchema):
    """A request with what it would change; amounts in fen, `floor_effect_fen` null where there is no floor price."""

    rows = fields.List(fields.Nested(FactSchema), required=True)
    amount_effect_fen = fields.Integer(required=True, allow_none=True)
    floor_effect_fen = fields.Integer(required=True, allow_none=True)
    reason = fields.String(required=True)
    deal = fields.String(required=True)
    unit = fields.String(required=True)


class RequestQuerySchema(Schema):
    """Which requests: of one state, of one project, those that wait for the caller."""

    state = fields.Enum(RequestState, by_value=True, load_default=None)
    project = fields.String(load_default=None, validate=validate.Length(1, 32))
    waits_for_me = fields.Boolean(load_default=False)
    limit = fields.Integer(load_default=50)
    cursor = fields.String(load_default=None, validate=validate.Length(max=100))


class RequestListSchema(Schema):
    """A piece of a list of requests."""

    items = fields.List(fields.Nested(RequestSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class DecisionBodySchema(Schema):
    """A comment (needed to reject) and the fingerprint of what was seen."""

    comment = fields.String(load_default="", validate=validate.Length(max=500))
    fingerprint = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=64))
