"""From an open day to mails in the outbox, in steps: close and commit, draw the PDF, keep it and queue the mails."""

from collections.abc import Collection
from datetime import date

from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor
from salesoffice.dailylog.documents.rendering import build_subject, render_frozen, render_log_pdf
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.services import close_log, keep_document, send_log
from salesoffice.infra.db import transaction
from salesoffice.infra.logging import log as system_log
from salesoffice.infra.models import OutboxMail
from salesoffice.infra.pdf import PdfUnavailable
from salesoffice.projects.models import Project


def close_day(session: Session, project: Project, day: date, *, actor: Actor) -> DailyLog:
    """Close a day with the office's own mail and text; inside the caller's transaction."""
    return close_log(session, project, day, actor=actor, render=render_frozen)


def deliver_log(
    project: Project, log: DailyLog, *, actor: Actor, recipients: Collection[str] | None = None
) -> list[OutboxMail]:
    """Draw the PDF of a closed log if there is none yet, then queue its mails; opens its own transactions.

    Returns the mails that are new. Without Pango the log is sent without its PDF rather than not at all.
    """
    data = None if log.document_id else _draw(log)
    with transaction() as session:
        if data is not None:
            log = keep_document(session, session.get_one(DailyLog, log.id), data)
        return send_log(
            session,
            project,
            log,
            actor=actor,
            subject=build_subject(project, log.day),
            recipients=recipients,
        )


def close_and_send(
    project: Project, day: date, *, actor: Actor, recipients: Collection[str] | None = None
) -> tuple[DailyLog, list[OutboxMail]]:
    """Close a day and send its log; opens its own transactions; safe to repeat at any point."""
    with transaction() as session:
        log = close_day(session, project, day, actor=actor)
    return log, deliver_log(project, log, actor=actor, recipients=recipients)


def _draw(log: DailyLog) -> bytes | None:
    try:
        return render_log_pdf(log)
    except PdfUnavailable:
        system_log.warning("dailylog.pdf_unavailable", day=log.day.isoformat())
        return None
