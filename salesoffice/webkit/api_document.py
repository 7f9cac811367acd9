"""What the API's document says of every operation: its refusals, the key of a POST, files with further entries."""

import http
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

PROBLEM = "application/problem+json"
_MULTIPART = "multipart/form-data"
_REFUSALS = (400, 401, 403, 404, 422)
_REFUSALS_OF_POST = (409, 413)
_FIRST_REFUSAL = 400
_KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "repeated with the same body it answers as before, with Idempotent-Replayed: true; kept 72 hours",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


class FieldProblemSchema(Schema):
    """What is wrong with one field."""

    field = fields.String(required=True)
    message = fields.String(required=True)


class ProblemSchema(Schema):
    """A refusal; `code` is stable, `detail` is for people. Some codes carry further values."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    code = fields.String(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(FieldProblemSchema), required=True)
    request_id = fields.String(required=True)


class DocumentedBlueprint(Blueprint):
    """A blueprint of the API whose operations all name their refusals."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(self._document_operation)

    @staticmethod
    def _document_operation(
        doc: dict[str, Any], _info: Any, *, method: str, **_context: Any
    ) -> dict[str, Any]:
        is_post = method.lower() == "post"
        _add_refusals(doc.setdefault("responses", {}), (*_REFUSALS, *(_REFUSALS_OF_POST if is_post else ())))
        if is_post:
            _join_files_with_entries(doc)
            doc.setdefault("parameters", []).append(dict(_KEY))
        return doc


def describe_moment(_converter: Any, field: fields.Field[Any], **_context: Any) -> dict[str, str]:
    """Describe a moment in our format (RFC 3339, UTC) to apispec, which knows formats only by their names."""
    return {"format": "date-time", "pattern": "Z$"} if isinstance(field, fields.DateTime) else {}


def _add_refusals(responses: dict[Any, Any], statuses: tuple[int, ...]) -> None:
    responses.pop("default", None)
    described = {status for status in responses if int(status) >= _FIRST_REFUSAL}
    for status in sorted({int(status) for status in described} | set(statuses)):
        known = responses.pop(status, None) or responses.pop(str(status), None)
        words = known.get("description") if isinstance(known, dict) else None
        responses[str(status)] = {
            "description": words or http.HTTPStatus(status).phrase,
            "content": {PROBLEM: {"schema": ProblemSchema}},
        }


def _join_files_with_entries(doc: dict[str, Any]) -> None:
    """Describe a body of a file and further entries: Flask-Smorest describes only one of several parts."""
    parts = [item for item in doc.get("parameters", []) if item.get("in") in {"files", "form"}]
    if not parts:
        return
    doc["parameters"] = [item for item in doc["parameters"] if item not in parts]
    known = [content["schema"] for content in doc.get("requestBody", {}).get("content", {}).values()]
    schemas = (*known, *(item["schema"] for item in parts))
    bases = tuple(schema if isinstance(schema, type) else type(schema) for schema in schemas)
    joined = type("And".join(base.__name__.removesuffix("Schema") for base in bases), bases, {})
    doc["requestBody"] = {"required": True, "content": {_MULTIPART: {"schema": joined}}}
