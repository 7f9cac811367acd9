"""What was done with a version, step by step."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.infra.models import AuditEntry
from salesoffice.pricing.models import PriceVersion


@dataclass(frozen=True)
class VersionStep:
    """A step in the life of a version; `action` is the audit's, `units` are those that it left out, with the reason."""

    at: datetime
    actor: str
    action: str
    comment: str = ""
    units: tuple[str, ...] = ()


def list_steps(session: Session, version: PriceVersion) -> Sequence[VersionStep]:
    """List the steps of a version, the oldest first."""
    statement = (
        select(AuditEntry.at, AuditEntry.actor_name, AuditEntry.action, AuditEntry.after)
        .where(
            AuditEntry.project_id == version.project_id,
            AuditEntry.subject_kind == PriceVersion.__tablename__,
            AuditEntry.subject_id == version.id,
            AuditEntry.unit_id.is_(None),
        )
        .order_by(AuditEntry.sequence)
    )
    steps = []
    for at, actor, action, after in session.execute(statement):
        values = json.loads(after)
        steps.append(
            VersionStep(at, actor, action, values.get("comment") or "", tuple(values.get("units") or ()))
        )
    return steps
