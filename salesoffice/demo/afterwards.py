"""What follows a subscription: contract, second entry, money, online signing, filing; or a cancellation."""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import (
    ContractEntry,
    draft_contract,
    file_contract,
    sign_online,
    verify_contract,
)
from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.demo.book import Book, Step, moment
from salesoffice.demo.changes import cancel_sale
from salesoffice.demo.scans import mistype, scan_contract
from salesoffice.demo.selling import pay
from salesoffice.infra.crypto import decrypt
from salesoffice.infra.db import db
from salesoffice.payments.enums import PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.reservations.models import Subscription


def _contract(book: Book, day: date, subscription_id: int) -> None:
    with moment(day, 14, book.office.random.randrange(60)) as session:
        subscription = session.get_one(Subscription, subscription_id)
        entry = ContractEntry(signed_on=day)
        contract = draft_contract(session, subscription, actor=book.office.actors["assistant"], entry=entry)
        fields = _read_paper(subscription, contract, day)
        own_share = _own_share(session.get_one(Account, subscription.deal.account_id))
    if day == clock.business_today():
        return  # the second person has not looked yet
    mistype(book, day, contract.id, fields)
    with moment(day, 15, book.office.random.randrange(25)) as session:
        verify_contract(
            session,
            session.get_one(Contract, contract.id),
            actor=book.office.actors["assistant2"],
            fields=fields,
        )
    if subscription.plan_kind is PlanKind.INSTALMENTS:
        own_share //= 2
    kind = (
        ReceiptKind.DOWN_PAYMENT if subscription.plan_kind is PlanKind.MORTGAGE else ReceiptKind.HOUSE_PRICE
    )
    pay(book, day, subscription_id, kind, own_share)
    book.plan(day + timedelta(days=book.office.random.randint(1, 4)), Step.ONLINE, subscription_id)
    if subscription.plan_kind is PlanKind.MORTGAGE:
        book.plan(day + timedelta(days=book.office.random.randint(18, 30)), Step.LOAN, subscription_id)


def _own_share(account: Account) -> int:
    """Return what the buyer pays out of pocket after the deposit."""
    return sum(row.amount for row in account.instalments[1:] if not row.is_loan)


def _read_paper(subscription: Subscription, contract: Contract, day: date) -> CriticalFields:
    """Return what the second person reads on the signed paper."""
    customer: Customer = subscription.deal.buyers[0].customer
    return CriticalFields(
        customer_name=customer.name,
        certificate_no=decrypt(customer.certificate_cipher or b""),
        unit_code=subscription.unit.code,
        gross_area=contract.gross_area,
        total_amount=subscription.total_amount,
        signed_on=day,
    )


def _online(book: Book, day: date, subscription_id: int) -> None:
    with moment(day, 10, 15) as session:
        contract = _get_contract(session, subscription_id)
        sign_online(
            session, contract, actor=book.office.actors["assistant"], online_no=f"WQ{contract.id:08d}", on=day
        )
    book.plan(day + timedelta(days=book.office.random.randint(5, 12)), Step.FILE, subscription_id)


def _file(book: Book, day: date, subscription_id: int) -> None:
    with moment(day, 10, 45) as session:
        contract = _get_contract(session, subscription_id)
        scan_contract(session, contract, actor=book.office.actors["assistant"])
        file_contract(
            session, contract, actor=book.office.actors["assistant"], filing_no=f"BA{contract.id:08d}", on=day
        )


def _loan(book: Book, day: date, subscription_id: int) -> None:
    subscription = db.session().get_one(Subscription, subscription_id)
    account = db.session().get_one(Account, subscription.deal.account_id)
    amount = sum(row.amount for row in account.instalments if row.is_loan)
    pay(book, day, subscription_id, ReceiptKind.MORTGAGE, amount)


def _get_contract(session: Session, subscription_id: int) -> Contract:
    return session.scalars(select(Contract).where(Contract.subscription_id == subscription_id)).one()


STEPS: dict[Step, Callable[[Book, date, int], None]] = {
    Step.CONTRACT: _contract,
    Step.CANCEL: cancel_sale,
    Step.ONLINE: _online,
    Step.FILE: _file,
    Step.LOAN: _loan,
}
