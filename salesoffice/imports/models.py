"""Imports that were previewed and committed, and the column mappings the office taught us."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.imports.enums import ImportKind
from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type


class ImportBatch(Model):
    """One uploaded file: its preview as shown (JSON, and its hash), and when it was committed.

    `content_hash` is over the cells as read, so that the same table is known again in another file format or encoding.
    """

    __tablename__ = "import_batches"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    file_name: Mapped[str] = mapped_column(String(255))
    kind: Mapped[ImportKind] = mapped_column(
        enum_type(ImportKind), default=ImportKind.UNITS, server_default="units"
    )
    content_hash: Mapped[str] = mapped_column(String(64), default="", server_default="")
    building: Mapped[str] = mapped_column(String(60), default="")
    profile: Mapped[str] = mapped_column(String(60), default="")
    mapping: Mapped[str] = mapped_column(Text, default="{}")
    preview: Mapped[str] = mapped_column(Text)
    plan_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    committed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    committed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    result: Mapped[str] = mapped_column(Text, default="{}")


class ColumnProfile(Model):
    """A remembered mapping of a file's header to our fields (JSON), found again by the header's hash."""

    __tablename__ = "column_profiles"
    __table_args__ = (UniqueConstraint("project_id", "header_hash"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    kind: Mapped[ImportKind] = mapped_column(
        enum_type(ImportKind), default=ImportKind.UNITS, server_default="units"
    )
    name: Mapped[str] = mapped_column(String(60))
    header_hash: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
