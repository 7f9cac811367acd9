"""The page of a plan: its figures, changing the tables, with and without scripts."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.infra.audit import current_sequence
from salesoffice.infra.db import db, transaction
from salesoffice.priceplans.services import close_plan
from salesoffice.staff.models import User
from tests.priceplans.conftest import Planned
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]
JSON = {"Accept": "application/json"}


def test_page_shows_the_prices_that_reach_the_target(planned: Planned, sign_in: SignIn) -> None:
    page = sign_in(planned.office.planner).get(planned.address).get_data(as_text=True)

    assert 'data-figure="total">18,000,000.00<' in page
    assert 'data-figure="net_average">9,700.00<' in page
    assert page.count("<a id=u") == 20
    assert "<i>10,000</i>" in page


def test_change_answers_with_every_price(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.planner)

    answer = browser.post(
        f"{planned.address}/cells", data={"revision": 1, "cell.floor_step.0.1.d": "50"}, headers=JSON
    )

    content = answer.get_json()
    assert (answer.status_code, content["revision"], content["can_undo"]) == (200, 2, True)
    assert content["factors"]["floor_step.0.1.d"] == "50"
    assert content["figures"]["total"] == "18,000,000.00"
    prices = dict(zip(content["units"], content["cells"], strict=True))
    by_floor = [prices[planned.office.units[place].id][0] for place in (0, 4, 8, 12, 16)]
    assert by_floor == ["9,900", "9,950", "10,000", "10,050", "10,100"]


def test_change_without_scripts_leads_back_to_the_page(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.assistant)

    answer = browser.post(
        f"{planned.address}/cells",
        data={"revision": 1, "building": 0, "cell.line.0.01.c": "105%", "new_step": "4", "new_step.d": "-30"},
    )

    assert answer.status_code == 302
    page = browser.get(answer.location).get_data(as_text=True)
    assert 'name="cell.line.0.01.c" value="1.05"' in page
    assert 'name="cell.floor_step.0.4.d" value="-30"' in page


def test_undo_takes_the_last_change_back(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.planner)
    browser.post(f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "1.05"})

    answer = browser.post(f"{planned.address}/undo", data={"revision": 2}, headers=JSON)

    assert answer.status_code == 200
    assert answer.get_json()["factors"]["line.0.01.c"] == ""
    assert answer.get_json()["can_undo"] is False


def test_change_of_somebody_else_meanwhile_is_refused_in_words(planned: Planned, sign_in: SignIn) -> None:
    sign_in(planned.office.assistant).post(
        f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "1.05"}
    )
    browser = sign_in(planned.office.planner)

    answer = browser.post(
        f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "0.95"}, headers=JSON
    )
    page = browser.post(f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "0.95"})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "plan_changed")
    assert page.status_code == 409
    assert 'value="0.95"' in page.get_data(as_text=True)


@pytest.mark.parametrize(
    "text", ["abc", "1e3", "NaN", "0", "-1", "1.0000001", "10.5", "99999", "１．０五", "１,05", "=1+1"]
)
def test_nonsense_in_a_coefficient_is_refused(
    app: Flask, planned: Planned, sign_in: SignIn, text: str
) -> None:
    browser, before = sign_in(planned.office.planner), count_rows(app)

    answer = browser.post(
        f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": text}, headers=JSON
    )

    assert answer.status_code == 422
    assert count_rows(app) == before


def test_nonsense_names_row_and_column(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.planner)
    data = {"revision": 1, "cell.line.0.01.c": "1.05", "cell.line.0.02.c": "x"}

    answer = browser.post(f"{planned.address}/cells", data=data, headers=JSON | {"Accept-Language": "en"})

    assert answer.get_json()["errors"] == [
        {
            "field": "line.0.02.c",
            "message": "Position “02”, Coefficient: “x” is not a number that fits.",
        }
    ]


@pytest.mark.parametrize(
    "name", ["line.0.01", "nothing.0.01.c", "line.x.01.c", "line.999.01.c", "line.0..c", "floor_step.0.x.c",
             "line.0.\x00.c", "floor_step.0.9999.d"],
)  # fmt: skip
def test_figures_that_belong_to_no_table_are_refused(
    app: Flask, planned: Planned, sign_in: SignIn, name: str
) -> None:
    browser, before = sign_in(planned.office.planner), count_rows(app)

    answer = browser.post(
        f"{planned.address}/cells", data={"revision": 1, f"cell.{name}": "1.05"}, headers=JSON
    )

    assert answer.status_code == 422
    assert count_rows(app) == before


def test_plan_that_cannot_be_counted_says_why_and_can_be_undone(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.planner)

    answer = browser.post(
        f"{planned.address}/cells",
        data={"revision": 1, "cell.floor_step.0.1.d": "100000"},
        headers=JSON | {"Accept-Language": "en"},
    )

    content = answer.get_json()
    assert answer.status_code == 200
    assert content["problem"] != ""
    assert content["figures"]["total"] == "–"
    assert browser.get(planned.address).status_code == 200


def test_closed_plan_is_not_changed(app: Flask, planned: Planned, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        close_plan(session, planned.plan, actor=planned.office.actor(planned.office.planner))
    browser = sign_in(planned.office.planner)

    answer = browser.post(
        f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "1.05"}, headers=JSON
    )

    assert (answer.status_code, answer.get_json()["code"]) == (409, "plan_closed")
    assert "factor-form" in browser.get(planned.address).get_data(as_text=True)


@pytest.mark.parametrize("role", ["rep", "finance"])
def test_plan_is_secret_before_its_launch(planned: Planned, sign_in: SignIn, role: str) -> None:
    browser = sign_in(getattr(planned.office, role))

    assert browser.get(planned.address).status_code == 403
    assert "/plans" not in browser.get("/p/P1/board").get_data(as_text=True)


def test_approver_reads_but_does_not_change(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.executive)

    page = browser.get(planned.address).get_data(as_text=True)
    answer = browser.post(f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "1.05"})

    assert 'data-editable="no"' in page
    assert answer.status_code == 403


def test_plan_of_another_project_does_not_exist(planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.stranger)

    assert browser.get(planned.address).status_code == 404
    assert browser.get(planned.address.replace("/P1/", "/P1-OTHER/")).status_code == 404


def test_plan_asks_to_sign_in(planned: Planned, client: FlaskClient) -> None:
    assert client.get(planned.address).status_code == 302


def test_changing_a_plan_leaves_everybody_s_board_alone(
    app: Flask, planned: Planned, sign_in: SignIn
) -> None:
    with app.app_context():
        since = current_sequence(db.session(), planned.office.project.id)
    sign_in(planned.office.planner).post(
        f"{planned.address}/cells", data={"revision": 1, "cell.line.0.01.c": "1.05"}
    )

    answer = sign_in(planned.office.rep).get(f"/api/v1/projects/P1/board?since={since}")

    assert answer.get_json()["changed"] == []
