"""What came before subscriptions on a day: registrations and provisional orders; customers are masked."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.text import mask_name
from salesoffice.customers.models import Customer
from salesoffice.dailylog.queries.details import Entry
from salesoffice.dailylog.rules.figures import NO_AREA
from salesoffice.inventory.models import Unit
from salesoffice.payments.models import Account
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.reservations.models import ProvisionalOrder
from salesoffice.staff.models import User


def list_registrations(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the registrations attributed to a day, with the earnest money of their category."""
    statement = (
        select(Registration, RegistrationCategory.name, Customer.name, User.name, Account.total_amount)
        .join(RegistrationCategory, RegistrationCategory.id == Registration.category_id)
        .join(Customer, Customer.id == Registration.customer_id)
        .join(User, User.id == Registration.rep_id)
        .join(Account, Account.id == Registration.account_id)
        .where(
            Registration.project_id == project_id,
            Registration.registered_on == day,
            Registration.entered_at <= until,
        )
        .order_by(Registration.id)
    )
    return [
        Entry(row.number, "", mask_name(customer), rep, NO_AREA, amount, category)
        for row, category, customer, rep, amount in session.execute(statement)
    ]


def list_orders(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the provisional orders signed on a day."""
    statement = (
        select(ProvisionalOrder, Unit.code, Unit.gross_area, Customer.name, User.name)
        .join(Unit, Unit.id == ProvisionalOrder.unit_id)
        .join(Customer, Customer.id == ProvisionalOrder.customer_id)
        .join(User, User.id == ProvisionalOrder.rep_id)
        .where(
            ProvisionalOrder.project_id == project_id,
            ProvisionalOrder.signed_on == day,
            ProvisionalOrder.entered_at <= until,
        )
        .order_by(ProvisionalOrder.id)
    )
    return [
        Entry(row.number, code, mask_name(customer), rep, area or NO_AREA, row.amount)
        for row, code, area, customer, rep in session.execute(statement)
    ]
