"""The pages and the API of the waiting list."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.customers.models import Customer
from salesoffice.reservations.forms import customer_entry
from salesoffice.reservations.models import Hold, WaitingEntry
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
PAGE = "/p/P1/units/1-A-101/waiting"


def test_customer_is_put_on_the_list_of_a_taken_unit(
    session: Session, office: Office, hold: Hold, other_buyer: Customer, sign_in: SignIn
) -> None:
    answer = sign_in(office.other_rep).post(
        PAGE, data={"customer_id": customer_entry(other_buyer), "note": "高层"}
    )

    entry = session.scalars(select(WaitingEntry)).one()
    assert (answer.status_code, answer.location) == (302, PAGE)
    assert (entry.customer_id, entry.rep_id, entry.position, entry.note) == (
        other_buyer.id,
        office.other_rep.id,
        1,
        "高层",
    )


def test_second_click_is_refused_by_name(
    session: Session, office: Office, hold: Hold, other_buyer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(office.other_rep)
    browser.set_cookie("language", "en")
    browser.post(PAGE, data={"customer_id": str(other_buyer.id)})

    answer = browser.post(PAGE, data={"customer_id": str(other_buyer.id), "note": "kept"})

    assert answer.status_code == 409
    assert "on the waiting list of this unit already" in answer.text
    assert 'value="kept"' in answer.text


def test_another_reps_customer_has_no_name(
    office: Office, hold: Hold, other_buyer: Customer, sign_in: SignIn
) -> None:
    sign_in(office.other_rep).post(PAGE, data={"customer_id": str(other_buyer.id), "note": "秘密"})

    page = sign_in(office.rep).get(PAGE).text

    assert ("李乙" in page, "秘密" in page, "其他置业顾问的客户" in page) == (False, False, True)


def test_entry_is_taken_off_by_its_rep(
    session: Session, office: Office, hold: Hold, other_buyer: Customer, sign_in: SignIn
) -> None:
    browser = sign_in(office.other_rep)
    browser.post(PAGE, data={"customer_id": str(other_buyer.id)})
    entry_id = session.scalars(select(WaitingEntry.id)).one()
    session.rollback()

    answer = browser.post(f"/p/P1/waiting/{entry_id}/leave")

    left = session.scalars(select(WaitingEntry)).one()
    assert (answer.status_code, left.state.value) == (302, "withdrawn")


def test_list_shows_ones_own_only(office: Office, hold: Hold, other_buyer: Customer, sign_in: SignIn) -> None:
    sign_in(office.other_rep).post(PAGE, data={"customer_id": str(other_buyer.id)})

    pages = [
        sign_in(user).get("/p/P1/waiting").text for user in (office.other_rep, office.rep, office.manager)
    ]

    assert ["李乙" in page for page in pages] == [True, False, True]


def test_api_joins_and_leaves(office: Office, hold: Hold, other_buyer: Customer, sign_in: SignIn) -> None:
    browser = sign_in(office.other_rep)
    joined = browser.post(f"/api/v1/units/{hold.unit_id}/waiting", json={"customer_id": other_buyer.id})

    left = browser.post(f"/api/v1/waiting/{joined.json['id']}/leave", json={})

    assert (joined.status_code, joined.json["state"], joined.json["position"]) == (201, "waiting", 1)
    assert (left.status_code, left.json["state"]) == (200, "withdrawn")
