"""Finding provisional orders, and what keeps a unit now."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session, joinedload

from salesoffice.core import clock
from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.infra.i18n import _l
from salesoffice.inventory.models import Unit
from salesoffice.payments.models import Account
from salesoffice.reservations.enums import ProvisionalState
from salesoffice.reservations.models import Keeping, ProvisionalOrder
from salesoffice.reservations.queries.sales import find_open_hold
from salesoffice.staff.models import User

PROVISIONAL_SERIES = "provisional"
PROVISIONAL_TEMPLATE = "XD{number:06d}"
_LARGEST_ID = 2**31 - 1


def get_order(session: Session, order_id: int) -> ProvisionalOrder:
    """Return a provisional order by id; raises NotFound."""
    order = session.get(ProvisionalOrder, order_id) if order_id <= _LARGEST_ID else None
    if order is None:
        raise _no_order()
    return order


def get_order_by_number(session: Session, project_id: int, number: str) -> ProvisionalOrder:
    """Return a provisional order of a project by its number; raises NotFound."""
    statement = select(ProvisionalOrder).where(
        ProvisionalOrder.project_id == project_id, ProvisionalOrder.number == number
    )
    order = session.scalars(statement).one_or_none()
    if order is None:
        raise _no_order()
    return order


def find_open_order(session: Session, unit_id: int) -> ProvisionalOrder | None:
    """Find the provisional order that keeps a unit now."""
    statement = select(ProvisionalOrder).where(ProvisionalOrder.unit_id == unit_id, _is_in_force())
    return session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


def find_keeping_of(session: Session, unit_id: int) -> Keeping | None:
    """Find the hold or the provisional order that keeps a unit now."""
    return find_open_hold(session, unit_id) or find_open_order(session, unit_id)


def find_order_of_deal(session: Session, deal_id: int) -> ProvisionalOrder | None:
    """Find the provisional order with which a deal began, or through which it went."""
    return session.scalars(select(ProvisionalOrder).where(ProvisionalOrder.deal_id == deal_id)).one_or_none()


def select_orders(project_id: int, actor: Actor) -> Select[ProvisionalOrder]:
    """Build the select of the provisional orders of a project that a person may see, the newest first."""
    statement = select(ProvisionalOrder).where(ProvisionalOrder.project_id == project_id)
    if not actor.can(Permission.DEAL_VIEW_ALL, project_id):
        statement = statement.where(ProvisionalOrder.rep_id == actor.id)
    return statement.order_by(ProvisionalOrder.id.desc())


def select_order_rows(project_id: int, actor: Actor, *, is_open: bool) -> Select[Any]:
    """Build the select of orders for the list: those in force by their end, or all that have ended, the newest first."""
    statement: Any = (
        select_orders(project_id, actor)
        .options(joinedload(ProvisionalOrder.deal))
        .join(Unit, Unit.id == ProvisionalOrder.unit_id)
        .join(User, User.id == ProvisionalOrder.rep_id)
        .join(Customer, Customer.id == ProvisionalOrder.customer_id)
        .join(ProvisionalOrder.deal)
        .join(Account)
        .add_columns(
            Unit.code.label("unit_code"),
            User.name.label("rep_name"),
            Customer.name.label("customer_name"),
            (Account.received_amount - Account.refunded_amount).label("received_amount"),
        )
    )
    if is_open:
        return statement.where(_is_in_force()).order_by(None).order_by(ProvisionalOrder.expires_at)
    return statement.where(~_is_in_force())


def _is_in_force() -> ColumnElement[bool]:
    return and_(ProvisionalOrder.state == ProvisionalState.OPEN, ProvisionalOrder.expires_at > clock.now())


def _no_order() -> NotFound:
    return NotFound(_l("There is no such provisional order."))
