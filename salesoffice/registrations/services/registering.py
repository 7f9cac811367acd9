"""Registering a customer's interest, and putting another customer in their place."""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotAllowed
from salesoffice.core.permissions import Actor
from salesoffice.core.text import mask_name
from salesoffice.customers.models import Customer
from salesoffice.infra import audit
from salesoffice.infra.db import lock_rows
from salesoffice.infra.i18n import _l
from salesoffice.infra.numbering import next_number
from salesoffice.payments.services import check_reason, open_earnest_account
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.queries import find_active, no_registration
from salesoffice.registrations.rules import (
    LONGEST_WANTS,
    CategoryClosed,
    RegisteredAlready,
    check_day,
    check_registration_step,
    check_text,
    series_of,
    write_number,
)
from salesoffice.registrations.services.categories import lock_category
from salesoffice.reservations.queries import get_choosable_customers


def register(
    session: Session,
    category: RegistrationCategory,
    *,
    actor: Actor,
    customer_id: int,
    registered_on: date,
    wants: str = "",
) -> Registration:
    """Register a customer's interest in a category: the next queue number, and an account for the earnest money.

    Refused: a category that is closed (CategoryClosed), a customer who is registered in it (RegisteredAlready) or whom
    the person does not look after (`customer_unknown`), a day in the future or more than a year ago (InvalidInput).
    """
    if actor.id is None:
        raise NotAllowed(_l("Only a person can sell; the system cannot."))
    wants = check_text("wants", wants, LONGEST_WANTS)
    check_day(registered_on, clock.business_today())
    customer = get_choosable_customers(
        session, category.project_id, actor, [customer_id], field="customer_id"
    )[0]
    category = lock_category(session, category.id)
    if not category.is_open:
        raise CategoryClosed(category.name)
    _check_new(session, category.id, customer)
    account = open_earnest_account(
        session, project_id=category.project_id, actor=actor, amount=category.earnest_amount
    )
    series = series_of(category.id)
    queue_number = int(next_number(session, project_id=category.project_id, series=series))
    registration = Registration(
        project_id=category.project_id,
        category_id=category.id,
        number=write_number(category.prefix, queue_number),
        queue_number=queue_number,
        customer_id=customer.id,
        rep_id=customer.rep_id or actor.id,
        account_id=account.id,
        state=RegistrationState.ACTIVE,
        wants=wants,
        registered_on=registered_on,
        entered_at=clock.now(),
        entered_by_id=actor.id,
        category=category,
        customer=customer,
        account=account,
    )
    session.add(registration)
    session.flush()
    after = {"category": category.name, "amount": category.earnest_amount, "on": registered_on.isoformat()}
    record_registration(session, registration, "registration.made", actor, after=after)
    return registration


def rename(
    session: Session, registration: Registration, *, actor: Actor, customer_id: int, reason: str
) -> Registration:
    """Put another customer in the place of a registration's; queue number and money stay.

    Refused: no reason (InvalidInput), a registration that has ended (WrongState), the same customer or one who is
    registered in the category (RegisteredAlready), one whom the person does not look after (`customer_unknown`).
    """
    reason = check_reason(reason)
    project_id = registration.project_id
    customer = get_choosable_customers(session, project_id, actor, [customer_id], field="customer_id")[0]
    lock_category(session, registration.category_id)
    registration = lock_registration(session, registration)
    check_registration_step(registration.state, RegistrationState.GIVEN_BACK)
    _check_new(session, registration.category_id, customer)
    before = _name(registration.customer)
    registration.customer_id, registration.customer = customer.id, customer
    registration.rep_id = customer.rep_id or registration.rep_id
    session.flush()
    after = _name(customer) | {"reason": reason}
    record_registration(session, registration, "registration.renamed", actor, before=before, after=after)
    return registration


def lock_registration(session: Session, registration: Registration) -> Registration:
    """Lock a registration until the transaction ends and return it fresh; before its account."""
    found = lock_rows(session, select(Registration).where(Registration.id == registration.id))
    if not found:
        raise no_registration()
    return found[0]


def record_registration(
    session: Session,
    registration: Registration,
    action: str,
    actor: Actor,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    """Write one audit entry of a registration."""
    facts = {"number": registration.number, "state": registration.state.value} | (after or {})
    audit.record_change(session, registration, action, actor, before=before, after=facts)


def _check_new(session: Session, category_id: int, customer: Customer) -> None:
    earlier = find_active(session, category_id, customer.id)
    if earlier is not None:
        raise RegisteredAlready(earlier.number)


def _name(customer: Customer) -> dict[str, object]:
    return {"customer_id": customer.id, "customer": mask_name(customer.name)}
