"""The sale-status board as a page."""

import re
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from salesoffice.infra.db import db, transaction
from salesoffice.inventory.services import add_batch, put_into_batch, withhold_unit
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office, make_office, make_units

SignIn = Callable[[User], FlaskClient]


def states_on(page: str) -> dict[str, str]:
    return dict(re.findall(r"<a id=u(\d+) class=(\w+)", page))


def count_queries(app: Flask, ask: Callable[[], TestResponse]) -> tuple[int, TestResponse]:
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(*arguments: Any) -> None:
        seen.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    answer = ask()
    event.remove(engine, "before_cursor_execute", note)
    return len(seen), answer


def test_board_shows_every_unit_with_state_sign_and_average(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.rep).get("/p/P1/board", headers={"Accept-Language": "en"}).text

    assert set(states_on(page).values()) == {"available"}
    assert len(states_on(page)) == 20
    assert "<a id=u1 class=available data-s=A href=units/1-A-101>101\n90.00</a>" in page
    assert page.count("<em>10,000</em>") == 5


def test_board_is_in_chinese_by_default(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.rep).get("/p/P1/board").text

    assert "销控表" in page
    assert "data-s=待" in page


def test_board_counts_states_in_the_legend(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)
        withhold_unit(session, office.units[1], actor=office.actor(office.manager), reason="样板房")

    page = sign_in(office.rep).get("/p/P1/board").text

    assert states_on(page)["1"] == "held"
    assert states_on(page)["2"] == "withheld"
    assert re.findall(r"<b data-count>(\d+)</b> <span class=\"share\" data-share>([\d.]+%)", page)[:4] == [
        ("0", "0.0%"),
        ("18", "90.0%"),
        ("1", "5.0%"),
        ("1", "5.0%"),
    ]


def test_board_shows_a_change_although_buildings_are_kept(
    app: Flask, sign_in: SignIn, office: Office
) -> None:
    browser = sign_in(office.rep)
    before = states_on(browser.get("/p/P1/board").text)["1"]
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)

    after = states_on(browser.get("/p/P1/board").text)["1"]

    assert (before, after) == ("available", "held")


def test_board_filters_dim_what_does_not_fit(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep), minutes=30)

    page = sign_in(office.rep).get("/p/P1/board?state=held").text

    assert len(states_on(page)) == 4
    assert page.count(" data-off>") == 3
    assert "<b data-total>1</b>" in page


def test_board_shows_the_units_of_a_release_batch(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        batch = add_batch(session, office.project.id, actor=office.actor(office.manager), name="首开")
        ids = [unit.id for unit in office.units[:2]]
        put_into_batch(session, batch, actor=office.actor(office.manager), unit_ids=ids)

    page = sign_in(office.rep).get(f"/p/P1/board?batch={batch.id}").text

    assert "首开" in page
    assert "<b data-total>2</b>" in page


def test_board_without_a_fitting_unit_says_so(sign_in: SignIn, office: Office) -> None:
    answer = sign_in(office.rep).get("/p/P1/board?q=nothing", headers={"Accept-Language": "en"})

    assert answer.status_code == 200
    assert "No unit fits" in answer.text


def test_board_with_wrong_filter_values_shows_all_and_says_what_is_wrong(
    sign_in: SignIn, office: Office
) -> None:
    query = "min_area=x&max_price=1.234&building=999999999999&type=a&state=gone&show=none"

    answer = sign_in(office.rep).get(f"/p/P1/board?{query}")

    assert answer.status_code == 200
    assert len(states_on(answer.text)) == 20
    assert "is-invalid" in answer.text


def test_board_of_project_without_units_offers_the_import(
    app: Flask, sign_in: SignIn, office: Office
) -> None:
    page = sign_in(office.stranger).get("/p/P1-OTHER/board").text

    assert 'href="/p/P1-OTHER/imports"' in page
    assert 'href="/p/P1-OTHER/permits"' in page


def test_board_is_not_for_people_signed_out(client: FlaskClient, office: Office) -> None:
    answer = client.get("/p/P1/board")

    assert answer.status_code == 302
    assert "/login" in answer.location


def test_board_of_another_project_does_not_exist(sign_in: SignIn, office: Office) -> None:
    assert sign_in(office.stranger).get("/p/P1/board").status_code == 404


def test_room_numbers_are_escaped(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        office.units[0].room_no = "<b>&"
        session.merge(office.units[0])

    page = sign_in(office.rep).get("/p/P1/board").text

    assert "&lt;b&gt;&amp;" in page


def test_board_of_2000_units_costs_the_queries_of_20(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        large = make_office(session, code="P2", floors=50, lines=40)
    small_browser, large_browser = sign_in(office.rep), sign_in(large.rep)

    small, small_page = count_queries(app, lambda: small_browser.get("/p/P1/board"))
    many, large_page = count_queries(app, lambda: large_browser.get("/p/P2/board"))

    assert (len(states_on(small_page.text)), len(states_on(large_page.text))) == (20, 2000)
    assert many == small


def test_buildings_stand_in_the_order_of_their_numbers(app: Flask, sign_in: SignIn, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        for name in ("10栋", "2栋"):
            make_units(session, office.project, building=name, floors=1, lines=1)

    page = sign_in(office.admin).get("/p/P1/board").text

    assert re.findall(r"<h2>(\S+) <small>", page) == ["1栋", "2栋", "10栋"]
