"""Finding customers, and counting calls and visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from salesoffice.core.errors import NotFound
from salesoffice.core.permissions import ROLE_PERMISSIONS, Actor, Permission
from salesoffice.customers.enums import Source, VisitKind
from salesoffice.customers.models import Customer, CustomerPhone, Visit
from salesoffice.customers.rules import SearchTerms, can_see_customer, read_search
from salesoffice.infra.crypto import blind_index
from salesoffice.staff.models import Membership, User

_SHORTEST_INNER_KEY = 3


@dataclass(frozen=True)
class DayCounts:
    """Contacts of one business day: calls and visits, of which first ones."""

    calls: int = 0
    first_calls: int = 0
    visits: int = 0
    first_visits: int = 0


def select_customers(
    actor: Actor,
    *,
    project_id: int | None = None,
    query: str = "",
    source: Source | None = None,
    rep_id: int | None = None,
) -> Select[Customer]:
    """Select the customers a person may see, the newest first; `query` is name, pinyin, phone or certificate."""
    statement = (
        select(Customer)
        .where(_is_visible(actor))
        .options(selectinload(Customer.phones), joinedload(Customer.project))
        .order_by(Customer.id.desc())
    )
    if project_id is not None:
        statement = statement.where(Customer.project_id == project_id)
    if query.strip():
        statement = statement.where(_matches(read_search(query)))
    if source is not None:
        statement = statement.where(Customer.source == source)
    if rep_id is not None:
        statement = statement.where(Customer.rep_id == rep_id)
    return statement


def list_customers(
    session: Session,
    project_id: int,
    *,
    actor: Actor,
    query: str = "",
    source: Source | None = None,
    rep_id: int | None = None,
    limit: int = 50,
) -> Sequence[Customer]:
    """List at most `limit` customers of a project that a person may see, the newest first, with their phones."""
    statement = select_customers(actor, project_id=project_id, query=query, source=source, rep_id=rep_id)
    return session.scalars(statement.limit(limit)).all()


def get_customer(
    session: Session, customer_id: int, *, actor: Actor, project_id: int | None = None
) -> Customer:
    """Return a customer; NotFound when there is none, or none for this person, or not in this project."""
    customer = session.get(Customer, customer_id)
    if (
        customer is None
        or (project_id is not None and customer.project_id != project_id)
        or not can_see_customer(actor, customer.project_id, customer.rep_id)
    ):
        raise NotFound(_l("There is no such customer."))
    return customer


def find_by_phones(
    session: Session, project_id: int, phones: Sequence[str], *, except_id: int | None = None
) -> Customer | None:
    """Find a customer of the project, other than `except_id`, who has one of these phones (normalised)."""
    statement = (
        select(Customer)
        .join(CustomerPhone)
        .where(CustomerPhone.project_id == project_id, CustomerPhone.number.in_(phones))
        .order_by(Customer.id)
    )
    if except_id is not None:
        statement = statement.where(Customer.id != except_id)
    return session.scalars(statement.limit(1)).one_or_none() if phones else None


def find_by_certificate(session: Session, project_id: int, number: str) -> Customer | None:
    """Find the customer of the project with this certificate number (normalised)."""
    statement = select(Customer).where(
        Customer.project_id == project_id, Customer.certificate_index == blind_index(number)
    )
    return session.scalars(statement).one_or_none()


def list_servers(session: Session, project_id: int) -> Sequence[User]:
    """List the people of a project who receive customers, by name; closed accounts are left out."""
    roles = [role for role, permissions in ROLE_PERMISSIONS.items() if Permission.VISIT_ADD in permissions]
    statement = (
        select(User)
        .where(
            User.is_active,
            User.id.in_(
                select(Membership.user_id).where(
                    Membership.project_id == project_id, Membership.role.in_(roles)
                )
            ),
        )
        .order_by(User.name, User.id)
    )
    return session.scalars(statement).all()


def name_users(session: Session, user_ids: Sequence[int | None]) -> Mapping[int | None, str]:
    """Return the names of users by id."""
    known = {user_id for user_id in user_ids if user_id is not None}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(known))).all() if known else ()
    return {row.id: row.name for row in rows}


def list_contacts(session: Session, customer_id: int) -> Sequence[Visit]:
    """List the calls and visits of a customer, the newest first."""
    statement = (
        select(Visit)
        .where(Visit.customer_id == customer_id)
        .order_by(Visit.happened_on.desc(), Visit.id.desc())
        .limit(200)
    )
    return session.scalars(statement).all()


def select_visits(project_id: int, day: date, *, rep_id: int | None = None) -> Select[Visit]:
    """Select the calls and visits of a business day, the newest first, of one rep if given."""
    statement = (
        select(Visit)
        .where(Visit.project_id == project_id, Visit.happened_on == day)
        .options(joinedload(Visit.customer))
        .order_by(Visit.id.desc())
    )
    return statement if rep_id is None else statement.where(Visit.rep_id == rep_id)


def count_day(session: Session, project_id: int, day: date, *, rep_id: int | None = None) -> DayCounts:
    """Count the calls and visits of a business day, of one rep if given."""
    statement = (
        select(Visit.kind, Visit.is_first, func.count())
        .where(Visit.project_id == project_id, Visit.happened_on == day)
        .group_by(Visit.kind, Visit.is_first)
    )
    if rep_id is not None:
        statement = statement.where(Visit.rep_id == rep_id)
    found = {(kind, is_first): count for kind, is_first, count in session.execute(statement)}
    calls, visits = ((found.get((kind, True), 0), found.get((kind, False), 0)) for kind in VisitKind)
    return DayCounts(sum(calls), calls[0], sum(visits), visits[0])


def matches_customer(query: str) -> ColumnElement[bool]:
    """Build the condition that a customer has this name, pinyin, end of a phone or certificate."""
    return _matches(read_search(query))


def _is_visible(actor: Actor) -> ColumnElement[bool]:
    if actor.is_admin:
        return true()
    everyone = [one for one in actor.roles if actor.can(Permission.CUSTOMER_VIEW_ALL, one)]
    own = [one for one in actor.roles if actor.can(Permission.CUSTOMER_VIEW, one)]
    return or_(
        false(),
        Customer.project_id.in_(everyone),
        and_(Customer.project_id.in_(own), Customer.rep_id == actor.id),
    )


def _matches(terms: SearchTerms) -> ColumnElement[bool]:
    conditions = [Customer.name.icontains(terms.name, autoescape=True)]
    if terms.key:
        start = "" if len(terms.key) >= _SHORTEST_INNER_KEY else " "
        conditions.append(Customer.name_keys.contains(start + terms.key, autoescape=True))
    if terms.tail:
        digits = func.replace(func.replace(CustomerPhone.number, "-", ""), "+", "")
        conditions.append(Customer.phones.any(digits.endswith(terms.tail, autoescape=True)))
    if terms.certificate:
        conditions.append(Customer.certificate_index == blind_index(terms.certificate))
    return or_(*conditions)
