"""Discount schemes and who may give how much; loan terms and fees; offers (置业计划书) made for customers."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.customers.models import Customer
from salesoffice.infra.db import Model
from salesoffice.infra.types import Area, Fen, Rate, UtcDateTime, enum_type
from salesoffice.inventory.models import Unit
from salesoffice.offers.enums import DiscountSource, FeeKind, FeeMeasure
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.staff.models import User


class DiscountScheme(Model):
    """A discount the office may give. `value` is exact text, by kind as in `pricing.rules.DiscountStep`.

    `cap_amount` is the most it takes off (fen). `plan_kinds` is the JSON list of payment plans it goes with, empty for
    all. One that is not stackable stands alone. `position` is its place in the order of steps. Once used (an offer or an
    agreement carries it) its figures never change: it is closed and another one made.
    """

    __tablename__ = "discount_schemes"
    __table_args__ = (
        Index(
            "uq_discount_schemes_active",
            "project_id",
            "name",
            unique=True,
            sqlite_where=text("is_active"),
            postgresql_where=text("is_active"),
        ),
        CheckConstraint("cap_amount IS NULL OR cap_amount > 0", name="cap_amount"),
        CheckConstraint("valid_until IS NULL OR valid_until >= valid_from", name="validity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(60))
    source: Mapped[DiscountSource] = mapped_column(enum_type(DiscountSource))
    kind: Mapped[DiscountKind] = mapped_column(enum_type(DiscountKind))
    value: Mapped[str] = mapped_column(String(24))
    is_stackable: Mapped[bool] = mapped_column(default=True, server_default=true())
    cap_amount: Mapped[int | None] = mapped_column(Fen)
    valid_from: Mapped[date]
    valid_until: Mapped[date | None]
    plan_kinds: Mapped[str] = mapped_column(Text, default="[]")
    position: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True, server_default=true())
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    first_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class DiscountAuthority(Model):
    """The largest discount (share of the list price, 0.03 = 3 %) that a role may give; no row: no limit."""

    __tablename__ = "discount_authorities"
    __table_args__ = (CheckConstraint("max_rate >= 0 AND max_rate <= 1000000", name="max_rate"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(32), primary_key=True)
    max_rate: Mapped[Decimal] = mapped_column(Rate)


class LoanTerms(Model):
    """What offers count loans with: yearly rates, the most years, the provident fund's ceiling (fen)."""

    __tablename__ = "loan_terms"
    __table_args__ = (
        CheckConstraint("commercial_rate >= 0", name="commercial_rate"),
        CheckConstraint("provident_rate >= 0", name="provident_rate"),
        CheckConstraint("max_years BETWEEN 1 AND 40", name="max_years"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    commercial_rate: Mapped[Decimal] = mapped_column(Rate)
    provident_rate: Mapped[Decimal] = mapped_column(Rate)
    provident_ceiling_amount: Mapped[int | None] = mapped_column(Fen)
    max_years: Mapped[int] = mapped_column(default=30)
    source: Mapped[str] = mapped_column(String(200), default="")


class FeeRate(Model):
    """A tax or fee on behalf, for units of an area (m², from above `area_from` up to `area_to`); `source` is its law.

    `value` is exact text by measure: a share (0.01), fen per m², or fen. `products` is the JSON list of products it is
    for, empty for all.
    """

    __tablename__ = "fee_rates"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[FeeKind] = mapped_column(enum_type(FeeKind))
    name: Mapped[str] = mapped_column(String(60))
    measure: Mapped[FeeMeasure] = mapped_column(enum_type(FeeMeasure))
    value: Mapped[str] = mapped_column(String(24))
    area_from: Mapped[Decimal | None] = mapped_column(Area)
    area_to: Mapped[Decimal | None] = mapped_column(Area)
    products: Mapped[str] = mapped_column(Text, default="[]")
    source: Mapped[str] = mapped_column(String(200), default="")
    position: Mapped[int] = mapped_column(default=0)


class Offer(Model):
    """An offer made for a customer, with the figures it was printed with (JSON) and its stored PDF."""

    __tablename__ = "offers"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_offers_unit", "unit_id"),
        CheckConstraint("total_amount > 0 AND total_amount <= list_total_amount", name="total_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    unit_price_id: Mapped[int] = mapped_column(ForeignKey("unit_prices.id"))
    list_total_amount: Mapped[int] = mapped_column(Fen)
    total_amount: Mapped[int] = mapped_column(Fen)
    plan_kind: Mapped[PlanKind] = mapped_column(enum_type(PlanKind))
    figures: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    valid_until: Mapped[datetime] = mapped_column(UtcDateTime)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))

    unit: Mapped[Unit] = relationship()
    customer: Mapped[Customer | None] = relationship()
    rep: Mapped[User] = relationship()
