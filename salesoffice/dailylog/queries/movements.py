"""What moved between two moments, from the documents themselves; the count comes from claims and accounts."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.dailylog.enums import MONEY_LINE, MovementKind
from salesoffice.dailylog.queries.events import has_verified_contract
from salesoffice.dailylog.rules.reconciliation import Movement, merge_movements
from salesoffice.dailylog.rules.stock import UnitHistory
from salesoffice.deals.enums import UnitState
from salesoffice.payments.enums import ReceiptState, RefundState
from salesoffice.payments.models import Account, Receipt, Refund
from salesoffice.reservations.enums import HoldState, ProvisionalState, SubscriptionState
from salesoffice.reservations.models import Hold, ProvisionalOrder, Subscription, SubscriptionAccessory

_FREE, _HELD = UnitState.AVAILABLE.value, UnitState.HELD.value
_ORDERED = UnitState.PROVISIONAL.value
_SUBSCRIBED, _CONTRACTED = UnitState.SUBSCRIBED.value, UnitState.CONTRACTED.value
_SUBSCRIPTION_ENDS = {
    SubscriptionState.CANCELLED: MovementKind.SUBSCRIPTION_CANCELLED,
    SubscriptionState.SWAPPED: MovementKind.SWAPPED,
}
_CONFIRMED = (ReceiptState.CONFIRMED, ReceiptState.REVERSED)


def list_movements(
    session: Session, project_id: int, histories: Iterable[UnitHistory], *, since: datetime, until: datetime
) -> tuple[Movement, ...]:
    """List the movements of units and of money after `since` up to and including `until`, merged."""
    return merge_movements(
        [
            *_base_moves(histories, since, until),
            *_hold_moves(session, project_id, since, until),
            *_order_moves(session, project_id, since, until),
            *_subscription_moves(session, project_id, since, until),
            *_contract_moves(session, project_id, since, until),
            *_money_moves(session, project_id, since, until),
        ]
    )


def money_before(session: Session, project_id: int, moment: datetime) -> int:
    """Return the confirmed money that was here at a moment, added up from receipts and refunds (fen)."""
    received = _sum(session, select(func.sum(Receipt.amount)).where(
        Receipt.project_id == project_id, Receipt.state.in_(_CONFIRMED), Receipt.confirmed_at <= moment
    ))  # fmt: skip
    return received - _refunds(session, project_id, until=moment)


def count_money(session: Session, project_id: int, moment: datetime) -> int:
    """Return the money on the accounts (fen): their running sums now, less what moved after the moment."""
    held = _sum(session, select(func.sum(Account.received_amount - Account.refunded_amount)).where(
        Account.project_id == project_id
    ))  # fmt: skip
    later = _sum(session, select(func.sum(Receipt.amount)).where(
        Receipt.project_id == project_id, Receipt.state.in_(_CONFIRMED), Receipt.confirmed_at > moment
    ))  # fmt: skip
    return held - later + _refunds(session, project_id, since=moment)


def _base_moves(histories: Iterable[UnitHistory], since: datetime, until: datetime) -> Iterator[Movement]:
    first, last = _days(since, until)
    for unit in histories:
        before, after = unit.base_at(since, first), unit.base_at(until, last)
        if after is None or before is after:
            continue
        kind = MovementKind.ADDED if before is None else MovementKind.RELEASED
        yield Movement(kind, before.value if before else "", after.value, 1)


def _hold_moves(session: Session, project_id: int, since: datetime, until: datetime) -> Iterator[Movement]:
    """List the moves of holds; how one becomes a provisional order is a move of the order."""
    is_ordered = exists().where(ProvisionalOrder.deal_id == Hold.deal_id)
    statement = select(Hold.placed_at, Hold.expires_at, Hold.ended_at, Hold.state, is_ordered).where(
        Hold.project_id == project_id, Hold.placed_at <= until
    )
    for placed_at, expires_at, ended_at, state, is_followed in session.execute(statement):
        if placed_at > since:
            yield Movement(MovementKind.HOLD_PLACED, _FREE, _HELD, 1)
        is_converted = state is HoldState.CONVERTED
        ended = ended_at or expires_at
        end = ended if is_converted else min(ended, expires_at)
        if not since < end <= until:
            continue
        if is_converted and is_followed:
            continue
        if is_converted:
            yield Movement(MovementKind.HOLD_CONVERTED, _HELD, _SUBSCRIBED, 1)
        elif state is HoldState.RELEASED:
            yield Movement(MovementKind.HOLD_RELEASED, _HELD, _FREE, 1)
        else:
            yield Movement(MovementKind.HOLD_EXPIRED, _HELD, _FREE, 1)


def _order_moves(session: Session, project_id: int, since: datetime, until: datetime) -> Iterator[Movement]:
    order, is_held = ProvisionalOrder, exists().where(Hold.deal_id == ProvisionalOrder.deal_id)
    statement = select(order.entered_at, order.expires_at, order.ended_at, order.state, is_held).where(
        order.project_id == project_id, order.entered_at <= until
    )
    for entered_at, expires_at, ended_at, state, was_held in session.execute(statement):
        if entered_at > since:
            yield Movement(MovementKind.ORDER_SIGNED, _HELD if was_held else _FREE, _ORDERED, 1)
        is_converted = state is ProvisionalState.CONVERTED
        ended = ended_at or expires_at
        end = ended if is_converted else min(ended, expires_at)
        if not since < end <= until:
            continue
        if is_converted:
            yield Movement(MovementKind.ORDER_CONVERTED, _ORDERED, _SUBSCRIBED, 1)
        elif state is ProvisionalState.CANCELLED:
            yield Movement(MovementKind.ORDER_CANCELLED, _ORDERED, _FREE, 1)
        else:
            yield Movement(MovementKind.ORDER_EXPIRED, _ORDERED, _FREE, 1)


def _subscription_moves(
    session: Session, project_id: int, since: datetime, until: datetime
) -> Iterator[Movement]:
    is_kept = or_(
        exists().where(Hold.deal_id == Subscription.deal_id),
        exists().where(ProvisionalOrder.deal_id == Subscription.deal_id),
    )
    held = is_kept & Subscription.replaces_id.is_(None)
    bound = _accessories().join(Subscription, Subscription.id == SubscriptionAccessory.subscription_id)
    of_project = Subscription.project_id == project_id
    direct = select(func.count(Subscription.id)).where(
        of_project, Subscription.entered_at > since, Subscription.entered_at <= until, ~held
    )
    with_them = bound.where(of_project, Subscription.entered_at > since, Subscription.entered_at <= until)
    signed = _sum(session, direct) + _sum(session, with_them)
    yield Movement(MovementKind.SUBSCRIBED, _FREE, _SUBSCRIBED, signed)
    is_over = and_(
        of_project,
        Subscription.cancelled_at > since,
        Subscription.cancelled_at <= until,
        ~exists(has_verified_contract()),
    )
    statement = select(Subscription.state, func.count(Subscription.id)).where(is_over)
    for state, count in session.execute(statement.group_by(Subscription.state)):
        accessories = _sum(session, bound.where(is_over, Subscription.state == state))
        kind = _SUBSCRIPTION_ENDS.get(state, MovementKind.SUBSCRIPTION_ENDED)
        yield Movement(kind, _SUBSCRIBED, _FREE, count + accessories)


def _contract_moves(
    session: Session, project_id: int, since: datetime, until: datetime
) -> Iterator[Movement]:
    """List the moves of flats by their contracts; the accessories of their agreements move with them."""
    of_project = Contract.project_id == project_id
    bound = _accessories().join(Contract, Contract.subscription_id == SubscriptionAccessory.subscription_id)
    count = select(func.count(Contract.id))
    is_verified = and_(of_project, Contract.verified_at > since, Contract.verified_at <= until)
    verified = _sum(session, count.where(is_verified)) + _sum(session, bound.where(is_verified))
    yield Movement(MovementKind.CONTRACTED, _SUBSCRIBED, _CONTRACTED, verified)
    is_over = and_(
        of_project,
        Contract.verified_at.is_not(None),
        Contract.cancelled_at > since,
        Contract.cancelled_at <= until,
    )
    for kind, is_kind in (
        (MovementKind.SWAPPED, Contract.state == ContractState.SWAPPED),
        (MovementKind.CONTRACT_CANCELLED, Contract.state != ContractState.SWAPPED),
    ):
        ended = _sum(session, count.where(is_over, is_kind)) + _sum(session, bound.where(is_over, is_kind))
        yield Movement(kind, _CONTRACTED, _FREE, ended)


def _accessories() -> Select[int]:
    return select(func.count(SubscriptionAccessory.unit_id)).select_from(SubscriptionAccessory)


def _money_moves(session: Session, project_id: int, since: datetime, until: datetime) -> Iterator[Movement]:
    confirmed = select(func.sum(Receipt.amount)).where(
        Receipt.project_id == project_id,
        Receipt.state.in_(_CONFIRMED),
        Receipt.confirmed_at > since,
        Receipt.confirmed_at <= until,
    )
    received = _sum(session, confirmed.where(Receipt.amount > 0))
    yield Movement(MovementKind.RECEIVED, "", MONEY_LINE, received)
    taken_back = -_sum(session, confirmed.where(Receipt.amount < 0))
    yield Movement(MovementKind.REVERSED, MONEY_LINE, "", taken_back)
    refunded = _refunds(session, project_id, since=since, until=until)
    yield Movement(MovementKind.REFUNDED, MONEY_LINE, "", refunded)


def _refunds(
    session: Session, project_id: int, *, since: datetime | None = None, until: datetime | None = None
) -> int:
    statement = select(func.sum(Refund.amount)).where(
        Refund.project_id == project_id, Refund.state == RefundState.APPROVED
    )
    if since is not None:
        statement = statement.where(Refund.decided_at > since)
    if until is not None:
        statement = statement.where(Refund.decided_at <= until)
    return _sum(session, statement)


def _sum(session: Session, statement: Select[Any]) -> int:
    return int(session.scalar(statement) or 0)


def _days(since: datetime, until: datetime) -> tuple[date, date]:
    return clock.business_day_of(since), clock.business_day_of(until)
