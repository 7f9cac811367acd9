"""The service tracks of a sale, each with its dates."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type
from salesoffice.tracks.enums import TrackKind, TrackState


class ServiceTrack(Model):
    """One track of a sale: business days on which it began, is due and was done."""

    __tablename__ = "service_tracks"
    __table_args__ = (
        UniqueConstraint("deal_id", "kind"),
        Index("ix_service_tracks_due", "project_id", "state", "due_on"),
        CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done_on"),
        CheckConstraint("state <> 'stopped' OR note <> ''", name="note_when_stopped"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    kind: Mapped[TrackKind] = mapped_column(enum_type(TrackKind))
    state: Mapped[TrackState] = mapped_column(enum_type(TrackState), default=TrackState.NOT_STARTED)
    started_on: Mapped[date | None]
    due_on: Mapped[date | None]
    done_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    reminded_on: Mapped[date | None]

    deal: Mapped[Deal] = relationship()
