"""Which papers can be issued in a sale now, and about what."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeState
from salesoffice.changes.queries import list_changes_of_deal
from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.queries import list_contracts_of_deal
from salesoffice.core.errors import Text
from salesoffice.deals.models import Deal
from salesoffice.papers.enums import TYPED_KINDS, PaperKind
from salesoffice.papers.queries.data import Subject
from salesoffice.papers.queries.letters import LETTERS
from salesoffice.papers.rules import NoSuchPaper
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import ProvisionalOrder, Subscription


@dataclass(frozen=True)
class Choice:
    """A kind of paper and what it would be about; `words` names the latter beside its number."""

    kind: PaperKind
    subject: Subject
    number: str
    words: Text = ""

    @property
    def address(self) -> str:
        """The subject as addresses and the API name it: `changes:12`."""
        return f"{self.subject.__tablename__}:{self.subject.id}"

    @property
    def takes_words(self) -> bool:
        """Whether clauses or words can be typed."""
        return self.kind in TYPED_KINDS


def list_choices(session: Session, deal: Deal) -> list[Choice]:
    """List the papers that can be issued in a sale now."""
    return [*_of_documents(session, deal), *_of_changes(session, deal), _of_deal(deal)]


def find_choice(session: Session, deal: Deal, kind: str, address: str = "") -> Choice:
    """Find a paper that can be issued by its kind and subject (`changes:12`); without one, the first that there is.

    Refused: NoSuchPaper.
    """
    of_kind = [choice for choice in list_choices(session, deal) if choice.kind.value == kind]
    if not of_kind:
        raise NoSuchPaper
    for choice in of_kind:
        if not address or choice.address == address:
            return choice
    raise NoSuchPaper("subject")


def _of_documents(session: Session, deal: Deal) -> Iterator[Choice]:
    orders = select(ProvisionalOrder).where(ProvisionalOrder.deal_id == deal.id)
    for order in session.scalars(orders):
        yield Choice(PaperKind.PROVISIONAL_ORDER, order, order.number)
    for contract in reversed(list_contracts_of_deal(session, deal.id)):
        if contract.state not in ENDED_CONTRACTS:
            yield Choice(PaperKind.CONTRACT_SHEET, contract, contract.number)
            yield Choice(PaperKind.SUPPLEMENT, contract, contract.number)
    under_way = (SubscriptionState.ACTIVE, SubscriptionState.CONVERTED)
    agreements = select(Subscription).where(
        Subscription.deal_id == deal.id, Subscription.state.in_(under_way)
    )
    for agreement in session.scalars(agreements):
        yield Choice(PaperKind.SUBSCRIPTION, agreement, agreement.number)
        if agreement.state is SubscriptionState.ACTIVE:
            yield Choice(PaperKind.SUPPLEMENT, agreement, agreement.number)
            yield Choice(PaperKind.NOTICE, agreement, agreement.number)


def _of_changes(session: Session, deal: Deal) -> Iterator[Choice]:
    for change in list_changes_of_deal(session, deal.id):
        words = change.kind.label
        yield Choice(PaperKind.APPLICATION, change, change.number, words)
        yield Choice(PaperKind.APPROVAL, change, change.number, words)
        if change.state in {ChangeState.REQUESTED, ChangeState.APPLIED}:
            yield Choice(PaperKind.SUPPLEMENT, change, change.number, words)
        if change.kind in LETTERS and change.state is ChangeState.APPLIED:
            yield Choice(PaperKind.NOTICE, change, change.number, words)


def _of_deal(deal: Deal) -> Choice:
    return Choice(PaperKind.NOTICE, deal, deal.number)
