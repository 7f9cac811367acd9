"""Signing with schemes, within one's authority, and from an offer."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.core.errors import DomainError
from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.customers.models import Customer
from salesoffice.infra.db import transaction
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.offers.services import OfferTerms, make_offer, set_authorities
from salesoffice.payments.enums import PlanKind
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.services import SubscriptionTerms, sign_subscription
from salesoffice.staff.enums import ROLE_LABELS
from salesoffice.staff.models import User
from tests.factories import Office

FREE = DiscountStep(DiscountKind.AMOUNT, Decimal(2_000_00), "经理特批")


def terms_for(buyer: Customer, **changes: Any) -> SubscriptionTerms:
    """A subscription in full with a deposit of 40,000.00 yuan."""
    usual = SubscriptionTerms((buyer.id,), PlanKind.FULL, 40_000_00, clock.business_today())
    return replace(usual, **changes)


@pytest.fixture
def limited(session: Session, office: Office) -> None:
    """Assistants and reps give 2 % at most, the manager as much as they like."""
    limits = {Role.ASSISTANT: Decimal("0.02"), Role.REP: Decimal("0.02")}
    with transaction():
        set_authorities(session, office.project.id, actor=SYSTEM, limits=limits)


def sign(session: Session, office: Office, terms: SubscriptionTerms) -> int:
    """Sign for unit 101 as the assistant; return the price."""
    with transaction():
        made = sign_subscription(session, office.units[0], actor=office.actor(office.assistant), terms=terms)
    return made.total_amount


def test_schemes_come_before_free_steps(
    session: Session, office: Office, buyer: Customer, scheme: DiscountScheme
) -> None:
    terms = terms_for(buyer, scheme_ids=(scheme.id,), discounts=(FREE,))

    assert sign(session, office, terms) == 880_000_00
    assert session.get_one(DiscountScheme, scheme.id).first_used_at is not None


def test_discount_beyond_the_authority_is_refused_saying_who_may(
    session: Session, office: Office, buyer: Customer, scheme: DiscountScheme, limited: None
) -> None:
    terms = terms_for(buyer, scheme_ids=(scheme.id,), discounts=(FREE,))

    with pytest.raises(DomainError) as refused:
        sign(session, office, terms)

    assert (refused.value.code, str(ROLE_LABELS[Role.MANAGER]) in str(refused.value.message)) == (
        "discount_not_allowed",
        True,
    )
    assert sign(session, office, replace(terms, discounts=())) == 882_000_00


def test_offer_of_the_manager_grants_its_discount(
    session: Session, office: Office, buyer: Customer, scheme: DiscountScheme, limited: None
) -> None:
    offered = OfferTerms(PlanKind.FULL, (scheme.id,), (FREE,), buyer.id)
    with transaction():
        granted = make_offer(session, office.units[0], actor=office.actor(office.manager), terms=offered)
    terms = terms_for(buyer, scheme_ids=(scheme.id,), discounts=(FREE,), offer_id=granted.id)

    with pytest.raises(DomainError) as refused:
        sign(session, office, replace(terms, discounts=(FREE, FREE)))

    assert refused.value.code == "discount_not_allowed"
    assert sign(session, office, terms) == 880_000_00


def test_offer_for_another_unit_or_an_ended_one_grants_nothing(
    session: Session, office: Office, buyer: Customer, limited: None
) -> None:
    offered = OfferTerms(PlanKind.FULL, extra=(replace(FREE, value=Decimal(90_000_00)),))
    manager = office.actor(office.manager)
    with transaction():
        other = make_offer(session, office.units[1], actor=manager, terms=offered)
        ended = make_offer(session, office.units[0], actor=manager, terms=offered)
        ended.valid_until = clock.now()
    codes = []

    for offer in (other, ended):
        with pytest.raises(DomainError) as refused:
            sign(session, office, terms_for(buyer, discounts=offered.extra, offer_id=offer.id))
        codes.append(refused.value.code)

    assert codes == ["discount_not_allowed"] * 2


def test_rep_cannot_offer_beyond_the_authority(session: Session, office: Office, limited: None) -> None:
    terms = OfferTerms(PlanKind.FULL, extra=(replace(FREE, value=Decimal(18_000_01)),))

    with pytest.raises(DomainError) as refused, transaction():
        make_offer(session, office.units[0], actor=office.actor(office.rep), terms=terms)

    assert refused.value.code == "discount_not_allowed"


def test_api_takes_schemes_and_refuses_by_code(
    office: Office, buyer: Customer, scheme: DiscountScheme, limited: None, post: Callable[..., Any]
) -> None:
    body = {
        "unit_id": office.units[0].id, "customer_ids": [buyer.id], "payment_plan": "full",
        "scheme_ids": [scheme.id], "deposit_fen": 40_000_00, "signed_on": clock.business_today().isoformat(),
    }  # fmt: skip
    free = [{"kind": "amount", "value": 1}]

    refused = post(office.assistant, "/subscriptions", body | {"discounts": free})
    signed = post(office.assistant, "/subscriptions", body)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "discount_not_allowed")
    assert (signed.status_code, signed.get_json()["total_fen"]) == (201, 882_000_00)


def test_page_is_filled_in_from_an_offer_and_signs_it(
    office: Office, offer: Offer, scheme: DiscountScheme, sign_in: Callable[[User], FlaskClient]
) -> None:
    browser, address = sign_in(office.assistant), f"/p/P1/units/{office.units[0].code}/subscribe"
    page = browser.get(f"{address}?offer={offer.number}").get_data(as_text=True)
    form = {
        "buyer_1": f"#{offer.customer_id}", "plan": "mortgage", "scheme_ids": str(scheme.id),
        "offer_id": str(offer.id), "deposit": "40000", "signed_on": clock.business_today().isoformat(),
    }  # fmt: skip

    preview = browser.post(f"{address}/preview", data=form).get_data(as_text=True)
    answer = browser.post(address, data=form)

    assert "882,000.00" in page
    assert f'value="#{offer.customer_id} 张甲' in page
    assert "882,000.00" in preview
    assert (answer.status_code, answer.location) == (302, "/p/P1/deals/D000001")
