"""Deals, agreements, contracts and changes by their numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from salesoffice.changes.models import Change
from salesoffice.contracts.models import Contract
from salesoffice.core.permissions import Permission
from salesoffice.core.text import mask_name
from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.inventory.models import Unit
from salesoffice.reservations.models import Hold, Subscription
from salesoffice.search.enums import FindKind
from salesoffice.search.queries.base import Find, Search, Target, TextColumn, contains, deal_target, rank
from salesoffice.search.rules import Terms
from salesoffice.staff.models import User

_CONTRACT_NUMBERS: tuple[TextColumn, ...] = (Contract.number, Contract.online_no, Contract.filing_no)


def find_deals(search: Search, terms: Terms) -> list[Find]:
    """Find sales by number."""
    return _find(search, terms, FindKind.DEALS, select_deals(search), (Deal.number,))


def select_deals(search: Search) -> Select[Any]:
    """Select the sales that a person sees, with what is said of one."""
    return _of_deal(search, Deal.id, Deal.number, Deal.state)


def find_subscriptions(search: Search, terms: Terms) -> list[Find]:
    """Find subscription agreements by number; each leads to its sale."""
    statement = _of_deal(search, Subscription.id, Subscription.number, Subscription.state).join(
        Subscription, Subscription.deal_id == Deal.id
    )
    return _find(search, terms, FindKind.SUBSCRIPTIONS, statement, (Subscription.number,))


def find_contracts(search: Search, terms: Terms) -> list[Find]:
    """Find contracts by their own number, that of the online signing, or that of the filing."""
    statement = (
        _of_deal(search, Contract.id, Contract.number, Contract.state)
        .add_columns(Contract.online_no, Contract.filing_no)
        .join(Contract, Contract.deal_id == Deal.id)
    )
    return _find(search, terms, FindKind.CONTRACTS, statement, _CONTRACT_NUMBERS)


def find_changes(search: Search, terms: Terms) -> list[Find]:
    """Find changes by number."""
    statement = (
        _of_deal(search, Change.id, Change.number, Change.state)
        .add_columns(Change.kind)
        .join(Change, Change.deal_id == Deal.id)
    )
    return _find(search, terms, FindKind.CHANGES, statement, (Change.number,))


def describe_deals(search: Search, kind: FindKind, rows: Sequence[Any]) -> list[Find]:
    """Describe what leads to a sale: unit, buyer (masked as in the list of deals), rep."""
    return [
        Find(
            kind,
            row.id,
            row.number,
            Target("changes.show", {"number": row.number})
            if kind is FindKind.CHANGES
            else deal_target(row.deal_number),
            (FindKind.DEALS, row.deal_id),
            words=_words(search, kind, row),
            state=row.state,
        )
        for row in rows
    ]


def _find(
    search: Search, terms: Terms, kind: FindKind, statement: Select[Any], columns: tuple[TextColumn, ...]
) -> list[Find]:
    if not terms.may_be_number or not search.sees_deals():
        return []
    found = statement.where(contains(terms.plain, *columns)).order_by(
        rank(terms.plain, *columns), Deal.id.desc()
    )
    return describe_deals(search, kind, search.rows(found))


def _of_deal(search: Search, subject_id: Any, number: Any, state: Any) -> Select[Any]:
    return (
        select(
            subject_id.label("id"), number.label("number"), state.label("state"), Deal.id.label("deal_id"),
            Deal.number.label("deal_number"), Deal.rep_id, Unit.code.label("unit_code"), User.name.label("rep_name"),
            _buyer().label("buyer"),
        )
        .select_from(Deal)
        .join(Unit, Unit.id == Deal.unit_id)
        .join(User, User.id == Deal.rep_id)
        .where(search.visible())
    )  # fmt: skip


def _buyer() -> ColumnElement[str]:
    principal = (
        select(Customer.name)
        .join(DealBuyer, DealBuyer.customer_id == Customer.id)
        .where(DealBuyer.deal_id == Deal.id, DealBuyer.position == 0)
        .scalar_subquery()
    )
    held_for = (
        select(Customer.name)
        .join(Hold, Hold.customer_id == Customer.id)
        .where(Hold.deal_id == Deal.id)
        .limit(1)
        .scalar_subquery()
    )
    return func.coalesce(principal, held_for)


def _words(search: Search, kind: FindKind, row: Any) -> tuple[str, ...]:
    is_own = row.rep_id == search.actor.id and search.can(Permission.CUSTOMER_VIEW)
    sees_name = is_own or search.can(Permission.CUSTOMER_VIEW_ALL)
    buyer = row.buyer if sees_name or not row.buyer else mask_name(row.buyer)
    extra: tuple[str, ...] = ()
    if kind is FindKind.CONTRACTS:
        extra = (row.online_no, row.filing_no)
    elif kind is FindKind.CHANGES:
        extra = (str(row.kind.label),)
    number = () if kind is FindKind.DEALS else (row.deal_number,)
    return tuple(word for word in (*extra, *number, row.unit_code, buyer, row.rep_name) if word)
