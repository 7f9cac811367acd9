"""Holds and subscription agreements. Both keep the figures they were made with."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.enums import HoldState, SubscriptionState


class Hold(Model):
    """A unit kept for minutes, without money. `list_total_amount` is the price the customer was shown."""

    __tablename__ = "holds"
    __table_args__ = (
        Index("ix_holds_rep", "rep_id", "state"),
        CheckConstraint("expires_at <= latest_expiry_at", name="lifetime"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    list_total_amount: Mapped[int] = mapped_column(Fen)
    unit_price_id: Mapped[int] = mapped_column(ForeignKey("unit_prices.id"))
    placed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    latest_expiry_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[HoldState] = mapped_column(enum_type(HoldState), default=HoldState.OPEN)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    deal: Mapped[Deal] = relationship()
    unit: Mapped[Unit] = relationship()
    customer: Mapped[Customer | None] = relationship()


class Subscription(Model):
    """A subscription agreement (认购书). `discounts` is the JSON list of steps with their results.

    A deal has at most one that is not cancelled (partial unique index).
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_subscriptions_deal", "deal_id"),
        Index(
            "uq_subscriptions_open_deal",
            "deal_id",
            unique=True,
            sqlite_where=text("state <> 'cancelled'"),
            postgresql_where=text("state <> 'cancelled'"),
        ),
        Index("ix_subscriptions_signed", "project_id", "signed_on"),
        CheckConstraint("total_amount > 0 AND total_amount <= list_total_amount", name="total_amount"),
        CheckConstraint("deposit_amount > 0 AND deposit_amount * 5 <= total_amount", name="deposit_amount"),
        CheckConstraint("sign_by >= signed_on", name="sign_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    number: Mapped[str] = mapped_column(String(40))
    unit_price_id: Mapped[int] = mapped_column(ForeignKey("unit_prices.id"))
    list_total_amount: Mapped[int] = mapped_column(Fen)
    discounts: Mapped[str] = mapped_column(Text, default="[]")
    total_amount: Mapped[int] = mapped_column(Fen)
    deposit_amount: Mapped[int] = mapped_column(Fen)
    plan_kind: Mapped[PlanKind] = mapped_column(enum_type(PlanKind))
    signed_on: Mapped[date]
    sign_by: Mapped[date]
    state: Mapped[SubscriptionState] = mapped_column(
        enum_type(SubscriptionState), default=SubscriptionState.ACTIVE
    )
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_on: Mapped[date | None]
    cancelled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))

    deal: Mapped[Deal] = relationship()
    unit: Mapped[Unit] = relationship()
