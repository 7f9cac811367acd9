"""Sending a closed log: one mail per recipient, never twice."""

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.dailylog.enums import DailyLogState
from salesoffice.dailylog.models import DailyLog
from salesoffice.dailylog.rules.days import mail_key, message_id, tidy_addresses
from salesoffice.infra import audit, outbox
from salesoffice.infra.db import lock_rows
from salesoffice.infra.models import OutboxMail
from salesoffice.projects.models import Project
from salesoffice.projects.queries import list_recipients

_LONGEST_ADDRESS = 254


def send_log(
    session: Session,
    project: Project,
    log: DailyLog,
    *,
    actor: Actor,
    subject: str,
    recipients: Collection[str] | None = None,
) -> list[OutboxMail]:
    """Put the mail of a closed log into the outbox for each recipient, by default those of the project.

    Returns the mails that are new: whoever got it before gets nothing. Refused: WrongState for an open day,
    InvalidInput for something that is no address.
    """
    log = lock_rows(session, select(DailyLog).where(DailyLog.id == log.id))[0]
    if log.state is not DailyLogState.CLOSED:
        raise WrongState(_l("Close the day first; only a closed log is sent."), code="day_open")
    if recipients is None:
        recipients = [entry.email for entry in list_recipients(session, project.id)]
    addresses = tidy_addresses(recipients)
    _check(addresses)
    keys = {mail_key(project.code, log.day, address): address for address in addresses}
    known = set(session.scalars(select(OutboxMail.key).where(OutboxMail.key.in_(keys))))
    mails = [
        outbox.queue_mail(
            session,
            key=key,
            project_id=project.id,
            to=address,
            subject=subject,
            text=log.text,
            html=log.html,
            attachment_ids=[log.document_id] if log.document_id else [],
            message_id=message_id(project.code, log.day, address),
        )
        for key, address in keys.items()
        if key not in known
    ]
    if mails:
        _record(session, log, actor, [mail.recipient for mail in mails])
    return mails


def _record(session: Session, log: DailyLog, actor: Actor, recipients: list[str]) -> None:
    if log.sent_at is None:
        log.sent_at = clock.now()
    session.flush()
    audit.record(
        session,
        action="dailylog.sent",
        actor=actor,
        project_id=log.project_id,
        subject=log,
        after={"day": log.day.isoformat(), "recipients": recipients},
    )


def _check(addresses: Collection[str]) -> None:
    wrong = [address for address in addresses if "@" not in address or len(address) > _LONGEST_ADDRESS]
    if wrong:
        message = _l("%(address)s is no e-mail address.", address=wrong[0][:_LONGEST_ADDRESS])
        raise InvalidInput(message, [FieldProblem("to", message)])
