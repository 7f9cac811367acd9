"""New plans, copies, the solver, comparisons, lists of units, adjustments, the workbook."""

import io
from collections.abc import Callable

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.infra.db import db, transaction
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.models import PricePlan
from salesoffice.priceplans.services import PlanEdit, change_plan, copy_plan
from salesoffice.staff.models import User
from tests.priceplans.conftest import Planned, coefficient, difference

SignIn = Callable[[User], FlaskClient]
JSON = {"Accept": "application/json"}
NEW = {
    "name": "Spring", "batch_id": "0", "method": "both", "basis": "gross", "target_price": "9,700",
    "blended_discount": "97", "base_floor": "3", "rounding_target": "unit_price", "rounding_mode": "half_up",
    "rounding_step": "100", "nonce": "n1",
}  # fmt: skip


@pytest.fixture
def factored(app: Flask, planned: Planned) -> Planned:
    """The plan with a coefficient of the first line and 50 yuan per floor, and a copy without the steps."""
    office = planned.office
    actor = office.actor(office.planner)
    with app.test_request_context(), transaction() as session:
        steps = {coefficient(FactorKind.LINE, "01"): 1_050_000, difference(FactorKind.FLOOR_STEP, "1"): 50_00}
        plan = change_plan(session, planned.plan, actor=actor, revision=1, edit=PlanEdit(steps))
        copy = copy_plan(session, plan, actor=actor, name="Flat")
        flat = PlanEdit({difference(FactorKind.FLOOR_STEP, "1"): None})
        change_plan(session, copy, actor=actor, revision=1, edit=flat)
    return planned


def test_list_without_plans_says_what_to_do(planned: Planned, sign_in: SignIn) -> None:
    page = sign_in(planned.office.stranger).get("/p/P1-OTHER/plans").get_data(as_text=True)

    assert "empty-title" in page


def test_new_plan_is_made_once(app: Flask, planned: Planned, sign_in: SignIn) -> None:
    browser = sign_in(planned.office.planner)

    answers = [browser.post("/p/P1/plans/new", data=NEW) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0].location == answers[1].location
    page = browser.get("/p/P1/plans").get_data(as_text=True)
    assert page.count(">Spring<") == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "First"}, {"target_price": "x"}, {"target_price": ""}, {"batch_id": "77"},
        {"buildings": "77"}, {"method": "guess"}, {"rounding_step": "7"}, {"blended_discount": "0"},
    ],
)  # fmt: skip
def test_new_plan_that_cannot_be_is_refused(planned: Planned, sign_in: SignIn, wrong: dict[str, str]) -> None:
    answer = sign_in(planned.office.planner).post("/p/P1/plans/new", data=NEW | wrong)

    assert answer.status_code in {409, 422}
    assert 'value="Spring"' in answer.get_data(as_text=True) or "name" in wrong


def test_solver_shows_then_moves_and_can_be_undone(app: Flask, factored: Planned, sign_in: SignIn) -> None:
    browser = sign_in(factored.office.planner)
    data = {
        "revision": "2", "total": "18,200,000", "free.line.0.01.c": "y", "lower.line.0.01.c": "1",
        "upper.line.0.01.c": "1.2",
    }  # fmt: skip

    shown = browser.post(f"{factored.address}/solve", data=data)
    accepted = browser.post(f"{factored.address}/solve", data=data | {"accept": "y"})

    assert (shown.status_code, accepted.status_code) == (200, 302)
    assert "1.05" in shown.get_data(as_text=True)
    page = browser.get(factored.address).get_data(as_text=True)
    assert 'data-figure="target">–<' in page
    undone = browser.post(f"{factored.address}/undo", data={"revision": 3}, headers=JSON).get_json()
    assert undone["factors"]["line.0.01.c"] == "1.05"
    assert undone["figures"]["target"] == "9,700.00"


def test_solver_that_cannot_reach_the_total_says_why(factored: Planned, sign_in: SignIn) -> None:
    data = {
        "revision": "2", "total": "30,000,000", "free.line.0.01.c": "y", "lower.line.0.01.c": "1",
        "upper.line.0.01.c": "1.1",
    }  # fmt: skip

    answer = sign_in(factored.office.planner).post(f"{factored.address}/solve", data=data)

    assert answer.status_code == 200
    assert "alert-warning" in answer.get_data(as_text=True)


@pytest.mark.parametrize("wrong", [{"total": "x"}, {"lower.line.0.01.c": "x"}, {"free.line.0.01.c": None}])
def test_solver_refuses_nonsense(factored: Planned, sign_in: SignIn, wrong: dict[str, str | None]) -> None:
    data = {
        "revision": "2", "total": "18,200,000", "free.line.0.01.c": "y", "lower.line.0.01.c": "1",
        "upper.line.0.01.c": "1.2",
    } | wrong  # fmt: skip
    sent = {name: text for name, text in data.items() if text is not None}

    answer = sign_in(factored.office.planner).post(f"{factored.address}/solve", data=sent)

    assert answer.status_code == 422


def test_comparison_shows_plans_and_versions_side_by_side(factored: Planned, sign_in: SignIn) -> None:
    browser = sign_in(factored.office.executive)

    page = browser.get(
        f"/p/P1/plans/compare?plans={factored.plan.id}&plans={factored.plan.id + 1}&versions=1&bands=88,92"
    ).get_data(as_text=True)

    assert page.count('<section class="heat-map">') == 3
    assert "18,000,000.00" in page
    assert "880,000" in page
    assert "920,000" in page


@pytest.mark.parametrize("query", ["plans=1", "plans=1&plans=99999", "plans=1&plans=2&bands=a"])
def test_comparison_of_nonsense_is_refused_or_uses_the_usual_bands(
    factored: Planned, sign_in: SignIn, query: str
) -> None:
    answer = sign_in(factored.office.planner).get(f"/p/P1/plans/compare?{query}")

    assert answer.status_code == (200 if "bands" in query else 422)


def test_adjustment_by_hand_moves_one_unit(app: Flask, factored: Planned, sign_in: SignIn) -> None:
    browser = sign_in(factored.office.planner)
    address = f"{factored.address}/units/1-A-302"

    before = browser.get(address).get_data(as_text=True)
    answer = browser.post(
        f"{address}/adjust", data={"revision": 2, "difference": "-100", "reason": "lift"}, headers=JSON
    )
    without_reason = browser.post(f"{address}/adjust", data={"revision": 3, "difference": "-90"})

    assert "price-steps" in before
    assert (answer.status_code, answer.get_json()["figures"]["adjusted"]) == (200, "1")
    assert without_reason.status_code == 422
    assert 'value="-90"' in without_reason.get_data(as_text=True)
    assert "1-A-302" in browser.get(f"{factored.address}/units?show=adjusted").get_data(as_text=True)


def test_workbook_has_factors_and_prices_as_numbers(factored: Planned, sign_in: SignIn) -> None:
    answer = sign_in(factored.office.planner).get(f"{factored.address}/workbook")

    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    factors, prices = book.worksheets
    assert [cell.value for cell in factors[10]][2:] == [1.05, None]
    assert prices.max_row == 21
    assert isinstance(prices.cell(2, 10).value, int | float)


def test_closed_plan_stays_to_be_read(app: Flask, factored: Planned, sign_in: SignIn) -> None:
    browser = sign_in(factored.office.planner)

    statuses = [browser.post(f"{factored.address}/close").status_code for _ in range(2)]

    assert statuses == [302, 302]
    with app.app_context():
        assert db.session.get_one(PricePlan, factored.plan.id).is_open is False
    assert browser.get(factored.address).status_code == 200
