"""Discount schemes, authority, loan terms and fees of the demonstration, and a few offers of today."""

from datetime import date, timedelta
from decimal import Decimal

from flask import current_app
from sqlalchemy.orm import Session

from salesoffice.core.permissions import Actor, Role
from salesoffice.infra.files import store_file
from salesoffice.inventory.models import Unit
from salesoffice.offers.documents import draw_offer, read_floor_plan
from salesoffice.offers.enums import DiscountSource, RepaymentKind
from salesoffice.offers.queries import get_tools, list_usable_schemes
from salesoffice.offers.services import (
    OfferTerms,
    SchemeDetails,
    add_scheme,
    attach_paper,
    make_offer,
    set_authorities,
    set_tools,
)
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.projects.models import Project

_LIMITS = {Role.REP: Decimal("0.05"), Role.ASSISTANT: Decimal("0.05"), Role.MANAGER: Decimal("0.08")}


def add_discounts(session: Session, project: Project, *, actor: Actor, opened_on: date) -> None:
    """Enter what the demonstration office may give, and with what it counts loans and fees."""
    percent, amount = DiscountKind.PERCENTAGE, DiscountKind.AMOUNT
    schemes = (
        SchemeDetails("开盘 98 折", DiscountSource.LAUNCH, percent, Decimal("0.98"), opened_on),
        SchemeDetails("按时签约 99 折", DiscountSource.COMPANY, percent, Decimal("0.99"), opened_on),
        SchemeDetails(
            "一次性付款减 1 个点", DiscountSource.PAYMENT, DiscountKind.POINTS, Decimal(1), opened_on,
            plan_kinds=frozenset({PlanKind.FULL}),
        ),
        SchemeDetails("老带新立减", DiscountSource.REFERRAL, amount, Decimal(10_000_00), opened_on),
        SchemeDetails(
            "团购 97 折", DiscountSource.GROUP, percent, Decimal("0.97"), opened_on,
            valid_until=opened_on + timedelta(days=365), cap=100_000_00, is_stackable=False,
        ),
    )  # fmt: skip
    for details in schemes:
        add_scheme(session, project.id, actor=actor, details=details)
    set_authorities(session, project.id, actor=actor, limits=_LIMITS)
    usual = get_tools(session, project.id)
    set_tools(session, project.id, actor=actor, loan=usual.loan, fees=usual.fees)


def make_demo_offer(session: Session, project: Project, unit: Unit, *, rep: Actor, customer_id: int) -> None:
    """Make an offer with a mortgage and the first schemes, and draw its paper."""
    ids = _choose_schemes(session, project.id)
    repayment = RepaymentKind.EQUAL_PAYMENT if unit.id % 2 else RepaymentKind.EQUAL_PRINCIPAL
    terms = OfferTerms(PlanKind.MORTGAGE, ids, customer_id=customer_id, repayment=repayment)
    offer = make_offer(session, unit, actor=rep, terms=terms)
    plan, base_url = read_floor_plan(session, unit), current_app.config["BASE_URL"]
    data = draw_offer(offer, code=project.code, base_url=base_url, plan=plan)
    name = f"{project.code}-{offer.number}.pdf"
    stored = store_file(session, data, name=name, media_type="application/pdf", project_id=project.id)
    attach_paper(session, offer, stored)


def _choose_schemes(session: Session, project_id: int) -> tuple[int, ...]:
    usable = [scheme for scheme in list_usable_schemes(session, project_id) if scheme.is_stackable]
    return tuple(scheme.id for scheme in usable if scheme.plan_kinds == "[]")[:2]
