"""Customers with everything about them, and registrations."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import case, func, select, union
from sqlalchemy.orm import joinedload

from salesoffice.core.permissions import Permission
from salesoffice.customers.models import Customer
from salesoffice.customers.queries import name_users, select_customers
from salesoffice.customers.rules import can_see_contacts, shown_phones
from salesoffice.deals.models import Deal, DealBuyer
from salesoffice.inventory.models import Unit
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.reservations.models import Hold
from salesoffice.search.enums import FindKind
from salesoffice.search.queries.base import Find, Related, Search, Target, contains, deal_target, rank
from salesoffice.search.rules import Terms


def find_customers(search: Search, terms: Terms) -> list[Find]:
    """Find customers by name, pinyin, initials, the end of a phone, or the whole certificate number."""
    if not terms.may_be_person or not search.can(Permission.CUSTOMER_VIEW):
        return []
    order = case(
        (Customer.name == terms.plain, 0),
        (Customer.name.istartswith(terms.plain, autoescape=True), 1),
        (Customer.name_keys.contains(f" {terms.plain.replace(' ', '')} ", autoescape=True), 1),
        else_=2,
    )
    statement = select_customers(search.actor, project_id=search.project_id, query=terms.plain)
    found = search.session.scalars(
        statement.order_by(None).order_by(order, Customer.id.desc()).limit(search.limit + 1)
    ).all()
    return describe_customers(search, found)


def describe_customers(search: Search, found: Sequence[Customer]) -> list[Find]:
    """Describe customers with their phones, their sales and registrations; phones masked as on their own page."""
    if not found:
        return []
    related = _find_related(search, [customer.id for customer in found])
    reps = name_users(search.session, [customer.rep_id for customer in found])
    finds = []
    for one in found:
        is_full = can_see_contacts(search.actor, one.project_id, one.rep_id)
        phones = shown_phones([phone.number for phone in one.phones], is_full=is_full)
        finds.append(
            Find(
                FindKind.CUSTOMERS,
                one.id,
                one.name,
                Target("customers.show", {"customer_id": one.id}),
                (FindKind.CUSTOMERS, one.id),
                words=(*phones, *((reps[one.rep_id],) if one.rep_id in reps else ())),
                related=tuple(related[one.id]),
            )
        )
    return finds


def find_registrations(search: Search, terms: Terms) -> list[Find]:
    """Find registrations by number or queue number."""
    if not terms.may_be_number or not search.can(Permission.REGISTRATION_VIEW):
        return []
    one, category = Registration, RegistrationCategory
    matches = contains(terms.plain, one.number)
    order = rank(terms.plain, one.number)
    if terms.queue is not None:
        letters, number = terms.queue
        is_queue = (one.queue_number == number) & (
            func.lower(category.prefix).in_((letters,)) if letters else True
        )
        matches, order = matches | is_queue, case((is_queue, 0), else_=order)
    statement = (
        select(one)
        .join(category, category.id == one.category_id)
        .options(joinedload(one.customer), joinedload(one.category))
        .where(one.project_id == search.project_id, matches)
        .order_by(order, one.id.desc())
    )
    if not search.can(Permission.CUSTOMER_VIEW_ALL):
        statement = statement.where(one.rep_id == search.actor.id)
    return [_describe_registration(row[0]) for row in search.rows(statement)]


def _describe_registration(one: Registration) -> Find:
    return Find(
        FindKind.REGISTRATIONS,
        one.id,
        one.number,
        Target("registrations.show", {"registration_id": one.id}),
        (FindKind.CUSTOMERS, one.customer_id),
        words=(f"{one.category.prefix}{one.queue_number}", one.category.name, one.customer.name),
        state=one.state,
    )


def _find_related(search: Search, ids: Sequence[int]) -> dict[int, list[Related]]:
    """Find the sales and the registrations of customers that the person sees, the newest first; three queries."""
    found: dict[int, list[Related]] = defaultdict(list)
    if search.sees_deals():
        bought = select(DealBuyer.customer_id, DealBuyer.deal_id).where(DealBuyer.customer_id.in_(ids))
        held = select(Hold.customer_id, Hold.deal_id).where(Hold.customer_id.in_(ids))
        party = union(bought, held).subquery()
        sales = (
            select(party.c.customer_id, Deal.number, Deal.state, Unit.code)
            .join(Deal, Deal.id == party.c.deal_id)
            .join(Unit, Unit.id == Deal.unit_id)
            .where(search.visible())
            .order_by(Deal.id.desc())
        )
        for customer_id, number, state, code in search.session.execute(sales):
            found[customer_id].append(Related((number, code), state, deal_target(number)))
    if search.can(Permission.REGISTRATION_VIEW):
        one = Registration
        registered = select(one.customer_id, one.id, one.number, one.state).where(one.customer_id.in_(ids))
        for customer_id, one_id, number, state in search.session.execute(registered.order_by(one.id.desc())):
            page = Target("registrations.show", {"registration_id": one_id})
            found[customer_id].append(Related((number,), state, page))
    return found
