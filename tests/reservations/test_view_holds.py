"""Holding a unit on its page, and the list of holds."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.customers.models import Customer
from salesoffice.reservations.forms import customer_entry
from salesoffice.reservations.models import Hold
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
PAGE = "/p/P1/units/1-A-101/hold"


def test_hold_from_the_page_goes_to_the_unit(
    session: Session, office: Office, buyer: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(office.rep).post(PAGE, data={"customer_id": customer_entry(buyer), "minutes": "15"})

    hold = session.scalars(select(Hold)).one()
    assert (answer.status_code, answer.location) == (302, "/p/P1/units/1-A-101")
    assert (hold.customer_id, hold.rep_id) == (buyer.id, office.rep.id)


@pytest.mark.parametrize("attribute", ["id", "name"])
def test_hold_for_a_customer_by_number_or_name(
    session: Session, office: Office, buyer: Customer, sign_in: SignIn, attribute: str
) -> None:
    sign_in(office.rep).post(PAGE, data={"customer_id": str(getattr(buyer, attribute))})

    assert session.scalars(select(Hold.customer_id)).all() == [buyer.id]


def test_second_click_is_harmless(session: Session, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    answers = [browser.post(PAGE) for _ in range(2)]

    assert [(answer.status_code, answer.location) for answer in answers] == [(302, "/p/P1/units/1-A-101")] * 2
    assert len(session.scalars(select(Hold.id)).all()) == 1


def test_unit_taken_by_another_rep_is_said_on_the_page(office: Office, hold: Hold, sign_in: SignIn) -> None:
    browser = sign_in(office.other_rep)
    browser.set_cookie("language", "en")

    answer = browser.post(PAGE, data={"minutes": "15"})

    assert answer.status_code == 409
    assert "Another claim on this unit is open." in answer.text
    assert 'value="15"' in answer.text


@pytest.mark.parametrize("data", [{"minutes": "x"}, {"minutes": "0"}, {"customer_id": "Nobody"}])
def test_wrong_entries_come_back_with_their_errors(
    session: Session, office: Office, sign_in: SignIn, data: dict[str, str]
) -> None:
    answer = sign_in(office.rep).post(PAGE, data=data)

    assert (answer.status_code, "is-invalid" in answer.text) == (422, True)
    assert session.scalars(select(Hold.id)).all() == []


def test_page_to_hold_opens(office: Office, buyer: Customer, sign_in: SignIn) -> None:
    answer = sign_in(office.rep).get(PAGE)

    assert (answer.status_code, customer_entry(buyer) in answer.text) == (200, True)


@pytest.mark.parametrize(("who", "status"), [("finance", 403), ("stranger", 404)])
@pytest.mark.parametrize("path", [PAGE, "/p/P1/holds"])
def test_page_of_the_wrong_person_is_refused(
    office: Office, sign_in: SignIn, path: str, who: str, status: int
) -> None:
    assert sign_in(getattr(office, who)).get(path).status_code == status


def test_signed_out_goes_to_the_sign_in(office: Office, client: FlaskClient) -> None:
    answer = client.get("/p/P1/holds")

    assert (answer.status_code, answer.location.startswith("/login")) == (302, True)


def test_list_shows_own_holds_to_the_rep_and_all_to_the_office(
    office: Office, hold: Hold, sign_in: SignIn
) -> None:
    shown = {
        who: "1-A-101" in sign_in(getattr(office, who)).get("/p/P1/holds").text
        for who in ("rep", "other_rep", "assistant", "manager")
    }

    assert shown == {"rep": True, "other_rep": False, "assistant": True, "manager": True}


def test_hold_is_extended_and_released_from_the_list(
    session: Session, office: Office, hold: Hold, sign_in: SignIn
) -> None:
    browser = sign_in(office.rep)

    extended = browser.post(f"/p/P1/holds/{hold.id}/extend", data={"minutes": "60"})
    released = browser.post(f"/p/P1/holds/{hold.id}/release")
    again = browser.post(f"/p/P1/holds/{hold.id}/release")

    statuses = [answer.status_code for answer in (extended, released, again)]
    assert statuses == [302, 302, 409]
    assert session.scalars(select(Hold.state)).one().value == "released"


def test_hold_of_another_project_is_not_found(office: Office, hold: Hold, sign_in: SignIn) -> None:
    answer = sign_in(office.stranger).post(f"/p/P1-OTHER/holds/{hold.id}/release")

    assert answer.status_code == 404
