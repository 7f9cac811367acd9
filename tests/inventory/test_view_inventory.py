"""The pages of inventory: who may do what, what is shown, what is refused."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.enums import ReleaseState
from salesoffice.inventory.models import Permit, Phase, Unit
from salesoffice.inventory.services import ensure_unit_types
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100 + b"IEND\xaeB`\x82"
PAGES = ("units", "buildings", "unit-types", "permits")


def count(app: Flask, state: ReleaseState) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Unit.id)).where(Unit.release_state == state)) or 0


@pytest.mark.parametrize("page", [*PAGES, "doubts", "units/1-A-101/edit"])
def test_page_is_shown_to_the_assistant(office: Office, sign_in: SignIn, page: str) -> None:
    answer = sign_in(office.assistant).get(f"/p/P1/{page}")

    assert answer.status_code == 200
    assert "<h1>" in answer.text


@pytest.mark.parametrize("page", [*PAGES, "doubts", "units/1-A-101/edit"])
def test_page_is_not_for_strangers(office: Office, sign_in: SignIn, client: FlaskClient, page: str) -> None:
    answers = [browser.get(f"/p/P1/{page}").status_code for browser in (client, sign_in(office.stranger))]

    assert answers == [302, 404]


@pytest.mark.parametrize(
    "path",
    [
        "units/release", "units/withhold", "permits", "phases", "doubts/place", "doubts/confirm",
        "units/1-A-101/edit", "buildings/1/phase",
    ],
)  # fmt: skip
def test_changes_are_not_for_reps(app: Flask, office: Office, sign_in: SignIn, path: str) -> None:
    answer = sign_in(office.rep).post(f"/p/P1/{path}", data={})

    assert (answer.status_code, count(app, ReleaseState.RELEASED)) == (403, 20)


def test_chosen_units_are_withheld_and_all_of_them_released(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)
    ids = [str(unit.id) for unit in office.units[:3]]

    withheld = browser.post("/p/P1/units/withhold", data={"unit_ids": ids, "reason": "Second batch"})
    between = count(app, ReleaseState.WITHHELD)
    listed = browser.get("/p/P1/units?state=withheld&q=second").text
    released = browser.post("/p/P1/units/release", data={"is_all": "y", "state": "withheld"})

    assert (withheld.status_code, between, released.status_code) == (302, 3, 302)
    assert [f'id="unit-{unit.id}"' in listed for unit in office.units[:4]] == [True, True, True, False]
    assert count(app, ReleaseState.RELEASED) == 20


def test_withholding_without_reason_or_units_keeps_what_was_typed(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)
    unit_id = office.units[0].id

    no_reason = browser.post("/p/P1/units/withhold", data={"unit_ids": [str(unit_id)]})
    no_units = browser.post("/p/P1/units/withhold", data={"reason": "Second batch"})
    nonsense = browser.post("/p/P1/units/withhold", data={"unit_ids": ["x"], "reason": "Second batch"})

    assert [answer.status_code for answer in (no_reason, no_units, nonsense)] == [422, 422, 422]
    assert f'value="{unit_id}" form="chosen" checked' in no_reason.text
    assert 'value="Second batch"' in no_units.text
    assert count(app, ReleaseState.WITHHELD) == 0


def test_permit_is_entered_once_from_the_page(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    data = {
        "number": "2026-2",
        "issued_on": clock.business_today().isoformat(),
        "buildings": [str(office.units[0].building_id)],
        "supervised_account": "Bank 1",
    }

    entered = browser.post("/p/P1/permits", data=data)
    twice = browser.post("/p/P1/permits", data=data)
    wrong = browser.post("/p/P1/permits", data={"number": "", "issued_on": "x", "buildings": ["99999"]})

    assert [answer.status_code for answer in (entered, twice, wrong)] == [302, 409, 422]
    assert "Bank 1" in browser.get("/p/P1/permits").text
    with app.app_context():
        assert db.session.scalar(select(func.count(Permit.id))) == 2


def test_unit_is_edited_from_the_page(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.planner)
    data = {
        "unit_type": "B2",
        "usage": "住宅",
        "product": "residential",
        "orientation": "南",
        "gross_area": "91.00",
    }

    saved = browser.post("/p/P1/units/1-A-101/edit", data=data)
    wrong = browser.post("/p/P1/units/1-A-101/edit", data={**data, "gross_area": "abc", "product": "x"})
    missing = browser.post("/p/P1/units/NONE/edit", data=data)

    assert [answer.status_code for answer in (saved, wrong, missing)] == [302, 422, 404]
    assert 'value="abc"' in wrong.text
    with app.app_context():
        unit = db.session.scalars(select(Unit).where(Unit.code == "1-A-101")).one()
        assert (str(unit.gross_area), unit.inner_area, unit.orientation) == ("91.00", None, "南")

    shown = browser.get("/p/P1/units/1-A-101/edit").text
    assert [f'value="{words}"' in shown for words in ("B2", "住宅", "91.00")] == [True, True, True]


def test_unit_page_leads_to_editing_for_those_who_may(office: Office, sign_in: SignIn) -> None:
    address = 'href="/p/P1/units/1-A-101/edit"'

    shown = [
        address in sign_in(user).get("/p/P1/units/1-A-101").text for user in (office.planner, office.rep)
    ]

    assert shown == [True, False]


def test_unit_in_doubt_is_placed_by_one_click(app: Flask, office: Office, sign_in: SignIn) -> None:
    unit_id = office.units[0].id
    with app.app_context(), transaction() as session:
        session.get_one(Unit, unit_id).doubt = "Which building?"
    browser = sign_in(office.assistant)

    listed = browser.get("/p/P1/doubts").text
    wrong = browser.post("/p/P1/doubts/place", data={"is_all": "y", "doubtful": "1", "floor_label": "3"})
    placed = browser.post("/p/P1/doubts/place", data={"is_all": "y", "doubtful": "1", "building": "5栋"})
    empty = browser.post("/p/P1/doubts/confirm", data={})

    assert "Which building?" in listed
    assert [answer.status_code for answer in (wrong, placed, empty)] == [422, 302, 422]
    with app.app_context():
        unit = db.session.get_one(Unit, unit_id)
        assert (unit.building.name, unit.floor.label, unit.doubt) == ("5栋", "1", "")
        assert db.session.scalar(select(func.count(Unit.id)).where(Unit.building_id == unit.building_id)) == 1


def test_floor_plan_is_uploaded_and_shown(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.app_context(), transaction() as session:
        type_id = ensure_unit_types(session, office.project.id, ["B2"])["B2"]
    browser = sign_in(office.assistant)
    path = f"/p/P1/unit-types/{type_id}"

    before = browser.get(f"{path}/floor-plan")
    refused = browser.post(path, data={"file": (io.BytesIO(b"<svg/>"), "plan.png"), "layout": "两房"})
    saved = browser.post(path, data={"file": (io.BytesIO(PNG), "plan.png"), "layout": "两房"})
    shown = browser.get(f"{path}/floor-plan")
    stranger = sign_in(office.stranger).get(f"{path}/floor-plan")

    assert [answer.status_code for answer in (before, refused, saved, stranger)] == [404, 422, 302, 404]
    assert (shown.status_code, shown.data, shown.mimetype) == (200, PNG, "image/png")
    assert "两房" in browser.get("/p/P1/unit-types").text


def test_phase_is_added_and_chosen(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    building_id = office.units[0].building_id

    added = browser.post("/p/P1/phases", data={"name": "一期"})
    empty = browser.post("/p/P1/phases", data={"name": ""})
    with app.app_context():
        phase_id = db.session.scalars(select(Phase.id)).one()
    chosen = browser.post(f"/p/P1/buildings/{building_id}/phase", data={"phase_id": str(phase_id)})
    missing = browser.post(f"/p/P1/buildings/{building_id}/phase", data={"phase_id": "999"})
    other = browser.post("/p/P1/buildings/999/phase", data={"phase_id": str(phase_id)})

    assert [answer.status_code for answer in (added, empty, chosen, missing, other)] == [
        302,
        422,
        302,
        404,
        404,
    ]
    assert "一期" in browser.get("/p/P1/buildings").text
