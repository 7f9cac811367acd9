"""What all groups of a search share: the shape of a find, ranking, who sees which sale."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_
from sqlalchemy.orm import InstrumentedAttribute, Session

from salesoffice.core.permissions import Actor, Permission
from salesoffice.deals.models import Deal
from salesoffice.search.enums import FindKind

TextColumn = InstrumentedAttribute[str]


@dataclass(frozen=True)
class Target:
    """A page: the name of its endpoint and the parts of its address."""

    endpoint: str
    parts: dict[str, Any]


@dataclass(frozen=True)
class Related:
    """Something that belongs to a find, with its own page."""

    words: tuple[str, ...]
    state: Any
    target: Target


@dataclass(frozen=True)
class Find:
    """One thing found. `remembered` is what is kept in the person's recent finds when it is opened."""

    kind: FindKind
    subject_id: int
    title: str
    target: Target
    remembered: tuple[FindKind, int]
    words: tuple[str, ...] = ()
    state: Any = None
    related: tuple[Related, ...] = field(default=())


@dataclass(frozen=True)
class Search:
    """Who searches where, and how many finds of a group are wanted; one more is fetched to tell whether there are more."""

    session: Session
    actor: Actor
    project_id: int
    limit: int

    def can(self, permission: Permission) -> bool:
        """Tell whether the person may do something in the project."""
        return self.actor.can(permission, self.project_id)

    def sees_deals(self) -> bool:
        """Tell whether the person sees any sale."""
        return self.can(Permission.DEAL_VIEW)

    def visible(self) -> ColumnElement[bool]:
        """Return the condition that the person may see a deal: all of the project's, or their own."""
        in_project = Deal.project_id == self.project_id
        return (
            in_project if self.can(Permission.DEAL_VIEW_ALL) else in_project & (Deal.rep_id == self.actor.id)
        )

    def rows(self, statement: Select[*tuple[Any, ...]]) -> list[Any]:
        """Run a select for one row more than wanted."""
        return list(self.session.execute(statement.limit(self.limit + 1)).all())


def contains(text: str, *columns: TextColumn) -> ColumnElement[bool]:
    """Return the condition that one of the columns has the text somewhere."""
    return or_(*(column.icontains(text, autoescape=True) for column in columns))


def rank(text: str, *columns: TextColumn) -> ColumnElement[int]:
    """Return 0 for a column that is the text, 1 for one that begins with it, 2 otherwise."""
    return case(
        (or_(*(func.lower(column) == text for column in columns)), 0),
        (or_(*(column.istartswith(text, autoescape=True) for column in columns)), 1),
        else_=2,
    )


def deal_target(number: str) -> Target:
    """Return the page of a deal."""
    return Target("board.deal", {"number": number})
