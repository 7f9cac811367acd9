"""Engineering change notices: the developer tells each buyer within 10 days, the buyer answers within 15."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.deals.models import Deal
from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type
from salesoffice.notices.enums import BuyerAnswer


class EngineeringNotice(Model):
    """A change of planning or design. `decided_on` starts the clock of `notify_days`, the notice that of `answer_days`."""

    __tablename__ = "engineering_notices"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        CheckConstraint("notify_days > 0 AND answer_days > 0", name="clock"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200), default="")
    decided_on: Mapped[date]
    notify_days: Mapped[int] = mapped_column(default=10)
    answer_days: Mapped[int] = mapped_column(default=15)
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))

    deliveries: Mapped[list["NoticeDelivery"]] = relationship(order_by="NoticeDelivery.id")


class NoticeDelivery(Model):
    """The notice to the buyers of one sale, and their answer."""

    __tablename__ = "notice_deliveries"
    __table_args__ = (
        UniqueConstraint("notice_id", "deal_id"),
        Index("ix_notice_deliveries_deal", "deal_id"),
        CheckConstraint("answer = 'none' OR notified_on IS NOT NULL", name="notified_before_answer"),
        CheckConstraint("(answer = 'none') = (answered_on IS NULL)", name="answered_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_id: Mapped[int] = mapped_column(ForeignKey("engineering_notices.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    notified_on: Mapped[date | None]
    notified_how: Mapped[str] = mapped_column(String(100), default="")
    notified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answer: Mapped[BuyerAnswer] = mapped_column(enum_type(BuyerAnswer), default=BuyerAnswer.NONE)
    answered_on: Mapped[date | None]
    note: Mapped[str] = mapped_column(String(200), default="")

    notice: Mapped[EngineeringNotice] = relationship(back_populates="deliveries")
    deal: Mapped[Deal] = relationship()
