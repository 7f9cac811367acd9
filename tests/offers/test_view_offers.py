"""The list of offers and one offer: who sees what, and whether it still holds."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.offers.models import Offer
from salesoffice.offers.services import OfferTerms, make_offer
from salesoffice.payments.enums import PlanKind
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
SHOW = "/p/P1/offers/ZY000001"


def test_reps_see_their_own_offers_and_the_office_all(
    app: Flask, office: Office, offer: Offer, sign_in: SignIn
) -> None:
    with app.test_request_context(), transaction() as session:
        unit = session.get_one(Unit, office.units[1].id)
        make_offer(session, unit, actor=office.actor(office.other_rep), terms=OfferTerms(PlanKind.FULL))

    pages = [
        sign_in(user).get("/p/P1/offers").get_data(as_text=True)
        for user in (office.rep, office.other_rep, office.manager)
    ]

    assert [["ZY000001" in page, "ZY000002" in page] for page in pages] == [
        [True, False],
        [False, True],
        [True, True],
    ]


def test_list_is_searched_by_number_unit_customer_and_rep(
    office: Office, offer: Offer, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)
    queries = (
        "q=0001",
        "q=1-A-10",
        "q=张",
        f"rep={office.rep.id}",
        "q=5-Z",
        "q=%25",
        f"rep={office.manager.id}",
    )

    found = ["ZY000001" in browser.get(f"/p/P1/offers?{query}").get_data(as_text=True) for query in queries]

    assert found == [True, True, True, True, False, False, False]


def test_somebody_elses_offer_does_not_exist_for_a_rep(office: Office, offer: Offer, sign_in: SignIn) -> None:
    codes = [
        sign_in(user).get(SHOW).status_code
        for user in (office.other_rep, office.stranger, office.finance, office.rep)
    ]

    assert codes == [404, 404, 403, 200]


def test_offer_of_a_superseded_price_says_so(
    app: Flask, office: Office, offer: Offer, sign_in: SignIn
) -> None:
    with app.test_request_context(), transaction() as session:
        session.execute(update(Offer).values(list_total_amount=900_000_01))

    page = sign_in(office.rep).get(SHOW, headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert "The price of this offer is superseded: the list price is now 900,000.00 yuan." in page


def test_offer_that_ended_says_so(app: Flask, office: Office, offer: Offer, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        session.execute(update(Offer).values(valid_until=clock.now()))

    page = sign_in(office.rep).get(SHOW, headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert "This offer ended on" in page


def test_offer_of_a_unit_that_somebody_took_says_so(
    app: Flask, office: Office, offer: Offer, sign_in: SignIn
) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.other_rep))

    page = sign_in(office.assistant).get(SHOW, headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert ("The unit is no longer free: Held." in page, "?offer=ZY000001" in page) == (True, False)


def test_offer_of_a_unit_held_by_its_rep_leads_to_signing(
    app: Flask, office: Office, offer: Offer, sign_in: SignIn
) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep))

    page = sign_in(office.assistant).get(SHOW).get_data(as_text=True)

    assert 'href="/p/P1/units/1-A-101/subscribe?offer=ZY000001"' in page
