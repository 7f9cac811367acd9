"""Registrations of interest before a launch: a queue number and earnest money."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type
from salesoffice.payments.models import Account
from salesoffice.registrations.enums import RegistrationState


class RegistrationCategory(Model):
    """A queue of its own (what for, how much earnest money): its numbers begin at 1 and have no gaps."""

    __tablename__ = "registration_categories"
    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("earnest_amount > 0", name="earnest_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(40))
    prefix: Mapped[str] = mapped_column(String(8), default="")
    earnest_amount: Mapped[int] = mapped_column(Fen)
    is_open: Mapped[bool] = mapped_column(default=True)


class Registration(Model):
    """A customer's registration with its queue number; its earnest money has an account of its own (fen)."""

    __tablename__ = "registrations"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("category_id", "queue_number"),
        UniqueConstraint("account_id"),
        Index("ix_registrations_customer", "customer_id"),
        Index("ix_registrations_state", "project_id", "state"),
        CheckConstraint("(state = 'active') = (ended_at IS NULL)", name="ended_at"),
        CheckConstraint("state <> 'converted' OR deal_id IS NOT NULL", name="deal_when_converted"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    category_id: Mapped[int] = mapped_column(ForeignKey("registration_categories.id"))
    number: Mapped[str] = mapped_column(String(40))
    queue_number: Mapped[int]
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[RegistrationState] = mapped_column(
        enum_type(RegistrationState), default=RegistrationState.ACTIVE
    )
    wants: Mapped[str] = mapped_column(String(200), default="")
    registered_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    deal_id: Mapped[int | None] = mapped_column(ForeignKey("deals.id"))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_on: Mapped[date | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    end_reason: Mapped[str] = mapped_column(String(200), default="")

    category: Mapped[RegistrationCategory] = relationship()
    customer: Mapped[Customer] = relationship()
    account: Mapped[Account] = relationship()
    deal: Mapped[Deal | None] = relationship()
