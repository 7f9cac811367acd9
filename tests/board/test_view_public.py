"""The public price page: the truth of the board, nothing about people, closed where the project keeps it closed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.inventory.enums import OverlayKind, ReleaseState
from salesoffice.inventory.models import Permit, Unit, UnitOverlay
from salesoffice.projects.models import Project
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/prices/P1"


@contextmanager
def changing(app: Flask) -> Iterator[Session]:
    with app.test_request_context(), transaction() as session:
        yield session


@pytest.fixture
def opened(app: Flask, office: Office) -> Office:
    """The office with its price page open to the public."""
    with changing(app) as session:
        session.get_one(Project, office.project.id).is_price_page_public = True
    return office


def state_of(page: str, room: str) -> str:
    """Return the word in the row of a room."""
    row = page.split(f"{room}</th>")[1].split("</tr>", maxsplit=1)[0]
    return row.split('class="tag')[1].split(">")[1].split("<")[0]


def test_page_shows_every_unit_with_its_prices_and_permit(opened: Office, client: FlaskClient) -> None:
    answer = client.get(PAGE)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("<tr>") == 21
    assert page.count("900,000.00") == 20
    assert "P1-2026-001" in page
    assert state_of(page, "101") == "在售"


def test_page_tells_the_truth_about_each_state(opened: Office, client: FlaskClient, app: Flask) -> None:
    with changing(app) as session:
        held, withheld, unreleased, seized = (session.get_one(Unit, unit.id) for unit in opened.units[:4])
        place_hold(session, held, actor=opened.actor(opened.rep))
        withheld.release_state, withheld.withheld_reason = ReleaseState.WITHHELD, "for the chairman"
        unreleased.release_state = ReleaseState.UNRELEASED
        today = clock.business_today()
        session.add(
            UnitOverlay(
                unit_id=seized.id,
                kind=OverlayKind.SEIZED,
                since_on=today,
                reference="x",
                entered_at=clock.now(),
            )
        )

    page = client.get(PAGE).get_data(as_text=True)

    assert [state_of(page, room) for room in ("101", "102", "104", "201")] == [
        "已预订", "暂不出售", "暂不出售", "在售",
    ]  # fmt: skip
    assert "103</th>" not in page
    assert "chairman" not in page


def test_page_hides_what_no_permit_covers(app: Flask, opened: Office, client: FlaskClient) -> None:
    with changing(app) as session:
        session.scalars(select(Permit)).one().issued_on = date(2199, 1, 1)

    page = client.get(PAGE).get_data(as_text=True)

    assert "900,000.00" not in page


@pytest.mark.parametrize(
    ("query", "rooms"),
    [
        ("q=50", 4),
        ("q=501", 1),
        ("state=on_sale", 20),
        ("state=sold", 0),
        ("state=nonsense&type=x", 20),
        ("building=9999", 20),
    ],
)
def test_page_finds_units(opened: Office, client: FlaskClient, query: str, rooms: int) -> None:
    page = client.get(f"{PAGE}?{query}").get_data(as_text=True)

    assert page.count("900,000.00") == rooms


def test_page_is_not_sent_again_until_something_changes(
    opened: Office, client: FlaskClient, app: Flask
) -> None:
    tag = client.get(PAGE).headers["ETag"]

    same = client.get(PAGE, headers={"If-None-Match": tag})
    with changing(app) as session:
        place_hold(session, session.get_one(Unit, opened.units[0].id), actor=opened.actor(opened.rep))
    changed = client.get(PAGE, headers={"If-None-Match": tag})

    assert (same.status_code, same.data) == (304, b"")
    assert state_of(changed.get_data(as_text=True), "101") == "已预订"


def test_page_speaks_english_when_asked(opened: Office, client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?lang=en").get_data(as_text=True)

    assert state_of(page, "101") == "On sale"


def test_closed_page_does_not_exist(office: Office, client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in (PAGE, "/prices/NO")] == [404, 404]


def test_manager_opens_the_page(office: Office, sign_in: SignIn, client: FlaskClient) -> None:
    form = {
        "name": "Project P1", "max_deposit_rate": "20", "sign_by_days": "7", "hold_minutes": "30",
        "provisional_days": "3", "filing_days": "30", "max_hold_minutes": "120", "hold_limit": "3", "down_payment_rate": "30", "late_fee_rate": "0.05",
        "log_send_at": "18:30", "is_price_page_public": "y",
    }  # fmt: skip

    answer = sign_in(office.manager).post("/p/P1/settings", data=form)

    assert (answer.status_code, client.get(PAGE).status_code) == (302, 200)
