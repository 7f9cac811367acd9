"""Holds and subscription agreements, which keep the figures they were made with; the waiting list behind a unit."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.enums import HoldState, ProvisionalState, SubscriptionState, WaitingState


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


class ProvisionalOrder(Model):
    """A provisional order (小订): the unit is kept for some days for a small sum that is given back (fen)."""

    __tablename__ = "provisional_orders"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_provisional_orders_unit", "unit_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("(state = 'open') = (ended_at IS NULL)", name="ended_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    number: Mapped[str] = mapped_column(String(40))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    list_total_amount: Mapped[int] = mapped_column(Fen)
    unit_price_id: Mapped[int] = mapped_column(ForeignKey("unit_prices.id"))
    amount: Mapped[int] = mapped_column(Fen)
    signed_on: Mapped[date]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[ProvisionalState] = mapped_column(
        enum_type(ProvisionalState), default=ProvisionalState.OPEN
    )
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    end_reason: Mapped[str] = mapped_column(String(200), default="")

    deal: Mapped[Deal] = relationship()
    unit: Mapped[Unit] = relationship()
    customer: Mapped[Customer] = relationship()


Keeping = Hold | ProvisionalOrder
"""What keeps a unit, and its list price, for somebody before it is sold."""


class Subscription(Model):
    """A subscription agreement (认购书). `discounts` is the JSON list of steps with their results.

    A deal has at most one in force (partial unique index). `replaces` is the agreement of the same deal that a swap or
    a revival put this one in the place of; `cancelled_…` say when and why it ended, `state` how.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_subscriptions_deal", "deal_id"),
        Index(
            "uq_subscriptions_open_deal",
            "deal_id",
            unique=True,
            sqlite_where=text("state IN ('active', 'converted')"),
            postgresql_where=text("state IN ('active', 'converted')"),
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
    replaces_id: Mapped[int | None] = mapped_column(ForeignKey("subscriptions.id"), unique=True)

    deal: Mapped[Deal] = relationship()
    unit: Mapped[Unit] = relationship()


class SubscriptionAccessory(Model):
    """An accessory (parking space, storage room) sold with the flat of an agreement; amounts are fen.

    `list_total_amount` and `total_amount` of the agreement hold the flat and its accessories together.
    """

    __tablename__ = "subscription_accessories"
    __table_args__ = (CheckConstraint("amount >= 0 AND amount <= list_total_amount", name="amount"),)

    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True)
    unit_price_id: Mapped[int] = mapped_column(ForeignKey("unit_prices.id"))
    list_total_amount: Mapped[int] = mapped_column(Fen)
    amount: Mapped[int] = mapped_column(Fen)

    unit: Mapped[Unit] = relationship()


class WaitingEntry(Model):
    """A customer's place behind a taken unit; the lowest `position` that still waits comes first.

    When the unit is free, the first gets it offered: a hold in the name of the entry's rep, for the project's
    `offer_minutes`. Nobody else can hold the unit as long as somebody waits.
    """

    __tablename__ = "waiting_entries"
    __table_args__ = (
        UniqueConstraint("unit_id", "position"),
        Index(
            "uq_waiting_entries_customer",
            "unit_id",
            "customer_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'offered')"),
            postgresql_where=text("state IN ('waiting', 'offered')"),
        ),
        Index("ix_waiting_entries_state", "state"),
        CheckConstraint("(state IN ('waiting', 'offered')) = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("state <> 'offered' OR hold_id IS NOT NULL", name="hold_when_offered"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    position: Mapped[int]
    state: Mapped[WaitingState] = mapped_column(enum_type(WaitingState), default=WaitingState.WAITING)
    note: Mapped[str] = mapped_column(String(200), default="")
    hold_id: Mapped[int | None] = mapped_column(ForeignKey("holds.id"))
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime)
    joined_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    offered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    unit: Mapped[Unit] = relationship()
    customer: Mapped[Customer] = relationship()
