"""The page of everything that waits, the keys of its lines, and the same by the API."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.reservations.models import Hold
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_draft, make_receipt, make_sale
from tests.guards.test_queries import counted_queries

SignIn = Callable[[User], FlaskClient]
SECTION = re.compile(
    r'data-work-section aria-labelledby="(\w+)-title".*?<span class="count[^"]*">(\d+)</span>', re.DOTALL
)


@pytest.fixture(autouse=True)
def sold(app: Flask, office: Office) -> None:
    """A sale with a draft contract and recorded money; another unit is held."""
    with app.test_request_context(), transaction() as session:
        sale = make_sale(session, office)
        make_receipt(session, office, sale)
        make_draft(session, office, sale)
        place_hold(session, office.units[1], actor=office.actor(office.rep), minutes=10)


def sections(browser: FlaskClient) -> dict[str, int]:
    return {key: int(count) for key, count in SECTION.findall(browser.get("/p/P1/work").text)}


def test_page_shows_each_role_what_waits_for_it(office: Office, sign_in: SignIn) -> None:
    people = (office.assistant, office.other_assistant, office.rep, office.finance, office.executive)

    shown = {user.name: sections(sign_in(user)) for user in people}

    assert shown == {
        "Assistant.P1": {"holds_ending": 1, "receipts_unconfirmed": 1, "entries_of_mine": 1},
        "Other_Assistant.P1": {"holds_ending": 1, "second_entry": 1},
        "Rep.P1": {"holds_ending": 1},
        "Finance.P1": {"receipts_to_confirm": 1},
        "Executive.P1": {},
    }


def test_signed_out_is_asked_to_sign_in(client: FlaskClient) -> None:
    answer = client.get("/p/P1/work")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/login?next=/p/P1/work")


def test_project_of_others_does_not_exist(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.stranger).get("/p/P1/work").status_code == 404


def test_empty_list_says_so(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.executive).get("/p/P1/work", headers={"Accept-Language": "en"}).text

    assert "Nothing waits for you now." in page


def test_key_of_a_hold_extends_it(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)
    address = re.findall(r'action="(/p/P1/holds/\d+/extend)"', browser.get("/p/P1/work").text)[0]

    answer = browser.post(address)

    assert answer.status_code == 302
    with app.app_context():
        hold = db.session.query(Hold).one()
        assert hold.expires_at - hold.placed_at > timedelta(minutes=29)


def test_late_agreement_offers_extension_and_forfeiture(office: Office, sign_in: SignIn) -> None:
    with time_machine.travel(clock.now() + timedelta(days=30), tick=True):
        page = sign_in(office.other_assistant).get("/p/P1/work").text

    kinds = re.findall(r'href="/p/P1/deals/D000001/changes/new/(\w+)"', page)
    assert kinds == ["extension", "forfeiture"]


def test_navigation_carries_the_count(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.other_assistant).get("/p/P1/board").text

    found = re.findall(r'href="/p/P1/work".*?<span class="count">(\d+)</span>', page, re.DOTALL)
    assert found[0] == "2"


def test_page_costs_the_same_for_one_line_and_for_many(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.other_assistant)
    browser.get("/p/P1/work")
    with counted_queries() as few:
        browser.get("/p/P1/work")
    with app.test_request_context(), transaction() as session:
        for unit in office.units[2:]:
            place_hold(session, unit, actor=office.actor(office.manager))
    browser.get("/p/P1/board")
    with counted_queries() as many:
        page = browser.get("/p/P1/work").text

    assert (len(many), page.count("/extend")) == (len(few), 19)


def test_api_gives_sections_with_counts_lines_and_actions(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.finance).get("/api/v1/projects/P1/work").get_json()

    section = next(one for one in answer["sections"] if one["key"] == "receipts_to_confirm")
    line = section["items"][0]
    assert (section["count"], section["is_mine"], line["deal"], line["unit"], line["amount_fen"]) == (
        1, True, "D000001", "1-A-101", 50_000_00,
    )  # fmt: skip
    assert [one["is_post"] for one in line["actions"]] == [True, False]


def test_api_refuses_who_is_signed_out(client: FlaskClient) -> None:
    assert client.get("/api/v1/projects/P1/work").status_code == 401
