"""POST /subscriptions, /subscriptions/{id}/cancel and /subscriptions/{id}/extend."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.reservations.models import Hold, Subscription
from tests.factories import Office


def body_of(buyer: Customer, **changes: object) -> dict[str, object]:
    """A subscription in full with a deposit of 50,000.00 yuan."""
    return {
        "customer_ids": [buyer.id],
        "payment_plan": "full",
        "deposit_fen": 50_000_00,
        "signed_on": clock.business_today().isoformat(),
    } | changes


def test_subscription_is_signed_for_a_unit(office: Office, buyer: Customer, post: Callable[..., Any]) -> None:
    discounts = [
        {"kind": "percentage", "value": "0.98", "name": "按时签约"},
        {"kind": "amount", "value": 20_000_00},
    ]

    answer = post(
        office.assistant, "/subscriptions", body_of(buyer, unit_id=office.units[0].id, discounts=discounts)
    )

    today = clock.business_today()
    assert (answer.status_code, answer.get_json()) == (
        201,
        {
            "id": 1,
            "number": "RG000001",
            "unit_id": office.units[0].id,
            "deal_id": 1,
            "deal_number": "D000001",
            "account_id": 1,
            "list_total_fen": 900_000_00,
            "total_fen": 862_000_00,
            "deposit_fen": 50_000_00,
            "payment_plan": "full",
            "signed_on": today.isoformat(),
            "sign_by": (today + timedelta(days=7)).isoformat(),
            "state": "active",
        },
    )


def test_subscription_is_signed_out_of_a_hold(
    office: Office, buyer: Customer, hold: Hold, post: Callable[..., Any]
) -> None:
    answer = post(office.assistant, "/subscriptions", body_of(buyer, hold_id=hold.id))

    assert (answer.status_code, answer.get_json()["deal_id"]) == (201, hold.deal_id)


def test_second_subscription_is_refused(office: Office, buyer: Customer, post: Callable[..., Any]) -> None:
    body = body_of(buyer, unit_id=office.units[0].id)
    post(office.assistant, "/subscriptions", body)

    answer = post(office.other_assistant, "/subscriptions", body)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "unit_taken")


def test_deposit_above_the_limit_is_refused(
    office: Office, buyer: Customer, post: Callable[..., Any]
) -> None:
    body = body_of(buyer, unit_id=office.units[0].id, deposit_fen=180_000_01)

    answer = post(office.assistant, "/subscriptions", body)

    assert (answer.status_code, answer.get_json()["code"]) == (409, "deposit_too_high")


def test_subscription_signed_out_is_refused(office: Office, buyer: Customer, client: FlaskClient) -> None:
    answer = client.post("/api/v1/subscriptions", json=body_of(buyer, unit_id=office.units[0].id))

    assert answer.status_code == 401


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_subscription_by_the_wrong_person_is_refused(
    office: Office, buyer: Customer, post: Callable[..., Any], who: str, status: int
) -> None:
    answer = post(getattr(office, who), "/subscriptions", body_of(buyer, unit_id=office.units[0].id))

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"unit_id": 1, "hold_id": 1}, "unit_id"),
        ({}, "unit_id"),
        ({"unit_id": 1, "customer_ids": []}, "customer_ids"),
        ({"unit_id": 1, "customer_ids": ["1"]}, "customer_ids.0"),
        ({"unit_id": 1, "payment_plan": "gold"}, "payment_plan"),
        ({"unit_id": 1, "deposit_fen": "5000000"}, "deposit_fen"),
        ({"unit_id": 1, "deposit_fen": 5000000.0}, "deposit_fen"),
        ({"unit_id": 1, "signed_on": "24.11.2026"}, "signed_on"),
        ({"unit_id": 1, "discounts": [{"kind": "percentage", "value": 0.98}]}, "discounts.0.value"),
        ({"unit_id": 1, "discounts": [{"kind": "amount", "value": "100"}]}, "discounts.0.value"),
        ({"unit_id": 1, "discounts": [{"kind": "points", "value": "NaN"}]}, "discounts.0.value"),
        ({"unit_id": 1, "other": 1}, "other"),
    ],
)
def test_subscription_with_bad_input_names_the_field(
    office: Office, buyer: Customer, post: Callable[..., Any], changes: dict[str, object], field: str
) -> None:
    answer = post(office.assistant, "/subscriptions", body_of(buyer, **changes))

    assert answer.status_code == 422
    assert [item["field"] for item in answer.get_json()["errors"]] == [field]


def test_subscription_is_cancelled_once(
    office: Office, subscription: Subscription, post: Callable[..., Any]
) -> None:
    path = f"/subscriptions/{subscription.id}/cancel"

    first = post(office.manager, path, {"reason": "客户贷款未批"})
    second = post(office.manager, path, {"reason": "客户贷款未批"})

    assert (first.status_code, first.get_json()["state"]) == (200, "cancelled")
    assert first.get_json()["change"] == {"id": 1, "number": "BG000001", "state": "applied"}
    assert (second.status_code, second.get_json()["code"]) == (409, "wrong_state")


def test_signing_is_extended(office: Office, subscription: Subscription, post: Callable[..., Any]) -> None:
    later = (subscription.sign_by + timedelta(days=7)).isoformat()

    answer = post(
        office.manager, f"/subscriptions/{subscription.id}/extend", {"sign_by": later, "reason": "客户出差"}
    )

    assert (answer.status_code, answer.get_json()["sign_by"]) == (200, later)
    assert answer.get_json()["change"] == {"id": 1, "number": "BG000001", "state": "applied"}


@pytest.mark.parametrize("action", ["cancel", "extend"])
@pytest.mark.parametrize(("who", "status"), [("assistant", 403), ("rep", 403), ("stranger", 404)])
def test_change_by_the_wrong_person_is_refused(
    office: Office, subscription: Subscription, post: Callable[..., Any], action: str, who: str, status: int
) -> None:
    later = (subscription.sign_by + timedelta(days=7)).isoformat()
    body = {"reason": "x"} | ({"sign_by": later} if action == "extend" else {})

    answer = post(getattr(office, who), f"/subscriptions/{subscription.id}/{action}", body)

    assert answer.status_code == status
