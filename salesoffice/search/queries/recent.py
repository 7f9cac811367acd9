"""What a person opened from the search box."""

from sqlalchemy import select

from salesoffice.core.permissions import Permission
from salesoffice.customers.models import Customer
from salesoffice.customers.queries import select_customers
from salesoffice.deals.models import Deal
from salesoffice.inventory.models import Unit
from salesoffice.search.enums import FindKind
from salesoffice.search.models import RecentFind
from salesoffice.search.queries.base import Find, Search
from salesoffice.search.queries.numbers import describe_deals, select_deals
from salesoffice.search.queries.people import describe_customers
from salesoffice.search.queries.units import describe_units, select_units

KEPT = 8
"""So many finds of a person are remembered in a project."""


def list_recent(search: Search) -> list[Find]:
    """List what the person opened last, the newest first; what they may not see any more is left out."""
    statement = (
        select(RecentFind.subject_kind, RecentFind.subject_id)
        .where(RecentFind.user_id == search.actor.id, RecentFind.project_id == search.project_id)
        .order_by(RecentFind.opened_at.desc(), RecentFind.id.desc())
        .limit(KEPT)
    )
    wanted = [(FindKind(kind), subject_id) for kind, subject_id in search.session.execute(statement)]
    found = {
        find.remembered: find
        for kind in {kind for kind, _id in wanted}
        for find in load_finds(search, kind, [i for k, i in wanted if k is kind])
    }
    return [found[one] for one in wanted if one in found]


def load_finds(search: Search, kind: FindKind, ids: list[int]) -> list[Find]:
    """Load customers, units or deals that the person may see."""
    if kind is FindKind.CUSTOMERS:
        if not search.can(Permission.CUSTOMER_VIEW):
            return []
        statement = select_customers(search.actor, project_id=search.project_id).where(Customer.id.in_(ids))
        return describe_customers(search, search.session.scalars(statement).all())
    if kind is FindKind.UNITS:
        units = select_units().where(Unit.project_id == search.project_id, Unit.id.in_(ids))
        return describe_units(search, search.session.execute(units).all())
    if not search.sees_deals():
        return []
    return describe_deals(
        search, FindKind.DEALS, search.session.execute(select_deals(search).where(Deal.id.in_(ids))).all()
    )
