"""The list of a project's deals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, case, func, or_, select

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind, DealState
from salesoffice.deals.models import Claim, Deal, DealBuyer
from salesoffice.inventory.models import Unit
from salesoffice.payments.models import Account, Instalment
from salesoffice.payments.queries import overdue_accounts
from salesoffice.reservations.enums import SubscriptionState
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.staff.models import User

TO_VERIFY, SIGN_LATE, ENDED, ALL = "to_verify", "sign_late", "ended", "all"
"""States of the search beside the kinds of claims."""


@dataclass(frozen=True)
class DealSearch:
    """Which deals to list. `state` is a kind of claim, TO_VERIFY, SIGN_LATE, ENDED, ALL, or "" for those under way."""

    text: str = ""
    state: str = ""
    is_overdue: bool = False


def select_deals(project_id: int, search: DealSearch, *, actor: Actor, today: date) -> Select[Any]:
    """Build the select of a project's deals for the list, the newest first, as the person may see them."""
    is_to_verify = _is_to_verify()
    overdue = case((Deal.state == DealState.OPEN, _overdue_amount(today)), else_=0)
    statement: Any = (
        select(
            Deal.id,
            Deal.number,
            Deal.rep_id,
            Deal.state,
            Deal.created_at,
            Unit.code.label("unit_code"),
            func.coalesce(_principal_name(), _name_held_for()).label("buyer"),
            User.name.label("rep_name"),
            Claim.kind.label("claim_kind"),
            Claim.expires_at,
            Account.total_amount,
            (Account.received_amount - Account.refunded_amount).label("paid_amount"),
            overdue.label("overdue_amount"),
            is_to_verify.label("is_to_verify"),
        )
        .join(Unit, Unit.id == Deal.unit_id)
        .join(User, User.id == Deal.rep_id)
        .outerjoin(Claim, and_(Claim.deal_id == Deal.id, Claim.closed_at.is_(None)))
        .outerjoin(Account, Account.id == Deal.account_id)
        .where(Deal.project_id == project_id, _matches_state(search.state), _matches_text(search.text))
        .order_by(Deal.id.desc())
    )
    if search.state == TO_VERIFY:
        statement = statement.where(is_to_verify)
    if search.state == SIGN_LATE:
        statement = statement.where(_is_sign_late(today))
    if search.is_overdue:
        statement = statement.where(Deal.account_id.in_(overdue_accounts(project_id, today)))
    if not actor.can(Permission.DEAL_VIEW_ALL, project_id):
        statement = statement.where(Deal.rep_id == actor.id)
    return statement


def may_name_buyers(actor: Actor, project_id: int, rep_id: int) -> bool:
    """Tell whether a person may read the names of a deal's buyers."""
    if actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        return True
    return rep_id == actor.id and actor.can(Permission.CUSTOMER_VIEW, project_id)


def matches_buyer(text: str) -> ColumnElement[bool]:
    """Build the condition that a deal has a buyer of this name or pinyin."""
    buys = (
        select(DealBuyer.deal_id)
        .join(Customer, Customer.id == DealBuyer.customer_id)
        .where(
            or_(
                Customer.name.icontains(text, autoescape=True),
                Customer.name_keys.icontains(text, autoescape=True),
            )
        )
    )
    return Deal.id.in_(buys)


def _principal_name() -> ScalarSelect[str]:
    return (
        select(Customer.name)
        .join(DealBuyer, DealBuyer.customer_id == Customer.id)
        .where(DealBuyer.deal_id == Deal.id, DealBuyer.position == 0)
        .scalar_subquery()
    )


def _name_held_for() -> ScalarSelect[str]:
    return (
        select(Customer.name)
        .join(Hold, Hold.customer_id == Customer.id)
        .where(Hold.deal_id == Deal.id)
        .limit(1)
        .scalar_subquery()
    )


def _overdue_amount(today: date) -> ScalarSelect[Any]:
    missing = Instalment.amount - Instalment.paid_amount
    return (
        select(func.coalesce(func.sum(missing), 0))
        .where(Instalment.account_id == Account.id, Instalment.voided_at.is_(None), Instalment.due_on < today)
        .scalar_subquery()
    )


def _is_to_verify() -> ColumnElement[bool]:
    draft = select(Contract.id).where(Contract.deal_id == Deal.id, Contract.state == ContractState.DRAFT)
    return draft.exists()


def _is_sign_late(today: date) -> ColumnElement[bool]:
    late = select(Subscription.id).where(
        Subscription.deal_id == Deal.id,
        Subscription.state == SubscriptionState.ACTIVE,
        Subscription.sign_by < today,
    )
    return late.exists()


def _matches_state(state: str) -> ColumnElement[bool]:
    is_live = or_(Claim.expires_at.is_(None), Claim.expires_at > clock.now())
    if state == ENDED:
        return Deal.state == DealState.ENDED
    if state == ALL:
        return Deal.id.is_not(None)
    if state in set(ClaimKind):
        return and_(Claim.kind == ClaimKind(state), is_live)
    return and_(Deal.state == DealState.OPEN, is_live)


def _matches_text(text: str) -> ColumnElement[bool]:
    if not text:
        return Deal.id.is_not(None)
    return or_(
        Deal.number.icontains(text, autoescape=True),
        Unit.code.icontains(text, autoescape=True),
        matches_buyer(text),
    )
