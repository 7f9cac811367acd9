"""Units by code or room, each with its sales now and before."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from salesoffice.core.permissions import Permission
from salesoffice.deals.models import Claim, Deal
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Building, Section, Unit
from salesoffice.search.enums import FindKind
from salesoffice.search.queries.base import Find, Related, Search, Target, contains, deal_target
from salesoffice.search.rules import Terms


def find_units(search: Search, terms: Terms) -> list[Find]:
    """Find units by their code, or by room with words of building and section before it; the exact room first."""
    if not search.can(Permission.BOARD_VIEW) or (terms.plain.isdecimal() and not terms.rooms):
        return []
    exact = [_is_room(words, room) for words, room in terms.rooms]
    begins = [_is_room(words, room, exact=False) for words, room in terms.rooms]
    order = (
        case((or_(func.lower(Unit.code) == terms.plain, *exact), 0), (or_(*begins), 1), else_=2)
        if exact
        else Unit.id
    )
    statement = (
        select_units()
        .where(Unit.project_id == search.project_id, or_(contains(terms.plain, Unit.code), *begins))
        .order_by(order, Building.position, Building.name, Unit.code)
    )
    return describe_units(search, search.rows(statement))


def select_units() -> Select[int, str, str, ReleaseState, str, str]:
    """Select units with what is said of one."""
    return (
        select(Unit.id, Unit.code, Unit.room_no, Unit.release_state, Building.name.label("building"), Section.name.label("section"))
        .join(Building, Building.id == Unit.building_id)
        .join(Section, Section.id == Unit.section_id)
    )  # fmt: skip


def describe_units(search: Search, rows: Sequence[Any]) -> list[Find]:
    """Describe units with their sales, those under way first; the kind of the open claim is their state."""
    sales, claims = _find_sales(search, [row.id for row in rows]) if rows else ({}, {})
    return [
        Find(
            FindKind.UNITS,
            row.id,
            row.code,
            Target("board.unit", {"unit_code": row.code}),
            (FindKind.UNITS, row.id),
            words=tuple(word for word in (row.building, row.section, row.room_no) if word),
            state=claims.get(row.id, row.release_state),
            related=tuple(sales.get(row.id, ())),
        )
        for row in rows
    ]


def _is_room(words: tuple[str, ...], room: str, *, exact: bool = True) -> ColumnElement[bool]:
    squeezed = func.lower(func.replace(func.replace(Unit.room_no, "-", ""), " ", ""))
    is_room = squeezed == room if exact else squeezed.startswith(room, autoescape=True)
    framed = func.lower("-" + Unit.code + "-")
    return and_(is_room, *(framed.contains(f"-{word}-", autoescape=True) for word in words))


def _find_sales(search: Search, ids: Sequence[int]) -> tuple[dict[int, list[Related]], dict[int, Any]]:
    """Find the sales of units that the person sees, also those that moved on to another unit, and the open claims."""
    sales: dict[int, list[Related]] = defaultdict(list)
    claims: dict[int, Any] = {}
    statement = (
        select(Claim.unit_id, Claim.kind, Claim.closed_at, Claim.end_kind, Deal.number, search.visible().label("is_seen"))
        .join(Deal, Deal.id == Claim.deal_id)
        .where(Claim.unit_id.in_(ids))
        .order_by(Claim.closed_at.is_not(None), Claim.id.desc())
    )  # fmt: skip
    for row in search.session.execute(statement):
        if row.closed_at is None:
            claims[row.unit_id] = row.kind
        if row.is_seen and search.sees_deals():
            state = row.kind if row.closed_at is None else row.end_kind
            sales[row.unit_id].append(Related((row.number,), state, deal_target(row.number)))
    return sales, claims
