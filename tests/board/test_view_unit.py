"""The unit page, and keeping a unit back or releasing it there."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}
PAGE = "/p/P1/units/1-A-101"


def test_free_unit_offers_a_hold_to_a_rep(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.rep).get(PAGE, headers=ENGLISH).text

    assert 'action="/p/P1/units/1-A-101/hold"' in page
    assert "900,000.00" in page
    assert "Keep this unit back" not in page
    assert "/subscribe" not in page


def test_executive_reads_without_actions(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.executive).get(PAGE, headers=ENGLISH).text

    assert "/hold" not in page
    assert "Keep this unit back" not in page


def test_held_unit_says_who_holds_it_and_until_when(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        hold = place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)

    own = sign_in(office.rep).get(PAGE, headers=ENGLISH).text
    other = sign_in(office.other_rep).get(PAGE, headers=ENGLISH).text

    assert "Held by you." in own
    assert f"/p/P1/holds/{hold.id}/extend" in own
    assert f"Held by {office.rep.name}." in other
    assert "/extend" not in other
    assert "/deals/" not in other


def test_panel_is_a_fragment(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.rep).get(PAGE, headers={"HX-Request": "true"}).text

    assert "<html" not in page
    assert "data-panel-close" in page


def test_manager_keeps_a_unit_back_and_releases_it(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.manager)

    withheld = browser.post(f"{PAGE}/withhold", data={"reason": "样板房", "until": "2030-01-31"})
    page = browser.get(PAGE, headers=ENGLISH).text
    twice = browser.post(f"{PAGE}/withhold", data={"reason": "样板房", "until": "2030-01-31"})
    released = browser.post(f"{PAGE}/release")

    assert [answer.status_code for answer in (withheld, twice, released)] == [302, 302, 302]
    assert "Kept back by management: 样板房" in page
    assert "Until 2030-01-31." in page
    with app.test_request_context(), transaction() as session:
        assert session.get_one(Unit, 1).release_state.value == "released"


def test_withholding_a_claimed_unit_shows_the_refusal_and_keeps_what_was_typed(
    app: Flask, sign_in: SignIn, office: Office
) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)

    answer = sign_in(office.manager).post(f"{PAGE}/withhold", data={"reason": "样板房"}, headers=ENGLISH)

    assert answer.status_code == 409
    assert "Another claim on this unit is open." in answer.text


def test_withholding_without_a_reason_is_refused(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.manager).post(f"{PAGE}/withhold", data={"until": "soon"}, headers=ENGLISH)

    assert answer.status_code == 422
    assert "Please fill this in." in answer.text


@pytest.mark.parametrize("action", ["withhold", "release"])
def test_actions_are_for_those_who_may(
    client: FlaskClient, sign_in: SignIn, office: Office, action: str
) -> None:
    assert client.post(f"{PAGE}/{action}", data={"reason": "x"}).status_code == 302
    assert sign_in(office.rep).post(f"{PAGE}/{action}", data={"reason": "x"}).status_code == 403
    assert sign_in(office.stranger).post(f"{PAGE}/{action}", data={"reason": "x"}).status_code == 404


@pytest.mark.parametrize(
    "path", ["/p/P1/units/none", "/p/P1/units/1-A-101/plan", "/p/P1-OTHER/units/1-A-101"]
)
def test_what_does_not_exist_is_not_found(sign_in: SignIn, office: Office, path: str) -> None:
    assert sign_in(office.admin).get(path).status_code == 404
