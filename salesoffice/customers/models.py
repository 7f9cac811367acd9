"""Customers, their phones, and the calls and visits."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.infra.db import Model
from salesoffice.infra.types import UtcDateTime, enum_type
from salesoffice.projects.models import Project


class Customer(Model):
    """A person or company interested in, or buying, a unit. The certificate number is encrypted; `certificate_index`
    is its keyed blind index for exact search.
    """

    __tablename__ = "customers"
    __table_args__ = (
        Index("ix_customers_project_name", "project_id", "name"),
        Index("ix_customers_certificate", "project_id", "certificate_index", unique=True),
        CheckConstraint(
            "(certificate_kind IS NULL) = (certificate_cipher IS NULL)"
            " AND (certificate_kind IS NULL) = (certificate_index IS NULL)",
            name="certificate_whole",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    name: Mapped[str] = mapped_column(String(100))
    name_keys: Mapped[str] = mapped_column(Text, default="")
    sex: Mapped[Sex | None] = mapped_column(enum_type(Sex))
    certificate_kind: Mapped[CertificateKind | None] = mapped_column(enum_type(CertificateKind))
    certificate_cipher: Mapped[bytes | None] = mapped_column(LargeBinary)
    certificate_index: Mapped[str | None] = mapped_column(String(64))
    certificate_masked: Mapped[str] = mapped_column(String(40), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[Source | None] = mapped_column(enum_type(Source))
    note: Mapped[str] = mapped_column(Text, default="")
    rep_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    project: Mapped[Project] = relationship()
    phones: Mapped[list["CustomerPhone"]] = relationship(
        back_populates="customer", order_by="CustomerPhone.id"
    )


class CustomerPhone(Model):
    """A phone of a customer, normalised; it belongs to one customer of a project."""

    __tablename__ = "customer_phones"
    __table_args__ = (
        UniqueConstraint("customer_id", "number"),
        Index("ix_customer_phones_number", "project_id", "number", unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"))
    number: Mapped[str] = mapped_column(String(20))

    customer: Mapped[Customer] = relationship(back_populates="phones")


class Visit(Model):
    """A call or a visit, counted in the daily log of its business day."""

    __tablename__ = "visits"
    __table_args__ = (Index("ix_visits_day", "project_id", "happened_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    kind: Mapped[VisitKind] = mapped_column(enum_type(VisitKind))
    is_first: Mapped[bool]
    source: Mapped[Source] = mapped_column(enum_type(Source))
    wants: Mapped[str] = mapped_column(Text, default="")
    objections: Mapped[str] = mapped_column(Text, default="")
    rep_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    happened_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(UtcDateTime)
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))

    customer: Mapped[Customer | None] = relationship()
