"""Working an offer (置业计划书) out: every figure is counted here, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput
from salesoffice.core.money import unit_price_of
from salesoffice.core.permissions import Actor, Permission
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import TIMED_KINDS
from salesoffice.deals.queries import find_open_claim, find_permit
from salesoffice.deals.rules import UnitOverlaid, check_unit_free
from salesoffice.deals.services import build_unit_taken
from salesoffice.inventory.models import Unit
from salesoffice.inventory.queries import find_overlays
from salesoffice.offers.enums import LoanKind, RepaymentKind
from salesoffice.offers.models import DiscountScheme
from salesoffice.offers.queries import OfferTools, get_choosable, get_schemes, get_tools, to_rule
from salesoffice.offers.rules import (
    Loan,
    OfferFigures,
    PaymentLine,
    StepLine,
    UnitFacts,
    check_years,
    choose_steps,
    count_fees,
    count_loan,
    split_loan,
)
from salesoffice.offers.services.authority import check_discount
from salesoffice.offers.signals import find_kept_price
from salesoffice.payments.enums import InstalmentKind, PlanKind
from salesoffice.payments.rules import build_schedule, usual_deposit
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.pricing.queries import find_limits, find_price_in_force
from salesoffice.pricing.rules import (
    DiscountStep,
    PriceLayers,
    apply_discounts,
    check_price_layers,
    unit_price_by_basis,
)
from salesoffice.projects.models import Company, Project
from salesoffice.projects.queries import get_project
from salesoffice.staff.models import User

USUAL_DAYS = 3
MAX_DAYS = 30
"""An offer is valid for three days unless the person says otherwise, and for thirty at most."""


class NoPrice(DomainError):
    """The unit has no price in force."""

    def __init__(self) -> None:
        message = _l("This unit has no price in force. Ask the sales manager to approve one.")
        super().__init__(message, code="price_not_approved")


@dataclass(frozen=True)
class OfferTerms:
    """What an offer is made with; `extra` are free discount steps after the schemes, amounts in fen.

    `down_payment_rate` (0.30) and `valid_until` (a business day) are the project's usual ones when None.
    """

    plan: PlanKind
    scheme_ids: tuple[int, ...] = ()
    extra: tuple[DiscountStep, ...] = ()
    customer_id: int | None = None
    loan_years: int = 30
    repayment: RepaymentKind = RepaymentKind.EQUAL_PAYMENT
    down_payment_rate: Decimal | None = None
    provident_amount: int = 0
    valid_until: date | None = None


@dataclass(frozen=True)
class OfferDraft:
    """An offer worked out but not made; `schemes` are those it uses."""

    figures: OfferFigures
    unit_price_id: int
    schemes: tuple[DiscountScheme, ...]
    customer: Customer | None
    valid_until: date


@dataclass(frozen=True)
class OfferPrice:
    """The list price an offer begins with: the row of its version, the total (fen), the area it is counted by (m²)."""

    row: UnitPrice
    list_total: int
    area: Decimal | None


def draft_offer(session: Session, unit: Unit, *, actor: Actor, terms: OfferTerms) -> OfferDraft:
    """Work an offer out without making it.

    The unit is free, or held by the person (the held price is kept). Refused: `unit_taken`, `unit_not_released`,
    `permit_missing`, `price_not_approved`, `scheme_not_usable`, `discount_invalid`, `discount_not_allowed`,
    `above_filed_price`, `below_floor_price`, `customer_unknown`, `loan_years_invalid`, `provident_too_large`,
    `valid_until_invalid`, and schedules that cannot be made of the figures.
    """
    project, tools = get_project(session, unit.project_id), get_tools(session, unit.project_id)
    customer = None
    if terms.customer_id is not None:
        customer = get_choosable(session, project.id, actor, terms.customer_id)
    price = find_offer_price(session, unit, actor)
    schemes = tuple(get_schemes(session, project.id, terms.scheme_ids))
    steps = _price(price, schemes, terms)
    total = steps[-1].after if steps else price.list_total
    _check_price(session, unit, price, total)
    check_discount(session, project.id, actor=actor, list_total=price.list_total, total=total)
    payments, loans = _finance(project, tools, terms, total)
    rep = session.get(User, actor.id) if actor.id is not None else None
    version = session.get_one(PriceVersion, price.row.version_id)
    figures = OfferFigures(
        unit=_tell_unit(session, unit, project),
        customer=customer.name if customer else "",
        rep=actor.name,
        rep_phone=rep.phone if rep else "",
        version_number=version.number,
        in_force_from=clock.rfc3339(version.in_force_from or version.created_at),
        basis=price.row.basis,
        list_total=price.list_total,
        list_unit_price=unit_price_by_basis(price.row.basis, price.row.gross_price, price.row.inner_price),
        steps=steps,
        total=total,
        unit_price=unit_price_of(total, price.area) if price.area else None,
        down_payment_rate=_down_rate(project, terms) if loans else None,
        payments=payments,
        loans=loans,
        fees=count_fees(tools.fees, total=total, area=unit.gross_area, product=unit.product),
    )
    return OfferDraft(figures, price.row.id, schemes, customer, _choose_last_day(terms.valid_until))


def find_offer_price(session: Session, unit: Unit, actor: Actor) -> OfferPrice:
    """Find the list price an offer for a unit begins with; a hold or provisional order of the person keeps the price shown then.

    Refused: `unit_taken`, `unit_not_released`, `permit_missing`, `price_not_approved`.
    """
    claim, kept = find_open_claim(session, unit.id), None
    if claim is not None:
        is_own = claim.deal.rep_id == actor.id or actor.can(Permission.HOLD_MANAGE, unit.project_id)
        if claim.kind not in TIMED_KINDS or not is_own:
            raise build_unit_taken(session, claim, actor=actor)
        kept = find_kept_price(session, claim)
    overlays = find_overlays(session, unit.id)
    if overlays and claim is None:
        raise UnitOverlaid(overlays)
    check_unit_free(unit.release_state.value, find_permit(session, unit) is not None, None)
    row = session.get_one(UnitPrice, kept.unit_price_id) if kept else find_price_in_force(session, unit.id)
    if row is None:
        raise NoPrice
    is_inner = row.basis is PriceBasis.INNER and unit.inner_area is not None
    return OfferPrice(
        row,
        kept.list_total if kept else row.list_total_amount,
        unit.inner_area if is_inner else unit.gross_area,
    )


def _price(price: OfferPrice, schemes: Sequence[DiscountScheme], terms: OfferTerms) -> tuple[StepLine, ...]:
    rules = sorted((to_rule(scheme) for scheme in schemes), key=lambda rule: (rule.position, rule.id))
    chosen = choose_steps(
        rules, plan=terms.plan, on=clock.business_today(), list_total=price.list_total, area=price.area
    )
    results = apply_discounts(price.list_total, price.area or Decimal(0), [*chosen, *terms.extra])
    ids = [*(rule.id for rule in rules), *(None for _step in terms.extra)]
    return tuple(
        StepLine(
            result.step.name, result.step.kind, result.step.value, result.before, result.after, scheme_id
        )
        for result, scheme_id in zip(results, ids, strict=True)
    )


def _check_price(session: Session, unit: Unit, price: OfferPrice, total: int) -> None:
    limits = find_limits(session, [unit.id])[unit.id]
    known = [filed for filed in (price.row.filed_total_amount, limits.filed) if filed is not None]
    check_price_layers(
        PriceLayers(
            deal=total,
            filed=min(known, default=None),
            list_price=price.list_total,
            project_floor=limits.project_floor,
            group_floor=limits.group_floor,
        )
    )


def _down_rate(project: Project, terms: OfferTerms) -> Decimal:
    return project.down_payment_rate if terms.down_payment_rate is None else terms.down_payment_rate


def _finance(
    project: Project, tools: OfferTools, terms: OfferTerms, total: int
) -> tuple[tuple[PaymentLine, ...], tuple[Loan, ...]]:
    """Build the schedule as if the subscription were signed today, and the loans that pay their part of it."""
    today = clock.business_today()
    schedule = build_schedule(
        terms.plan,
        total=total,
        deposit=usual_deposit(total),
        signed_on=today,
        sign_by=today + timedelta(days=project.sign_by_days),
        down_payment_rate=_down_rate(project, terms),
    )
    borrowed = sum(row.amount for row in schedule if row.is_loan)
    if not borrowed:
        return tuple(PaymentLine(row.kind, row.due_on, row.amount, row.is_loan) for row in schedule), ()
    check_years(terms.loan_years, tools.loan)
    provident, commercial = split_loan(borrowed, terms.provident_amount, tools.loan.provident_ceiling)
    lent = (
        (LoanKind.PROVIDENT, provident, tools.loan.provident_rate, InstalmentKind.PROVIDENT_FUND),
        (LoanKind.COMMERCIAL, commercial, tools.loan.commercial_rate, InstalmentKind.MORTGAGE),
    )
    payments: list[PaymentLine] = []
    for row in schedule:
        parts = [(as_kind, amount) for _kind, amount, _rate, as_kind in lent if amount]
        for kind, amount in parts if row.is_loan else [(row.kind, row.amount)]:
            payments.append(PaymentLine(kind, row.due_on, amount, row.is_loan))
    loans = tuple(
        count_loan(kind, amount, rate, terms.loan_years, terms.repayment)
        for kind, amount, rate, _as_kind in lent
        if amount
    )
    return tuple(payments), loans


def _tell_unit(session: Session, unit: Unit, project: Project) -> UnitFacts:
    permit = find_permit(session, unit)
    return UnitFacts(
        project=project.name,
        seller=session.get_one(Company, project.company_id).name,
        address=project.address,
        phone=project.phone,
        permit_no=permit.number if permit else "",
        code=unit.code,
        building=unit.building.name,
        section=unit.section.name,
        floor=unit.floor.label,
        room_no=unit.room_no,
        unit_type=unit.unit_type.name if unit.unit_type else "",
        layout=unit.unit_type.layout if unit.unit_type else "",
        orientation=unit.orientation,
        product=unit.product,
        gross_area=unit.gross_area,
        inner_area=unit.inner_area,
        shared_area=unit.shared_area,
    )


def _choose_last_day(wanted: date | None) -> date:
    today = clock.business_today()
    day = wanted or today + timedelta(days=USUAL_DAYS)
    if not 0 <= (day - today).days <= MAX_DAYS:
        message = _l("An offer is valid until today at least and for %(days)s days at most.", days=MAX_DAYS)
        raise InvalidInput(message, [FieldProblem("valid_until", message)], code="valid_until_invalid")
    return day
