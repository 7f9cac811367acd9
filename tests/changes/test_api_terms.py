"""Unit, buyers, price and payment changed by the JSON API: works, once, by whom, and bad input."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from salesoffice.changes.models import Change
from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.changes.people import make_other
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
KINDS = (
    "swap",
    "rename",
    "co-owner",
    "principal",
    "price-change",
    "plan-change",
    "payment-dates",
    "loan-terms",
)


@pytest.fixture
def other(do: Do, office: Office) -> Customer:
    """Another customer of the rep."""
    return do(lambda session: make_other(session, office))


def body(address: str, office: Office, sale: Subscription, other: Customer) -> dict[str, Any]:
    day = (clock.business_today() + timedelta(days=20)).isoformat()
    buyer = str(sale.deal.buyers[0].customer_id)
    terms: dict[str, dict[str, Any]] = {
        "swap": {"unit_id": office.units[5].id, "discounts": [{"kind": "percentage", "value": "0.98"}]},
        "rename": {"customer_ids": [other.id]},
        "co-owner": {"add": [{"customer_id": other.id, "share": "0.4"}], "shares": {buyer: "0.6"}},
        "principal": {"customer_id": other.id},
        "price-change": {"discounts": [{"kind": "percentage", "value": "0.98"}]},
        "plan-change": {"payment_plan": "full"},
        "payment-dates": {"dates": [{"position": 2, "due_on": day}]},
        "loan-terms": {"bank": "建设银行", "years": 30, "loan_fen": 500_000_00},
    }
    return {"reason": "客户申请", **terms[address]}


@pytest.mark.parametrize("address", [kind for kind in KINDS if kind != "principal"])
def test_change_is_made_once_under_one_key(
    do: Do, office: Office, sale: Subscription, other: Customer, sign_in: SignIn, address: str
) -> None:
    browser, path = sign_in(office.manager), f"/api/v1/deals/{sale.deal_id}/{address}"
    wanted = body(address, office, sale, other)
    key = {"Idempotency-Key": f"key-{address}"}

    first = browser.post(path, json=wanted, headers=key)
    again = browser.post(path, json=wanted, headers=key)
    another = browser.post(path, json=wanted | {"reason": "x"}, headers=key)

    assert (first.status_code, first.get_json()["state"]) == (201, "applied")
    assert (again.get_json(), again.headers["Idempotent-Replayed"]) == (first.get_json(), "true")
    assert another.status_code == 422
    assert do(lambda session: session.scalar(select(func.count()).select_from(Change))) == 1


@pytest.mark.parametrize("address", [kind for kind in KINDS if kind != "principal"])
def test_same_change_twice_is_refused(
    office: Office, sale: Subscription, other: Customer, sign_in: SignIn, address: str
) -> None:
    browser, path = sign_in(office.manager), f"/api/v1/deals/{sale.deal_id}/{address}"
    wanted = body(address, office, sale, other)
    browser.post(path, json=wanted)

    answer = browser.post(path, json=wanted)

    assert answer.status_code in {409, 422}
    assert answer.get_json()["errors"]


@pytest.mark.parametrize("address", KINDS)
def test_change_is_refused_to_who_may_not_ask(
    do: Do,
    office: Office,
    sale: Subscription,
    other: Customer,
    sign_in: SignIn,
    client: FlaskClient,
    address: str,
) -> None:
    path, wanted = f"/api/v1/deals/{sale.deal_id}/{address}", body(address, office, sale, other)

    answers = [
        client.post(path, json=wanted).status_code,
        sign_in(office.rep).post(path, json=wanted).status_code,
        sign_in(office.finance).post(path, json=wanted).status_code,
        sign_in(office.stranger).post(path, json=wanted).status_code,
        sign_in(office.manager).post(f"/api/v1/deals/999999/{address}", json=wanted).status_code,
    ]

    assert answers == [401, 403, 403, 404, 404]
    assert do(lambda session: session.scalar(select(func.count()).select_from(Change))) == 0


@pytest.mark.parametrize("address", KINDS)
@pytest.mark.parametrize(
    "wrong", [{"surprise": 1}, {"reason": ""}, {"signed_on": "2199-01-01"}, {"attributed_on": "yesterday"}]
)
def test_bad_input_is_refused(
    office: Office, sale: Subscription, other: Customer, sign_in: SignIn, address: str, wrong: dict[str, Any]
) -> None:
    answer = sign_in(office.manager).post(
        f"/api/v1/deals/{sale.deal_id}/{address}", json=body(address, office, sale, other) | wrong
    )

    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("address", "wrong"),
    [
        ("swap", {"unit_id": "5"}),
        ("swap", {"deposit_fen": 0}),
        ("rename", {"customer_ids": []}),
        ("co-owner", {"shares": {"x": "0.5"}}),
        ("co-owner", {"shares": {"1" * 10: "0.5"}}),
        ("co-owner", {"add": [{"customer_id": 1, "share": "half"}]}),
        ("price-change", {"total_fen": 1.5}),
        ("price-change", {"total_fen": 880_000_00}),
        ("plan-change", {"payment_plan": "barter"}),
        ("payment-dates", {"dates": [{"position": 0, "due_on": "2026-12-01"}]}),
        ("loan-terms", {"years": 41}),
    ],
)
def test_terms_of_another_shape_are_refused(
    office: Office, sale: Subscription, other: Customer, sign_in: SignIn, address: str, wrong: dict[str, Any]
) -> None:
    answer = sign_in(office.manager).post(
        f"/api/v1/deals/{sale.deal_id}/{address}", json=body(address, office, sale, other) | wrong
    )

    assert answer.status_code == 422
    assert answer.get_json()["errors"]
