"""Shapes of imports in the JSON API."""

import json
from collections.abc import Mapping
from typing import Any

from flask_smorest.fields import Upload
from marshmallow import Schema, fields, validate

from salesoffice.imports.enums import ImportKind
from salesoffice.imports.models import ImportBatch


class UploadFileSchema(Schema):
    """The file of an import."""

    file = Upload(required=True)


class UploadFormSchema(Schema):
    """What goes with the file."""

    building = fields.String(load_default="", validate=validate.Length(max=40))
    profile = fields.String(load_default="", validate=validate.Length(max=60))
    kind = fields.String(load_default="", validate=validate.OneOf(["", *ImportKind]))


class CommitSchema(Schema):
    """Whether good rows are written without the rejected ones."""

    accept_partial = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class WarningSchema(Schema):
    """Something to look at in a row that is imported."""

    line = fields.Integer(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class RowErrorSchema(Schema):
    """Why a row is rejected."""

    line = fields.Integer(required=True)
    column = fields.String(required=True)
    value = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class DoubtSchema(Schema):
    """A reason for doubt, how often it came up and in which lines first."""

    code = fields.String(required=True)
    count = fields.Integer(required=True)
    is_rejected = fields.Boolean(required=True)
    title = fields.String(required=True)
    advice = fields.String(required=True)
    lines = fields.List(fields.Integer(), required=True)


class ImportSchema(Schema):
    """The object of `units import`, with the id of the import and what became of it."""

    id = fields.Integer(required=True)
    file = fields.String(required=True)
    profile = fields.String(required=True)
    encoding = fields.String(required=True)
    rows = fields.Integer(required=True)
    created = fields.Integer(required=True)
    updated = fields.Integer(required=True)
    unchanged = fields.Integer(required=True)
    rejected = fields.Integer(required=True)
    sum_gross_area = fields.String(required=True)
    sum_total_fen = fields.Integer(required=True)
    warnings = fields.List(fields.Nested(WarningSchema), required=True)
    errors = fields.List(fields.Nested(RowErrorSchema), required=True)
    doubts = fields.List(fields.Nested(DoubtSchema), required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(ImportKind)))
    state = fields.String(required=True, validate=validate.OneOf(["preview", "committed"]))
    price_version = fields.Integer(allow_none=True)


def describe_batch(batch: ImportBatch) -> Mapping[str, Any]:
    """What the API tells about an import."""
    result = json.loads(batch.result)
    return {
        "id": batch.id,
        "doubts": [],
        "kind": batch.kind.value,
        **json.loads(batch.preview)["summary"],
        "state": "committed" if batch.committed_at else "preview",
        "price_version": result.get("price_version"),
    }
