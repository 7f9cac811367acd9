"""Closing a day: compiled, rendered from the snapshot, frozen."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import WrongState
from salesoffice.core.permissions import Actor
from salesoffice.dailylog.enums import DailyLogState
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.queries.logs import find_last_closed
from salesoffice.dailylog.rules.days import missed_days
from salesoffice.dailylog.services.compiling import build_snapshot, canonical, moment_text, parse_moment
from salesoffice.dailylog.services.notes import get_or_open_log
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.files import store_file
from salesoffice.infra.models import AuditChain, AuditEntry
from salesoffice.projects.models import Project


@dataclass(frozen=True)
class Frozen:
    """What readers get of a snapshot: the mail's HTML and its plain text."""

    html: str
    text: str


Renderer = Callable[[dict[str, Any], str], Frozen]
"""Writes HTML and text from a snapshot and its SHA-256; the services know no templates."""


def close_log(session: Session, project: Project, day: date, *, actor: Actor, render: Renderer) -> DailyLog:
    """Close a business day: compile it, freeze snapshot, HTML and text. Closing twice returns the same log.

    Days missed before are closed first. Figures of a day that has passed are those of its end; what was entered
    later is restated in the next log. Refused: a day in the future (`day_in_future`), an unclosed day before one that
    is closed (`later_day_closed`).
    """
    log = get_or_open_log(session, project, day)
    if log.state is DailyLogState.CLOSED:
        return log
    last = find_last_closed(session, project.id)
    if last is not None and last.day > day:
        message = _l(
            "A later day, %(day)s, is closed already; this day cannot be closed any more.", day=last.day
        )
        raise WrongState(message, code="later_day_closed")
    catch_up(session, project, until=day - timedelta(days=1), actor=actor, render=render)
    _freeze(session, project, log, actor=actor, render=render)
    return log


def catch_up(
    session: Session, project: Project, *, until: date, actor: Actor, render: Renderer
) -> list[DailyLog]:
    """Close the days after the last closed one up to and including `until`, in their order; returns them."""
    closed = []
    for day in list_missed_days(session, project.id, until):
        log = get_or_open_log(session, project, day)
        if log.state is DailyLogState.OPEN:
            _freeze(session, project, log, actor=actor, render=render)
            closed.append(log)
    return closed


def list_missed_days(session: Session, project_id: int, until: date) -> Sequence[date]:
    """List the days up to `until` that should have been closed; none before the project's first log."""
    last = find_last_closed(session, project_id)
    return missed_days(last.day if last else None, until)


def keep_document(session: Session, log: DailyLog, data: bytes) -> DailyLog:
    """Keep the PDF of a closed log; the first one stays."""
    log = lock_rows(session, select(DailyLog).where(DailyLog.id == log.id))[0]
    if log.document_id is None:
        name = f"daily-log-{log.day.isoformat()}.pdf"
        stored = store_file(session, data, name=name, media_type="application/pdf", project_id=log.project_id)
        log.document_id = stored.id
        session.flush()
    return log


def _freeze(session: Session, project: Project, log: DailyLog, *, actor: Actor, render: Renderer) -> None:
    """Compile and freeze under the lock of the project's audit chain: nobody can commit a change meanwhile."""
    lock_rows(session, select(AuditChain).where(AuditChain.project_id == project.id))
    snapshot = build_snapshot(session, project, log.day, log=log)
    sequence, head = _audit_head(session, project.id, str(snapshot["cut_off"]))
    closed_at = clock.now()
    snapshot["audit"] = {"sequence": sequence, "head": head}
    snapshot["closed_at"], snapshot["closed_by"] = moment_text(closed_at), actor.name
    text = canonical(snapshot)
    digest = hashlib.sha256(text.encode()).hexdigest()
    frozen = render(snapshot, digest)
    log.state = DailyLogState.CLOSED
    log.snapshot, log.snapshot_sha256 = text, digest
    log.html, log.text = frozen.html, frozen.text
    log.audit_sequence, log.audit_head = sequence, head
    log.closed_at, log.closed_by_id = closed_at, actor.id
    session.flush()
    audit.record(
        session,
        action="dailylog.closed",
        actor=actor,
        project_id=project.id,
        subject=log,
        before={"state": DailyLogState.OPEN.value},
        after={
            "state": log.state.value,
            "day": log.day.isoformat(),
            "snapshot_sha256": digest,
            "html_sha256": hashlib.sha256(frozen.html.encode()).hexdigest(),
            "text_sha256": hashlib.sha256(frozen.text.encode()).hexdigest(),
            "is_balanced": snapshot["reconciliation"]["is_balanced"],
        },
    )


def _audit_head(session: Session, project_id: int, cut_off: str) -> tuple[int, str]:
    """Return number and hash of the last audit entry up to the cut-off, 0 and the chain's beginning without one."""
    newest = (
        select(func.max(AuditEntry.sequence))
        .where(AuditEntry.project_id == project_id, AuditEntry.at <= parse_moment(cut_off))
        .scalar_subquery()
    )
    statement = select(AuditEntry.sequence, AuditEntry.hash).where(
        AuditEntry.project_id == project_id, AuditEntry.sequence == newest
    )
    found = session.execute(statement).one_or_none()
    return (found.sequence, found.hash) if found else (0, audit.GENESIS)
