"""The form of a subscription agreement and its preview."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.reservations.forms import customer_entry
from salesoffice.reservations.models import Hold, Subscription
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
PAGE = "/p/P1/units/1-A-101/subscribe"


def form_of(buyer: Customer, **changes: str) -> dict[str, str]:
    """What the assistant types: 98 per cent, then 20,000 yuan off."""
    return {
        "buyer_1": customer_entry(buyer),
        "plan": "full",
        "deposit": "50,000",
        "signed_on": clock.business_today().isoformat(),
        "steps-0-kind": "percentage",
        "steps-0-value": "98",
        "steps-1-kind": "amount",
        "steps-1-value": "20,000.00",
        "steps-1-name": "老带新",
    } | changes


def english(browser: FlaskClient) -> FlaskClient:
    """Let the browser ask for English."""
    browser.set_cookie("language", "en")
    return browser


def test_subscription_is_signed_on_the_page(
    session: Session, office: Office, buyer: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(office.assistant).post(PAGE, data=form_of(buyer))

    made = session.scalars(select(Subscription)).one()
    assert (answer.status_code, answer.location) == (302, "/p/P1/deals/D000001")
    assert (made.total_amount, made.deposit_amount) == (862_000_00, 50_000_00)


def test_second_click_goes_to_the_same_deal(
    session: Session, office: Office, hold: Hold, buyer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    answers = [browser.post(PAGE, data=form_of(buyer)) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(302, "/p/P1/deals/D000001")] * 2
    assert len(session.scalars(select(Subscription.id)).all()) == 1


def test_form_opens_with_usual_entries(office: Office, hold: Hold, buyer: Customer, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).get(PAGE)

    assert answer.status_code == 200
    assert f'value="{customer_entry(buyer)}"' in answer.text
    assert 'value="40,000.00"' in answer.text


def test_refusal_keeps_what_was_typed(
    session: Session, office: Office, buyer: Customer, sign_in: SignIn
) -> None:
    browser = english(sign_in(office.assistant))

    answer = browser.post(PAGE, data=form_of(buyer, deposit="180,000"))

    assert answer.status_code == 409
    assert (
        "The deposit of 180,000.00 yuan is above the limit of 172,400.00 yuan for this price." in answer.text
    )
    assert 'value="180,000"' in answer.text
    assert session.scalars(select(Subscription.id)).all() == []


@pytest.mark.parametrize(
    "changes",
    [
        {"buyer_1": ""},
        {"buyer_1": "Nobody"},
        {"plan": "gold"},
        {"deposit": "a lot"},
        {"signed_on": "soon"},
        {"steps-0-value": "x"},
        {"steps-2-value": "5"},
    ],
)
def test_wrong_entries_come_back_with_their_errors(
    session: Session, office: Office, buyer: Customer, sign_in: SignIn, changes: dict[str, str]
) -> None:
    answer = sign_in(office.assistant).post(PAGE, data=form_of(buyer, **changes))

    assert (answer.status_code, "is-invalid" in answer.text) == (422, True)
    assert session.scalars(select(Subscription.id)).all() == []


def test_preview_shows_steps_limit_and_schedule(office: Office, buyer: Customer, sign_in: SignIn) -> None:
    answer = english(sign_in(office.assistant)).post(f"{PAGE}/preview", data=form_of(buyer))

    figures = ("900,000.00", "882,000.00", "862,000.00", "172,400.00", "50,000.00", "812,000.00")
    assert (answer.status_code, [figure in answer.text for figure in figures]) == (200, [True] * 6)


def test_preview_of_a_half_filled_form_is_no_fault(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post(f"{PAGE}/preview", data={"deposit": "?", "steps-0-value": "x"})

    assert answer.status_code == 200


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("executive", 403), ("stranger", 404)])
def test_form_of_the_wrong_person_is_refused(office: Office, sign_in: SignIn, who: str, status: int) -> None:
    browser = sign_in(getattr(office, who))

    assert (browser.get(PAGE).status_code, browser.post(f"{PAGE}/preview").status_code) == (status, status)


def test_unit_that_does_not_exist_is_not_found(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.assistant).get("/p/P1/units/9-9/subscribe").status_code == 404
