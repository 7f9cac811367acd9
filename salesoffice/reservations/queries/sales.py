"""Finding holds, subscription agreements, the people and the price they are made with."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session, selectinload

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotFound
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import TIMED_KINDS
from salesoffice.deals.models import Claim
from salesoffice.deals.queries import live_claim
from salesoffice.inventory.enums import ACCESSORY_PRODUCTS, ReleaseState
from salesoffice.inventory.models import Unit
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.reservations.enums import HoldState
from salesoffice.reservations.models import Hold, Subscription, SubscriptionAccessory
from salesoffice.staff.models import User

SUBSCRIPTION_SERIES = "subscription"
SUBSCRIPTION_TEMPLATE = "RG{number:06d}"
CHOOSABLE_COUNT = 500
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class HoldLine:
    """An open hold in the list of holds."""

    hold: Hold
    unit_code: str
    rep_name: str
    customer_name: str | None
    minutes_left: int
    can_extend: bool


def get_hold(session: Session, hold_id: int) -> Hold:
    """Return a hold by id; raises NotFound."""
    hold = session.get(Hold, hold_id) if hold_id <= _LARGEST_ID else None
    if hold is None:
        raise NotFound(_l("There is no such hold."))
    return hold


def find_open_hold(session: Session, unit_id: int) -> Hold | None:
    """Find the hold that keeps a unit now."""
    statement = select(Hold).where(
        Hold.unit_id == unit_id, Hold.state == HoldState.OPEN, Hold.expires_at > clock.now()
    )
    return session.scalars(statement).one_or_none()


def find_previous_hold(session: Session, *, unit_id: int, rep_id: int) -> Hold | None:
    """Find a rep's last hold on a unit that was released or expired."""
    statement = (
        select(Hold)
        .where(
            Hold.unit_id == unit_id,
            Hold.rep_id == rep_id,
            Hold.state.in_((HoldState.RELEASED, HoldState.EXPIRED)),
        )
        .order_by(Hold.id.desc())
        .limit(1)
    )
    return session.scalars(statement).first()


def count_open_holds(session: Session, *, project_id: int, rep_id: int) -> int:
    """Count the units that a rep holds now."""
    statement = select(func.count()).where(
        Hold.project_id == project_id,
        Hold.rep_id == rep_id,
        Hold.state == HoldState.OPEN,
        Hold.expires_at > clock.now(),
    )
    return session.scalar(statement) or 0


def list_expired_unit_ids(session: Session, limit: int) -> Sequence[int]:
    """List units whose open hold or provisional order has expired, by id."""
    statement = (
        select(Claim.unit_id)
        .where(Claim.closed_at.is_(None), Claim.kind.in_(TIMED_KINDS), Claim.expires_at <= clock.now())
        .order_by(Claim.unit_id)
        .limit(limit)
    )
    return session.scalars(statement).all()


def list_open_holds(session: Session, project_id: int, actor: Actor) -> list[HoldLine]:
    """List the holds in force that a person may see, the one that ends first on top."""
    statement = (
        select(Hold, Unit.code, User.name, Customer.name)
        .join(Unit, Unit.id == Hold.unit_id)
        .join(User, User.id == Hold.rep_id)
        .outerjoin(Customer, Customer.id == Hold.customer_id)
        .where(Hold.project_id == project_id, Hold.state == HoldState.OPEN, Hold.expires_at > clock.now())
        .order_by(Hold.expires_at, Hold.id)
    )
    if not actor.can(Permission.HOLD_MANAGE, project_id):
        statement = statement.where(Hold.rep_id == actor.id)
    now = clock.now()
    return [
        HoldLine(
            hold=hold,
            unit_code=code,
            rep_name=rep_name,
            customer_name=customer_name,
            minutes_left=max(-int((now - hold.expires_at).total_seconds() // 60), 1),
            can_extend=hold.expires_at < hold.latest_expiry_at,
        )
        for hold, code, rep_name, customer_name in session.execute(statement)
    ]


def list_free_accessories(session: Session, project_id: int) -> Sequence[Row[int, str, int]]:
    """List (unit id, code, list total in fen) of the parking spaces and storage rooms that nobody claims."""
    claimed = select(Claim.unit_id).where(Claim.project_id == project_id, live_claim())
    statement = (
        select(Unit.id, Unit.code, UnitPrice.list_total_amount)
        .join(UnitPrice, UnitPrice.unit_id == Unit.id)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(
            Unit.project_id == project_id,
            Unit.product.in_(ACCESSORY_PRODUCTS),
            Unit.release_state == ReleaseState.RELEASED,
            PriceVersion.state == PriceVersionState.IN_FORCE,
            Unit.id.not_in(claimed),
        )
        .order_by(Unit.code)
    )
    return session.execute(statement).all()


def list_free_units(session: Session, project_id: int) -> Sequence[Row[int, str, int]]:
    """List (unit id, code, list total in fen) of the units on sale that nobody claims, without accessories."""
    claimed = select(Claim.unit_id).where(Claim.project_id == project_id, live_claim())
    statement = (
        select(Unit.id, Unit.code, UnitPrice.list_total_amount)
        .join(UnitPrice, UnitPrice.unit_id == Unit.id)
        .join(PriceVersion, PriceVersion.id == UnitPrice.version_id)
        .where(
            Unit.project_id == project_id,
            Unit.product.not_in(ACCESSORY_PRODUCTS),
            Unit.release_state == ReleaseState.RELEASED,
            PriceVersion.state == PriceVersionState.IN_FORCE,
            Unit.id.not_in(claimed),
        )
        .order_by(Unit.code)
        .limit(CHOOSABLE_COUNT)
    )
    return session.execute(statement).all()


def list_accessories(session: Session, subscription_id: int) -> Sequence[SubscriptionAccessory]:
    """List the accessories sold with the flat of an agreement, by unit."""
    statement = select(SubscriptionAccessory).where(SubscriptionAccessory.subscription_id == subscription_id)
    return session.scalars(statement.order_by(SubscriptionAccessory.unit_id)).all()


def get_subscription(session: Session, subscription_id: int) -> Subscription:
    """Return a subscription agreement by id; raises NotFound."""
    found = session.get(Subscription, subscription_id) if subscription_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound(_l("There is no such subscription agreement."))
    return found


def get_subscription_by_number(session: Session, project_id: int, number: str) -> Subscription:
    """Return a subscription agreement of a project by its number; raises NotFound."""
    statement = select(Subscription).where(
        Subscription.project_id == project_id, Subscription.number == number
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(_l("There is no such subscription agreement."))
    return found


def find_subscription_of_deal(session: Session, deal_id: int) -> Subscription | None:
    """Find the latest subscription agreement of a deal."""
    statement = select(Subscription).where(Subscription.deal_id == deal_id).order_by(Subscription.id.desc())
    return session.scalars(statement).first()


def select_choosable_customers(project_id: int, actor: Actor) -> Select[Customer]:
    """Build the select of the customers a person may sell to: their own, or all of the project's."""
    statement = select(Customer).where(Customer.project_id == project_id)
    if not actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        statement = statement.where(Customer.rep_id == actor.id)
    return statement


def list_choosable_customers(session: Session, project_id: int, actor: Actor) -> Sequence[Customer]:
    """List the newest customers a person may sell to, with their phones."""
    statement = select_choosable_customers(project_id, actor).options(selectinload(Customer.phones))
    return session.scalars(statement.order_by(Customer.id.desc()).limit(CHOOSABLE_COUNT)).all()


def get_choosable_customers(
    session: Session, project_id: int, actor: Actor, ids: Sequence[int], *, field: str
) -> list[Customer]:
    """Return the customers of these ids, in this order; refuses with InvalidInput one the person may not sell to."""
    statement = select_choosable_customers(project_id, actor).where(Customer.id.in_(ids))
    found = {customer.id: customer for customer in session.scalars(statement)}
    if any(wanted not in found for wanted in ids):
        message = _l("There is no such customer among those you look after.")
        raise InvalidInput(message, [FieldProblem(field, message)], code="customer_unknown")
    return [found[wanted] for wanted in ids]
