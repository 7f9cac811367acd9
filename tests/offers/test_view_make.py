"""Making an offer on its page: works, preview, twice, bad input, strangers; the paper."""

from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from salesoffice.customers.models import Customer
from salesoffice.infra.db import db
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.staff.models import User
from tests.factories import Office
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/p/P1/units/1-A-101/offer"


def form_of(buyer: Customer, scheme: DiscountScheme, **changes: Any) -> dict[str, Any]:
    """A mortgage with the scheme and 2,000.00 yuan off."""
    return {
        "nonce": "one", "customer_id": buyer.id, "plan": "mortgage", "scheme_ids": scheme.id,
        "extra-kind": "amount", "extra-value": "2000", "extra-name": "特批", "down_payment_rate": "30",
        "loan_years": "20", "repayment": "equal_principal", "provident_amount": "200000",
    } | changes  # fmt: skip


def test_offer_is_made_with_its_paper(
    office: Office, buyer: Customer, scheme: DiscountScheme, sign_in: SignIn
) -> None:
    browser = sign_in(office.rep)

    answer = browser.post(ADDRESS, data=form_of(buyer, scheme), follow_redirects=True)
    paper = browser.get("/p/P1/offers/ZY000001/paper")

    page = answer.get_data(as_text=True)
    assert (answer.status_code, "880,000.00" in page, "ZY000001" in page) == (200, True, True)
    assert (paper.status_code, paper.content_type, paper.data[:5]) == (200, "application/pdf", b"%PDF-")


def test_offer_sent_twice_is_made_once(
    app: Flask, office: Office, buyer: Customer, scheme: DiscountScheme, sign_in: SignIn
) -> None:
    browser = sign_in(office.rep)

    answers = [browser.post(ADDRESS, data=form_of(buyer, scheme)).location for _ in range(2)]

    assert answers == ["/p/P1/offers/ZY000001"] * 2
    assert count_rows(app)["offers"] == 1


def test_preview_counts_and_writes_nothing(
    app: Flask, office: Office, buyer: Customer, scheme: DiscountScheme, sign_in: SignIn
) -> None:
    browser, before = sign_in(office.rep), count_rows(app)

    page = browser.post(f"{ADDRESS}/preview", data=form_of(buyer, scheme)).get_data(as_text=True)

    assert [figure in page for figure in ("882,000.00", "880,000.00", "410,000.00")] == [True] * 3
    assert count_rows(app) == before


def test_wrong_entries_stay_with_their_errors(
    office: Office, buyer: Customer, scheme: DiscountScheme, sign_in: SignIn
) -> None:
    form = form_of(buyer, scheme, **{"extra-value": "many", "down_payment_rate": "abc"})

    answer = sign_in(office.rep).post(ADDRESS, data=form)

    page = answer.get_data(as_text=True)
    assert (answer.status_code, 'value="many"' in page, 'value="abc"' in page) == (422, True, True)


def test_refusal_is_shown_on_the_page(
    office: Office, buyer: Customer, scheme: DiscountScheme, sign_in: SignIn
) -> None:
    form = form_of(buyer, scheme, provident_amount="900000")

    answer = sign_in(office.rep).post(ADDRESS, data=form)

    assert (answer.status_code, 'value="900000"' in answer.get_data(as_text=True)) == (422, True)


def test_offer_needs_a_person_of_the_project_with_the_permission(
    office: Office, client: FlaskClient, sign_in: SignIn
) -> None:
    codes = [sign_in(user).get(ADDRESS).status_code for user in (office.finance, office.stranger)]

    assert (client.get(ADDRESS).status_code, codes) == (302, [403, 404])


def test_button_of_the_unit_leads_to_the_form(office: Office, sign_in: SignIn) -> None:
    pages = [
        sign_in(user).get("/p/P1/units/1-A-101").get_data(as_text=True)
        for user in (office.rep, office.finance)
    ]

    assert [f'href="{ADDRESS}"' in page for page in pages] == [True, False]


def test_offer_without_paper_gets_it_once(app: Flask, office: Office, offer: Offer, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)
    missing = browser.get("/p/P1/offers/ZY000001/paper")

    drawn = [browser.post("/p/P1/offers/ZY000001/draw").status_code for _ in range(2)]

    assert (missing.status_code, drawn) == (404, [302, 302])
    with app.app_context():
        assert db.session.get_one(Offer, offer.id).document_id is not None
    assert count_rows(app)["stored_files"] == 1
