"""What comes before a subscription: a category with registrations and their money, provisional orders."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.services import CategoryDetails, add_category, register
from salesoffice.reservations.models import ProvisionalOrder
from salesoffice.reservations.services import sign_provisional
from tests.factories import Office

EARNEST = 20_000_00
ORDER = 10_000_00


@dataclass(frozen=True)
class Earnest:
    """A category; the buyer's registration with confirmed money, another rep's without; an order of each rep's."""

    category: RegistrationCategory
    registration: Registration
    other: Registration
    order: ProvisionalOrder
    other_order: ProvisionalOrder


def make_category(
    session: Session, office: Office, *, name: str = "住宅", prefix: str = "A", amount: int = EARNEST
) -> RegistrationCategory:
    """Add an open category with earnest money of 20,000.00 yuan."""
    return add_category(
        session,
        office.project.id,
        actor=office.actor(office.manager),
        prefix=prefix,
        details=CategoryDetails(name, amount),
    )


def make_registration(
    session: Session, office: Office, category: RegistrationCategory, customer: Customer
) -> Registration:
    """Register a customer today, by the assistant."""
    return register(
        session,
        category,
        actor=office.actor(office.assistant),
        customer_id=customer.id,
        registered_on=clock.business_today(),
        wants="三室",
    )


def make_earnest_receipt(
    session: Session,
    office: Office,
    account: Account | None,
    amount: int = EARNEST,
    *,
    kind: ReceiptKind = ReceiptKind.EARNEST_MONEY,
    is_confirmed: bool = True,
) -> Receipt:
    """Record money by the assistant and let finance confirm it."""
    assert account is not None
    receipt = record_receipt(
        session,
        account,
        actor=office.actor(office.assistant),
        kind=kind,
        method=PaymentMethod.CASH,
        amount=amount,
        received_on=clock.business_today(),
    )
    if is_confirmed:
        confirm_receipt(session, receipt, actor=office.actor(office.finance))
    return receipt


def make_order(session: Session, office: Office, unit: int, customer: Customer) -> ProvisionalOrder:
    """Order a unit provisionally for a customer, for 10,000.00 yuan."""
    return sign_provisional(
        session,
        office.units[unit],
        actor=office.actor(office.assistant),
        customer_id=customer.id,
        amount=ORDER,
        signed_on=clock.business_today(),
    )


def make_earnest(session: Session, office: Office, buyer: Customer, theirs: Customer) -> Earnest:
    """Add one of everything on units 203 and 204 for a customer of each rep."""
    category = make_category(session, office)
    registration = make_registration(session, office, category, buyer)
    make_earnest_receipt(session, office, registration.account)
    return Earnest(
        category,
        registration,
        make_registration(session, office, category, theirs),
        make_order(session, office, 6, buyer),
        make_order(session, office, 7, theirs),
    )
