"""Price versions and the price of each unit in them. A version never changes."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type
from salesoffice.pricing.enums import PriceBasis, PriceVersionState


class PriceVersion(Model):
    """One edition of a project's prices; exactly one is in force."""

    __tablename__ = "price_versions"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index(
            "uq_price_versions_in_force",
            "project_id",
            unique=True,
            sqlite_where=text("state = 'in_force'"),
            postgresql_where=text("state = 'in_force'"),
        ),
        CheckConstraint("number > 0", name="number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    state: Mapped[PriceVersionState] = mapped_column(enum_type(PriceVersionState))
    source: Mapped[str] = mapped_column(String(255), default="")
    source_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    in_force_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UnitPrice(Model):
    """The list price of a unit in a version. Unit prices are fen per m² of gross and of inner area.

    `list_total_amount` is what the source states; `basis` says from which area it is counted.
    """

    __tablename__ = "unit_prices"
    __table_args__ = (
        UniqueConstraint("version_id", "unit_id"),
        Index("ix_unit_prices_unit", "unit_id"),
        CheckConstraint("list_total_amount > 0", name="list_total_amount"),
        CheckConstraint("gross_price IS NULL OR gross_price > 0", name="gross_price"),
        CheckConstraint("inner_price IS NULL OR inner_price > 0", name="inner_price"),
        CheckConstraint("filed_total_amount IS NULL OR filed_total_amount > 0", name="filed_total_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("price_versions.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    basis: Mapped[PriceBasis] = mapped_column(enum_type(PriceBasis))
    gross_price: Mapped[int | None] = mapped_column(Fen)
    inner_price: Mapped[int | None] = mapped_column(Fen)
    list_total_amount: Mapped[int] = mapped_column(Fen)
    filed_total_amount: Mapped[int | None] = mapped_column(Fen)
