"""One search over people, units, sales and their papers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from salesoffice.search.enums import FindKind
from salesoffice.search.queries.base import Find, Related, Search, Target
from salesoffice.search.queries.numbers import find_changes, find_contracts, find_deals, find_subscriptions
from salesoffice.search.queries.people import find_customers, find_registrations
from salesoffice.search.queries.recent import KEPT, list_recent, load_finds
from salesoffice.search.queries.units import find_units
from salesoffice.search.rules import Terms, read_terms

__all__ = ["KEPT", "Find", "Group", "Related", "Search", "Target", "find_all", "list_recent", "load_finds"]

_FINDERS: Mapping[FindKind, Callable[[Search, Terms], list[Find]]] = MappingProxyType(
    {
        FindKind.CUSTOMERS: find_customers,
        FindKind.UNITS: find_units,
        FindKind.DEALS: find_deals,
        FindKind.SUBSCRIPTIONS: find_subscriptions,
        FindKind.CONTRACTS: find_contracts,
        FindKind.REGISTRATIONS: find_registrations,
        FindKind.CHANGES: find_changes,
    }
)


@dataclass(frozen=True)
class Group:
    """The finds of one kind, the best first; `has_more` when there are more than were wanted."""

    kind: FindKind
    finds: tuple[Find, ...]
    has_more: bool


def find_all(search: Search, text: str, *, only: FindKind | None = None) -> list[Group]:
    """Find everything that a text may mean, group by group; groups without a find are left out.

    People see what their role shows them elsewhere: reps their own customers and sales, everybody all units.
    """
    terms = read_terms(text)
    if terms is None:
        return []
    groups = []
    for kind, find in _FINDERS.items():
        found = find(search, terms) if only in {None, kind} else []
        if found:
            groups.append(Group(kind, tuple(found[: search.limit]), len(found) > search.limit))
    return groups
