"""Receipts and overdue money of a project, with the deal, unit and buyer they belong to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from salesoffice.board.queries.deals import matches_buyer
from salesoffice.core.errors import NotFound
from salesoffice.customers.models import Customer
from salesoffice.customers.queries import name_users
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Building, Floor, Section, Unit
from salesoffice.payments.documents import SaleFacts
from salesoffice.payments.enums import ReceiptState, RefundState
from salesoffice.payments.models import Account, Receipt, Refund
from salesoffice.payments.queries import COUNTED_STATES, Receivable, list_receivables
from salesoffice.projects.models import Company, Project
from salesoffice.registrations.models import Registration
from salesoffice.registrations.queries import find_registration_of_account
from salesoffice.staff.models import User


@dataclass(frozen=True)
class ReceiptSearch:
    """Which receipts to list."""

    text: str = ""
    state: ReceiptState | None = None
    day: date | None = None


@dataclass(frozen=True)
class DealOfAccount:
    """The deal that an account belongs to."""

    number: str
    unit_code: str
    buyer: str
    rep_name: str


@dataclass(frozen=True)
class Owner:
    """What an account stands for: the number of the deal with its unit, or of the registration with its category."""

    number: str
    about: str


@dataclass(frozen=True)
class OverdueRow:
    """Overdue money with the deal it belongs to."""

    money: Receivable
    deal: DealOfAccount


def select_receipts(project_id: int, search: ReceiptSearch) -> Select[Any]:
    """Build the select of a project's receipts: what waits for finance first, then the newest."""
    statement: Any = (
        select(
            Receipt,
            Deal.number.label("deal_number"),
            Unit.code.label("unit_code"),
            func.coalesce(_principal_name(), Customer.name).label("buyer"),
            User.name.label("recorder"),
            Registration.id.label("registration_id"),
            Registration.number.label("registration_number"),
        )
        .outerjoin(Deal, Deal.account_id == Receipt.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .outerjoin(Registration, Registration.account_id == Receipt.account_id)
        .outerjoin(Customer, Customer.id == Registration.customer_id)
        .join(User, User.id == Receipt.recorded_by_id)
        .options(joinedload(Receipt.account))
        .where(Receipt.project_id == project_id)
        .order_by(case((Receipt.state == ReceiptState.RECORDED, 0), else_=1), Receipt.id.desc())
    )
    if search.state is not None:
        statement = statement.where(Receipt.state == search.state)
    if search.day is not None:
        statement = statement.where(
            or_(Receipt.received_on == search.day, Receipt.confirmed_on == search.day)
        )
    if search.text:
        statement = statement.where(_matches(search.text))
    return statement


def count_waiting(session: Session, project_id: int) -> tuple[int, int]:
    """Return how many receipts wait for finance, and their amount in fen."""
    statement = select(func.count(), func.coalesce(func.sum(Receipt.amount), 0)).where(
        Receipt.project_id == project_id, Receipt.state == ReceiptState.RECORDED
    )
    count, amount = session.execute(statement).one()
    return count, int(amount)


def sum_confirmed(session: Session, project_id: int, day: date) -> int:
    """Return the money confirmed on a business day in fen, reversals taken off."""
    statement = select(func.coalesce(func.sum(Receipt.amount), 0)).where(
        Receipt.project_id == project_id,
        Receipt.state.in_(COUNTED_STATES),
        Receipt.confirmed_on == day,
    )
    return int(session.scalars(statement).one())


def list_waiting_refunds(session: Session, project_id: int) -> Sequence[Any]:
    """List the refunds that wait for a second person, with deal and unit."""
    statement = (
        select(
            Refund,
            Deal.number.label("deal_number"),
            Unit.code.label("unit_code"),
            Registration.id.label("registration_id"),
            Registration.number.label("registration_number"),
        )
        .outerjoin(Deal, Deal.account_id == Refund.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .outerjoin(Registration, Registration.account_id == Refund.account_id)
        .where(Refund.project_id == project_id, Refund.state == RefundState.REQUESTED)
        .order_by(Refund.id)
    )
    return session.execute(statement).all()


def list_overdue(session: Session, project: Project, as_of: date) -> tuple[OverdueRow, ...]:
    """List the overdue instalments of a project with their deals, the longest overdue first."""
    rows = list_receivables(session, project.id, as_of, project.late_fee_rate)
    deals = _deals_of(session, {row.account_id for row in rows})
    return tuple(OverdueRow(row, deals[row.account_id]) for row in rows if row.account_id in deals)


def find_deal_of_account(session: Session, account_id: int) -> Deal | None:
    """Find the deal that an account belongs to."""
    return session.scalars(select(Deal).where(Deal.account_id == account_id)).one_or_none()


def get_owner(session: Session, account_id: int) -> Owner:
    """Return what an account stands for: a deal or a registration; raises NotFound."""
    deal = find_deal_of_account(session, account_id)
    if deal is not None:
        return Owner(deal.number, deal.unit.code)
    registration = find_registration_of_account(session, account_id)
    if registration is None:
        raise NotFound(_l("There is no such account."))
    return Owner(registration.number, registration.category.name)


def get_deal_of_account(session: Session, account_id: int) -> Deal:
    """Return the deal that an account belongs to; raises NotFound."""
    deal = find_deal_of_account(session, account_id)
    if deal is None:
        raise NotFound(_l("There is no such deal."))
    return deal


def read_sale_facts(session: Session, receipt: Receipt, project: Project) -> SaleFacts:
    """Gather what a printed receipt says of the sale, or of the registration."""
    names = name_users(session, [receipt.recorded_by_id, receipt.confirmed_by_id])
    deal = find_deal_of_account(session, receipt.account_id)
    if deal is None:
        return _read_registration_facts(session, receipt, project, names)
    unit = deal.unit
    place = [
        session.get_one(Building, unit.building_id).name,
        session.get_one(Section, unit.section_id).name,
        session.get_one(Floor, unit.floor_id).label,
        unit.room_no,
    ]
    return SaleFacts(
        project=project.name,
        seller=session.get_one(Company, project.company_id).name,
        unit=unit.code,
        place=" ".join(part for part in place if part),
        deal_number=deal.number,
        buyers="、".join(buyer.customer.name for buyer in deal.buyers),
        recorded_by=names.get(receipt.recorded_by_id, ""),
        confirmed_by=names.get(receipt.confirmed_by_id, ""),
    )


def _read_registration_facts(
    session: Session, receipt: Receipt, project: Project, names: Mapping[int | None, str]
) -> SaleFacts:
    registration = find_registration_of_account(session, receipt.account_id)
    if registration is None:
        raise NotFound(_l("There is no such account."))
    return SaleFacts(
        project=project.name,
        seller=session.get_one(Company, project.company_id).name,
        unit="",
        place=registration.category.name,
        deal_number=registration.number,
        buyers=registration.customer.name,
        recorded_by=names.get(receipt.recorded_by_id, ""),
        confirmed_by=names.get(receipt.confirmed_by_id, ""),
    )


def _principal_name() -> Any:
    return (
        select(Customer.name)
        .join(DealBuyer, DealBuyer.customer_id == Customer.id)
        .where(DealBuyer.deal_id == Deal.id, DealBuyer.position == 0)
        .scalar_subquery()
    )


def _matches(text: str) -> Any:
    return or_(
        Receipt.number.icontains(text, autoescape=True),
        Receipt.slip_no.icontains(text, autoescape=True),
        Receipt.payer.icontains(text, autoescape=True),
        Deal.number.icontains(text, autoescape=True),
        Unit.code.icontains(text, autoescape=True),
        Registration.number.icontains(text, autoescape=True),
        Customer.name.icontains(text, autoescape=True),
        matches_buyer(text),
    )


def _deals_of(session: Session, account_ids: set[int]) -> Mapping[int, DealOfAccount]:
    statement = (
        select(Account.id, Deal.number, Unit.code, _principal_name(), User.name)
        .join(Deal, Deal.account_id == Account.id)
        .join(Unit, Unit.id == Deal.unit_id)
        .join(User, User.id == Deal.rep_id)
        .where(Account.id.in_(account_ids))
    )
    return {
        account_id: DealOfAccount(number, code, buyer or "", rep)
        for account_id, number, code, buyer, rep in session.execute(statement)
    }
