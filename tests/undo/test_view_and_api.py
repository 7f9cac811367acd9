"""The button after a cheap action, the page of the last ten minutes, and the API."""

from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.infra.db import db
from salesoffice.reservations.enums import HoldState
from salesoffice.reservations.models import Hold
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from salesoffice.undo.models import UndoOffer
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}


def hold_of(app: Flask) -> Hold:
    with app.test_request_context():
        return db.session.scalars(select(Hold).order_by(Hold.id.desc())).first() or Hold()


def test_button_after_releasing_a_hold_holds_again(
    app: Flask, office: Office, do: Do, sign_in: SignIn
) -> None:
    hold = do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))
    browser = sign_in(office.rep)

    after = browser.post(f"/p/P1/holds/{hold.id}/release", headers=ENGLISH, follow_redirects=True)
    undone = browser.post("/p/P1/undo/2", headers=ENGLISH | {"Referer": "http://localhost/p/P1/holds"})

    assert 'action="/p/P1/undo/2"' in after.text
    assert (undone.status_code, undone.headers["Location"]) == (302, "/p/P1/holds")
    assert hold_of(app).state is HoldState.OPEN


def test_button_is_not_on_the_next_page(office: Office, do: Do, sign_in: SignIn) -> None:
    hold = do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))
    browser = sign_in(office.rep)
    browser.post(f"/p/P1/holds/{hold.id}/release", follow_redirects=True)

    assert "/p/P1/undo/2" not in browser.get("/p/P1/holds").text


def test_page_lists_what_i_did_and_says_why_not(office: Office, do: Do, sign_in: SignIn) -> None:
    do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))
    browser = sign_in(office.rep)

    listed = browser.get("/p/P1/undo", headers=ENGLISH).text
    statuses = [browser.post("/p/P1/undo/1", headers=ENGLISH).status_code for _ in range(2)]
    others = sign_in(office.other_rep).get("/p/P1/undo", headers=ENGLISH).text

    assert "Held · 1-A-101" in listed
    assert statuses == [302, 409]
    assert "Nothing to undo" in others


def test_way_back_stays_in_the_project(office: Office, do: Do, sign_in: SignIn) -> None:
    do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))

    answer = sign_in(office.rep).post("/p/P1/undo/1", headers={"Referer": "https://evil.example/p/P1/x"})

    assert answer.headers["Location"] == "/p/P1/undo"


def test_api_lists_and_undoes_once(office: Office, do: Do, sign_in: SignIn) -> None:
    do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))
    browser = sign_in(office.rep)

    listed = browser.get("/api/v1/undo").json["items"]
    first, second = (browser.post("/api/v1/undo/1", json={}) for _ in range(2))

    assert [(row["action"], row["name"]) for row in listed] == [("hold.placed", "1-A-101")]
    assert (first.status_code, second.status_code, second.json["code"]) == (200, 409, "undo_taken")
    assert browser.get("/api/v1/undo").json["items"] == []


def test_api_refuses_others_and_hides_from_strangers(office: Office, do: Do, sign_in: SignIn) -> None:
    do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))

    answers = [sign_in(user).post("/api/v1/undo/1", json={}) for user in (office.manager, office.stranger)]

    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [
        (403, "not_allowed"), (404, "not_found"),
    ]  # fmt: skip


def test_what_is_undone_offers_nothing_itself(app: Flask, office: Office, do: Do, sign_in: SignIn) -> None:
    do(lambda s: place_hold(s, office.units[0], actor=office.actor(office.rep)))
    sign_in(office.rep).post("/p/P1/undo/1")

    with app.test_request_context():
        assert len(db.session.scalars(select(UndoOffer)).all()) == 1
