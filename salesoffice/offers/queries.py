"""Finding discount schemes and who may give how much, loan terms and fees, and offers."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload

from salesoffice.core import clock
from salesoffice.core.errors import FieldProblem, InvalidInput, NotFound
from salesoffice.core.permissions import Actor, Permission, Role
from salesoffice.customers.models import Customer
from salesoffice.customers.queries import select_customers
from salesoffice.infra import numbering
from salesoffice.inventory.enums import Product
from salesoffice.inventory.models import Unit
from salesoffice.offers.models import DiscountAuthority, DiscountScheme, FeeRate, LoanTerms, Offer
from salesoffice.offers.rules import (
    DEFAULT_LOAN_TERMS,
    FeeTerms,
    LoanFigures,
    Scheme,
    default_fees,
    is_usable,
)
from salesoffice.payments.enums import PlanKind
from salesoffice.projects.models import Project
from salesoffice.staff.models import User

OFFER_SERIES, OFFER_TEMPLATE = "offer", "ZY{number:06d}"
"""Number series of a project's offers and how the numbers look."""

CHOOSABLE_COUNT = 500
_LARGEST_ID = 2**31 - 1


@dataclass(frozen=True)
class OfferTools:
    """With what a project counts loans and fees; `is_usual` while the office has not entered its own figures."""

    loan: LoanFigures
    fees: tuple[FeeTerms, ...]
    is_usual: bool


def list_schemes(session: Session, project_id: int, *, closed: bool = False) -> Sequence[DiscountScheme]:
    """List the active schemes of a project in their order, or the closed ones, the latest first."""
    statement = select(DiscountScheme).where(DiscountScheme.project_id == project_id)
    if closed:
        found = statement.where(DiscountScheme.is_active.is_(False)).order_by(DiscountScheme.id.desc())
    else:
        found = statement.where(DiscountScheme.is_active).order_by(DiscountScheme.position, DiscountScheme.id)
    return session.scalars(found).all()


def get_scheme(session: Session, project_id: int, scheme_id: int) -> DiscountScheme:
    """Return a scheme of a project; raises NotFound, also for another project's."""
    found = session.get(DiscountScheme, scheme_id) if scheme_id <= _LARGEST_ID else None
    if found is None or found.project_id != project_id:
        raise NotFound(_l("There is no such discount scheme."))
    return found


def get_schemes(session: Session, project_id: int, ids: Sequence[int]) -> list[DiscountScheme]:
    """Return the schemes of these ids; refuses with InvalidInput one that the project does not have."""
    if not ids:
        return []
    possible = [scheme_id for scheme_id in ids if 0 < scheme_id <= _LARGEST_ID]
    statement = select(DiscountScheme).where(
        DiscountScheme.project_id == project_id, DiscountScheme.id.in_(possible)
    )
    found = list(session.scalars(statement))
    if len(found) != len(set(ids)):
        message = _l("There is no such discount scheme.")
        raise InvalidInput(message, [FieldProblem("scheme_ids", message)], code="scheme_unknown")
    return found


def to_rule(scheme: DiscountScheme) -> Scheme:
    """Turn a stored scheme into what the rules judge."""
    return Scheme(
        id=scheme.id,
        name=scheme.name,
        kind=scheme.kind,
        value=Decimal(scheme.value),
        position=scheme.position,
        valid_from=scheme.valid_from,
        valid_until=scheme.valid_until,
        cap=scheme.cap_amount,
        is_stackable=scheme.is_stackable,
        is_active=scheme.is_active,
        plan_kinds=read_plans(scheme),
    )


def read_plans(scheme: DiscountScheme) -> frozenset[PlanKind]:
    """Return the payment plans a scheme goes with, empty for all."""
    return frozenset(PlanKind(value) for value in json.loads(scheme.plan_kinds))


def is_usable_today(scheme: DiscountScheme) -> bool:
    """Tell whether a scheme can be given today, with some payment plan."""
    return is_usable(to_rule(scheme), plan=None, on=clock.business_today())


def list_usable_schemes(session: Session, project_id: int) -> list[DiscountScheme]:
    """List the schemes that can be given today, in their order."""
    return [scheme for scheme in list_schemes(session, project_id) if is_usable_today(scheme)]


def list_authorities(session: Session, project_id: int) -> Mapping[Role, Decimal]:
    """Return the largest discount (share of the list price) of each role that has a limit."""
    statement = select(DiscountAuthority).where(DiscountAuthority.project_id == project_id)
    return {Role(row.role): row.max_rate for row in session.scalars(statement)}


def get_tools(session: Session, project_id: int) -> OfferTools:
    """Return the loan terms and fees of a project; the usual ones until the office has entered its own."""
    terms = session.get(LoanTerms, project_id)
    if terms is None:
        return OfferTools(DEFAULT_LOAN_TERMS, default_fees(), is_usual=True)
    loan = LoanFigures(
        terms.commercial_rate,
        terms.provident_rate,
        terms.provident_ceiling_amount,
        terms.max_years,
        terms.source,
    )
    statement = select(FeeRate).where(FeeRate.project_id == project_id).order_by(FeeRate.position, FeeRate.id)
    return OfferTools(loan, tuple(_to_fee(row) for row in session.scalars(statement)), is_usual=False)


def select_choosable(project_id: int, actor: Actor) -> Select[Customer]:
    """Select the customers a person may make offers to: their own, or all of the project's, the newest first."""
    statement = select_customers(actor, project_id=project_id)
    if not actor.can(Permission.CUSTOMER_VIEW_ALL, project_id):
        statement = statement.where(Customer.rep_id == actor.id)
    return statement


def list_choosable(session: Session, project_id: int, actor: Actor) -> Sequence[Customer]:
    """List the newest customers a person may make offers to."""
    return session.scalars(select_choosable(project_id, actor).limit(CHOOSABLE_COUNT)).unique().all()


def get_choosable(session: Session, project_id: int, actor: Actor, customer_id: int) -> Customer:
    """Return a customer; refuses with InvalidInput (`customer_unknown`) one the person does not look after."""
    statement = select_choosable(project_id, actor).where(Customer.id == customer_id)
    found = session.scalars(statement).unique().one_or_none()
    if found is None:
        message = _l("There is no such customer among those you look after.")
        raise InvalidInput(message, [FieldProblem("customer_id", message)], code="customer_unknown")
    return found


def select_offers(
    project_id: int | None,
    actor: Actor,
    *,
    query: str = "",
    unit_id: int | None = None,
    customer_id: int | None = None,
    rep_id: int | None = None,
) -> Select[Offer]:
    """Select the offers a person may see, in one project or in all, the newest first.

    `query` is a part of a number, of a unit's code or of a customer's name.
    """
    statement = (
        select(Offer)
        .join(Unit, Unit.id == Offer.unit_id)
        .outerjoin(Customer, Customer.id == Offer.customer_id)
        .where(_is_visible(actor))
        .options(joinedload(Offer.unit), joinedload(Offer.customer), joinedload(Offer.rep))
        .order_by(Offer.id.desc())
    )
    wanted_ids = (
        (Offer.project_id, project_id),
        (Offer.unit_id, unit_id),
        (Offer.customer_id, customer_id),
        (Offer.rep_id, rep_id),
    )
    for column, value in wanted_ids:
        if value is not None:
            statement = statement.where(column == value)
    if query:
        wanted = f"%{_escape(query)}%"
        names = (Offer.number, Unit.code, Customer.name)
        statement = statement.where(or_(*(name.ilike(wanted, escape="\\") for name in names)))
    return statement


def list_reps(session: Session, project_id: int) -> Sequence[User]:
    """List the people who have made offers in a project, by name."""
    makers = select(Offer.rep_id).where(Offer.project_id == project_id)
    return session.scalars(select(User).where(User.id.in_(makers)).order_by(User.name)).all()


def may_view_offer(actor: Actor, offer: Offer) -> bool:
    """Tell whether a person may see an offer: their own, or all of the project's."""
    return offer.rep_id == actor.id or _sees_all(actor, offer.project_id)


def get_offer(session: Session, offer_id: int) -> Offer:
    """Return an offer by id; raises NotFound."""
    found = session.get(Offer, offer_id) if offer_id <= _LARGEST_ID else None
    if found is None:
        raise NotFound(_l("There is no such offer."))
    return found


def find_offer_by_number(session: Session, project_id: int, number: str) -> Offer | None:
    """Find an offer of a project by its number."""
    statement = select(Offer).where(Offer.project_id == project_id, Offer.number == number)
    return session.scalars(statement).one_or_none()


def find_breaches(session: Session) -> Iterator[str]:
    """Yield in words every project whose offers do not have the numbers 1 to n."""
    for project_id in session.scalars(select(Project.id).order_by(Project.id)):
        count = session.scalar(select(func.count()).select_from(Offer).where(Offer.project_id == project_id))
        last = numbering.last_number(session, project_id=project_id, series=OFFER_SERIES)
        if count != last:
            yield f"project {project_id}: {count} offers, but the last number is {last}"


def _is_visible(actor: Actor) -> ColumnElement[bool]:
    if actor.is_admin:
        return true()
    whole = [project_id for project_id in actor.roles if _sees_all(actor, project_id)]
    own = and_(Offer.rep_id == actor.id, Offer.project_id.in_(actor.roles))
    return or_(own, Offer.project_id.in_(whole))


def _sees_all(actor: Actor, project_id: int) -> bool:
    return actor.can(Permission.DEAL_VIEW_ALL, project_id)


def _escape(query: str) -> str:
    return query.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _to_fee(row: FeeRate) -> FeeTerms:
    return FeeTerms(
        kind=row.kind,
        name=row.name,
        measure=row.measure,
        value=Decimal(row.value),
        area_from=row.area_from,
        area_to=row.area_to,
        products=frozenset(Product(value) for value in json.loads(row.products)),
        source=row.source,
    )
