"""From a plan to a version: the preview, and a draft of exactly what it shows."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.infra.db import db, transaction
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.services import PlanEdit, change_plan
from salesoffice.pricing.enums import PriceVersionState
from salesoffice.pricing.models import PriceVersion, UnitPrice
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.priceplans.conftest import Planned, difference
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def stepped(app: Flask, planned: Planned) -> Planned:
    """The plan with 50 yuan per floor, and unit 101 held."""
    office = planned.office
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep))
        edit = PlanEdit({difference(FactorKind.FLOOR_STEP, "1"): 50_00})
        change_plan(session, planned.plan, actor=office.actor(office.planner), revision=1, edit=edit)
    return planned


def read_form(page: str) -> dict[str, str]:
    """Read the hidden fields of the form that makes the version."""
    form = page[page.index('name="nonce"') - 200 : page.index('name="note"')]
    found = re.findall(r"<input[^>]*>", form)
    fields = {}
    for field in found:
        name, value = re.search(r'name="([^"]+)"', field), re.search(r'value="([^"]*)"', field)
        if name and value and name[1] in {"nonce", "shown", "revision"}:
            fields[name[1]] = value[1]
    return fields


def test_preview_names_what_is_kept_and_what_moves(stepped: Planned, sign_in: SignIn) -> None:
    page = sign_in(stepped.office.planner).get(f"{stepped.address}/version").get_data(as_text=True)

    assert page.count("1-A-101") == 1
    assert "1-A-102" in page
    assert set(read_form(page)) == {"nonce", "shown", "revision"}


def test_version_is_a_draft_of_what_was_shown(app: Flask, stepped: Planned, sign_in: SignIn) -> None:
    browser = sign_in(stepped.office.planner)
    fields = read_form(browser.get(f"{stepped.address}/version").get_data(as_text=True))

    answers = [browser.post(f"{stepped.address}/version", data=fields | {"note": "launch"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    with app.app_context():
        made = db.session.scalars(select(PriceVersion).where(PriceVersion.number == 2)).one()
        assert (made.state, made.note, made.source) == (PriceVersionState.DRAFT, "launch", "First")
        prices = dict(
            db.session.execute(
                select(UnitPrice.unit_id, UnitPrice.list_total_amount).where(UnitPrice.version_id == made.id)
            ).all()
        )
    units = stepped.office.units
    assert prices[units[0].id] == 900_000_00
    assert prices[units[1].id] == 90 * (prices[units[5].id] // 90 - 50_00)
    assert sum(prices.values()) - 900_000_00 == pytest.approx(19 * 900_000_00, abs=19 * 90_00)


def test_unit_held_meanwhile_is_refused_by_name(app: Flask, stepped: Planned, sign_in: SignIn) -> None:
    office, browser = stepped.office, sign_in(stepped.office.planner)
    fields = read_form(browser.get(f"{stepped.address}/version").get_data(as_text=True))
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[7], actor=office.actor(office.rep))
    before = count_rows(app)

    answer = browser.post(f"{stepped.address}/version", data=fields)

    assert answer.status_code == 409
    assert "<li>1-A-204</li>" in answer.get_data(as_text=True)
    assert count_rows(app) == before


def test_plan_changed_meanwhile_is_refused(app: Flask, stepped: Planned, sign_in: SignIn) -> None:
    browser = sign_in(stepped.office.planner)
    fields = read_form(browser.get(f"{stepped.address}/version").get_data(as_text=True))
    sign_in(stepped.office.assistant).post(
        f"{stepped.address}/cells", data={"revision": 2, "cell.floor_step.0.1.d": "60"}
    )
    before = count_rows(app)

    answer = browser.post(f"{stepped.address}/version", data=fields)

    assert answer.status_code == 409
    assert count_rows(app) == before


@pytest.mark.parametrize("role", ["executive", "rep"])
def test_version_is_made_by_those_who_plan(stepped: Planned, sign_in: SignIn, role: str) -> None:
    assert sign_in(getattr(stepped.office, role)).get(f"{stepped.address}/version").status_code == 403
