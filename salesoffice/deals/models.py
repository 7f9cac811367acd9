"""The one identity of a sale, its buyers, and the claim on the unit."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.customers.models import Customer
from salesoffice.deals.enums import AttachmentKind, ClaimEnd, ClaimKind, DealState, Stage
from salesoffice.infra.db import Model
from salesoffice.infra.models import StoredFile
from salesoffice.infra.types import Rate, UtcDateTime, enum_type
from salesoffice.inventory.models import Unit
from salesoffice.payments.models import Account


class Deal(Model):
    """One sale from its first hold to its end. Number and id never change."""

    __tablename__ = "deals"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("account_id"),
        Index("ix_deals_unit", "unit_id"),
        Index("ix_deals_rep", "rep_id"),
        CheckConstraint("(state = 'ended') = (ended_at IS NOT NULL)", name="ended_at_when_ended"),
        CheckConstraint("loan_years IS NULL OR loan_years BETWEEN 1 AND 40", name="loan_years"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    number: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    state: Mapped[DealState] = mapped_column(enum_type(DealState), default=DealState.OPEN)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    loan_bank: Mapped[str] = mapped_column(String(100), default="", server_default="")
    loan_years: Mapped[int | None]

    unit: Mapped[Unit] = relationship()
    account: Mapped[Account | None] = relationship()
    buyers: Mapped[list["DealBuyer"]] = relationship(order_by="DealBuyer.position")


class DealBuyer(Model):
    """A customer who is party to a deal; position 0 is the principal."""

    __tablename__ = "deal_buyers"
    __table_args__ = (
        UniqueConstraint("deal_id", "customer_id"),
        UniqueConstraint("deal_id", "position"),
        Index("ix_deal_buyers_customer", "customer_id"),
        CheckConstraint("share IS NULL OR (share > 0 AND share <= 1000000)", name="share"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    position: Mapped[int]
    share: Mapped[Decimal | None] = mapped_column(Rate)

    customer: Mapped[Customer] = relationship()


class Claim(Model):
    """A claim on a unit: at most one open per unit, ever (partial unique index).

    `document_id` is the id of the hold, subscription or contract that `kind` names. `expires_at` is judged when read.
    A deal has one open claim on its flat and one on each accessory bound to it (`is_accessory`), which move and end
    together with the flat's.
    """

    __tablename__ = "claims"
    __table_args__ = (
        Index(
            "uq_claims_open_unit",
            "unit_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        Index(
            "uq_claims_open_deal",
            "deal_id",
            unique=True,
            sqlite_where=text("closed_at IS NULL AND NOT is_accessory"),
            postgresql_where=text("closed_at IS NULL AND NOT is_accessory"),
        ),
        Index("ix_claims_unit", "unit_id"),
        Index("ix_claims_deal", "deal_id"),
        Index(
            "ix_claims_expires",
            "expires_at",
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
        CheckConstraint("(closed_at IS NULL) = (end_kind IS NULL)", name="end_kind_when_closed"),
        CheckConstraint(
            "(kind IN ('hold', 'provisional')) = (expires_at IS NOT NULL)", name="expires_when_timed"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    kind: Mapped[ClaimKind] = mapped_column(enum_type(ClaimKind))
    is_accessory: Mapped[bool] = mapped_column(default=False, server_default=false())
    document_id: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    end_kind: Mapped[ClaimEnd | None] = mapped_column(enum_type(ClaimEnd))
    end_reason: Mapped[str] = mapped_column(String(200), default="")

    deal: Mapped[Deal] = relationship()
    unit: Mapped[Unit] = relationship()


class DealAttachment(Model):
    """A paper attached to a sale: scanned, photographed or typed elsewhere. Never deleted; taken out with a reason."""

    __tablename__ = "deal_attachments"
    __table_args__ = (
        Index("ix_deal_attachments_deal", "deal_id", "kind"),
        CheckConstraint("(removed_at IS NULL) = (removed_by_id IS NULL)", name="removed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    deal_id: Mapped[int] = mapped_column(ForeignKey("deals.id"))
    kind: Mapped[AttachmentKind] = mapped_column(enum_type(AttachmentKind))
    name: Mapped[str] = mapped_column(String(200))
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_files.id"))
    attached_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attached_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed_reason: Mapped[str] = mapped_column(String(200), default="")

    file: Mapped[StoredFile] = relationship()


class AttachmentRequirement(Model):
    """A project's rule: before this stage a sale must have this kind of paper attached."""

    __tablename__ = "attachment_requirements"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(enum_type(Stage), primary_key=True)
    kind: Mapped[AttachmentKind] = mapped_column(enum_type(AttachmentKind), primary_key=True)
