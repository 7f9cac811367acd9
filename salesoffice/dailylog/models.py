"""Opinions of the day, and the daily log with its frozen snapshot."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.dailylog.enums import DailyLogState, OpinionKind
from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type


class Opinion(Model):
    """What a rep thinks, or what customers said, on a business day."""

    __tablename__ = "opinions"
    __table_args__ = (Index("ix_opinions_day", "project_id", "happened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    happened_on: Mapped[date]
    kind: Mapped[OpinionKind] = mapped_column(enum_type(OpinionKind))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DailyLog(Model):
    """One business day. While open it carries what people add; closing freezes snapshot, html, text and their hash."""

    __tablename__ = "daily_logs"
    __table_args__ = (
        UniqueConstraint("project_id", "day"),
        CheckConstraint(
            "state = 'open' OR (snapshot <> '' AND closed_at IS NOT NULL)", name="frozen_when_closed"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    day: Mapped[date]
    state: Mapped[DailyLogState] = mapped_column(enum_type(DailyLogState), default=DailyLogState.OPEN)
    weather: Mapped[str] = mapped_column(String(60), default="")
    plan: Mapped[str] = mapped_column(Text, default="")
    remark: Mapped[str] = mapped_column(Text, default="")
    snapshot: Mapped[str] = mapped_column(Text, default="")
    snapshot_sha256: Mapped[str] = mapped_column(String(64), default="")
    html: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text, default="")
    audit_sequence: Mapped[int] = mapped_column(default=0)
    audit_head: Mapped[str] = mapped_column(String(64), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
