"""Issued papers with the data they were made from, and the office's own Word templates."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.models import StoredFile
from salesoffice.infra.types import UtcDateTime, enum_type
from salesoffice.papers.enums import PaperFormat, PaperKind


class WordTemplate(Model):
    """One version of the office's Word template for a kind of paper; at most one per kind is in use."""

    __tablename__ = "word_templates"
    __table_args__ = (
        UniqueConstraint("project_id", "kind", "version"),
        Index(
            "uq_word_templates_active",
            "project_id",
            "kind",
            unique=True,
            sqlite_where=text("is_active"),
            postgresql_where=text("is_active"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[PaperKind] = mapped_column(enum_type(PaperKind))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    is_active: Mapped[bool] = mapped_column(default=False)
    uploaded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    uploaded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    file: Mapped[StoredFile] = relationship()


class Paper(Model):
    """An issued paper: the file, the data it says (JSON) and its SHA-256. Never changed, only superseded.

    `subject_kind` and `subject_id` name what it is about (`subscriptions`, `contracts`, `changes`, `registrations` …).
    The newest of a subject and kind that is not superseded is the one in force.
    """

    __tablename__ = "papers"
    __table_args__ = (
        UniqueConstraint("subject_kind", "subject_id", "kind", "edition"),
        Index("ix_papers_deal", "deal_id"),
        Index("ix_papers_superseded", "project_id", "superseded_at"),
        CheckConstraint("edition >= 1", name="edition"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"))
    kind: Mapped[PaperKind] = mapped_column(enum_type(PaperKind))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    edition: Mapped[int]
    number: Mapped[str] = mapped_column(String(60))
    data: Mapped[str] = mapped_column(Text)
    data_hash: Mapped[str] = mapped_column(String(64))
    clauses: Mapped[str] = mapped_column(Text, default="")
    format: Mapped[PaperFormat] = mapped_column(enum_type(PaperFormat))
    template_id: Mapped[int | None] = mapped_column(ForeignKey("word_templates.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_reason: Mapped[str] = mapped_column(String(200), default="")

    deal: Mapped[Deal | None] = relationship()
    file: Mapped[StoredFile] = relationship()
