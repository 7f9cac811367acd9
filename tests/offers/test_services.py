"""Schemes, authority, terms, and making offers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.customers.models import Customer
from salesoffice.infra.db import transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.offers.enums import DiscountSource, RepaymentKind
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.offers.queries import find_breaches, get_tools, list_authorities, list_schemes
from salesoffice.offers.rules import load_figures
from salesoffice.offers.services import (
    OfferTerms,
    SchemeDetails,
    add_scheme,
    change_scheme,
    close_scheme,
    draft_offer,
    make_offer,
    move_scheme,
    set_authorities,
    set_tools,
)
from salesoffice.payments.enums import PlanKind
from salesoffice.payments.rules import ScheduleImpossible
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.services import SubscriptionTerms, place_hold, sign_subscription
from tests.factories import Office
from tests.factories.offers import make_scheme

PLAIN = OfferTerms(PlanKind.FULL)


def code_of(action: Callable[[], object]) -> str:
    """The code with which an action is refused."""
    with pytest.raises(DomainError) as refused, transaction():
        action()
    return refused.value.code


def details(**changes: object) -> SchemeDetails:
    """A scheme of 98 %, valid from today."""
    usual = SchemeDetails(
        "开盘优惠", DiscountSource.LAUNCH, DiscountKind.PERCENTAGE, Decimal("0.98"), clock.business_today()
    )
    return replace(usual, **changes)  # type: ignore[arg-type]


def test_unused_scheme_is_changed_in_place(session: Session, scheme: DiscountScheme) -> None:
    with transaction():
        changed = change_scheme(session, scheme, actor=SYSTEM, details=details(value=Decimal("0.97")))

    assert (changed.id, changed.value) == (scheme.id, "0.97")


def test_used_scheme_is_closed_and_another_made_in_its_place(
    session: Session, scheme: DiscountScheme, offer: Offer
) -> None:
    with transaction():
        fresh = change_scheme(session, scheme, actor=SYSTEM, details=details(value=Decimal("0.97")))

    old = session.get_one(DiscountScheme, scheme.id)
    assert (old.is_active, old.value) == (False, "0.98")
    assert (fresh.id != old.id, fresh.value, fresh.position) == (True, "0.97", old.position)
    assert load_figures(session.get_one(Offer, offer.id).figures).total == 882_000_00


def test_saving_a_used_scheme_without_change_leaves_it(
    session: Session, scheme: DiscountScheme, offer: Offer
) -> None:
    with transaction():
        same = change_scheme(session, scheme, actor=SYSTEM, details=details())

    assert (same.id, same.is_active) == (scheme.id, True)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"value": Decimal(98)}, "discount_invalid"),
        ({"value": Decimal(-1), "kind": DiscountKind.AMOUNT}, "discount_invalid"),
        ({"valid_until": clock.business_today() - timedelta(days=1)}, "days_invalid"),
        ({}, "scheme_exists"),
    ],
)
def test_wrong_scheme_is_refused(
    session: Session, office: Office, scheme: DiscountScheme, changes: dict[str, object], code: str
) -> None:
    assert (
        code_of(lambda: add_scheme(session, office.project.id, actor=SYSTEM, details=details(**changes)))
        == code
    )


def test_closed_scheme_frees_its_name_and_stays_closed(
    session: Session, office: Office, scheme: DiscountScheme
) -> None:
    with transaction():
        close_scheme(session, scheme, actor=SYSTEM)
        close_scheme(session, scheme, actor=SYSTEM)
        make_scheme(session, office)

    entries = session.scalars(select(AuditEntry.action).where(AuditEntry.action == "discount_scheme.closed"))
    assert len(entries.all()) == 1
    assert code_of(lambda: change_scheme(session, scheme, actor=SYSTEM, details=details())) == "wrong_state"


def test_schemes_are_moved_in_their_order(session: Session, office: Office) -> None:
    with transaction():
        first, second, third = (make_scheme(session, office, name) for name in ("a", "b", "c"))
        move_scheme(session, third, actor=SYSTEM, up=True)
        move_scheme(session, first, actor=SYSTEM, up=True)
        move_scheme(session, second, actor=SYSTEM, up=False)

    assert [row.name for row in list_schemes(session, office.project.id)] == ["a", "c", "b"]


def test_authorities_are_set_and_taken_away(session: Session, office: Office) -> None:
    with transaction():
        limits = {Role.REP: Decimal("0.01"), Role.MANAGER: Decimal("0.05")}
        set_authorities(session, office.project.id, actor=SYSTEM, limits=limits)
        set_authorities(session, office.project.id, actor=SYSTEM, limits={Role.REP: Decimal("0.02")})

    assert list_authorities(session, office.project.id) == {Role.REP: Decimal("0.02")}


def test_terms_are_the_usual_ones_until_the_office_sets_its_own(session: Session, office: Office) -> None:
    usual = get_tools(session, office.project.id)
    with transaction():
        set_tools(session, office.project.id, actor=SYSTEM, loan=usual.loan, fees=usual.fees[:2])

    own = get_tools(session, office.project.id)
    assert (usual.is_usual, own.is_usual) == (True, False)
    assert (own.loan, own.fees) == (usual.loan, usual.fees[:2])


def test_terms_with_impossible_rates_are_refused(session: Session, office: Office) -> None:
    usual = get_tools(session, office.project.id)
    loan = replace(usual.loan, commercial_rate=Decimal(1))

    assert (
        code_of(lambda: set_tools(session, office.project.id, actor=SYSTEM, loan=loan, fees=()))
        == "terms_invalid"
    )


def test_offer_states_price_schedule_loan_and_fees(session: Session, offer: Offer, office: Office) -> None:
    figures = load_figures(session.get_one(Offer, offer.id).figures)

    assert (offer.number, offer.list_total_amount, offer.total_amount) == ("ZY000001", 900_000_00, 882_000_00)
    assert [line.amount for line in figures.payments] == [40_000_00, 232_000_00, 610_000_00]
    assert [(loan.principal, loan.months) for loan in figures.loans] == [(610_000_00, 360)]
    assert [line.amount for line in figures.fees] == [8_820_00, 9_000_00, 80_00]
    assert (figures.unit.permit_no, figures.customer, figures.version_number) == ("P1-2026-001", "张甲", 1)
    assert clock.local(offer.valid_until).strftime("%H:%M:%S") == "23:59:59"


def test_numbers_of_offers_have_no_gaps(session: Session, office: Office, offer: Offer) -> None:
    code_of(
        lambda: make_offer(
            session, office.units[1], actor=office.actor(office.rep), terms=replace(PLAIN, customer_id=99)
        )
    )
    with transaction():
        second = make_offer(session, office.units[1], actor=office.actor(office.rep), terms=PLAIN)

    assert (second.number, list(find_breaches(session))) == ("ZY000002", [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"customer_id": 999}, "customer_unknown"),
        ({"scheme_ids": (999,)}, "scheme_unknown"),
        ({"plan": PlanKind.MORTGAGE, "loan_years": 31}, "loan_years_invalid"),
        ({"plan": PlanKind.MORTGAGE, "provident_amount": 700_000_00}, "provident_too_large"),
        ({"plan": PlanKind.MORTGAGE, "down_payment_rate": Decimal(1)}, "schedule_impossible"),
        ({"valid_until": clock.business_today() + timedelta(days=31)}, "valid_until_invalid"),
        ({"extra": (DiscountStep(DiscountKind.AMOUNT, Decimal(900_000_00), "all"),)}, "discount_too_large"),
    ],
)
def test_offer_that_cannot_be_made_is_refused(
    session: Session, office: Office, changes: dict[str, object], code: str
) -> None:
    terms = replace(PLAIN, **changes)  # type: ignore[arg-type]

    assert (
        code_of(lambda: make_offer(session, office.units[0], actor=office.actor(office.rep), terms=terms))
        == code
    )


def test_somebody_elses_customer_is_refused(session: Session, office: Office, buyer: Customer) -> None:
    terms = replace(PLAIN, customer_id=buyer.id)

    code = code_of(
        lambda: make_offer(session, office.units[0], actor=office.actor(office.other_rep), terms=terms)
    )

    assert code == "customer_unknown"


def test_held_unit_is_offered_by_its_holder_only(session: Session, office: Office) -> None:
    with transaction():
        place_hold(session, office.units[0], actor=office.actor(office.rep))
        own = make_offer(session, office.units[0], actor=office.actor(office.rep), terms=PLAIN)

    refused = code_of(
        lambda: make_offer(session, office.units[0], actor=office.actor(office.other_rep), terms=PLAIN)
    )
    assert (own.total_amount, refused) == (900_000_00, "unit_taken")


def test_sold_unit_is_not_offered(session: Session, office: Office, buyer: Customer) -> None:
    sale = SubscriptionTerms((buyer.id,), PlanKind.FULL, 50_000_00, clock.business_today())
    with transaction():
        sign_subscription(session, office.units[0], actor=office.actor(office.assistant), terms=sale)

    assert (
        code_of(lambda: draft_offer(session, office.units[0], actor=office.actor(office.rep), terms=PLAIN))
        == "unit_taken"
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    plan=st.sampled_from(list(PlanKind)),
    off=st.integers(0, 300_000_00),
    rate=st.integers(15, 90),
    provident=st.integers(0, 100_000_00),
    repayment=st.sampled_from(list(RepaymentKind)),
)
def test_every_schedule_adds_up_to_the_price(
    session: Session,
    office: Office,
    plan: PlanKind,
    off: int,
    rate: int,
    provident: int,
    repayment: RepaymentKind,
) -> None:
    terms = OfferTerms(
        plan,
        extra=(DiscountStep(DiscountKind.AMOUNT, Decimal(off), "x"),),
        down_payment_rate=Decimal(rate) / 100,
        repayment=repayment,
        provident_amount=provident,
    )

    try:
        figures = draft_offer(session, office.units[0], actor=office.actor(office.rep), terms=terms).figures
    except ScheduleImpossible:
        return

    assert sum(line.amount for line in figures.payments) == figures.total == 900_000_00 - off
    assert sum(loan.principal for loan in figures.loans) == figures.loan_total
    assert figures.loan_total % 10_000_00 == 0
