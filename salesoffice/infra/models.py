"""Tables of the infrastructure: audit chain, numbers, outbox, stored files, idempotency keys, job slots."""

from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.core.labels import LabelledEnum
from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type


class AuditChain(Model):
    """The head of one project's chain; project 0 is the installation itself. `sequence` is also the board's version."""

    __tablename__ = "audit_chains"

    project_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequence: Mapped[int]
    head_hash: Mapped[str] = mapped_column(String(64))


class AuditEntry(Model):
    """One change of business state. Never edited or deleted (database triggers)."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        UniqueConstraint("project_id", "sequence"),
        Index("ix_audit_entries_unit", "project_id", "unit_id", "sequence"),
        Index("ix_audit_entries_subject", "subject_kind", "subject_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int]
    sequence: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor_id: Mapped[int | None]
    actor_name: Mapped[str] = mapped_column(String(100))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(60))
    subject_id: Mapped[int]
    unit_id: Mapped[int | None]
    before: Mapped[str] = mapped_column(Text)
    after: Mapped[str] = mapped_column(Text)
    request_id: Mapped[str] = mapped_column(String(64))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class NumberSeries(Model):
    """The last number given out of a series of a project."""

    __tablename__ = "number_series"
    __table_args__ = (CheckConstraint("last_number >= 0", name="last_number"),)

    project_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    series: Mapped[str] = mapped_column(String(40), primary_key=True)
    last_number: Mapped[int]


class StoredFile(Model):
    """A file kept under its SHA-256 in the data directory."""

    __tablename__ = "stored_files"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    name: Mapped[str] = mapped_column(String(255))
    media_type: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class MailState(LabelledEnum):
    """Where a mail is. `uncertain`: the connection broke after the text went out; only a person may send it again."""

    PENDING = "pending", _l("Waiting to be sent")
    SENDING = "sending", _l("Being sent")
    SENT = "sent", _l("Sent")
    REFUSED = "refused", _l("Not accepted")
    UNCERTAIN = "uncertain", _l("Not certain")


class MailProblem(LabelledEnum):
    """What went wrong at the last attempt; `last_error` has the server's own words."""

    UNREACHABLE = "unreachable", _l("The mail server could not be reached.")
    INTERRUPTED = "interrupted", _l("The connection broke before the mail was handed over.")
    STOPPED = "stopped", _l("Sending was cut off before the mail was handed over.")
    DELAYED = "delayed", _l("The mail server asked to try again later.")
    CONTENT = "content", _l("The mail could not be put together.")
    ADDRESS = "address", _l("The address is no complete e-mail address.")
    REFUSED = "refused", _l("The mail server refused the mail.")
    UNANSWERED = "unanswered", _l("The connection broke after the mail was handed over; no answer came.")


class OutboxMail(Model):
    """One mail to one recipient. `key` says what it is (same key = same mail, never a second row).

    `claimed_until` is also the token of the worker that has it; `handed_over_at` is committed just before the end of
    the text goes out: without it the server cannot have taken the mail, with it nobody knows until an answer comes.
    """

    __tablename__ = "outbox_mails"
    __table_args__ = (
        UniqueConstraint("key"),
        UniqueConstraint("message_id"),
        CheckConstraint("attempt_count >= 0", name="attempt_count"),
        Index("ix_outbox_mails_due", "state", "next_attempt_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int | None] = mapped_column(index=True)
    key: Mapped[str] = mapped_column(String(200))
    recipient: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str] = mapped_column(String(255))
    text_body: Mapped[str] = mapped_column(Text)
    html_body: Mapped[str] = mapped_column(Text)
    attachment_ids: Mapped[str] = mapped_column(String(200), default="[]")
    message_id: Mapped[str] = mapped_column(String(255))
    state: Mapped[MailState] = mapped_column(enum_type(MailState), default=MailState.PENDING)
    attempt_count: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime] = mapped_column(UtcDateTime)
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    handed_over_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    problem: Mapped[MailProblem | None] = mapped_column(enum_type(MailProblem))
    last_error: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class IdempotencyKey(Model):
    """The remembered answer to a POST, written in the same transaction as its effect; kept 72 hours."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("actor_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(255))
    fingerprint: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class JobSlot(Model):
    """A periodic job's run; the unique key keeps two workers from running the same slot."""

    __tablename__ = "job_slots"
    __table_args__ = (UniqueConstraint("name", "slot"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    slot: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
