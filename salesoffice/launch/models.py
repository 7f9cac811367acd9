"""The launch checklist (开盘准备) of a release batch."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type
from salesoffice.launch.enums import LaunchItemKind, LaunchItemState


class LaunchItem(Model):
    """One thing to have ready, with who sees to it and until when.

    `state` is what a person ticked; what the data says by itself is judged when read, never stored.
    """

    __tablename__ = "launch_items"
    __table_args__ = (
        CheckConstraint("state <> 'not_needed' OR note <> ''", name="reason_when_not_needed"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("release_batches.id"), index=True)
    kind: Mapped[LaunchItemKind] = mapped_column(enum_type(LaunchItemKind))
    title: Mapped[str] = mapped_column(String(100), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    due_on: Mapped[date | None]
    state: Mapped[LaunchItemState] = mapped_column(enum_type(LaunchItemState), default=LaunchItemState.OPEN)
    note: Mapped[str] = mapped_column(String(200), default="")
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    position: Mapped[int] = mapped_column(default=0)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
