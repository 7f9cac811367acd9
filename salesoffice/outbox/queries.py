"""Reading the outgoing mail of a project."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.infra.models import MailState, OutboxMail


def select_mails(
    project_id: int, *, state: MailState | None = None, search: str = ""
) -> Select[*tuple[Any, ...]]:
    """Select the mails of a project, newest first, without their texts; `search` looks at recipient and subject."""
    statement = (
        select(
            OutboxMail.id,
            OutboxMail.recipient,
            OutboxMail.subject,
            OutboxMail.state,
            OutboxMail.problem,
            OutboxMail.last_error,
            OutboxMail.attempt_count,
            OutboxMail.next_attempt_at,
            OutboxMail.created_at,
            OutboxMail.sent_at,
        )
        .where(OutboxMail.project_id == project_id)
        .order_by(OutboxMail.id.desc())
    )
    if state is not None:
        statement = statement.where(OutboxMail.state == state)
    if search:
        words = (OutboxMail.recipient, OutboxMail.subject)
        statement = statement.where(or_(*(column.icontains(search, autoescape=True) for column in words)))
    return statement


def count_mails(session: Session, project_id: int) -> Mapping[MailState, int]:
    """Count the mails of a project by state; every state is in the answer."""
    statement = (
        select(OutboxMail.state, func.count())
        .where(OutboxMail.project_id == project_id)
        .group_by(OutboxMail.state)
    )
    counted = {row[0]: row[1] for row in session.execute(statement)}
    return {state: counted.get(state, 0) for state in MailState}


def get_mail(session: Session, project_id: int, mail_id: int) -> OutboxMail:
    """Return a mail of a project; raises NotFound for another project's."""
    statement = select(OutboxMail).where(OutboxMail.id == mail_id, OutboxMail.project_id == project_id)
    mail = session.scalars(statement).one_or_none()
    if mail is None:
        raise NotFound(_l("There is no such mail in this project."))
    return mail
