"""Who calls and who comes in."""

from datetime import date

from salesoffice.core.certificates import CertificateKind, Sex
from salesoffice.core.permissions import Actor
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.services import record_visit, register_customer
from salesoffice.demo.book import Book, moment
from salesoffice.demo.people import invent_certificate, invent_name, invent_phone
from salesoffice.demo.words import OBJECTIONS, WANTS

SHARE_OF_FIRST_VISITS = 0.8


def take_call(book: Book, day: date) -> None:
    """Note a call of somebody who saw the advertising."""
    random = book.office.random
    with moment(day, random.randint(9, 11), random.randrange(60)) as session:
        record_visit(
            session, project_id=book.office.project_id, actor=random.choice(book.office.reps()), kind=VisitKind.CALL,
            is_first=True, source=random.choice(list(Source)), wants=random.choice(WANTS), happened_on=day,
        )  # fmt: skip


def receive_visitor(book: Book, day: date) -> tuple[int, Actor]:
    """Receive a visitor and register them; returns the customer's id and the rep."""
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
