"""Price versions and the price of each unit in them, the limits of prices, the rules for changing them, and which
sheets were printed. The prices of a version never change; what changes is its state.
"""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.infra.db import Model
from salesoffice.infra.types import Area, Fen, Rate, UtcDateTime, enum_type
from salesoffice.pricing.enums import PriceBasis, PriceLayer, PriceVersionState, SheetFormat, SheetKind


class PriceVersion(Model):
    """One edition of a project's prices; exactly one is in force.

    `base_version_id` is the version whose prices it was made from, `max_move_rate` its largest single move against it
    (the measure of who may approve). `in_force_from` of an approved version is the moment it was approved for, of a
    later one the moment it came into force. Nobody approves what they made or submitted, and nothing that was made from
    another version or was submitted comes into force unapproved: CHECKs refuse it. An import is in force at once.
    """

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
        CheckConstraint("(submitted_by_id IS NULL) = (submitted_at IS NULL)", name="submitted_at"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved_at"),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> submitted_by_id", name="approver_not_submitter"
        ),
        CheckConstraint(
            "approved_by_id IS NULL OR approved_by_id <> created_by_id", name="approver_not_author"
        ),
        CheckConstraint("state <> 'submitted' OR submitted_at IS NOT NULL", name="submitted_when_submitted"),
        CheckConstraint(
            "approved_at IS NOT NULL OR state IN ('draft', 'submitted', 'withdrawn')"
            " OR (state <> 'approved' AND base_version_id IS NULL AND submitted_at IS NULL)",
            name="approved_when_in_force",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[int]
    state: Mapped[PriceVersionState] = mapped_column(enum_type(PriceVersionState))
    source: Mapped[str] = mapped_column(String(255), default="")
    source_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    base_version_id: Mapped[int | None] = mapped_column(ForeignKey("price_versions.id"))
    max_move_rate: Mapped[Decimal | None] = mapped_column(Rate)
    note: Mapped[str] = mapped_column(String(500), default="", server_default="")
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    submitted_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_comment: Mapped[str] = mapped_column(String(500), default="", server_default="")
    in_force_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class UnitPrice(Model):
    """The list price of a unit in a version. Unit prices are fen per m² of gross and of inner area.

    `list_total_amount` is what the source states; `basis` says from which area it is counted. The areas (m²) are those
    the price was made for; empty for prices that a file stated. Prices are added to a draft only: a trigger refuses it.
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
    gross_area: Mapped[Decimal | None] = mapped_column(Area)
    inner_area: Mapped[Decimal | None] = mapped_column(Area)


class PriceLimit(Model):
    """A limit of a unit's total price (fen): filed, project floor, group floor. A new one supersedes the old row."""

    __tablename__ = "price_limits"
    __table_args__ = (
        Index(
            "uq_price_limits_current",
            "unit_id",
            "layer",
            unique=True,
            sqlite_where=text("superseded_at IS NULL"),
            postgresql_where=text("superseded_at IS NULL"),
        ),
        CheckConstraint("total_amount > 0", name="total_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    layer: Mapped[PriceLayer] = mapped_column(enum_type(PriceLayer))
    total_amount: Mapped[int] = mapped_column(Fen)
    effective_on: Mapped[date]
    source: Mapped[str] = mapped_column(String(255), default="")
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    superseded_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PriceRules(Model):
    """The city's and the company's rules for the prices of a project; one row, made with its defaults when first asked.

    Rates are shares (0.15 = 15 %): list prices stray at most `refile_rate` from the filed ones before they are filed
    again, a new filing comes `refile_interval_days` after the last and lowers by `max_cut_rate` at most;
    `large_move_rate` and `total_delta_rate` are where the sanity rules begin to warn; up to `manager_move_rate` as
    largest single move the manager approves, beyond it an executive.
    """

    __tablename__ = "price_rules"
    __table_args__ = (
        CheckConstraint("refile_rate > 0 AND refile_rate <= 1000000", name="refile_rate"),
        CheckConstraint("refile_interval_days >= 0", name="refile_interval_days"),
        CheckConstraint("max_cut_rate > 0 AND max_cut_rate <= 1000000", name="max_cut_rate"),
        CheckConstraint("large_move_rate > 0", name="large_move_rate"),
        CheckConstraint("total_delta_rate > 0", name="total_delta_rate"),
        CheckConstraint("manager_move_rate >= 0", name="manager_move_rate"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    refile_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.15"))
    refile_interval_days: Mapped[int] = mapped_column(default=90)
    max_cut_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.15"))
    large_move_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.05"))
    total_delta_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.03"))
    manager_move_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.05"))


class SheetPrint(Model):
    """A sheet of a version that was printed or downloaded, as which file; the version counts as printed from then on."""

    __tablename__ = "sheet_prints"
    __table_args__ = (Index("ix_sheet_prints_version", "version_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("price_versions.id"))
    kind: Mapped[SheetKind] = mapped_column(enum_type(SheetKind))
    format: Mapped[SheetFormat] = mapped_column(enum_type(SheetFormat))
    building_id: Mapped[int | None] = mapped_column(ForeignKey("buildings.id"))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    printed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    printed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
