"""Two months of sales, written through the same services that people use, with the clock standing at each moment."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum

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
from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.permissions import Actor
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Customer
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.dailylog.documents import close_day
from salesoffice.dailylog.services import add_opinion, get_or_open_log, save_notes
from salesoffice.deals.models import Claim
from salesoffice.demo.discounts import make_demo_offer
from salesoffice.demo.office import DemoOffice
from salesoffice.demo.people import invent_certificate, invent_name, invent_phone
from salesoffice.demo.words import OBJECTIONS, OPINIONS, PLANS, WANTS, WEATHER
from salesoffice.infra.crypto import decrypt
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.projects.queries import get_project
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.services import (
    SubscriptionTerms,
    cancel_subscription,
    place_hold,
    sign_subscription,
)

DEPOSIT = 50_000_00
DISCOUNTS = (
    (),
    (DiscountStep(DiscountKind.PERCENTAGE, Decimal("0.99"), "按时签约 99 折"),),
    (
        DiscountStep(DiscountKind.PERCENTAGE, Decimal("0.98"), "开盘 98 折"),
        DiscountStep(DiscountKind.AMOUNT, Decimal(10_000_00), "老带新立减"),
    ),
)
PLANS_OF_CHANCE = (
    PlanKind.MORTGAGE,
    PlanKind.MORTGAGE,
    PlanKind.MORTGAGE,
    PlanKind.FULL,
    PlanKind.INSTALMENTS,
)


class Step(Enum):
    """What follows a subscription on a later day."""

    CONTRACT = "contract"
    CANCEL = "cancel"
    ONLINE = "online"
    FILE = "file"
    LOAN = "loan"


SUNDAY = 6
HOLDS_LEFT = 3
OFFERS_LEFT = 4
WEEKEND = frozenset({5, SUNDAY})
SHARE_OF_FIRST_VISITS = 0.8
NEXT_STEPS = (*[Step.CONTRACT] * 17, Step.CANCEL, Step.CANCEL, None)
"""What becomes of a subscription: most are contracted, some cancelled, a few wait until they are overdue."""


@dataclass
class Book:
    """What is still to happen, by day, and the customers met so far."""

    office: DemoOffice
    later: dict[date, list[tuple[Step, int]]] = field(default_factory=dict)
    met: int = 0

    def plan(self, day: date, step: Step, subscription_id: int) -> None:
        """Note that a step follows on a day."""
        self.later.setdefault(day, []).append((step, subscription_id))


@contextmanager
def moment(day: date, hour: int, minute: int) -> Iterator[Session]:
    """Open a transaction with the clock standing at a local time of a past day; today it is now."""
    if day == clock.business_today():
        with transaction() as session:
            yield session
        return
    with clock.standing_at(clock.moment_on(day, time(hour, minute))), transaction() as session:
        yield session


def write_history(office: DemoOffice, first_day: date, today: date, *, say: Callable[[str], None]) -> None:
    """Write and close every day from the first to yesterday, and begin today."""
    book = Book(office)
    for day in (first_day + timedelta(days=number) for number in range((today - first_day).days)):
        _write_day(book, day)
        _close_day(book, day)
        if day.weekday() == SUNDAY:
            say(f"sales until {day}")
    _write_day(book, today)
    _hold_some(book, today)
    _offer_some(book, today)


def _write_day(book: Book, day: date) -> None:
    random = book.office.random
    is_weekend = day.weekday() in WEEKEND
    for _ in range(random.randint(2, 5)):
        _take_call(book, day)
    customers = [_receive_visitor(book, day) for _ in range(random.randint(4, 8) + 4 * is_weekend)]
    for customer_id, rep in random.sample(customers, random.choice((1, 1, 2, 3)) + is_weekend):
        _sell(book, day, customer_id, rep)
    for step, subscription_id in book.later.pop(day, []):
        STEPS[step](book, day, subscription_id)
    _write_opinions(book, day)


def _take_call(book: Book, day: date) -> None:
    random = book.office.random
    with moment(day, random.randint(9, 11), random.randrange(60)) as session:
        record_visit(
            session, project_id=book.office.project_id, actor=random.choice(book.office.reps()), kind=VisitKind.CALL,
            is_first=True, source=random.choice(list(Source)), wants=random.choice(WANTS), happened_on=day,
        )  # fmt: skip


def _receive_visitor(book: Book, day: date) -> tuple[int, Actor]:
    random = book.office.random
    rep = random.choice(book.office.reps())
    book.met += 1
    number = invent_certificate(random, book.met)
    with moment(day, random.randint(9, 15), random.randrange(60)) as session:
        customer = register_customer(
            session, project_id=book.office.project_id, actor=rep, name=invent_name(random),
            sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE, phones=[invent_phone(book.met)],
            certificate_kind=CertificateKind.IDENTITY_CARD, certificate_no=number, source=random.choice(list(Source)),
            rep_id=rep.id,
        )  # fmt: skip
        record_visit(
            session, project_id=book.office.project_id, actor=rep, kind=VisitKind.VISIT,
            is_first=random.random() < SHARE_OF_FIRST_VISITS, source=customer.source or Source.WALK_IN, wants=random.choice(WANTS),
            objections=random.choice(OBJECTIONS), customer_id=customer.id, happened_on=day,
        )  # fmt: skip
        return customer.id, rep


def _sell(book: Book, day: date, customer_id: int, rep: Actor) -> None:
    random = book.office.random
    with moment(day, 16, random.randrange(20)) as session:
        hold = place_hold(session, _choose_unit(book, session), actor=rep, customer_id=customer_id)
        hold_id = hold.id
    with moment(day, 16, random.randint(21, 50)) as session:
        terms = SubscriptionTerms(
            customer_ids=(customer_id,), plan=random.choice(PLANS_OF_CHANCE), deposit=DEPOSIT, signed_on=day,
            discounts=random.choice(DISCOUNTS),
        )  # fmt: skip
        subscription = sign_subscription(
            session, session.get_one(Hold, hold_id), actor=book.office.actors["assistant"], terms=terms
        )
        subscription_id = subscription.id
    _pay(book, day, subscription_id, ReceiptKind.DEPOSIT, DEPOSIT)
    step = random.choice(NEXT_STEPS)
    if step is not None:
        book.plan(day + timedelta(days=random.randint(3, 7)), step, subscription_id)


def _hold_some(book: Book, today: date) -> None:
    """Leave some units held at this moment, so that the board has something yellow to show."""
    for _ in range(HOLDS_LEFT):
        customer_id, rep = _receive_visitor(book, today)
        with moment(today, 0, 0) as session:
            place_hold(session, _choose_unit(book, session), actor=rep, customer_id=customer_id, minutes=60)


def _offer_some(book: Book, today: date) -> None:
    """Make some offers of today, each to a visitor."""
    for _ in range(OFFERS_LEFT):
        customer_id, rep = _receive_visitor(book, today)
        with moment(today, 0, 0) as session:
            project = get_project(session, book.office.project_id)
            make_demo_offer(session, project, _choose_unit(book, session), rep=rep, customer_id=customer_id)


def _choose_unit(book: Book, session: Session) -> Unit:
    taken = select(Claim.unit_id).where(Claim.closed_at.is_(None))
    free = session.scalars(
        select(Unit)
        .where(
            Unit.project_id == book.office.project_id,
            Unit.release_state == ReleaseState.RELEASED,
            Unit.id.not_in(taken),
        )
        .order_by(Unit.id)
    ).all()
    return book.office.random.choice(free)


def _pay(book: Book, day: date, subscription_id: int, kind: ReceiptKind, amount: int) -> None:
    random = book.office.random
    with moment(day, 17, random.randrange(15)) as session:
        subscription = session.get_one(Subscription, subscription_id)
        account = session.get_one(Account, subscription.deal.account_id)
        method = PaymentMethod.LOAN if kind is ReceiptKind.MORTGAGE else random.choice(
            (PaymentMethod.POS, PaymentMethod.TRANSFER)
        )  # fmt: skip
        receipt = record_receipt(
            session, account, actor=book.office.actors["assistant"], kind=kind, method=method, amount=amount,
            received_on=day, slip_no=f"{day:%m%d}{random.randrange(10_000):04d}",
            payer=subscription.deal.buyers[0].customer.name,
        )  # fmt: skip
    if day == clock.business_today():
        return  # finance has not looked yet
    with moment(day, 17, random.randint(16, 40)) as session:
        confirm_receipt(session, session.merge(receipt, load=False), actor=book.office.actors["finance"])


def _cancel(book: Book, day: date, subscription_id: int) -> None:
    with moment(day, 15, 30) as session:
        subscription = session.get_one(Subscription, subscription_id)
        cancel_subscription(
            session, subscription, actor=book.office.actors["manager"], reason="客户贷款未获批"
        )


def _contract(book: Book, day: date, subscription_id: int) -> None:
    with moment(day, 14, book.office.random.randrange(60)) as session:
        subscription = session.get_one(Subscription, subscription_id)
        entry = ContractEntry(signed_on=day)
        contract = draft_contract(session, subscription, actor=book.office.actors["assistant"], entry=entry)
        fields = _read_paper(subscription, contract, day)
        own_share = _own_share(session.get_one(Account, subscription.deal.account_id))
    if day == clock.business_today():
        return  # the second person has not looked yet
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
    _pay(book, day, subscription_id, kind, own_share)
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
        file_contract(
            session, contract, actor=book.office.actors["assistant"], filing_no=f"BA{contract.id:08d}", on=day
        )


def _loan(book: Book, day: date, subscription_id: int) -> None:
    subscription = db.session().get_one(Subscription, subscription_id)
    account = db.session().get_one(Account, subscription.deal.account_id)
    amount = sum(row.amount for row in account.instalments if row.is_loan)
    _pay(book, day, subscription_id, ReceiptKind.MORTGAGE, amount)


def _get_contract(session: Session, subscription_id: int) -> Contract:
    return session.scalars(select(Contract).where(Contract.subscription_id == subscription_id)).one()


def _write_opinions(book: Book, day: date) -> None:
    random = book.office.random
    for rep in random.sample(book.office.reps(), 2):
        kind, text = random.choice(OPINIONS)
        with moment(day, 17, random.randint(41, 55)) as session:
            project = get_project(session, book.office.project_id)
            add_opinion(session, project, actor=rep, kind=kind, text=text, day=day)


def _close_day(book: Book, day: date) -> None:
    random = book.office.random
    assistant = book.office.actors["assistant"]
    with moment(day, 18, 5) as session:
        log = get_or_open_log(session, get_project(session, book.office.project_id), day)
        save_notes(session, log, actor=assistant, weather=random.choice(WEATHER), plan=random.choice(PLANS))
    with moment(day, 18, 20) as session:
        close_day(session, get_project(session, book.office.project_id), day, actor=assistant)


STEPS: dict[Step, Callable[[Book, date, int], None]] = {
    Step.CONTRACT: _contract,
    Step.CANCEL: _cancel,
    Step.ONLINE: _online,
    Step.FILE: _file,
    Step.LOAN: _loan,
}
