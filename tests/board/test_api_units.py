"""Units in the JSON API."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Permit, Unit
from salesoffice.inventory.services import withhold_unit
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_sale

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/api/v1/projects/P1/units"


def test_unit_has_every_field_of_the_interface(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.rep).get("/api/v1/units/1")

    assert answer.json == {
        "id": 1,
        "code": "1-A-101",
        "project": "P1",
        "building": "1栋",
        "section": "A座",
        "floor": 1,
        "floor_label": "1",
        "room_no": "101",
        "unit_type": "",
        "usage": "住宅",
        "orientation": "",
        "gross_area": "90.00",
        "inner_area": "72.00",
        "shared_area": "18.00",
        "list_unit_price_fen": 10_000_00,
        "list_total_fen": 900_000_00,
        "price_basis": "gross",
        "filed_total_fen": None,
        "state": "available",
        "reason": None,
        "withheld_until": None,
        "claim": None,
        "overlay": [],
        "version": 0,
    }


def test_claim_is_mine_for_its_rep_only(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        hold = place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)
        expected = {
            "kind": "hold",
            "id": hold.id,
            "expires_at": hold.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }

    own = sign_in(office.rep).get("/api/v1/units/1").json
    other = sign_in(office.other_rep).get("/api/v1/units/1").json

    assert (own["state"], own["claim"]) == ("held", {**expected, "mine": True})
    assert (other["state"], other["claim"]) == ("held", {**expected, "mine": False})


def test_units_are_listed_in_pieces(sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)

    first = browser.get(f"{ADDRESS}?limit=15").json
    second = browser.get(f"{ADDRESS}?limit=15&cursor={first['next_cursor']}").json

    assert [len(first["items"]), len(second["items"]), second["next_cursor"]] == [15, 5, None]
    assert [unit["id"] for unit in first["items"] + second["items"]] == list(range(1, 21))


def test_units_are_found_by_state_building_and_text(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        withhold_unit(session, office.units[2], actor=office.actor(office.manager), reason="样板房")
    browser = sign_in(office.rep)

    withheld = browser.get(f"{ADDRESS}?state=withheld").json["items"]
    nothing = browser.get(f"{ADDRESS}?building=2栋").json["items"]
    found = browser.get(f"{ADDRESS}?q=50&building=1栋").json["items"]
    percent = browser.get(f"{ADDRESS}?q=%25").json["items"]

    assert [(unit["code"], unit["reason"]) for unit in withheld] == [("1-A-103", "样板房")]
    assert (nothing, percent) == ([], [])
    assert [unit["room_no"] for unit in found] == ["501", "502", "503", "504"]


def test_unit_without_a_permit_is_unreleased(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        session.query(Permit).delete()

    answer = sign_in(office.rep).get("/api/v1/units/1").json

    assert (answer["state"], answer["reason"]) == ("unreleased", "permit_missing")


def test_history_tells_what_happened(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        withhold_unit(session, office.units[0], actor=office.actor(office.manager), reason="样板房")

    answer = sign_in(office.rep).get("/api/v1/units/1/history", headers={"Accept-Language": "en"})

    assert [(entry["action"], entry["text"], entry["actor"]) for entry in answer.json["items"]] == [
        ("unit.withheld", "Kept back by management; reason: 样板房", office.manager.name)
    ]


def test_history_keeps_figures_of_others_sales_from_reps(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        make_sale(session, office)

    def read(user: User) -> list[str]:
        answer = sign_in(user).get("/api/v1/units/1/history", headers={"Accept-Language": "en"})
        return [entry["text"] for entry in answer.json["items"] if entry["action"] == "subscription.signed"]

    assert read(office.other_rep) == ["Subscription agreement signed"]
    assert read(office.manager) == ["Subscription agreement signed; number RG000001; 900,000.00 yuan"]


def test_manager_withholds_and_releases(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.manager)

    withheld = browser.post("/api/v1/units/1/withhold", json={"reason": "样板房", "until": "2030-01-31"})
    released = browser.post("/api/v1/units/1/release")

    assert (withheld.status_code, withheld.json["state"], withheld.json["withheld_until"]) == (
        200,
        "withheld",
        "2030-01-31",
    )
    assert (released.status_code, released.json["state"], released.json["reason"]) == (200, "available", None)
    with app.test_request_context(), transaction() as session:
        assert session.get_one(Unit, 1).withheld_reason == ""


def test_claimed_unit_is_not_withheld(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)

    answer = sign_in(office.manager).post("/api/v1/units/1/withhold", json={"reason": "x"})

    assert (answer.status_code, answer.json["code"]) == (409, "unit_taken")


@pytest.mark.parametrize(
    "body", [{}, {"reason": ""}, {"reason": 5}, {"reason": "x", "until": "31.1."}, {"reason": "x", "why": 1}]
)
def test_withholding_refuses_bad_input(sign_in: SignIn, office: Office, body: dict[str, object]) -> None:
    answer = sign_in(office.manager).post("/api/v1/units/1/withhold", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")


@pytest.mark.parametrize("action", ["withhold", "release"])
def test_rep_may_not_change_the_release(sign_in: SignIn, office: Office, action: str) -> None:
    answer = sign_in(office.rep).post(f"/api/v1/units/1/{action}", json={"reason": "x"})

    assert (answer.status_code, answer.json["code"]) == (403, "not_allowed")


@pytest.mark.parametrize("path", ["/api/v1/units/1", "/api/v1/units/1/history", ADDRESS])
def test_units_are_for_members_only(client: FlaskClient, sign_in: SignIn, office: Office, path: str) -> None:
    assert client.get(path).status_code == 401
    assert sign_in(office.stranger).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/units/999", "/api/v1/units/99999999999999999999"])
def test_unknown_unit_is_not_found(sign_in: SignIn, office: Office, path: str) -> None:
    assert sign_in(office.rep).get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "state=sold", "cursor=%00", "cursor=abc"]
)
def test_list_refuses_bad_input(sign_in: SignIn, office: Office, query: str) -> None:
    assert sign_in(office.rep).get(f"{ADDRESS}?{query}").status_code in {400, 422}
