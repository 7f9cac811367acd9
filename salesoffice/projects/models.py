"""Company and project; the project's settings are data that the office may change."""

from datetime import datetime, time
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from salesoffice.infra.db import Model
from salesoffice.infra.types import Rate, UtcDateTime


class Company(Model):
    """The developer that owns projects."""

    __tablename__ = "companies"
    __table_args__ = (UniqueConstraint("name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(100))


class Project(Model):
    """One development and the rules of its office."""

    __tablename__ = "projects"
    __table_args__ = (
        UniqueConstraint("code"),
        CheckConstraint("max_deposit_rate > 0 AND max_deposit_rate <= 200000", name="max_deposit_rate"),
        CheckConstraint("sign_by_days BETWEEN 1 AND 90", name="sign_by_days"),
        CheckConstraint("hold_minutes > 0 AND hold_minutes <= max_hold_minutes", name="hold_minutes"),
        CheckConstraint("hold_limit > 0", name="hold_limit"),
        CheckConstraint("offer_minutes > 0", name="offer_minutes"),
        CheckConstraint("provisional_days BETWEEN 1 AND 60", name="provisional_days"),
        CheckConstraint(
            "forfeit_after_days IS NULL OR forfeit_after_days BETWEEN 1 AND 365", name="forfeit_after_days"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    code: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(100))
    city: Mapped[str] = mapped_column(String(60), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    max_deposit_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.2"))
    sign_by_days: Mapped[int] = mapped_column(default=7)
    hold_minutes: Mapped[int] = mapped_column(default=30)
    max_hold_minutes: Mapped[int] = mapped_column(default=120)
    hold_limit: Mapped[int] = mapped_column(default=3)
    offer_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    provisional_days: Mapped[int] = mapped_column(default=3, server_default="3")
    forfeit_after_days: Mapped[int | None]
    filing_days: Mapped[int] = mapped_column(default=30, server_default="30")
    down_payment_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.3"))
    late_fee_rate: Mapped[Decimal] = mapped_column(Rate, default=Decimal("0.0005"))
    log_send_at: Mapped[time] = mapped_column(default=time(18, 30))
    is_log_automatic: Mapped[bool] = mapped_column(default=True)
    is_price_page_public: Mapped[bool] = mapped_column(default=False, server_default=false())
    wall_token_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LogRecipient(Model):
    """Who receives the daily log of a project."""

    __tablename__ = "log_recipients"
    __table_args__ = (UniqueConstraint("project_id", "email"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(100), default="")
    is_active: Mapped[bool] = mapped_column(default=True)
