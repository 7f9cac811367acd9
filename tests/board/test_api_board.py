"""What changed on the board since a version."""

from collections.abc import Callable
from datetime import timedelta

import time_machine
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.inventory.services import withhold_unit
from salesoffice.reservations.services import expire_holds, extend_hold, place_hold
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/api/v1/projects/P1/board"


def hold(app: Flask, office: Office, place: int = 0, minutes: int = 30) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[place], actor=office.actor(office.rep), minutes=minutes)


def test_board_since_nothing_names_every_unit(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.rep).get(f"{ADDRESS}?since=0", headers={"Accept-Language": "en"})

    assert answer.status_code == 200
    assert answer.json["changed"][0] == {
        "id": 1,
        "code": "1-A-101",
        "state": "available",
        "look": "available",
        "sign": "A",
    }
    assert (len(answer.json["changed"]), answer.json["counts"]["available"]) == (20, 20)
    assert (answer.json["version"], answer.json["rebuilt"]) == (1, True)


def test_board_tells_only_what_changed(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.executive)
    version = browser.get(ADDRESS).json["version"]
    hold(app, office)

    answer = browser.get(f"{ADDRESS}?since={version}", headers={"Accept-Language": "en"})

    assert answer.json["changed"] == [
        {"id": 1, "code": "1-A-101", "state": "held", "look": "held", "sign": "H"}
    ]
    assert (answer.json["counts"]["held"], answer.json["counts"]["available"]) == (1, 19)
    assert answer.json["rebuilt"] is False
    assert answer.json["version"] > version


def test_board_answers_304_until_something_changes(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)
    first = browser.get(ADDRESS)
    known = {"If-None-Match": first.headers["ETag"]}

    unchanged = browser.get(f"{ADDRESS}?since=1", headers=known)
    hold(app, office)
    changed = browser.get(f"{ADDRESS}?since=1", headers=known)

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_hold_that_runs_out_changes_the_board_before_anybody_tidies(
    app: Flask, sign_in: SignIn, office: Office
) -> None:
    browser = sign_in(office.rep)
    hold(app, office, minutes=1)
    first = browser.get(ADDRESS)
    known = {"If-None-Match": first.headers["ETag"]}
    version = first.json["version"]

    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        answer = browser.get(f"{ADDRESS}?since={version}", headers=known)
        again = browser.get(f"{ADDRESS}?since={version}", headers={"If-None-Match": answer.headers["ETag"]})
        page = browser.get("/p/P1/board").text

    assert [(cell["id"], cell["state"]) for cell in answer.json["changed"]] == [(1, "available")]
    assert answer.json["counts"]["held"] == 0
    assert again.status_code == 304
    assert "<a id=u1 class=available" in page


def test_page_kept_in_memory_forgets_a_hold_that_ran_out(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)
    hold(app, office, minutes=1)
    held = browser.get("/p/P1/board").text

    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        free = browser.get("/p/P1/board").text

    assert "<a id=u1 class=held" in held
    assert "<a id=u1 class=available" in free


def test_extended_hold_stays_held_on_the_board(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)
    with app.test_request_context(), transaction() as session:
        placed = place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=1)
        extend_hold(session, placed, actor=office.actor(office.rep), minutes=5)

    with time_machine.travel(clock.now() + timedelta(seconds=120), tick=False):
        answer = browser.get(ADDRESS)

    assert answer.json["counts"]["held"] == 1


def test_tidying_changes_no_state(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)
    hold(app, office, minutes=1)

    with time_machine.travel(clock.now() + timedelta(seconds=61), tick=False):
        before = browser.get(ADDRESS).json["counts"]
        with app.test_request_context(), transaction() as session:
            expire_holds(session)
        after = browser.get(ADDRESS).json["counts"]

    assert before == after


def test_withheld_unit_is_on_the_board_at_once(app: Flask, sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.rep)
    version = browser.get(ADDRESS).json["version"]
    with app.test_request_context(), transaction() as session:
        withhold_unit(session, office.units[4], actor=office.actor(office.manager), reason="领导预留")

    answer = browser.get(f"{ADDRESS}?since={version}")

    assert [(cell["id"], cell["state"]) for cell in answer.json["changed"]] == [(5, "withheld")]


def test_board_is_not_for_people_signed_out(client: FlaskClient, office: Office) -> None:
    answer = client.get(ADDRESS)

    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


def test_board_of_another_project_does_not_exist(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.stranger).get(ADDRESS)

    assert (answer.status_code, answer.json["code"]) == (404, "not_found")


def test_board_refuses_a_version_that_is_none(sign_in: SignIn, office: Office) -> None:
    for since in ("x", "-1", "1.5", "99999999999999999999"):
        answer = sign_in(office.rep).get(f"{ADDRESS}?since={since}")

        assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
