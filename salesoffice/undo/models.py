"""Cheap actions that the same person may take back for ten minutes."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime


class UndoOffer(Model):
    """One action that can be taken back until `expires_at`; `data` is what its undoing needs (JSON)."""

    __tablename__ = "undo_offers"
    __table_args__ = (Index("ix_undo_offers_actor", "actor_id", "expires_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    actor_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    action: Mapped[str] = mapped_column(String(60))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    data: Mapped[str] = mapped_column(Text, default="{}")
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
