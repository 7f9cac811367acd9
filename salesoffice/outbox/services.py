"""What people decide about a mail: send it now, send it again, or take it as arrived."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, WrongState
from salesoffice.core.permissions import Actor
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.models import MailProblem, MailState, OutboxMail

UNDER_WAY = frozenset({MailState.PENDING, MailState.SENDING})


class MailMayArriveTwice(DomainError):
    """Sending an uncertain mail again needs the word of a person that a second copy is accepted."""

    def __init__(self) -> None:
        super().__init__(
            _l("The mail was not sent again."),
            code="mail_may_arrive_twice",
            status=422,
            errors=[
                FieldProblem(
                    "accepts_copy", _l("Confirm that the recipient may get this mail a second time.")
                )
            ],
        )


class MailSentAlready(WrongState):
    """The mail is with its recipient; it is not sent a second time."""

    def __init__(self) -> None:
        super().__init__(
            _l("This mail has been sent. It is not sent a second time."), code="mail_sent_already"
        )


class MailChanged(WrongState):
    """Another attempt was made since the page was opened."""

    def __init__(self) -> None:
        super().__init__(
            _l("There was another attempt since you opened this page. Look at the result first."),
            code="mail_changed",
        )


class MailNotUncertain(WrongState):
    """Only a mail of which nobody knows whether it arrived can be taken as arrived."""

    def __init__(self) -> None:
        super().__init__(
            _l("Only a mail that is not certain can be marked as arrived."), code="mail_not_uncertain"
        )


def send_now(session: Session, mail: OutboxMail, *, actor: Actor) -> OutboxMail:
    """Make a waiting mail due at once; harmless when it is being sent. Refused: MailSentAlready, WrongState."""
    locked = _lock(session, mail)
    if locked.state == MailState.SENT:
        raise MailSentAlready
    if locked.state not in UNDER_WAY:
        raise WrongState(_l("This mail is not waiting. Use “Send again”."), code="mail_not_waiting")
    if locked.state == MailState.PENDING and locked.next_attempt_at > clock.now():
        locked.next_attempt_at = clock.now()
        _record(session, locked, actor=actor, action="mail.hastened", before=MailState.PENDING)
    return locked


def send_again(
    session: Session, mail: OutboxMail, *, actor: Actor, attempt: str, accepts_copy: bool
) -> OutboxMail:
    """Put a refused or uncertain mail back, as the same mail with the same Message-ID and fresh attempts.

    `attempt` is `attempt_mark` of the mail as the person saw it. Harmless when it waits again already. Refused:
    MailSentAlready, MailChanged after another attempt, MailMayArriveTwice for an uncertain mail without
    `accepts_copy`, WrongState when the address is none.
    """
    locked = _lock(session, mail)
    if locked.state in UNDER_WAY:
        return locked
    if locked.state == MailState.SENT:
        raise MailSentAlready
    if attempt != attempt_mark(locked):
        raise MailChanged
    if locked.problem == MailProblem.ADDRESS:
        raise WrongState(
            _l("This address cannot get mail. Correct it in the list of recipients."), code="mail_address"
        )
    if locked.state == MailState.UNCERTAIN and not accepts_copy:
        raise MailMayArriveTwice
    before = locked.state
    locked.state = MailState.PENDING
    locked.attempt_count = 0
    locked.next_attempt_at = clock.now()
    locked.claimed_until = locked.handed_over_at = None
    _record(session, locked, actor=actor, action="mail.queued_again", before=before)
    return locked


def mark_arrived(session: Session, mail: OutboxMail, *, actor: Actor) -> OutboxMail:
    """Take an uncertain mail as arrived; harmless when it is sent already, else refused (MailNotUncertain)."""
    locked = _lock(session, mail)
    if locked.state == MailState.SENT:
        return locked
    if locked.state != MailState.UNCERTAIN:
        raise MailNotUncertain
    locked.state = MailState.SENT
    locked.sent_at = locked.handed_over_at or clock.now()
    locked.claimed_until = None
    _record(session, locked, actor=actor, action="mail.marked_arrived", before=MailState.UNCERTAIN)
    return locked


def attempt_mark(mail: OutboxMail) -> str:
    """Return what tells one attempt of a mail from the next, for the page to give back."""
    return f"{mail.attempt_count}-{mail.next_attempt_at.timestamp():.6f}"


def _lock(session: Session, mail: OutboxMail) -> OutboxMail:
    return lock_rows(session, select(OutboxMail).where(OutboxMail.id == mail.id))[0]


def _record(session: Session, mail: OutboxMail, *, actor: Actor, action: str, before: MailState) -> None:
    session.flush()
    audit.record(
        session,
        action=action,
        actor=actor,
        project_id=mail.project_id,
        subject=mail,
        before={"state": before.value},
        after={"state": mail.state.value, "recipient": mail.recipient, "subject": mail.subject},
    )
