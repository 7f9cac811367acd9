"""Entering areas and checking a final survey on the pages."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.infra.db import db
from salesoffice.inventory.models import UnitArea
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
AREAS = "/p/P1/units/1-A-101/areas"
SURVEY = "/p/P1/buildings/1/survey"
FINAL = {"edition": "final", "gross_area": "92.80", "surveyor": "City survey", "surveyed_on": "2026-03-02"}


@pytest.fixture(name="sign_in")
def read_english(sign_in: SignIn) -> SignIn:
    """Browsers whose pages are in English."""

    def open_browser(user: User) -> FlaskClient:
        browser = sign_in(user)
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return open_browser


def rows_of(app: Flask) -> list[tuple[str, int | None, bool]]:
    with app.app_context():
        rows = db.session.scalars(select(UnitArea).order_by(UnitArea.id))
        return [(row.edition.value, row.checked_by_id, row.superseded_at is None) for row in rows]


def test_final_area_is_entered_and_checked_by_another(app: Flask, office: Office, sign_in: SignIn) -> None:
    entered = sign_in(office.assistant).post(AREAS, data=FINAL)
    page = sign_in(office.other_assistant).get(SURVEY).text
    overview = sign_in(office.other_assistant).get("/p/P1/surveys").text
    own = sign_in(office.assistant).post(f"{SURVEY}/check", data={"is_all": "y"})
    checked = sign_in(office.other_assistant).post(f"{SURVEY}/check", data={"is_all": "y"})

    assert (entered.status_code, own.status_code, checked.status_code) == (302, 409, 302)
    assert "+2.80 m²" in page
    assert "+3.11%" in page
    assert "more than 3 %" in overview
    assert rows_of(app) == [("final", office.other_assistant.id, True)]


def test_refused_row_leaves_the_survey(app: Flask, office: Office, sign_in: SignIn) -> None:
    sign_in(office.assistant).post(AREAS, data=FINAL)
    other = sign_in(office.other_assistant)

    no_reason = other.post(f"{SURVEY}/refuse", data={"area_ids": ["1"]})
    refused = other.post(f"{SURVEY}/refuse", data={"area_ids": ["1"], "reason": "Another flat"})

    assert (no_reason.status_code, refused.status_code) == (422, 302)
    assert rows_of(app) == [("final", None, False)]


@pytest.mark.parametrize(
    "data",
    [{}, {"edition": "final"}, FINAL | {"gross_area": "x"}, FINAL | {"surveyed_on": "2199-01-01"},
     FINAL | {"inner_area": "70", "shared_area": "1"}],
)  # fmt: skip
def test_areas_that_cannot_be_right_are_not_entered(
    app: Flask, office: Office, sign_in: SignIn, data: dict[str, str]
) -> None:
    answer = sign_in(office.assistant).post(AREAS, data=data)

    assert (answer.status_code, rows_of(app)) == (422, [])


def test_nothing_ticked_is_refused(office: Office, sign_in: SignIn) -> None:
    answers = [
        sign_in(office.assistant).post(f"{SURVEY}/check", data=data).status_code
        for data in ({}, {"is_all": "y"}, {"area_ids": ["99"]}, {"area_ids": ["x"]})
    ]

    assert answers == [422, 422, 409, 422]


def test_rep_looks_but_neither_enters_nor_checks(
    app: Flask, office: Office, sign_in: SignIn, client: FlaskClient
) -> None:
    rep, stranger = sign_in(office.rep), sign_in(office.stranger)

    looks = [
        browser.get(page).status_code
        for browser in (client, rep, stranger)
        for page in (SURVEY, "/p/P1/surveys")
    ]
    acts = [
        browser.post(page, data=FINAL).status_code
        for browser in (client, rep, stranger)
        for page in (AREAS, f"{SURVEY}/check", f"{SURVEY}/refuse")
    ]

    assert looks == [302, 302, 200, 200, 404, 404]
    assert acts == [302, 302, 302, 403, 403, 403, 404, 404, 404]
    assert rows_of(app) == []


def test_unit_page_shows_all_three_editions(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post(AREAS, data={"edition": "estimated", "gross_area": "88.00"})
    browser.post(AREAS, data=FINAL)

    text = browser.get("/p/P1/units/1-A-101").text

    assert [area in text for area in ("88.00", "90.00", "92.80")] == [True, True, True]
    assert "waits for its check" in text
