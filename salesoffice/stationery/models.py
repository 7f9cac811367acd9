"""Print runs of numbered forms, and each form in them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type
from salesoffice.stationery.enums import FormKind, FormState


class PrintRun(Model):
    """A delivery of printed forms: `prefix` and the first to the last number, written with `digits` digits."""

    __tablename__ = "print_runs"
    __table_args__ = (
        CheckConstraint("first_number >= 0 AND last_number >= first_number", name="numbers"),
        CheckConstraint("digits BETWEEN 1 AND 12", name="digits"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[FormKind] = mapped_column(enum_type(FormKind))
    prefix: Mapped[str] = mapped_column(String(40), default="")
    first_number: Mapped[int]
    last_number: Mapped[int]
    digits: Mapped[int]
    printer: Mapped[str] = mapped_column(String(100), default="")
    received_on: Mapped[date]
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))


class NumberedForm(Model):
    """One numbered form; a number exists once per project and kind. `subject_kind`/`subject_id`: what it is used for."""

    __tablename__ = "numbered_forms"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "number"),
        Index("ix_numbered_forms_state", "project_id", "kind", "state"),
        Index("ix_numbered_forms_subject", "subject_kind", "subject_id"),
        CheckConstraint("state <> 'issued' OR holder_id IS NOT NULL", name="holder_when_issued"),
        CheckConstraint(
            "state NOT IN ('reserved', 'used') OR subject_id IS NOT NULL", name="subject_when_used"
        ),
        CheckConstraint("state <> 'spoilt' OR spoilt_reason <> ''", name="reason_when_spoilt"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("print_runs.id"), index=True)
    kind: Mapped[FormKind] = mapped_column(enum_type(FormKind))
    number: Mapped[str] = mapped_column(String(60))
    state: Mapped[FormState] = mapped_column(enum_type(FormState), default=FormState.RECEIVED)
    holder_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    subject_kind: Mapped[str] = mapped_column(String(40), default="")
    subject_id: Mapped[int | None]
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    spoilt_reason: Mapped[str] = mapped_column(String(200), default="")

    run: Mapped[PrintRun] = relationship()
