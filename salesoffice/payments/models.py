"""Accounts: what is due, what was received, what went where, what went back. Figures are never edited or deleted."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.infra.db import Model
from salesoffice.infra.types import Fen, UtcDateTime, enum_type
from salesoffice.payments.enums import (
    AccountKind,
    AccountState,
    InstalmentKind,
    PaymentMethod,
    PlanKind,
    ReceiptKind,
    ReceiptState,
    RefundState,
    SettlementKind,
)

_IS_SLIP_USED = "slip_no <> '' AND reverses_id IS NULL AND state IN ('recorded', 'confirmed')"


class Account(Model):
    """The money side of one deal, or of a registration. `total_amount` is the deal price with the area difference;
    the open instalments of a price account add up to it. An earnest account has no schedule; a provisional order's
    becomes the price account of the same deal.

    `received_amount` (confirmed receipts of every kind, reversals taken off) and `refunded_amount` are running sums,
    kept under the account's lock: they let the database itself refuse to give back more than came in. So do
    `retained_amount` (kept by the seller) and `compensation_amount` (owed beyond), the sums of its settlements.
    """

    __tablename__ = "accounts"
    __table_args__ = (
        CheckConstraint("total_amount > 0", name="total_amount"),
        CheckConstraint(
            "refunded_amount >= 0 AND retained_amount >= 0 AND compensation_amount >= 0"
            " AND refunded_amount + retained_amount <= received_amount + compensation_amount",
            name="refunded_amount",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    total_amount: Mapped[int] = mapped_column(Fen)
    plan_kind: Mapped[PlanKind] = mapped_column(enum_type(PlanKind))
    state: Mapped[AccountState] = mapped_column(enum_type(AccountState), default=AccountState.OPEN)
    received_amount: Mapped[int] = mapped_column(Fen, default=0)
    refunded_amount: Mapped[int] = mapped_column(Fen, default=0)
    retained_amount: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    compensation_amount: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    area_difference_amount: Mapped[int] = mapped_column(Fen, default=0, server_default="0")
    kind: Mapped[AccountKind] = mapped_column(
        enum_type(AccountKind), default=AccountKind.PRICE, server_default=AccountKind.PRICE.value
    )
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    @property
    def refundable_amount(self) -> int:
        """What may still be paid back (fen): what came in and is owed, less what the seller keeps and has paid back."""
        return self.received_amount + self.compensation_amount - self.retained_amount - self.refunded_amount

    instalments: Mapped[list["Instalment"]] = relationship(order_by="Instalment.position")


class Instalment(Model):
    """One amount due. A new schedule voids the old rows instead of changing them.

    `paid_amount` is the running sum of its allocations, which the database keeps between nothing and the amount.
    """

    __tablename__ = "instalments"
    __table_args__ = (
        Index("ix_instalments_account", "account_id", "position"),
        Index("ix_instalments_due", "due_on"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("paid_amount >= 0 AND paid_amount <= amount", name="paid_amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    position: Mapped[int]
    kind: Mapped[InstalmentKind] = mapped_column(enum_type(InstalmentKind))
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(Fen)
    is_loan: Mapped[bool] = mapped_column(default=False)
    paid_amount: Mapped[int] = mapped_column(Fen, default=0)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Receipt(Model):
    """Money that reached the office. Only a confirmed one counts as paid.

    A reversal is a second row with the negative amount, `reverses_id` pointing at the first, itself confirmed. It is
    one person's act on money that two people have seen, so it carries that person twice: naming the first receipt's
    recorder instead would put an act on record that this person never did. Money carried over (earnest money to deposit)
    is such a reversal and a new receipt with `carried_from_id` pointing at the first, in one act.
    """

    __tablename__ = "receipts"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        UniqueConstraint("reverses_id"),
        Index("ix_receipts_account", "account_id"),
        Index("ix_receipts_confirmed", "project_id", "confirmed_on"),
        Index(
            "uq_receipts_slip",
            "project_id",
            "method",
            "slip_no",
            "amount",
            unique=True,
            sqlite_where=text(_IS_SLIP_USED),
            postgresql_where=text(_IS_SLIP_USED),
        ),
        CheckConstraint(
            "(reverses_id IS NULL AND amount > 0) OR (reverses_id IS NOT NULL AND amount < 0)",
            name="amount_sign",
        ),
        CheckConstraint(
            "state NOT IN ('confirmed', 'reversed') OR (confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name="confirmed",
        ),
        CheckConstraint(
            "reverses_id IS NOT NULL OR carried_from_id IS NOT NULL OR confirmed_by_id IS NULL"
            " OR confirmed_by_id <> recorded_by_id",
            name="second_person",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[str] = mapped_column(String(40))
    kind: Mapped[ReceiptKind] = mapped_column(enum_type(ReceiptKind))
    method: Mapped[PaymentMethod] = mapped_column(enum_type(PaymentMethod))
    amount: Mapped[int] = mapped_column(Fen)
    received_on: Mapped[date]
    slip_no: Mapped[str] = mapped_column(String(60), default="")
    payer: Mapped[str] = mapped_column(String(100), default="")
    state: Mapped[ReceiptState] = mapped_column(enum_type(ReceiptState), default=ReceiptState.RECORDED)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_on: Mapped[date | None]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    refused_reason: Mapped[str] = mapped_column(String(200), default="")
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"))
    carried_from_id: Mapped[int | None] = mapped_column(ForeignKey("receipts.id"), unique=True)
    reverse_reason: Mapped[str] = mapped_column(String(200), default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("stored_files.id"))

    account: Mapped[Account] = relationship()


class Allocation(Model):
    """The part of a confirmed receipt that pays an instalment; negative when a reversal takes it back.

    A receipt with money left pays more of the same instalment by a further row, when a reversal has opened it again.
    """

    __tablename__ = "allocations"
    __table_args__ = (
        Index("ix_allocations_receipt", "receipt_id"),
        Index("ix_allocations_instalment", "instalment_id"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt_id: Mapped[int] = mapped_column(ForeignKey("receipts.id"))
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalments.id"))
    amount: Mapped[int] = mapped_column(Fen)


class Refund(Model):
    """Money given back; asked for by one person and approved by another."""

    __tablename__ = "refunds"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_refunds_account", "account_id"),
        CheckConstraint("amount > 0", name="amount"),
        CheckConstraint("decided_by_id IS NULL OR decided_by_id <> requested_by_id", name="second_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    number: Mapped[str] = mapped_column(String(40))
    amount: Mapped[int] = mapped_column(Fen)
    reason: Mapped[str] = mapped_column(String(200))
    state: Mapped[RefundState] = mapped_column(enum_type(RefundState), default=RefundState.REQUESTED)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_on: Mapped[date | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    decision_comment: Mapped[str] = mapped_column(String(200), default="")

    account: Mapped[Account] = relationship()


class AccountSettlement(Model):
    """What the seller keeps or owes when a sale ends (fen); a row with a negative amount takes it back."""

    __tablename__ = "account_settlements"
    __table_args__ = (
        Index("ix_account_settlements_account", "account_id"),
        CheckConstraint("amount <> 0", name="amount"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    kind: Mapped[SettlementKind] = mapped_column(enum_type(SettlementKind))
    amount: Mapped[int] = mapped_column(Fen)
    reason: Mapped[str] = mapped_column(String(200))
    settled_on: Mapped[date]
    settled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
