"""What a person opened from the search box, the newest first."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime


class RecentFind(Model):
    """A customer, unit or deal that a person opened from the search box."""

    __tablename__ = "recent_finds"
    __table_args__ = (UniqueConstraint("user_id", "project_id", "subject_kind", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
