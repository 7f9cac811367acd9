"""Putting mail into the outbox."""

import json
import re
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra import mailer
from salesoffice.infra.models import MailProblem, MailState, OutboxMail, StoredFile

_MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")


def queue_mail(
    session: Session,
    *,
    key: str,
    project_id: int | None,
    to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    attachment_ids: Sequence[int] = (),
) -> OutboxMail:
    """Put a mail to one recipient into the outbox, in the caller's transaction; an equal key returns the first row.

    `message_id` is complete with its angle brackets. A recipient that is no usable address does not raise: its row is
    refused at once, so that one wrong address never keeps the mail from the others.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError(f"not a Message-ID: {message_id!r}")
    known = session.scalars(select(OutboxMail).where(OutboxMail.key == key)).one_or_none()
    if known is not None:
        return known
    address = mailer.find_address(to)
    mail = OutboxMail(
        project_id=project_id,
        key=key,
        recipient=address or mailer.tidy_subject(to)[:254],
        subject=mailer.tidy_subject(subject),
        text_body=text,
        html_body=html,
        attachment_ids=json.dumps(list(attachment_ids)),
        message_id=message_id,
        state=MailState.PENDING if address else MailState.REFUSED,
        problem=None if address else MailProblem.ADDRESS,
        attempt_count=0,
        next_attempt_at=clock.now(),
        created_at=clock.now(),
    )
    session.add(mail)
    session.flush()
    return mail


def list_attachments(session: Session, mail: OutboxMail) -> Sequence[StoredFile]:
    """List the stored files that go with a mail."""
    ids = json.loads(mail.attachment_ids)
    return session.scalars(select(StoredFile).where(StoredFile.id.in_(ids)).order_by(StoredFile.id)).all()
