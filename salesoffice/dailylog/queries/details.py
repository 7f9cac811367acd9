"""What happened on a day, line by line; customers are masked."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core.text import mask_name
from salesoffice.customers.models import Customer
from salesoffice.dailylog.models import Opinion
from salesoffice.dailylog.queries.events import has_verified_contract, is_made_by_swap
from salesoffice.dailylog.rules.figures import NO_AREA
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.inventory.models import Unit
from salesoffice.payments.enums import RefundState
from salesoffice.payments.models import Receipt, Refund
from salesoffice.payments.queries.receivables import Receivable, list_receivables
from salesoffice.projects.models import Project
from salesoffice.registrations.models import Registration
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User


@dataclass(frozen=True)
class Entry:
    """One line of the day: a paper or a receipt with its unit, masked customers and rep; amount in fen."""

    number: str
    unit: str
    customer: str
    rep: str
    area: Decimal
    amount: int
    note: str = ""
    due_on: date | None = None
    days: int = 0


@dataclass(frozen=True)
class OpinionLine:
    """An opinion with the name of its author."""

    id: int
    rep_id: int
    day: date
    kind: str
    rep: str
    text: str


def list_subscriptions(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the subscriptions attributed to a day; an agreement that a swap made is no new one."""
    chosen = and_(
        Subscription.signed_on == day,
        Subscription.entered_at <= until,
        or_(Subscription.cancelled_at.is_(None), Subscription.state != SubscriptionState.VOID),
        ~is_made_by_swap(),
    )
    return _subscriptions(session, project_id, chosen)


def list_cancelled_subscriptions(
    session: Session, project_id: int, day: date, until: datetime
) -> list[Entry]:
    """List the subscriptions cancelled on a day, with the reason."""
    chosen = and_(
        Subscription.cancelled_on == day,
        Subscription.cancelled_at <= until,
        Subscription.state == SubscriptionState.CANCELLED,
        ~exists(has_verified_contract()),
    )
    return _subscriptions(session, project_id, chosen)


def list_overdue_signings(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the subscriptions whose last day for signing passed before the day without a verified contract."""
    signed = exists().where(Contract.subscription_id == Subscription.id, Contract.verified_at <= until)
    chosen = and_(
        Subscription.sign_by < day,
        Subscription.entered_at <= until,
        or_(Subscription.cancelled_at.is_(None), Subscription.cancelled_at > until),
        ~signed,
    )
    return _subscriptions(session, project_id, chosen, day)


def list_contracts(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the verified contracts attributed to a day."""
    return _contracts(session, project_id, and_(Contract.signed_on == day, Contract.verified_at <= until))


def list_cancelled_contracts(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the contracts cancelled on a day, with the reason."""
    chosen = and_(
        Contract.cancelled_on == day,
        Contract.cancelled_at <= until,
        Contract.verified_at.is_not(None),
        Contract.state == ContractState.CANCELLED,
    )
    return _contracts(session, project_id, chosen)


def list_receipts(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the receipts and reversals confirmed on a day, of every kind."""
    statement = (
        select(Receipt, Deal.id, Unit.code, User.name)
        .outerjoin(Deal, Deal.account_id == Receipt.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .outerjoin(User, User.id == Deal.rep_id)
        .where(Receipt.project_id == project_id, Receipt.confirmed_on == day, Receipt.confirmed_at <= until)
        .order_by(Receipt.id)
    )
    rows = session.execute(statement).all()
    names = list_buyer_names(session, [deal_id for _receipt, deal_id, _code, _rep in rows if deal_id])
    registered = _registered(session, [receipt.account_id for receipt, deal_id, *_ in rows if not deal_id])
    return [
        Entry(
            number=row.number,
            unit=code or "",
            customer=names.get(deal_id) or registered.get(row.account_id, ""),
            rep=rep or "",
            area=NO_AREA,
            amount=row.amount,
            note=row.kind.value,
        )
        for row, deal_id, code, rep in rows
    ]


def list_refunds(session: Session, project_id: int, day: date, until: datetime) -> list[Entry]:
    """List the refunds approved on a day, as negative amounts."""
    statement = (
        select(Refund, Deal.id, Unit.code, User.name)
        .outerjoin(Deal, Deal.account_id == Refund.account_id)
        .outerjoin(Unit, Unit.id == Deal.unit_id)
        .outerjoin(User, User.id == Deal.rep_id)
        .where(
            Refund.project_id == project_id,
            Refund.state == RefundState.APPROVED,
            Refund.decided_on == day,
            Refund.decided_at <= until,
        )
        .order_by(Refund.id)
    )
    rows = session.execute(statement).all()
    names = list_buyer_names(session, [deal_id for _refund, deal_id, _code, _rep in rows if deal_id])
    registered = _registered(session, [refund.account_id for refund, deal_id, *_ in rows if not deal_id])
    return [
        Entry(
            number=row.number,
            unit=code or "",
            customer=names.get(deal_id) or registered.get(row.account_id, ""),
            rep=rep or "",
            area=NO_AREA,
            amount=-row.amount,
            note=row.reason,
        )
        for row, deal_id, code, rep in rows
    ]


def list_overdue_money(session: Session, project: Project, day: date) -> list[Entry]:
    """List the accounts with amounts overdue on a day, one line each with what is missing and since when."""
    found = list_receivables(session, project.id, day, project.late_fee_rate)
    by_account: dict[int, list[Receivable]] = defaultdict(list)
    for item in found:
        by_account[item.account_id].append(item)
    statement = (
        select(Deal.account_id, Deal.id, Deal.number, Unit.code, User.name)
        .join(Unit, Unit.id == Deal.unit_id)
        .join(User, User.id == Deal.rep_id)
        .where(Deal.project_id == project.id, Deal.account_id.in_(by_account))
    )
    deals = {row[0]: row for row in session.execute(statement)}
    names = list_buyer_names(session, [row[1] for row in deals.values()])
    return [
        Entry(
            number=deals[account_id][2],
            unit=deals[account_id][3],
            customer=names.get(deals[account_id][1], ""),
            rep=deals[account_id][4],
            area=NO_AREA,
            amount=sum(item.open_amount for item in items),
            due_on=min(item.due_on for item in items),
            days=max(item.days for item in items),
        )
        for account_id, items in by_account.items()
        if account_id in deals
    ]


def list_opinions(
    session: Session, project_id: int, day: date, *, since: datetime | None, until: datetime
) -> list[OpinionLine]:
    """List the opinions of a day, and those of closed days that were entered after their closing (`since`)."""
    chosen = Opinion.happened_on == day
    if since is not None:
        chosen = or_(chosen, and_(Opinion.happened_on < day, Opinion.entered_at > since))
    statement = (
        select(Opinion, User.name)
        .join(User, User.id == Opinion.rep_id)
        .where(Opinion.project_id == project_id, Opinion.entered_at <= until, chosen)
        .order_by(Opinion.happened_on, Opinion.id)
    )
    return [
        OpinionLine(row.id, row.rep_id, row.happened_on, row.kind.value, name, row.text)
        for row, name in session.execute(statement)
    ]


def _subscriptions(
    session: Session, project_id: int, chosen: ColumnElement[bool], day: date | None = None
) -> list[Entry]:
    statement = (
        select(Subscription, Unit.code, Unit.gross_area, User.name)
        .join(Unit, Unit.id == Subscription.unit_id)
        .join(Deal, Deal.id == Subscription.deal_id)
        .join(User, User.id == Deal.rep_id)
        .where(Subscription.project_id == project_id, chosen)
        .order_by(Subscription.sign_by if day else Subscription.id, Subscription.id)
    )
    rows = session.execute(statement).all()
    names = list_buyer_names(session, [row.deal_id for row, _code, _area, _rep in rows])
    return [
        Entry(
            number=row.number,
            unit=code,
            customer=names.get(row.deal_id, ""),
            rep=rep,
            area=area or NO_AREA,
            amount=row.total_amount,
            note=row.cancel_reason,
            due_on=row.sign_by,
            days=(day - row.sign_by) // timedelta(days=1) if day else 0,
        )
        for row, code, area, rep in rows
    ]


def _contracts(session: Session, project_id: int, chosen: ColumnElement[bool]) -> list[Entry]:
    statement = (
        select(Contract, Unit.code, User.name)
        .join(Deal, Deal.id == Contract.deal_id)
        .join(Subscription, Subscription.id == Contract.subscription_id)
        .join(Unit, Unit.id == Subscription.unit_id)
        .join(User, User.id == Deal.rep_id)
        .where(Contract.project_id == project_id, chosen)
        .order_by(Contract.id)
    )
    rows = session.execute(statement).all()
    names = list_buyer_names(session, [row.deal_id for row, _code, _rep in rows])
    return [
        Entry(
            number=row.number,
            unit=code,
            customer=names.get(row.deal_id, ""),
            rep=rep,
            area=row.gross_area,
            amount=row.total_amount,
            note=row.cancel_reason,
        )
        for row, code, rep in rows
    ]


def list_buyer_names(session: Session, deal_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the masked names of the buyers by deal."""
    statement = (
        select(DealBuyer.deal_id, Customer.name)
        .join(Customer, Customer.id == DealBuyer.customer_id)
        .where(DealBuyer.deal_id.in_(set(deal_ids)))
        .order_by(DealBuyer.deal_id, DealBuyer.position)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for deal_id, name in session.execute(statement):
        found[deal_id].append(mask_name(name))
    return {deal_id: "、".join(names) for deal_id, names in found.items()}


def _registered(session: Session, account_ids: Iterable[int]) -> Mapping[int, str]:
    """Return the masked customers of registrations by the account of their earnest money."""
    statement = (
        select(Registration.account_id, Customer.name)
        .join(Customer, Customer.id == Registration.customer_id)
        .where(Registration.account_id.in_(set(account_ids)))
    )
    return {account_id: mask_name(name) for account_id, name in session.execute(statement)}
