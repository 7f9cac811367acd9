"""Before sales begin: two categories of registrations with their queues and earnest money; later provisional orders."""

from datetime import date
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.demo.book import Book, moment
from salesoffice.demo.selling import choose_unit
from salesoffice.demo.visitors import receive_visitor
from salesoffice.demo.words import WANTS
from salesoffice.payments.enums import PaymentMethod, ReceiptKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.payments.services import confirm_receipt, record_receipt
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.registrations.services import CategoryDetails, add_category, give_back, register
from salesoffice.reservations.services import sign_provisional

CATEGORIES = (("A", "4 栋四室", 30_000_00), ("B", "4 栋三室", 20_000_00))
REGISTRATIONS = 20
GIVEN_BACK = 2
ORDERS = 2
ORDER_AMOUNT = 10_000_00


def plan_registrations(book: Book, first_day: date, today: date) -> None:
    """Plan the categories of the next building and their registrations over the last days before today."""
    days = [
        day for day in (date.fromordinal(today.toordinal() - back) for back in (3, 2, 1)) if day >= first_day
    ]
    if not days:
        days = [today]
    book.note(days[0], lambda day: _open_categories(book, day))
    share, rest = divmod(REGISTRATIONS, len(days))
    for place, day in enumerate(days):
        count = share + (rest if place == len(days) - 1 else 0)
        book.note(day, partial(_register_some, book, count))
    book.note(today, lambda day: _give_some_back(book, day))


def order_some(book: Book, today: date) -> None:
    """Leave some units ordered provisionally; the money of the first is confirmed, the others' waits for finance."""
    for number in range(ORDERS):
        customer_id, _rep = receive_visitor(book, today)
        with moment(today, 0, 0) as session:
            order = sign_provisional(
                session,
                choose_unit(book, session),
                actor=book.office.actors["assistant"],
                customer_id=customer_id,
                amount=ORDER_AMOUNT,
                signed_on=today,
            )
            account_id = order.deal.account_id or 0
        _take(book, today, account_id, ReceiptKind.PROVISIONAL, is_confirmed=number == 0)


def _open_categories(book: Book, day: date) -> None:
    with moment(day, 8, 40) as session:
        for prefix, name, amount in CATEGORIES:
            add_category(
                session,
                book.office.project_id,
                actor=book.office.actors["manager"],
                prefix=prefix,
                details=CategoryDetails(name, amount),
            )


def _register_some(book: Book, count: int, day: date) -> None:
    random = book.office.random
    for _number in range(count):
        customer_id, _rep = receive_visitor(book, day)
        with moment(day, 17, random.randrange(30)) as session:
            made = register(
                session,
                random.choice(_list_categories(session, book)),
                actor=book.office.actors["assistant"],
                customer_id=customer_id,
                registered_on=day,
                wants=random.choice(WANTS),
            )
            account_id = made.account_id
        _take(book, day, account_id, ReceiptKind.EARNEST_MONEY, is_confirmed=True)


def _take(book: Book, day: date, account_id: int, kind: ReceiptKind, *, is_confirmed: bool) -> None:
    """Take the agreed money by card; today finance has confirmed it only where it says so."""
    random = book.office.random
    with moment(day, 17, random.randint(31, 40)) as session:
        account = session.get_one(Account, account_id)
        receipt = record_receipt(
            session,
            account,
            actor=book.office.actors["assistant"],
            kind=kind,
            method=PaymentMethod.POS,
            amount=account.total_amount,
            received_on=day,
            slip_no=f"{day:%m%d}{random.randrange(1_000_000):06d}",
        )
    if is_confirmed:
        with moment(day, 17, random.randint(41, 50)) as session:
            confirm_receipt(
                session, session.get_one(Receipt, receipt.id), actor=book.office.actors["finance"]
            )


def _give_some_back(book: Book, day: date) -> None:
    with moment(day, 9, 10) as session:
        statement = select(Registration).order_by(Registration.id).limit(GIVEN_BACK)
        actor = book.office.actors["assistant"]
        for registration in session.scalars(statement).all():
            give_back(session, registration, actor=actor, reason="客户改选其他项目")


def _list_categories(session: Session, book: Book) -> list[RegistrationCategory]:
    statement = select(RegistrationCategory).where(RegistrationCategory.project_id == book.office.project_id)
    return list(session.scalars(statement.order_by(RegistrationCategory.id)))
