"""What waits with money: deposits and their slips, receipts, refunds, overdue and overpaid accounts."""

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from salesoffice.deals.enums import AttachmentKind, DealState
from salesoffice.deals.models import Deal, DealAttachment
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import (
    PAYING_KINDS,
    AccountKind,
    AccountState,
    PaymentMethod,
    ReceiptKind,
    ReceiptState,
    RefundState,
)
from salesoffice.payments.models import Account, Instalment, Receipt, Refund
from salesoffice.payments.queries import COUNTED_STATES
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.worklist.queries.base import ME, PROJECTS, TODAY, line, sees_deal

_HERE = (ReceiptState.RECORDED, ReceiptState.CONFIRMED)


def money_late() -> Select[tuple[object, ...]]:
    """Open accounts with instalments before today that are not paid: what is missing, since when."""
    late = and_(
        Instalment.account_id == Account.id, Instalment.voided_at.is_(None), Instalment.due_on < TODAY,
        Instalment.paid_amount < Instalment.amount,
    )  # fmt: skip
    missing = select(func.sum(Instalment.amount - Instalment.paid_amount)).where(late).scalar_subquery()
    since = select(func.min(Instalment.due_on)).where(late).scalar_subquery()
    return (
        select(*line(Account.project_id, Account.id, due=since, amount=missing))
        .join(Deal, Deal.account_id == Account.id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            Account.project_id.in_(PROJECTS), Account.state == AccountState.OPEN,
            select(Instalment.id).where(late).exists(), sees_deal(),
        )
        .order_by(since, Account.id)
    )  # fmt: skip


def deposits_open() -> Select[tuple[object, ...]]:
    """Agreements in force whose deposit is neither received nor recorded as a whole: what is missing."""
    here = _received(Receipt.kind.in_(PAYING_KINDS), _HERE)
    missing = Subscription.deposit_amount - here
    return (
        select(*line(Subscription.project_id, Subscription.id, about=Subscription.number, due=Subscription.signed_on, amount=missing))
        .join(Deal, Deal.id == Subscription.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .join(Account, Account.id == Deal.account_id)
        .where(
            Subscription.project_id.in_(PROJECTS), Subscription.state == SubscriptionState.ACTIVE,
            Account.state == AccountState.OPEN, here < Subscription.deposit_amount,
        )
        .order_by(Subscription.signed_on, Subscription.id)
    )  # fmt: skip


def deposits_without_slip() -> Select[tuple[object, ...]]:
    """Deposits received otherwise than in cash without the number of a slip, and no slip attached to the sale."""
    return (
        select(*line(Receipt.project_id, Receipt.id, about=Receipt.number, due=Receipt.received_on, amount=Receipt.amount))
        .join(Deal, Deal.account_id == Receipt.account_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            Receipt.project_id.in_(PROJECTS), Receipt.kind == ReceiptKind.DEPOSIT, Receipt.state.in_(_HERE),
            Receipt.reverses_id.is_(None), Receipt.carried_from_id.is_(None), Receipt.slip_no == "",
            Receipt.method != PaymentMethod.CASH, Deal.state == DealState.OPEN, ~_slip_of_deal().exists(),
        )
        .order_by(Receipt.received_on, Receipt.id)
    )  # fmt: skip


def slips_without_deposit() -> Select[tuple[object, ...]]:
    """Slips attached to sales of which no deposit is recorded."""
    slip = DealAttachment
    recorded = (
        select(Receipt.id)
        .where(
            Receipt.account_id == Deal.account_id,
            Receipt.kind == ReceiptKind.DEPOSIT,
            Receipt.state.in_(_HERE),
        )
        .exists()
    )
    return (
        select(*line(slip.project_id, slip.id, about=slip.name, due=slip.attached_at))
        .join(Deal, Deal.id == slip.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            slip.project_id.in_(PROJECTS), slip.kind == AttachmentKind.DEPOSIT_SLIP, slip.removed_at.is_(None),
            Deal.state == DealState.OPEN, ~recorded,
        )
        .order_by(slip.attached_at, slip.id)
    )  # fmt: skip


def receipts_to_confirm() -> Select[tuple[object, ...]]:
    """Recorded money that the person may confirm: another one recorded it."""
    return _recorded().where(Receipt.recorded_by_id != ME)


def receipts_unconfirmed() -> Select[tuple[object, ...]]:
    """Recorded money that the person waits for finance to confirm."""
    return _recorded().where(Receipt.recorded_by_id == ME)


def refunds() -> Select[tuple[object, ...]]:
    """Refunds that another person asked for."""
    return (
        select(
            *line(
                Refund.project_id,
                Refund.id,
                about=Refund.number,
                due=Refund.requested_at,
                amount=Refund.amount,
            )
        )
        .outerjoin(Deal, Deal.account_id == Refund.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .where(
            Refund.project_id.in_(PROJECTS),
            Refund.state == RefundState.REQUESTED,
            Refund.requested_by_id != ME,
        )
        .order_by(Refund.requested_at, Refund.id)
    )


def surplus() -> Select[tuple[object, ...]]:
    """Accounts with more than their price, and those of ended sales with money left; none with a refund under way."""
    kept = Account.refunded_amount + Account.retained_amount - Account.compensation_amount
    over = _received(Receipt.kind.in_(PAYING_KINDS), COUNTED_STATES) - kept - Account.total_amount
    left = Account.received_amount - kept
    amount = case((Account.state == AccountState.OPEN, over), else_=left)
    asked = select(Refund.id).where(Refund.account_id == Account.id, Refund.state == RefundState.REQUESTED)
    is_over = and_(
        Account.state == AccountState.OPEN,
        Account.kind == AccountKind.PRICE,
        left > Account.total_amount,
        over > 0,
    )
    return (
        select(*line(Account.project_id, Account.id, kind=Account.state, amount=amount))
        .join(Deal, Deal.account_id == Account.id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(
            Account.project_id.in_(PROJECTS), ~asked.exists(),
            or_(is_over, and_(Account.state == AccountState.SETTLING, left > 0)),
        )
        .order_by(Account.id)
    )  # fmt: skip


def _recorded() -> Select[tuple[object, ...]]:
    return (
        select(*line(Receipt.project_id, Receipt.id, about=Receipt.number, kind=Receipt.kind, due=Receipt.recorded_at, amount=Receipt.amount))
        .outerjoin(Deal, Deal.account_id == Receipt.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .where(Receipt.project_id.in_(PROJECTS), Receipt.state == ReceiptState.RECORDED)
        .order_by(Receipt.recorded_at, Receipt.id)
    )  # fmt: skip


def _slip_of_deal() -> Select[int]:
    return select(DealAttachment.id).where(
        DealAttachment.deal_id == Deal.id,
        DealAttachment.kind == AttachmentKind.DEPOSIT_SLIP,
        DealAttachment.removed_at.is_(None),
    )


def _received(kinds: ColumnElement[bool], states: tuple[ReceiptState, ...]) -> ColumnElement[int]:
    total = select(func.sum(Receipt.amount)).where(
        Receipt.account_id == Account.id, Receipt.state.in_(states), kinds
    )
    return func.coalesce(total.scalar_subquery(), 0)
