"""The printed subscription agreement: what it says, who gets which copy, and that it is printed once."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.infra.models import StoredFile
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import DiscountStep
from salesoffice.reservations.models import Subscription
from salesoffice.reservations.services import SubscriptionTerms, cancel_subscription, sign_subscription
from tests.factories import Office
from tests.reservations.conftest import CERTIFICATE

SignIn = Callable[..., FlaskClient]
PAPER = "/p/P1/subscriptions/RG000001.pdf"
MAKE = "/p/P1/subscriptions/RG000001/agreement"
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture
def discounted(app: Flask, office: Office, terms: SubscriptionTerms) -> Subscription:
    """Unit 101 with 2 per cent off, then 20,000.00 yuan off."""
    steps = (
        DiscountStep(DiscountKind.PERCENTAGE, Decimal("0.98"), "按时签约"),
        DiscountStep(DiscountKind.AMOUNT, Decimal(20_000_00), "老带新"),
    )
    with app.test_request_context(), transaction() as session:
        actor = office.actor(office.assistant)
        return sign_subscription(session, office.units[0], actor=actor, terms=replace(terms, discounts=steps))


def text_of(pdf: bytes) -> str:
    """Return the text of a PDF without any spaces."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def test_paper_says_every_figure(office: Office, discounted: Subscription, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    made = browser.post(MAKE)
    answer = browser.get(PAPER)

    text = text_of(answer.data)
    wanted = (
        "商品房认购书", "RG000001", "ProjectP1", "P1-2026-001", "张甲", CERTIFICATE, "13800001234", "1栋A座101",
        "90.00m²", "72.00m²", "900,000.00", "882,000.00", "862,000.00", "人民币捌拾陆万贰仟元整", "9,577.78",
        "50,000.00", "人民币伍万元整", "812,000.00", discounted.sign_by.isoformat(), "定金抵作购房款", "双倍返还定金",
    )  # fmt: skip
    assert (made.status_code, answer.content_type) == (302, "application/pdf")
    assert [item for item in wanted if item not in text] == []


def test_paper_that_was_not_made_is_not_found_and_looking_makes_nothing(
    session: Session, office: Office, discounted: Subscription, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    answer = browser.get(PAPER, headers=ENGLISH)
    page = browser.get(f"/p/P1/deals/{discounted.deal.number}", headers=ENGLISH).text

    assert (answer.status_code, "Press “Make the agreement”" in answer.text) == (404, True)
    assert f'action="{MAKE}"' in page
    assert session.scalars(select(StoredFile.id)).all() == []


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_paper_is_made_by_those_who_may_see_certificates(
    session: Session, office: Office, discounted: Subscription, sign_in: SignIn, who: str, status: int
) -> None:
    answer = sign_in(getattr(office, who)).post(MAKE)

    assert answer.status_code == status
    assert session.scalars(select(StoredFile.id)).all() == []


def test_paper_is_made_once_and_kept(
    session: Session, office: Office, discounted: Subscription, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    browser.post(MAKE)
    first = browser.get(PAPER).data
    browser.post(MAKE)
    with transaction():
        cancel_subscription(session, discounted, actor=office.actor(office.manager), reason="客户要求")

    second = sign_in(office.manager).get(PAPER).data

    stored = session.scalars(select(StoredFile)).one()
    assert second == first
    assert (stored.name, stored.size, session.get_one(Subscription, discounted.id).document_id) == (
        "RG000001.pdf",
        len(first),
        stored.id,
    )


@pytest.mark.parametrize("who", ["rep", "finance", "executive"])
def test_copy_without_the_right_to_reveal_is_masked(
    session: Session, office: Office, discounted: Subscription, sign_in: SignIn, who: str
) -> None:
    text = text_of(sign_in(getattr(office, who)).get(PAPER).data)

    assert (CERTIFICATE in text, "13800001234" in text, "138****1234" in text) == (False, False, True)
    assert session.scalars(select(StoredFile.id)).all() == []


@pytest.mark.parametrize(("who", "status"), [("other_rep", 404), ("planner", 403), ("stranger", 404)])
def test_paper_for_the_wrong_person_is_refused(
    office: Office, discounted: Subscription, sign_in: SignIn, who: str, status: int
) -> None:
    assert sign_in(getattr(office, who)).get(PAPER).status_code == status


def test_paper_of_a_number_that_does_not_exist_is_not_found(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.assistant).get(PAPER).status_code == 404
