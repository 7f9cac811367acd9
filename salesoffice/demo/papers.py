"""Papers of the demonstration: an agreement that a co-owner made outdated and that was issued again, and one that waits."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind, ReasonCode
from salesoffice.changes.services import ChangeEntry
from salesoffice.customers.models import Customer
from salesoffice.deals.models import DealBuyer
from salesoffice.demo.book import Book, moment
from salesoffice.demo.changes import ask_for
from salesoffice.papers.documents import build_data, draw_paper
from salesoffice.papers.enums import PaperKind
from salesoffice.papers.services import issue_paper
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription


def issue_agreements(book: Book, today: date) -> None:
    """Issue the agreements of two sales, add a co-owner to each, issue the first of them again."""
    with moment(today, 0, 0) as session:
        ids = _list_signed(session, book.office.project_id, before=today)[:2]
    for subscription_id in ids:
        _issue(book, today, subscription_id)
    for subscription_id in ids:
        _add_co_owner(book, today, subscription_id)
    for subscription_id in ids[:1]:
        _issue(book, today, subscription_id)


def _list_signed(session: Session, project_id: int, *, before: date) -> list[int]:
    statement = select(Subscription.id).where(
        Subscription.project_id == project_id,
        Subscription.state == SubscriptionState.ACTIVE,
        Subscription.signed_on >= before - timedelta(days=7),
    )
    return list(session.scalars(statement.order_by(Subscription.id)))


def _issue(book: Book, today: date, subscription_id: int) -> None:
    assistant = book.office.actors["assistant"]
    with moment(today, 0, 0) as session:
        found = session.get_one(Subscription, subscription_id)
        data = build_data(session, PaperKind.SUBSCRIPTION, found, actor=assistant)
        issue_paper(session, data, actor=assistant, file=draw_paper(data, operator=assistant.name))


def _add_co_owner(book: Book, today: date, subscription_id: int) -> None:
    with moment(today, 0, 0) as session:
        deal = session.get_one(Subscription, subscription_id).deal
        is_buyer = select(DealBuyer.customer_id).where(DealBuyer.deal_id == deal.id)
        statement = select(Customer.id).where(
            Customer.project_id == deal.project_id,
            Customer.certificate_index.is_not(None),
            Customer.id.not_in(is_buyer),
        )
        spouse_id = session.scalars(statement.order_by(Customer.id.desc()).limit(1)).one()
    entry = ChangeEntry(ReasonCode.FAMILY, "配偶共同购房", today)
    ask_for(book, today, subscription_id, ChangeKind.CO_OWNER, {"add": [{"customer_id": spouse_id}]}, entry)
