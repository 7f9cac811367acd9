"""What the unit page tells beside the facts: the timeline, the floor plans, the nearest free units."""

import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.inventory.services import release_unit, set_section_plan, withhold_unit
from salesoffice.pricing.queries import list_drafts, version_in_force
from salesoffice.pricing.services import publish_prices
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_sale

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}
PAGE = "/p/P1/units/1-A-101"
API = "/api/v1/units/1/alternatives"
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 32 + b"IEND\xaeB`\x82"


def story_of(browser: FlaskClient, kind: str = "") -> list[str]:
    """Return the lines of the timeline, kind by colour and text."""
    page = browser.get(f"{PAGE}?kind={kind}", headers=ENGLISH).text
    return re.findall(r'<span class="what">(.*?)</span>', page)


def reprice(session: Session, office: Office, total: int) -> None:
    version = version_in_force(session, office.project.id)
    assert version is not None
    draft = replace(list_drafts(session, version)[office.units[0].id], list_total_amount=total)
    actor = office.actor(office.manager)
    publish_prices(session, office.project.id, actor=actor, prices={office.units[0].id: draft}, source="x")


def test_timeline_tells_everything_newest_first(app: Flask, office: Office, sign_in: SignIn) -> None:
    unit, manager = office.units[0], office.actor(office.manager)
    for act in (
        lambda session: withhold_unit(session, unit, actor=manager, reason="样板房"),
        lambda session: release_unit(session, unit, actor=manager),
        lambda session: reprice(session, office, 920_000_00),
        lambda session: place_hold(session, unit, actor=office.actor(office.rep), minutes=30),
    ):
        with app.test_request_context(), transaction() as session:
            act(session)

    told = story_of(sign_in(office.rep))

    assert [line.partition(";")[0] for line in told] == [
        "Held",
        "List price 900,000.00 → 920,000.00 yuan (version 2)",
        "Released for sale",
        "Kept back by management",
        "List price 900,000.00 yuan (version 1)",
        "Unit entered",
    ]


def test_timeline_shows_one_kind_only(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        withhold_unit(session, office.units[0], actor=office.actor(office.manager), reason="样板房")
    browser = sign_in(office.rep)

    told = {kind: story_of(browser, kind) for kind in ("release", "price", "money", "nonsense")}

    assert told == {
        "release": ["Kept back by management; reason: 样板房"],
        "price": ["List price 900,000.00 yuan (version 1)"],
        "money": [],
        "nonsense": [
            "Kept back by management; reason: 样板房",
            "List price 900,000.00 yuan (version 1)",
            "Unit entered",
        ],
    }


def test_timeline_masks_figures_of_others_sales(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        make_sale(session, office)

    told = [story_of(sign_in(user), "subscription")[-1] for user in (office.other_rep, office.manager)]

    assert told == [
        "Subscription agreement signed",
        "Subscription agreement signed; number RG000001; 900,000.00 yuan",
    ]


def test_section_plan_is_shown_where_a_rep_chooses(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)
    before = browser.get(f"{PAGE}/section-plan").status_code
    with app.test_request_context(), transaction() as session:
        section = session.get_one(Unit, office.units[0].id).section
        set_section_plan(
            session, section, actor=office.actor(office.assistant), data=PICTURE, file_name="a.png"
        )

    answer = browser.get(f"{PAGE}/section-plan")
    pages = [browser.get(PAGE, headers=headers).text for headers in ({}, {"HX-Request": "true"})]

    assert (before, answer.status_code, answer.data, answer.mimetype) == (404, 200, PICTURE, "image/png")
    assert [f'src="{PAGE}/section-plan"' in page for page in pages] == [True, True]


def test_free_unit_needs_no_alternatives(office: Office, sign_in: SignIn) -> None:
    assert "Free instead" not in sign_in(office.rep).get(PAGE, headers=ENGLISH).text


def test_taken_unit_shows_the_five_nearest_free_ones(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)
        place_hold(session, office.units[1], actor=office.actor(office.rep), minutes=30)
        session.get_one(Unit, office.units[3].id).gross_area = Decimal("91.00")
        reprice(session, office, 880_000_00)
    browser = sign_in(office.other_rep)

    page = browser.get(PAGE, headers=ENGLISH).text
    answer = browser.get(API).json

    assert [(unit["code"], unit["difference_fen"]) for unit in answer["items"]] == [
        ("1-A-103", 20_000_00),
        ("1-A-201", 20_000_00),
        ("1-A-202", 20_000_00),
        ("1-A-203", 20_000_00),
        ("1-A-204", 20_000_00),
    ]
    assert set(answer["items"][0]) == {
        "id", "code", "building", "section", "floor_label", "room_no", "unit_type", "orientation", "gross_area",
        "list_total_fen", "difference_fen",
    }  # fmt: skip
    assert re.findall(r'<li><a href="/p/P1/units/([^"]+)">', page) == [
        unit["code"] for unit in answer["items"]
    ]
    assert page.count("+20,000.00") == 5


@pytest.mark.parametrize("address", [API, "/api/v1/units/1/history"])
def test_api_is_for_members_only(client: FlaskClient, office: Office, sign_in: SignIn, address: str) -> None:
    assert client.get(address).status_code == 401
    assert sign_in(office.stranger).get(address).status_code == 404


def test_alternatives_of_an_unknown_unit_are_not_found(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.rep).get("/api/v1/units/9999/alternatives").status_code == 404
