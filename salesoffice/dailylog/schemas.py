"""Shape of a daily log in the JSON API."""

from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries.logs import read_snapshot
from salesoffice.dailylog.services import restated_since
from salesoffice.dailylog.services.compiling import moment_text


class FigureSchema(Schema):
    """Units, area in m² with two decimals, money in fen."""

    count = fields.Integer(required=True)
    area = fields.String(required=True)
    amount_fen = fields.Integer(required=True)


class RestatementSchema(Schema):
    """A figure that changed after the day was closed: as reported, as it is now, and the entries that came late."""

    day = fields.String(required=True)
    metric = fields.String(required=True)
    old = fields.Nested(FigureSchema, required=True)
    new = fields.Nested(FigureSchema, required=True)
    entries = fields.List(fields.String(), required=True)


class DailyLogSchema(Schema):
    """A closed log: the snapshot as it was sent, and what was entered for its day since then."""

    project = fields.String(required=True)
    date = fields.String(required=True, metadata={"format": "date"})
    state = fields.String(required=True)
    snapshot = fields.Dict(keys=fields.String(), required=True)
    snapshot_sha256 = fields.String(required=True)
    audit_sequence = fields.Integer(required=True)
    audit_head = fields.String(required=True)
    closed_at = fields.String(required=True, metadata={"format": "date-time"})
    sent_at = fields.String(required=True, allow_none=True, metadata={"format": "date-time"})
    restated = fields.List(fields.Nested(RestatementSchema), required=True)


def log_json(session: Session, code: str, log: DailyLog) -> dict[str, Any]:
    """Build the object of a closed log for API and commands."""
    return {
        "project": code,
        "date": log.day.isoformat(),
        "state": log.state.value,
        "snapshot": read_snapshot(log),
        "snapshot_sha256": log.snapshot_sha256,
        "audit_sequence": log.audit_sequence,
        "audit_head": log.audit_head,
        "closed_at": moment_text(log.closed_at) if log.closed_at else None,
        "sent_at": moment_text(log.sent_at) if log.sent_at else None,
        "restated": restated_since(session, log),
    }
