"""Contracts and the record of their second entry."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.contracts.enums import ContractState, Culprit
from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.types import Area, Fen, UtcDateTime, enum_type
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.models import Subscription


class Contract(Model):
    """A contract as entered by one person and verified by another; keeps the critical fields as entered.

    A deal has at most one that is not over (partial unique index).
    """

    __tablename__ = "contracts"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_contracts_deal", "deal_id"),
        Index(
            "uq_contracts_open_deal",
            "deal_id",
            unique=True,
            sqlite_where=text("state NOT IN ('cancelled', 'swapped', 'forfeited')"),
            postgresql_where=text("state NOT IN ('cancelled', 'swapped', 'forfeited')"),
        ),
        Index("ix_contracts_signed", "project_id", "signed_on"),
        CheckConstraint("total_amount > 0", name="total_amount"),
        CheckConstraint("gross_area > 0", name="gross_area"),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> entered_by_id", name="second_person"),
        CheckConstraint(
            "state IN ('draft', 'cancelled', 'swapped', 'forfeited') OR verified_by_id IS NOT NULL",
            name="verified",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    subscription_id: Mapped[int] = mapped_column(ForeignKey("subscriptions.id"))
    number: Mapped[str] = mapped_column(String(60))
    customer_name: Mapped[str] = mapped_column(String(200))
    certificate_index: Mapped[str] = mapped_column(String(64))
    certificate_masked: Mapped[str] = mapped_column(String(40))
    unit_code: Mapped[str] = mapped_column(String(64))
    gross_area: Mapped[Decimal] = mapped_column(Area)
    total_amount: Mapped[int] = mapped_column(Fen)
    plan_kind: Mapped[PlanKind] = mapped_column(enum_type(PlanKind))
    signed_on: Mapped[date]
    state: Mapped[ContractState] = mapped_column(enum_type(ContractState), default=ContractState.DRAFT)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    verified_on: Mapped[date | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    online_no: Mapped[str] = mapped_column(String(60), default="")
    online_on: Mapped[date | None]
    filing_no: Mapped[str] = mapped_column(String(60), default="")
    filed_on: Mapped[date | None]
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    cancelled_on: Mapped[date | None]
    cancel_reason: Mapped[str] = mapped_column(String(200), default="")

    deal: Mapped[Deal] = relationship()
    subscription: Mapped[Subscription] = relationship()


class ContractCheck(Model):
    """One second entry: who, when, which fields differed (JSON, personal numbers masked; empty = verified)."""

    __tablename__ = "contract_checks"

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contracts.id"), index=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    checked_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    differences: Mapped[str] = mapped_column(Text, default="[]")


class CheckResolution(Model):
    """Who was wrong in one field of a second entry that differed; asked of the paper, decided once."""

    __tablename__ = "check_resolutions"
    __table_args__ = (UniqueConstraint("check_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    check_id: Mapped[int] = mapped_column(ForeignKey("contract_checks.id"))
    field: Mapped[str] = mapped_column(String(40))
    culprit: Mapped[Culprit] = mapped_column(enum_type(Culprit))
    first_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    second_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    resolved_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
