"""A sale of one unit: its buyer, its subscription agreement, its contract, its money."""

from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import ContractEntry, draft_contract, verify_contract
from salesoffice.core import clock
from salesoffice.core.certificates import CertificateKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import register_customer
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Receipt
from salesoffice.payments.services import record_receipt
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from tests.factories import Office

CERTIFICATE = "110101199003070011"
BUYER = "张甲"


def make_buyer(session: Session, office: Office, *, name: str = BUYER, rep: str = "rep") -> Customer:
    """Register a customer of a rep, with a phone and an identity card."""
    return register_customer(
        session,
        project_id=office.project.id,
        actor=office.actor(office.assistant),
        name=name,
        phones=["13800001234"],
        certificate_kind=CertificateKind.IDENTITY_CARD,
        certificate_no=CERTIFICATE,
        rep_id=getattr(office, rep).id,
    )


def make_sale(session: Session, office: Office, *, unit: int = 0, deposit: int = 50_000_00) -> Subscription:
    """Sell a unit for 900,000.00 yuan with a mortgage: a deposit, a down payment of 270,000 with it, a loan of 630,000."""
    terms = SubscriptionTerms(
        customer_ids=(make_buyer(session, office).id,),
        plan=PlanKind.MORTGAGE,
        deposit=deposit,
        signed_on=clock.business_today(),
    )
    return sign_subscription(session, office.units[unit], actor=office.actor(office.assistant), terms=terms)


def make_draft(session: Session, office: Office, subscription: Subscription) -> Contract:
    """Enter the contract of a sale as the assistant."""
    entry = ContractEntry(signed_on=clock.business_today())
    return draft_contract(session, subscription, actor=office.actor(office.assistant), entry=entry)


def make_verified(session: Session, office: Office, contract: Contract) -> Contract:
    """Enter it equally as the other assistant."""
    fields = CriticalFields(
        customer_name=contract.customer_name,
        certificate_no=CERTIFICATE,
        unit_code=contract.unit_code,
        gross_area=contract.gross_area,
        total_amount=contract.total_amount,
        signed_on=contract.signed_on,
    )
    return verify_contract(
        session, contract, actor=office.actor(office.other_assistant), fields=fields
    ).contract


def make_receipt(
    session: Session, office: Office, subscription: Subscription, amount: int = 50_000_00
) -> Receipt:
    """Record money on a sale as the assistant."""
    account = subscription.deal.account
    if account is None:
        raise LookupError("the sale has no account")
    return record_receipt(
        session,
        account,
        actor=office.actor(office.assistant),
        kind=ReceiptKind.DEPOSIT,
        method=PaymentMethod.TRANSFER,
        amount=amount,
        received_on=clock.business_today(),
        slip_no=f"S{amount}",
    )
