"""Who waits for which unit."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit
from salesoffice.reservations.enums import HoldState, WaitingState
from salesoffice.reservations.models import Hold, WaitingEntry
from salesoffice.staff.models import User

_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class WaitingLine:
    """A place on a waiting list as a person may see it: another rep's customer has no name."""

    entry: WaitingEntry
    unit_code: str
    rep_name: str
    customer_name: str | None
    place: int
    is_mine: bool


def get_entry(session: Session, entry_id: int) -> WaitingEntry:
    """Return a place on a waiting list by id; raises NotFound."""
    entry = session.get(WaitingEntry, entry_id) if entry_id <= _LARGEST_ID else None
    if entry is None:
        raise NotFound(_l("There is no such place on a waiting list."))
    return entry


def find_first_waiting(session: Session, unit_id: int) -> WaitingEntry | None:
    """Find who comes first when a unit is free. Whoever has it offered already does not wait any more."""
    statement = (
        select(WaitingEntry)
        .where(WaitingEntry.unit_id == unit_id, WaitingEntry.state == WaitingState.WAITING)
        .order_by(WaitingEntry.position)
        .limit(1)
    )
    return session.scalars(statement.execution_options(populate_existing=True)).first()


def list_waiting_unit_ids(session: Session) -> Sequence[int]:
    """List the units somebody waits for, by id."""
    statement = select(WaitingEntry.unit_id).where(WaitingEntry.state == WaitingState.WAITING).distinct()
    return session.scalars(statement.order_by(WaitingEntry.unit_id)).all()


def list_offered(session: Session) -> Sequence[WaitingEntry]:
    """List the entries whose offer has ended: its hold was released, became a subscription, or its time has passed."""
    statement = (
        select(WaitingEntry)
        .join(Hold, Hold.id == WaitingEntry.hold_id)
        .where(
            WaitingEntry.state == WaitingState.OFFERED,
            or_(Hold.state != HoldState.OPEN, Hold.expires_at <= clock.now()),
        )
        .order_by(WaitingEntry.id)
    )
    return session.scalars(statement).all()


def list_waiting_of_unit(session: Session, unit: Unit, actor: Actor) -> list[WaitingLine]:
    """List who waits for a unit, the first on top."""
    statement = _select_lines(unit.project_id).where(WaitingEntry.unit_id == unit.id)
    return _read_lines(session, statement, actor)


def list_waiting(session: Session, project_id: int, actor: Actor) -> list[WaitingLine]:
    """List the waiting customers of a project that a person looks after, by unit; all for whoever manages holds."""
    lines = _read_lines(session, _select_lines(project_id), actor)
    if actor.can(Permission.HOLD_MANAGE, project_id):
        return lines
    return [line for line in lines if line.is_mine]


def _select_lines(project_id: int) -> Select[WaitingEntry, str, str, str]:
    return (
        select(WaitingEntry, Unit.code, User.name, Customer.name)
        .join(Unit, Unit.id == WaitingEntry.unit_id)
        .join(User, User.id == WaitingEntry.rep_id)
        .join(Customer, Customer.id == WaitingEntry.customer_id)
        .where(
            and_(
                WaitingEntry.project_id == project_id,
                WaitingEntry.state.in_((WaitingState.WAITING, WaitingState.OFFERED)),
            )
        )
        .order_by(Unit.code, WaitingEntry.position)
    )


def _read_lines(
    session: Session, statement: Select[WaitingEntry, str, str, str], actor: Actor
) -> list[WaitingLine]:
    places: dict[int, int] = {}
    lines = []
    for entry, code, rep_name, customer_name in session.execute(statement):
        places[entry.unit_id] = places.get(entry.unit_id, 0) + 1
        is_mine = entry.rep_id == actor.id or actor.can(Permission.HOLD_MANAGE, entry.project_id)
        name = customer_name if is_mine else None
        lines.append(WaitingLine(entry, code, rep_name, name, places[entry.unit_id], is_mine))
    return lines
