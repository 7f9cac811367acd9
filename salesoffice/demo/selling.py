"""How a unit is sold: hold, subscription agreement, deposit; now and then with a parking space or a storage room."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.permissions import Actor
from salesoffice.deals.models import Claim
from salesoffice.demo.book import Book, Step, moment
from salesoffice.inventory.enums import ACCESSORY_PRODUCTS, ReleaseState
from salesoffice.inventory.models import Unit, UnitOverlay
from salesoffice.payments.enums import PaymentMethod, PlanKind, ReceiptKind
from salesoffice.payments.models import Account
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.reservations.services import SubscriptionTerms, place_hold, sign_subscription

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
NEXT_STEPS = (*[Step.CONTRACT] * 17, Step.CANCEL, Step.CANCEL, None)
"""What becomes of a subscription: most are contracted, some cancelled, a few wait until they are overdue."""
SHARE_WITH_ACCESSORY = 0.15


def sell(book: Book, day: date, customer_id: int, rep: Actor) -> None:
    """Hold a unit for a customer, sign the agreement for it, take the deposit, and plan what follows."""
    random = book.office.random
    with moment(day, 16, random.randrange(20)) as session:
        hold = place_hold(session, choose_unit(book, session), actor=rep, customer_id=customer_id)
        hold_id = hold.id
    with moment(day, 16, random.randint(21, 50)) as session:
        terms = SubscriptionTerms(
            customer_ids=(customer_id,), plan=random.choice(PLANS_OF_CHANCE), deposit=DEPOSIT, signed_on=day,
            discounts=random.choice(DISCOUNTS), accessory_ids=_choose_accessories(book, session),
        )  # fmt: skip
        subscription = sign_subscription(
            session, session.get_one(Hold, hold_id), actor=book.office.actors["assistant"], terms=terms
        )
        subscription_id = subscription.id
    pay(book, day, subscription_id, ReceiptKind.DEPOSIT, DEPOSIT)
    step = random.choice(NEXT_STEPS)
    if step is not None:
        book.plan(day + timedelta(days=random.randint(3, 7)), step, subscription_id)


def choose_unit(book: Book, session: Session) -> Unit:
    """Choose one of the flats and apartments that can be sold now."""
    flats = _free_units(book).where(Unit.product.not_in(ACCESSORY_PRODUCTS))
    return book.office.random.choice(session.scalars(flats).all())


def _choose_accessories(book: Book, session: Session) -> tuple[int, ...]:
    """Choose a free parking space or storage room for one buyer in some; none for the others."""
    if book.office.random.random() >= SHARE_WITH_ACCESSORY:
        return ()
    free = session.scalars(_free_units(book).where(Unit.product.in_(ACCESSORY_PRODUCTS))).all()
    return (book.office.random.choice(free).id,) if free else ()


def _free_units(book: Book) -> Select[Unit]:
    taken = select(Claim.unit_id).where(Claim.closed_at.is_(None))
    barred = select(UnitOverlay.unit_id).where(UnitOverlay.lifted_on.is_(None))
    return (
        select(Unit)
        .where(
            Unit.project_id == book.office.project_id,
            Unit.release_state == ReleaseState.RELEASED,
            Unit.id.not_in(taken),
            Unit.id.not_in(barred),
        )
        .order_by(Unit.id)
    )


def pay(book: Book, day: date, subscription_id: int, kind: ReceiptKind, amount: int) -> None:
    """Take money, and let finance confirm it the same day; that of today still waits for them."""
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
