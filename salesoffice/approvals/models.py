"""Chains of approval as data, requests that run through them, and who stands in for whom."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.approvals.enums import RequestState, TaskState
from salesoffice.core.permissions import Role
from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type


class ApprovalRule(Model):
    """Whether a kind of change needs approval in a project. No row, or `is_required` false: none."""

    __tablename__ = "approval_rules"
    __table_args__ = (UniqueConstraint("project_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str] = mapped_column(String(40))
    is_required: Mapped[bool] = mapped_column(default=True)
    decide_hours: Mapped[int] = mapped_column(default=24)

    steps: Mapped[list["ApprovalStep"]] = relationship(order_by="(ApprovalStep.position, ApprovalStep.id)")


class ApprovalStep(Model):
    """One step of a chain: who decides, from which measure on.

    `from_measure` is in the unit of the kind (days of an extension, fen of a price cut …); None or 0: always. Steps of
    one position stand side by side, positions follow one another. `user_id` narrows the role to one person.
    """

    __tablename__ = "approval_steps"
    __table_args__ = (
        Index("ix_approval_steps_rule", "rule_id", "position"),
        CheckConstraint("position >= 1", name="position"),
        CheckConstraint("from_measure IS NULL OR from_measure >= 0", name="from_measure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("approval_rules.id"))
    position: Mapped[int]
    role: Mapped[Role] = mapped_column(enum_type(Role))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(60), default="")
    from_measure: Mapped[int | None] = mapped_column(Fen)


class ApprovalRequest(Model):
    """Something that waits for approval. `subject_kind` and `subject_id` name it (`changes`, 12).

    `fingerprint` is the SHA-256 of what was asked for: whoever approves sends it back, so nobody approves what they did
    not see. The chain is copied into tasks when the request is made; later changes of the chain do not touch it.
    """

    __tablename__ = "approval_requests"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id"),
        Index("ix_approval_requests_state", "project_id", "state"),
        CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name="decided_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[str] = mapped_column(String(40))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    title: Mapped[str] = mapped_column(String(200))
    measure: Mapped[int] = mapped_column(Fen, default=0)
    fingerprint: Mapped[str] = mapped_column(String(64))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    state: Mapped[RequestState] = mapped_column(enum_type(RequestState), default=RequestState.PENDING)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    decide_by: Mapped[datetime] = mapped_column(UtcDateTime)
    chased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chase_count: Mapped[int] = mapped_column(default=0)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    tasks: Mapped[list["ApprovalTask"]] = relationship(order_by="(ApprovalTask.position, ApprovalTask.id)")


class ApprovalTask(Model):
    """One part of a request: a role, or one person, to decide.

    The database itself refuses the applicant as decider, also through a stand-in, one person deciding twice, and a
    second decision of a part that is decided.
    `for_user_id` is whom the decider stood in for.
    """

    __tablename__ = "approval_tasks"
    __table_args__ = (
        UniqueConstraint("request_id", "decided_by_id"),
        Index("ix_approval_tasks_state", "state", "role"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> applicant_id", name="never_the_applicant"),
        CheckConstraint("for_user_id IS NULL OR for_user_id <> applicant_id", name="never_for_the_applicant"),
        CheckConstraint(
            "(state IN ('approved', 'rejected')) = (decided_by_id IS NOT NULL)"
            " AND (decided_by_id IS NULL) = (decided_at IS NULL)",
            name="decided",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("approval_requests.id"))
    applicant_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    position: Mapped[int]
    role: Mapped[Role] = mapped_column(enum_type(Role))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[TaskState] = mapped_column(enum_type(TaskState), default=TaskState.WAITING)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    for_user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    comment: Mapped[str] = mapped_column(Text, default="")

    request: Mapped[ApprovalRequest] = relationship(back_populates="tasks")


class Delegation(Model):
    """While a person is absent (business days, both included), another decides for them."""

    __tablename__ = "delegations"
    __table_args__ = (
        Index("ix_delegations_to", "to_user_id"),
        CheckConstraint("from_user_id <> to_user_id", name="somebody_else"),
        CheckConstraint("ends_on >= starts_on", name="days"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    from_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    to_user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
