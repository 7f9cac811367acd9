"""Finding registrations and their categories, counting them, and what must never be the case."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.customers.queries import matches_customer
from salesoffice.deals.models import DealBuyer
from salesoffice.infra.i18n import _l
from salesoffice.infra.numbering import last_number
from salesoffice.inventory.models import Permit
from salesoffice.payments.enums import AccountKind, AccountState, ReceiptState
from salesoffice.payments.models import Account, Receipt
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.rules import series_of
from salesoffice.staff.models import User

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class RegistrationSearch:
    """Which registrations to list; "" and None mean any."""

    text: str = ""
    category_id: int | None = None
    state: RegistrationState | None = None


@dataclass(frozen=True)
class Totals:
    """How many registrations there are by state, and the earnest money of them all that is still here (fen)."""

    counts: Mapping[RegistrationState, int]
    received: int

    @property
    def total(self) -> int:
        """How many there are in all."""
        return sum(self.counts.values())


def get_registration(session: Session, registration_id: int) -> Registration:
    """Return a registration by id; raises NotFound."""
    found = session.get(Registration, registration_id) if registration_id <= _LARGEST_ID else None
    if found is None:
        raise no_registration()
    return found


def no_registration() -> NotFound:
    """Build the refusal for a registration that is not there, or not for this person."""
    return NotFound(_l("There is no such registration."))


def may_view_registration(actor: Actor, registration: Registration) -> bool:
    """Tell whether a person may see a registration: their own, or all of the project's."""
    project_id = registration.project_id
    if actor.can(Permission.DEAL_VIEW_ALL, project_id):
        return actor.can(Permission.REGISTRATION_VIEW, project_id)
    return registration.rep_id == actor.id and actor.can(Permission.REGISTRATION_VIEW, project_id)


def may_name(actor: Actor, project_id: int, rep_id: int) -> bool:
    """Tell whether a person may read the customer's name of a registration."""
    if actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        return True
    return rep_id == actor.id and actor.can(Permission.CUSTOMER_VIEW, project_id)


def get_category(session: Session, category_id: int) -> RegistrationCategory:
    """Return a category by id; raises NotFound."""
    found = session.get(RegistrationCategory, category_id) if category_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound(_l("There is no such category of registrations."))
    return found


def find_category(session: Session, project_id: int, name: str) -> RegistrationCategory | None:
    """Find a category of a project by its name or its letters."""
    statement = select(RegistrationCategory).where(
        RegistrationCategory.project_id == project_id,
        or_(RegistrationCategory.name == name, RegistrationCategory.prefix == name),
    )
    return session.scalars(statement.order_by(RegistrationCategory.id)).first()


def list_categories(session: Session, project_id: int) -> Sequence[RegistrationCategory]:
    """List the categories of a project in the order in which they were made."""
    statement = select(RegistrationCategory).where(RegistrationCategory.project_id == project_id)
    return session.scalars(statement.order_by(RegistrationCategory.id)).all()


def count_by_category(session: Session, project_id: int) -> Mapping[int, int]:
    """Count the registrations of each category, ended ones too."""
    statement = (
        select(Registration.category_id, func.count())
        .where(Registration.project_id == project_id)
        .group_by(Registration.category_id)
    )
    return {row[0]: row[1] for row in session.execute(statement)}


def select_visible(project_id: int, actor: Actor) -> Select[Registration]:
    """Build the select of the registrations of a project that a person may see, by category and queue number."""
    statement = select(Registration).where(Registration.project_id == project_id)
    if not actor.can(Permission.DEAL_VIEW_ALL, project_id):
        statement = statement.where(Registration.rep_id == actor.id)
    return statement.order_by(Registration.category_id, Registration.queue_number)


def select_found(project_id: int, search: RegistrationSearch, *, actor: Actor) -> Select[Registration]:
    """Build the select of the registrations that a search finds, as the person may see them."""
    return (
        select_visible(project_id, actor)
        .join(Customer, Customer.id == Registration.customer_id)
        .where(_matches(project_id, search, actor))
    )


def select_rows(project_id: int, search: RegistrationSearch, *, actor: Actor) -> Select[Any]:
    """Build the select for the list: the registration with the names of category, customer and rep, and its money."""
    statement: Any = select_visible(project_id, actor).with_only_columns(
        Registration,
        RegistrationCategory.name.label("category_name"),
        Customer.name.label("customer_name"),
        Customer.id.label("customer_id"),
        User.name.label("rep_name"),
        Account.total_amount.label("agreed_amount"),
        (Account.received_amount - Account.refunded_amount).label("received_amount"),
    )
    return (
        statement.join(RegistrationCategory, RegistrationCategory.id == Registration.category_id)
        .join(Customer, Customer.id == Registration.customer_id)
        .join(User, User.id == Registration.rep_id)
        .join(Account, Account.id == Registration.account_id)
        .where(_matches(project_id, search, actor))
    )


def count_totals(session: Session, project_id: int, search: RegistrationSearch, *, actor: Actor) -> Totals:
    """Count what the list shows, by state, and add up its money."""
    statement = (
        select_visible(project_id, actor)
        .with_only_columns(
            Registration.state,
            func.count(),
            func.coalesce(func.sum(Account.received_amount - Account.refunded_amount), 0),
        )
        .join(Customer, Customer.id == Registration.customer_id)
        .join(Account, Account.id == Registration.account_id)
        .where(_matches(project_id, search, actor))
        .order_by(None)
        .group_by(Registration.state)
    )
    rows = session.execute(statement).all()
    return Totals({row[0]: row[1] for row in rows}, sum(int(row[2]) for row in rows))


def find_active(session: Session, category_id: int, customer_id: int) -> Registration | None:
    """Find the active registration of a customer in a category."""
    statement = select(Registration).where(
        Registration.category_id == category_id,
        Registration.customer_id == customer_id,
        Registration.state == RegistrationState.ACTIVE,
    )
    return session.scalars(statement).first()


def list_carriable_registrations(session: Session, deal_id: int) -> Sequence[Registration]:
    """List the active registrations of a deal's buyers that have confirmed money, as they were made."""
    statement = (
        select(Registration)
        .join(DealBuyer, DealBuyer.customer_id == Registration.customer_id)
        .join(Account, Account.id == Registration.account_id)
        .where(
            DealBuyer.deal_id == deal_id,
            Registration.state == RegistrationState.ACTIVE,
            Account.received_amount > Account.refunded_amount,
        )
        .order_by(Registration.id)
    )
    return session.scalars(statement).all()


def find_registration_of_account(session: Session, account_id: int) -> Registration | None:
    """Find the registration that an account belongs to."""
    return session.scalars(select(Registration).where(Registration.account_id == account_id)).one_or_none()


def find_waiting_receipt(session: Session, account_id: int) -> Receipt | None:
    """Find the first receipt of an account that waits for finance."""
    statement = select(Receipt).where(
        Receipt.account_id == account_id, Receipt.state == ReceiptState.RECORDED
    )
    return session.scalars(statement.order_by(Receipt.id).limit(1)).first()


def has_permit(session: Session, project_id: int, on: date) -> bool:
    """Tell whether any pre-sale permit of a project was issued up to a business day."""
    statement = select(Permit.id).where(Permit.project_id == project_id, Permit.issued_on <= on)
    return session.scalars(statement.limit(1)).first() is not None


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about registrations that must never be the case."""
    yield from _find_queue_gaps(session)
    yield from _find_wrong_accounts(session)
    yield from _find_doubled(session)


def _matches(project_id: int, search: RegistrationSearch, actor: Actor) -> ColumnElement[bool]:
    conditions = [Registration.project_id == project_id]
    if search.category_id is not None:
        conditions.append(Registration.category_id == search.category_id)
    if search.state is not None:
        conditions.append(Registration.state == search.state)
    if search.text:
        named = matches_customer(search.text) if _may_search_names(actor, project_id) else false()
        conditions.append(or_(Registration.number.icontains(search.text, autoescape=True), named))
    return and_(*conditions)


def _may_search_names(actor: Actor, project_id: int) -> bool:
    """Whoever may not read a name must not find it out by searching either."""
    return actor.can(Permission.CUSTOMER_VIEW, project_id)


def _find_queue_gaps(session: Session) -> Iterator[str]:
    for category in session.scalars(select(RegistrationCategory).order_by(RegistrationCategory.id)).all():
        last = last_number(session, project_id=category.project_id, series=series_of(category.id))
        statement = select(Registration.queue_number).where(Registration.category_id == category.id)
        found = set(session.scalars(statement))
        if found != set(range(1, last + 1)):
            yield (
                f"registration category {category.id}: {len(found)} queue numbers, but the last one is {last}"
            )


def _find_wrong_accounts(session: Session) -> Iterator[str]:
    is_active = Registration.state == RegistrationState.ACTIVE
    statement = (
        select(Registration.number, Registration.state, Account.kind, Account.state)
        .join(Account, Account.id == Registration.account_id)
        .where(
            or_(
                Account.kind != AccountKind.EARNEST,
                and_(is_active, Account.state != AccountState.OPEN),
                and_(~is_active, Account.state == AccountState.OPEN),
            )
        )
        .order_by(Registration.id)
    )
    for number, state, kind, account_state in session.execute(statement):
        yield f"registration {number} ({state}): its account is {kind}, {account_state}"


def _find_doubled(session: Session) -> Iterator[str]:
    statement = (
        select(Registration.category_id, Registration.customer_id, func.count())
        .where(Registration.state == RegistrationState.ACTIVE)
        .group_by(Registration.category_id, Registration.customer_id)
        .having(func.count() > 1)
    )
    for category_id, customer_id, count in session.execute(statement):
        yield f"registration category {category_id}: customer {customer_id} is registered {count} times"
