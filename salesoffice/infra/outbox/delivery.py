"""Delivering the outbox.

An attempt is three short transactions around the talk with the server: claim (the row says who has it and until when),
hand over (committed just before the end of the text goes out) and the result. Whatever dies in between, the row tells
what the server can know: before the second step nothing was delivered and the mail waits again; after it nobody can
know, and only a person decides.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from flask import current_app
from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra import mailer
from salesoffice.infra.db import db, lock_rows, transaction
from salesoffice.infra.files import read_file
from salesoffice.infra.logging import log
from salesoffice.infra.mailer import ClaimLost, DeliveryFailed, MailServer
from salesoffice.infra.models import MailProblem, MailState, OutboxMail, StoredFile
from salesoffice.infra.outbox.queue import list_attachments

MAXIMUM_ATTEMPTS = 12
CLAIM_TIME = timedelta(minutes=10)
LONGEST_WAIT = timedelta(minutes=60)
BATCH = 200

_FINAL = {
    MailProblem.REFUSED: MailState.REFUSED,
    MailProblem.ADDRESS: MailState.REFUSED,
    MailProblem.UNANSWERED: MailState.UNCERTAIN,
}


@dataclass(frozen=True)
class DeliveryReport:
    """How many mails of a pass were sent, wait for another attempt, were refused for good, or are not certain."""

    sent: int = 0
    retried: int = 0
    refused: int = 0
    uncertain: int = 0


@dataclass(frozen=True)
class _Letter:
    """A claimed mail, free of the session; `token` is the end of the claim and proves whose it is."""

    mail_id: int
    token: datetime
    to: str
    subject: str
    text: str
    html: str
    message_id: str
    created_at: datetime
    file_count: int
    files: Sequence[StoredFile]


def deliver_pending(*, limit: int = BATCH, should_stop: Callable[[], bool] = lambda: False) -> DeliveryReport:
    """Deliver what is due, at most `limit` mails, over one connection; call it outside of any transaction.

    Any number of workers may run this at the same time. An unreachable server postpones everything that is due.
    """
    ends: list[MailState] = _take_back_stranded()
    with MailServer(current_app.config) as server:
        for _ in range(limit):
            if should_stop() or not _is_any(_due()):
                break
            try:
                server.open()
            except DeliveryFailed as failure:
                ends += _postpone_due(failure)
                break
            letter = _claim_next()
            if letter is None:
                break
            ends += _deliver(server, letter)
    return DeliveryReport(
        sent=ends.count(MailState.SENT),
        retried=ends.count(MailState.PENDING),
        refused=ends.count(MailState.REFUSED),
        uncertain=ends.count(MailState.UNCERTAIN),
    )


def wait_after(attempt_count: int) -> timedelta:
    """Return how long a mail waits after so many failed attempts: 1, 2, 4, 8 … minutes, at most an hour."""
    return min(timedelta(minutes=2 ** max(0, min(attempt_count, 10) - 1)), LONGEST_WAIT)


def _deliver(server: MailServer, letter: _Letter) -> list[MailState]:
    """Send one claimed mail and record how it ended; nothing is recorded of a claim that was lost."""
    try:
        message = _build(letter)
        server.hand_over(letter.to, message, before_end=lambda: _mark_handed_over(letter))
    except DeliveryFailed as failure:
        log.warning("mail.failed", mail=letter.mail_id, problem=failure.problem.value)
        return _record(letter, partial(_fail, problem=failure.problem, words=failure.words))
    except ClaimLost:
        log.warning("mail.claim_lost", mail=letter.mail_id)
        return []
    return _record(letter, _succeed)


def _build(letter: _Letter) -> bytes:
    if len(letter.files) != letter.file_count:
        raise DeliveryFailed(MailProblem.CONTENT, "an attachment is missing")
    try:
        return mailer.build_message(
            sender=current_app.config["MAIL_DEFAULT_SENDER"],
            to=letter.to,
            subject=letter.subject,
            text=letter.text,
            html=letter.html,
            message_id=letter.message_id,
            created_at=letter.created_at,
            attachments=[
                mailer.Attachment(file.name, file.media_type, read_file(file)) for file in letter.files
            ],
        )
    except (OSError, ValueError, LookupError) as error:
        raise DeliveryFailed(MailProblem.CONTENT, f"{type(error).__name__}: {error}") from error


def _due() -> ColumnElement[bool]:
    return and_(OutboxMail.state == MailState.PENDING, OutboxMail.next_attempt_at <= clock.now())


def _claim_next() -> _Letter | None:
    """Take the next due mail that no other worker is taking, and commit that."""
    statement = (
        select(OutboxMail)
        .where(_due())
        .order_by(OutboxMail.next_attempt_at, OutboxMail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    with transaction() as session:
        mail = session.scalars(statement).one_or_none()
        if mail is None:
            return None
        token = clock.now() + CLAIM_TIME
        mail.state = MailState.SENDING
        mail.claimed_until = token
        mail.handed_over_at = None
        mail.attempt_count += 1
        return _Letter(
            mail_id=mail.id,
            token=token,
            to=mail.recipient,
            subject=mail.subject,
            text=mail.text_body,
            html=mail.html_body,
            message_id=mail.message_id,
            created_at=mail.created_at,
            file_count=len(json.loads(mail.attachment_ids)),
            files=list_attachments(session, mail),
        )


def _lock_own(session: Session, letter: _Letter) -> OutboxMail | None:
    """Lock the mail if this worker's claim still stands in it, even when it has run out."""
    statement = select(OutboxMail).where(
        OutboxMail.id == letter.mail_id,
        OutboxMail.claimed_until == letter.token,
        OutboxMail.state.in_((MailState.SENDING, MailState.UNCERTAIN)),
    )
    return next(iter(lock_rows(session, statement)), None)


def _mark_handed_over(letter: _Letter) -> bool:
    """Commit that the end of the text is about to go out; False when the claim ran out or is another's."""
    with transaction() as session:
        mail = _lock_own(session, letter)
        if mail is None or mail.state != MailState.SENDING or letter.token <= clock.now():
            return False
        mail.handed_over_at = clock.now()
        return True


def _record(letter: _Letter, change: Callable[[OutboxMail], None]) -> list[MailState]:
    """Record a result that is certain, also for a mail whose claim ran out meanwhile."""
    with transaction() as session:
        mail = _lock_own(session, letter)
        if mail is None:
            return []
        change(mail)
        return [mail.state]


def _succeed(mail: OutboxMail) -> None:
    mail.state = MailState.SENT
    mail.sent_at = clock.now()
    mail.claimed_until = None
    mail.problem = None
    mail.last_error = ""


def _fail(mail: OutboxMail, problem: MailProblem, words: str) -> None:
    """Note a failed attempt: refused, uncertain, or waiting again until the attempts are used up."""
    gives_up = mail.attempt_count >= MAXIMUM_ATTEMPTS
    mail.state = _FINAL.get(problem, MailState.REFUSED if gives_up else MailState.PENDING)
    mail.problem = problem
    mail.last_error = words[:2000]
    mail.next_attempt_at = clock.now() + wait_after(mail.attempt_count)
    mail.claimed_until = None


def _postpone_due(failure: DeliveryFailed) -> list[MailState]:
    """Count an attempt for everything that is due: the server cannot be reached for any of them."""
    statement = select(OutboxMail).where(_due()).order_by(OutboxMail.id)
    skipping = statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    log.warning("mail.server_unreachable", words=failure.words)
    with transaction() as session:
        mails = session.scalars(skipping).all()
        for mail in mails:
            mail.attempt_count += 1
            _fail(mail, failure.problem, failure.words)
        return [mail.state for mail in mails]


def _take_back_stranded() -> list[MailState]:
    """Settle mails whose worker vanished: waiting again if their end never went out, else uncertain."""
    stranded = and_(OutboxMail.state == MailState.SENDING, OutboxMail.claimed_until <= clock.now())
    if not _is_any(stranded):
        return []
    statement = select(OutboxMail).where(stranded).order_by(OutboxMail.id)
    skipping = statement.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    with transaction() as session:
        mails = session.scalars(skipping).all()
        for mail in mails:
            token = mail.claimed_until
            was_handed_over = mail.handed_over_at is not None
            _fail(mail, MailProblem.UNANSWERED if was_handed_over else MailProblem.STOPPED, "")
            mail.claimed_until = token if was_handed_over else None  # a late answer is still recorded
        return [mail.state for mail in mails]


def _is_any(condition: ColumnElement[bool]) -> bool:
    session = db.session()
    found = session.scalar(select(OutboxMail.id).where(condition).limit(1))
    session.rollback()
    return found is not None
