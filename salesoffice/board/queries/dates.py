"""The four dates of every document of a sale.

When it was signed or the money came, the business day whose figures it counts in, when it was entered, and when a
second person confirmed or approved it. Nothing entered late changes a log that was sent: it counts by the moment at
which it became known and stands as restated in the next one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.board.queries.deal_file import DealFile
from salesoffice.changes.models import Change
from salesoffice.contracts.enums import ENDED_CONTRACTS
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.errors import Text
from salesoffice.infra.i18n import _l
from salesoffice.payments.models import Receipt, Refund
from salesoffice.reservations.models import ProvisionalOrder, Subscription


@dataclass(frozen=True)
class DocumentDates:
    """One document with its four dates; None where one does not apply or has not come yet."""

    what: Text
    number: str
    happened_on: date | None
    attributed_on: date | None
    entered_at: datetime
    confirmed_at: datetime | None


def list_dates(session: Session, found: DealFile) -> list[DocumentDates]:
    """List the documents of a sale with their dates, in the order in which they were entered."""
    rows = [*_list_orders(session, found), *_list_changes(session, found)]
    statement = select(Subscription).where(Subscription.deal_id == found.deal.id)
    for subscription in session.scalars(statement):
        rows += _of_subscription(subscription)
    for contract in found.contracts:
        rows += _of_contract(contract)
    if found.account is not None:
        rows += [_of_receipt(receipt) for receipt in found.account.receipts]
        rows += [_of_refund(refund) for refund in found.account.refunds]
    return sorted(rows, key=lambda row: row.entered_at)


def _list_orders(session: Session, found: DealFile) -> Iterator[DocumentDates]:
    statement = select(ProvisionalOrder).where(ProvisionalOrder.deal_id == found.deal.id)
    for order in session.scalars(statement):
        day = clock.business_day_of(order.entered_at)
        yield DocumentDates(
            _l("Provisional order"), order.number, order.signed_on, day, order.entered_at, None
        )


def _list_changes(session: Session, found: DealFile) -> Iterator[DocumentDates]:
    for change in session.scalars(select(Change).where(Change.deal_id == found.deal.id)):
        yield DocumentDates(
            change.kind.label,
            change.number,
            change.signed_on,
            change.attributed_on,
            change.entered_at,
            change.approved_at or change.applied_at,
        )


def _of_subscription(subscription: Subscription) -> Iterator[DocumentDates]:
    signed_on, entered_at = subscription.signed_on, subscription.entered_at
    yield DocumentDates(_l("Subscription"), subscription.number, signed_on, signed_on, entered_at, None)
    if subscription.cancelled_at is not None:
        day, at = subscription.cancelled_on, subscription.cancelled_at
        yield DocumentDates(_l("End of the subscription"), subscription.number, day, day, at, None)


def _of_contract(contract: Contract) -> Iterator[DocumentDates]:
    attributed = contract.signed_on if contract.verified_at else None
    yield DocumentDates(
        _l("Contract"),
        contract.number,
        contract.signed_on,
        attributed,
        contract.entered_at,
        contract.verified_at,
    )
    if contract.state in ENDED_CONTRACTS and contract.cancelled_at is not None:
        day, at = contract.cancelled_on, contract.cancelled_at
        yield DocumentDates(_l("End of the contract"), contract.number, day, day, at, None)


def _of_receipt(receipt: Receipt) -> DocumentDates:
    return DocumentDates(
        receipt.kind.label,
        receipt.number,
        receipt.received_on,
        receipt.confirmed_on,
        receipt.recorded_at,
        receipt.confirmed_at,
    )


def _of_refund(refund: Refund) -> DocumentDates:
    return DocumentDates(
        _l("Refund"),
        refund.number,
        clock.business_day_of(refund.requested_at),
        refund.decided_on,
        refund.requested_at,
        refund.decided_at,
    )
