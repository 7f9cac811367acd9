"""Changes of a sale: what was asked, what it was before, who agreed, and four dates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.changes.enums import ChangeKind, ChangeState, Fault, ReasonCode
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type


class Change(Model):
    """One change of a sale. `terms` is what was asked for, `old_values` and `new_values` what it does (JSON).

    Four dates: `signed_on` (the paper), `attributed_on` (the business day it counts for), `entered_at`, `approved_at`.
    `amount_effect` is the change of the deal's price, `floor_effect` deal price less floor price afterwards (None: no
    floor price), both fen; `measure` is what the approval chain compares with its thresholds. Never deleted; what was asked never changes.
    """

    __tablename__ = "changes"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_changes_deal", "deal_id"),
        Index("ix_changes_state", "project_id", "state"),
        Index("ix_changes_attributed", "project_id", "attributed_on"),
        Index(
            "uq_changes_requested",
            "deal_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
        CheckConstraint("(state IN ('applied', 'undone')) = (applied_at IS NOT NULL)", name="applied_at"),
        CheckConstraint("(state = 'undone') = (undone_at IS NOT NULL)", name="undone_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[ChangeKind] = mapped_column(enum_type(ChangeKind))
    state: Mapped[ChangeState] = mapped_column(enum_type(ChangeState))
    reason_code: Mapped[ReasonCode] = mapped_column(enum_type(ReasonCode))
    reason: Mapped[str] = mapped_column(String(200))
    fault: Mapped[Fault] = mapped_column(enum_type(Fault), default=Fault.NONE)
    terms: Mapped[str] = mapped_column(Text)
    old_values: Mapped[str] = mapped_column(Text)
    new_values: Mapped[str] = mapped_column(Text)
    measure: Mapped[int] = mapped_column(Fen, default=0)
    amount_effect: Mapped[int] = mapped_column(Fen, default=0)
    floor_effect: Mapped[int | None] = mapped_column(Fen)
    signed_on: Mapped[date]
    attributed_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    applicant_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("approval_requests.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_reason: Mapped[str] = mapped_column(String(200), default="")
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    deal: Mapped[Deal] = relationship()
    request: Mapped[ApprovalRequest | None] = relationship()
    attachments: Mapped[list[DealAttachment]] = relationship(
        secondary="change_attachments", order_by="DealAttachment.id"
    )


class ChangeAttachment(Model):
    """A paper that belongs to a change."""

    __tablename__ = "change_attachments"

    change_id: Mapped[int] = mapped_column(ForeignKey("changes.id"), primary_key=True)
    attachment_id: Mapped[int] = mapped_column(ForeignKey("deal_attachments.id"), primary_key=True)
