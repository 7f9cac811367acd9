"""Permits for single units, and the day on which units and prices were made public."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.models import Permit, PermitUnit
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/permits/units"
NUMBER = {"number": "YS-7", "issued_on": "2026-02-01"}


@pytest.fixture(name="sign_in")
def read_english(sign_in: SignIn) -> SignIn:
    """Browsers whose pages are in English."""

    def open_browser(user: User) -> FlaskClient:
        browser = sign_in(user)
        browser.environ_base["HTTP_ACCEPT_LANGUAGE"] = "en"
        return browser

    return open_browser


@pytest.fixture
def browser(app: Flask, office: Office, sign_in: SignIn) -> FlaskClient:
    """The assistant's browser in a project without any permit."""
    with app.app_context(), transaction() as session:
        session.execute(delete(Permit))
    return sign_in(office.assistant)


def states(browser: FlaskClient) -> dict[str, int]:
    counts = browser.get("/api/v1/projects/P1/board").json["counts"]
    return {state: counts[state] for state in ("available", "unreleased")}


@pytest.mark.parametrize(
    ("chosen", "count"),
    [
        ({"codes": "1-A-101\n1-A-102，1-A-103"}, 3),
        ({"unit_ids": ["1", "2"]}, 2),
        ({"unit_ids": ["1"], "codes": "1-A-101, 1-A-504"}, 2),
        ({"is_all": "y", "q": "1-A-1"}, 4),
    ],
)
def test_permit_covers_the_chosen_units_only(
    browser: FlaskClient, chosen: dict[str, object], count: int
) -> None:
    answer = browser.post(PAGE, data=NUMBER | chosen)

    available = browser.get("/api/v1/projects/P1/units?state=available").json["items"]
    board = browser.get("/p/P1/board").text
    assert answer.status_code == 302
    assert states(browser) == {"available": count, "unreleased": 20 - count}
    assert len(available) == count
    assert board.count("class=available data-s=A") == count
    assert "YS-7" in browser.get("/p/P1/permits").text


def test_only_covered_units_are_held_and_looked_at(browser: FlaskClient) -> None:
    browser.post(PAGE, data=NUMBER | {"codes": "1-A-101"})

    answers = [
        browser.post("/api/v1/holds", json={"unit_id": unit_id}, headers={"Idempotency-Key": f"k{unit_id}"})
        for unit_id in (1, 2)
    ]

    assert [(answer.status_code, answer.json.get("code")) for answer in answers] == [
        (201, None),
        (409, "permit_missing"),
    ]
    assert browser.get("/api/v1/units/2").json["reason"] == "permit_missing"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (NUMBER, 422),
        (NUMBER | {"codes": "1-A-101 9-9"}, 404),
        ({"codes": "1-A-101"}, 422),
        (NUMBER | {"issued_on": "2199-01-01", "codes": "1-A-101"}, 422),
        (NUMBER | {"unit_ids": ["999"]}, 422),
    ],
)
def test_permit_that_names_no_known_unit_is_not_entered(
    app: Flask, browser: FlaskClient, data: dict[str, object], status: int
) -> None:
    answer = browser.post(PAGE, data=data)

    with app.app_context():
        assert (answer.status_code, db.session.scalars(select(PermitUnit)).all()) == (status, [])


def test_permits_for_units_are_entered_by_the_office_only(
    office: Office, sign_in: SignIn, client: FlaskClient
) -> None:
    answers = [
        browser.post(page, data=NUMBER | {"codes": "1-A-101", "published_on": "2026-02-02"}).status_code
        for browser in (client, sign_in(office.rep), sign_in(office.stranger))
        for page in (PAGE, "/p/P1/permits/1/publish")
    ]

    assert answers == [302, 302, 403, 403, 404, 404]


def test_days_for_publishing_are_counted_down_until_it_is_done(app: Flask, browser: FlaskClient) -> None:
    today = clock.business_today()
    fresh = {"number": "YS-8", "issued_on": today.isoformat(), "codes": "1-A-101"}
    browser.post(PAGE, data=fresh)
    left, waiting = (browser.get(page).text for page in ("/p/P1/permits", "/"))
    late = NUMBER | {"issued_on": (today - timedelta(days=12)).isoformat(), "codes": "1-A-102"}
    browser.post(PAGE, data=late)
    overdue = browser.get("/p/P1/permits").text

    answers = []
    with app.app_context():
        ids = db.session.scalars(select(Permit.id)).all()
    for permit_id in ids:
        data = {"published_on": today.isoformat()}
        answers.append(browser.post(f"/p/P1/permits/{permit_id}/publish", data=data).status_code)

    assert "10 days left" in left
    assert "Permits to make public" in waiting
    assert "overdue by 2 days" in overdue
    assert answers == [302, 302]
    assert "Permits to make public" not in browser.get("/").text


def test_permit_is_not_public_before_its_issue(app: Flask, browser: FlaskClient) -> None:
    browser.post(PAGE, data=NUMBER | {"codes": "1-A-101"})
    with app.app_context():
        permit_id = db.session.scalars(select(Permit.id)).one()

    answers = [
        browser.post(f"/p/P1/permits/{permit_id}/publish", data={"published_on": day}).status_code
        for day in ("", "2026-01-31", "2199-01-01")
    ]

    with app.app_context():
        published: date | None = db.session.scalars(select(Permit.published_on)).one()
    assert (answers, published) == ([422, 422, 422], None)
