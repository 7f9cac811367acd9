"""Finding changes of sales, and what must never be the case about them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from salesoffice.approvals.enums import RequestState
from salesoffice.approvals.models import ApprovalRequest
from salesoffice.changes.enums import ChangeKind, ChangeState
from salesoffice.changes.models import Change
from salesoffice.changes.rules import CHANGE_SERIES
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor
from salesoffice.customers.models import Customer
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.deals.queries import may_view_deal, select_visible_deals
from salesoffice.infra.numbering import last_number
from salesoffice.inventory.models import Unit
from salesoffice.reservations.queries import CHOOSABLE_COUNT
from salesoffice.undo.models import UndoOffer

_LARGEST_ID = 2**31 - 1


def get_change(session: Session, change_id: int) -> Change:
    """Return a change by id; raises NotFound."""
    change = session.get(Change, change_id) if change_id <= _LARGEST_ID else None
    if change is None:
        raise NotFound(_l("There is no such change."))
    return change


def get_change_by_number(session: Session, project_id: int, number: str) -> Change:
    """Return a change of a project by its number; raises NotFound."""
    statement = select(Change).where(Change.project_id == project_id, Change.number == number)
    change = session.scalars(statement).one_or_none()
    if change is None:
        raise NotFound(_l("There is no such change."))
    return change


def list_changes_of_deal(session: Session, deal_id: int) -> Sequence[Change]:
    """List the changes of a sale, the newest first."""
    return session.scalars(select(Change).where(Change.deal_id == deal_id).order_by(Change.id.desc())).all()


@dataclass(frozen=True)
class ChangeSearch:
    """Which changes: words (a number, a unit, a deal, a buyer), a kind, a state; empty: all."""

    text: str = ""
    kind: ChangeKind | None = None
    state: ChangeState | None = None


def select_changes(project_id: int, search: ChangeSearch, *, actor: Actor) -> Select[Change]:
    """Build the select of the changes of the sales that a person may see, the newest first."""
    visible = select_visible_deals(project_id, actor).with_only_columns(Deal.id).order_by(None)
    statement = (
        select(Change)
        .where(Change.project_id == project_id, Change.deal_id.in_(visible))
        .options(joinedload(Change.deal).joinedload(Deal.unit))
        .order_by(Change.id.desc())
    )
    if search.kind is not None:
        statement = statement.where(Change.kind == search.kind)
    if search.state is not None:
        statement = statement.where(Change.state == search.state)
    if search.text:
        statement = statement.where(_matches(search.text))
    return statement


def count_states(
    project_id: int, search: ChangeSearch, *, session: Session, actor: Actor
) -> dict[ChangeState, int]:
    """Count the changes that a person may see by state, whatever state the search names."""
    found = select_changes(project_id, replace(search, state=None), actor=actor)
    ids = found.with_only_columns(Change.id).order_by(None).subquery()
    statement = (
        select(Change.state, func.count()).where(Change.id.in_(select(ids.c.id))).group_by(Change.state)
    )
    return {row[0]: int(row[1]) for row in session.execute(statement)}


def may_view_change(actor: Actor, change: Change) -> bool:
    """Tell whether a person may see a change: whoever may see its sale."""
    return may_view_deal(actor, change.deal)


def find_undo_offer(session: Session, change: Change) -> UndoOffer | None:
    """Find the offer to take a change back, also one that is taken or too late."""
    statement = select(UndoOffer).where(
        UndoOffer.subject_kind == Change.__tablename__, UndoOffer.subject_id == change.id
    )
    return session.scalars(statement.order_by(UndoOffer.id.desc())).first()


def _matches(text: str) -> ColumnElement[bool]:
    named = exists().where(
        DealBuyer.deal_id == Change.deal_id,
        DealBuyer.customer_id == Customer.id,
        or_(
            Customer.name.icontains(text, autoescape=True),
            Customer.name_keys.icontains(text, autoescape=True),
        ),
    )
    columns = (Change.number, Change.reason, Deal.number, Unit.code)
    in_columns = or_(*(column.icontains(text, autoescape=True) for column in columns))
    found = (
        select(Change.id)
        .join(Deal, Deal.id == Change.deal_id)
        .join(Unit, Unit.id == Deal.unit_id)
        .where(in_columns | named)
    )
    return Change.id.in_(found)


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words everything about changes that must never be the case."""
    yield from _find_wrong_requests(session)
    yield from _find_number_gaps(session)


def _find_wrong_requests(session: Session) -> Iterator[str]:
    statement = (
        select(Change.number, Change.state, ApprovalRequest.state)
        .outerjoin(ApprovalRequest, ApprovalRequest.id == Change.request_id)
        .where(
            or_(
                (Change.state == ChangeState.REQUESTED)
                & (ApprovalRequest.id.is_(None) | (ApprovalRequest.state != RequestState.PENDING)),
                (Change.state != ChangeState.REQUESTED) & (ApprovalRequest.state == RequestState.PENDING),
                (Change.state == ChangeState.APPLIED)
                & ApprovalRequest.id.is_not(None)
                & (ApprovalRequest.state != RequestState.APPROVED),
            )
        )
        .order_by(Change.id)
    )
    for number, state, decided in session.execute(statement):
        yield f"change {number}: {state.value}, but its request is {decided.value if decided else 'missing'}"


def _find_number_gaps(session: Session) -> Iterator[str]:
    statement = select(Change.project_id, func.count()).group_by(Change.project_id)
    for project_id, count in session.execute(statement.order_by(Change.project_id)):
        last = last_number(session, project_id=project_id, series=CHANGE_SERIES)
        if count != last:
            yield f"project {project_id}: {count} changes, but the last number is {last}"


def list_customers(session: Session, project_id: int) -> Sequence[Customer]:
    """List the newest customers of a project with their phones, to choose a buyer from."""
    statement = (
        select(Customer).where(Customer.project_id == project_id).options(selectinload(Customer.phones))
    )
    return session.scalars(statement.order_by(Customer.id.desc()).limit(CHOOSABLE_COUNT)).all()
