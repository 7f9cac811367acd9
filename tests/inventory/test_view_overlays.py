"""Noting and lifting mortgages, seizures and restrictions, and what the board shows of them."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.core import clock
from salesoffice.infra.db import db
from salesoffice.inventory.models import UnitOverlay
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
UNIT = "/p/P1/units/1-A-101/overlays"
SEIZED = {"kind": "seized", "since_on": "2026-01-05", "reference": "Court order 17"}


@pytest.fixture(name="sign_in")
def read_english(sign_in: SignIn) -> SignIn:
    """Browsers whose pages are in English."""

    def open_browser(user: User) -> FlaskClient:
        browser = sign_in(user)
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return open_browser


def lifted_days(app: Flask) -> list[date | None]:
    with app.app_context():
        return list(db.session.scalars(select(UnitOverlay.lifted_on).order_by(UnitOverlay.id)))


def test_overlay_is_noted_shown_everywhere_and_lifted(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    today = clock.business_today()

    noted = browser.post(UNIT, data=SEIZED)
    board = browser.get("/p/P1/board").text
    unit = browser.get("/api/v1/units/1").json
    listed = browser.get("/p/P1/overlays?q=order").text
    page = browser.get("/p/P1/units/1-A-101").text
    lifted = browser.post(
        "/p/P1/overlays/1/lift", data={"lifted_on": today.isoformat(), "reason": "Order 18"}
    )

    assert (noted.status_code, lifted.status_code) == (302, 302)
    assert "class=seized data-s=Z" in board
    assert (unit["state"], unit["reason"], unit["overlay"]) == ("available", "unit_overlaid", ["seized"])
    assert "Court order 17" in listed
    assert "Takes no new sale: Seized." in page
    assert "Hold this unit" not in page
    assert lifted_days(app) == [today]
    assert "class=seized" not in browser.get("/p/P1/board").text


def test_board_tells_and_counts_an_overlay(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    before = browser.get("/api/v1/projects/P1/board").json
    browser.post(UNIT, data=SEIZED)

    after = browser.get(f"/api/v1/projects/P1/board?since={before['version']}").json

    look = {"id": 1, "code": "1-A-101", "state": "available", "look": "seized", "sign": "Z"}
    assert after["changed"] == [look]
    assert (after["counts"]["available"], after["counts"]["seized"]) == (19, 1)


def test_held_unit_keeps_the_look_of_its_claim(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post("/p/P1/units/1-A-101/hold", data={"minutes": "30"})

    browser.post(UNIT, data=SEIZED)

    assert "class=held data-s=H" in browser.get("/p/P1/board").text
    assert "Takes no new sale: Seized." in browser.get("/p/P1/units/1-A-101").text


def test_hold_of_an_overlaid_unit_is_refused_by_the_interface(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post(UNIT, data=SEIZED)

    answer = browser.post("/api/v1/holds", json={"unit_id": 1}, headers={"Idempotency-Key": "a1"})

    assert (answer.status_code, answer.json["code"]) == (409, "unit_overlaid")


def test_overlay_noted_twice_is_refused_and_keeps_what_was_typed(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post(UNIT, data=SEIZED)

    answer = browser.post(UNIT, data=SEIZED | {"reference": "Order 99"})

    assert answer.status_code == 409
    assert "Order 99" in answer.text


@pytest.mark.parametrize("data", [{}, SEIZED | {"reference": ""}, SEIZED | {"kind": "x"}])
def test_overlay_that_says_too_little_is_not_noted(
    app: Flask, office: Office, sign_in: SignIn, data: dict[str, str]
) -> None:
    answer = sign_in(office.assistant).post(UNIT, data=data)

    assert (answer.status_code, lifted_days(app)) == (422, [])


def test_overlay_without_a_day_is_not_lifted(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post(UNIT, data=SEIZED)

    answers = [
        browser.post("/p/P1/overlays/1/lift", data={"lifted_on": day, "reason": "Order 18"}).status_code
        for day in ("", "2026-01-04")
    ]

    assert (answers, lifted_days(app)) == ([422, 422], [None])


def test_overlays_are_noted_by_the_office_only(
    app: Flask, office: Office, sign_in: SignIn, client: FlaskClient
) -> None:
    sign_in(office.assistant).post(UNIT, data=SEIZED)

    answers = [
        browser.post(address, data=SEIZED).status_code
        for browser in (client, sign_in(office.rep), sign_in(office.stranger))
        for address in (UNIT, "/p/P1/overlays/1/lift")
    ]

    assert (answers, lifted_days(app)) == ([302, 302, 403, 403, 404, 404], [None])


def test_rep_reads_what_stands_on_a_unit(office: Office, sign_in: SignIn) -> None:
    sign_in(office.assistant).post(UNIT, data=SEIZED)

    answers = [sign_in(office.rep).get(address) for address in (UNIT, "/p/P1/overlays")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert all("Court order 17" in answer.text for answer in answers)
