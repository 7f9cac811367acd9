"""POST /provisional-orders and /cancel, GET of one and of all, POST /subscriptions out of one."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.reservations.models import Hold
from salesoffice.staff.models import User
from tests.factories import Office

Post = Callable[..., Any]
SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def body(office: Office, buyer: Customer) -> dict[str, object]:
    """An order of unit 101."""
    today = clock.business_today().isoformat()
    return {
        "unit_id": office.units[0].id,
        "customer_id": buyer.id,
        "amount_fen": 10_000_00,
        "signed_on": today,
    }


def test_order_is_signed_once_per_key(
    office: Office, buyer: Customer, body: dict[str, object], post: Post
) -> None:
    answers = [
        post(office.assistant, "/provisional-orders", body, **{"Idempotency-Key": "k"}) for _ in range(2)
    ]
    again = post(office.assistant, "/provisional-orders", body)

    found = answers[0].get_json()
    assert (answers[0].status_code, answers[1].get_json()) == (201, found)
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert found.pop("expires_at").endswith("T15:59:59Z")
    assert found == {
        "id": 1, "number": "XD000001", "unit_id": office.units[0].id, "deal_id": 1, "deal_number": "D000001",
        "account_id": 1, "customer_id": buyer.id, "rep_id": office.rep.id, "list_total_fen": 900_000_00,
        "amount_fen": 10_000_00, "signed_on": body["signed_on"], "state": "open", "ended_on": None, "end_reason": "",
    }  # fmt: skip
    assert (again.status_code, again.get_json()["code"]) == (409, "unit_taken")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"unit_id": 999}, 404, "not_found"),
        ({"amount_fen": 200_000_00}, 409, "deposit_too_high"),
        ({"amount_fen": "1"}, 422, "invalid_input"),
        ({"days": 30}, 422, "invalid_input"),
        ({"hold_id": 1}, 422, "invalid_input"),
        ({"customer_id": 999}, 422, "customer_unknown"),
    ],
)
def test_bad_input_is_refused(
    office: Office, body: dict[str, object], post: Post, change: dict[str, object], status: int, code: str
) -> None:
    answer = post(office.assistant, "/provisional-orders", body | change)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_wrong_person_is_refused(
    office: Office, body: dict[str, object], post: Post, who: str, status: int
) -> None:
    assert post(getattr(office, who), "/provisional-orders", body).status_code == status


def test_order_out_of_a_hold_is_listed_and_cancelled(
    office: Office, hold: Hold, body: dict[str, object], post: Post, sign_in: SignIn
) -> None:
    wanted = {name: value for name, value in body.items() if name != "unit_id"} | {"hold_id": hold.id}

    made = post(office.assistant, "/provisional-orders", wanted)
    listed = {
        who: len(
            sign_in(getattr(office, who)).get("/api/v1/projects/P1/provisional-orders").get_json()["items"]
        )
        for who in ("rep", "other_rep", "finance")
    }
    alone = [
        sign_in(getattr(office, who)).get("/api/v1/provisional-orders/1").status_code
        for who in ("rep", "other_rep", "finance")
    ]
    ended = [
        post(office.assistant, "/provisional-orders/1/cancel", {"reason": "gone"}).status_code
        for _ in range(2)
    ]

    assert (made.status_code, made.get_json()["deal_id"]) == (201, hold.deal_id)
    assert listed == {"rep": 1, "other_rep": 0, "finance": 1}
    assert (alone, ended) == ([200, 404, 200], [200, 409])


def test_subscription_is_signed_out_of_an_order(
    office: Office, buyer: Customer, body: dict[str, object], post: Post
) -> None:
    post(office.assistant, "/provisional-orders", body)
    terms = {
        "customer_ids": [buyer.id], "payment_plan": "full", "deposit_fen": 50_000_00,
        "signed_on": body["signed_on"],
    }  # fmt: skip

    signed = post(office.assistant, "/subscriptions", terms | {"provisional_order_id": 1})
    both = post(office.assistant, "/subscriptions", terms | {"provisional_order_id": 1, "unit_id": 1})

    found = signed.get_json()
    assert (signed.status_code, found["deal_number"], found["account_id"]) == (201, "D000001", 1)
    assert both.status_code == 422
