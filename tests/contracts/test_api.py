"""Contracts through the JSON API."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from salesoffice.contracts.models import Contract, ContractCheck
from salesoffice.core import clock
from salesoffice.infra.db import db
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
CERTIFICATE = "110101199003070011"


def draft_body(subscription: Subscription, **changes: object) -> dict[str, object]:
    return {
        "subscription_id": subscription.id,
        "signed_on": clock.business_today().isoformat(),
        "total_fen": 900_000_00,
        "payment_plan": "mortgage",
        **changes,
    }


def second_body(**changes: object) -> dict[str, object]:
    return {
        "customer_name": "张甲",
        "certificate_no": CERTIFICATE,
        "unit_code": "1-A-101",
        "gross_area": "90.00",
        "total_fen": 900_000_00,
        "signed_on": clock.business_today().isoformat(),
        **changes,
    }


def test_contract_is_entered_verified_signed_and_filed(
    office: Office, subscription: Subscription, sign_in: SignIn
) -> None:
    assistant, other, today = (
        sign_in(office.assistant),
        sign_in(office.other_assistant),
        clock.business_today(),
    )
    entered = assistant.post("/api/v1/contracts", json=draft_body(subscription, contract_no="SZ-2026-1"))
    address = f"/api/v1/contracts/{entered.get_json()['id']}"

    steps = [
        other.post(f"{address}/verify", json=second_body()),
        assistant.post(f"{address}/sign-online", json={"online_no": "W-1", "on": today.isoformat()}),
        assistant.post(f"{address}/file", json={"filing_no": "B-1", "on": today.isoformat()}),
    ]

    assert (entered.status_code, entered.get_json()["number"], entered.get_json()["state"]) == (
        201, "SZ-2026-1", "draft",
    )  # fmt: skip
    assert [(step.status_code, step.get_json()["state"]) for step in steps] == [
        (200, "verified"), (200, "signed_online"), (200, "filed"),
    ]  # fmt: skip
    cancelled = sign_in(office.manager).post(f"{address}/cancel", json={"reason": "loan refused"})
    assert (cancelled.status_code, cancelled.get_json()["code"]) == (409, "wrong_state")


def test_differing_entry_is_refused_with_both_values_and_kept(
    app: Flask, office: Office, contract: Contract, sign_in: SignIn
) -> None:
    answer = sign_in(office.other_assistant).post(
        f"/api/v1/contracts/{contract.id}/verify", json=second_body(total_fen=900_000_10, gross_area="90.01")
    )

    found = answer.get_json()
    assert (answer.status_code, found["code"]) == (409, "entries_differ")
    assert found["differences"] == [
        {"field": "gross_area", "first": "90.00", "second": "90.01"},
        {"field": "total_fen", "first": "90000000", "second": "90000010"},
    ]
    assert [problem["field"] for problem in found["errors"]] == ["gross_area", "total_fen"]
    with app.test_request_context():
        assert db.session.scalar(select(func.count()).select_from(ContractCheck)) == 1


def test_first_person_cannot_verify(office: Office, contract: Contract, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post(f"/api/v1/contracts/{contract.id}/verify", json=second_body())

    assert (answer.status_code, answer.get_json()["code"]) == (409, "self_approval")


def test_total_other_than_agreed_is_refused(
    office: Office, subscription: Subscription, sign_in: SignIn
) -> None:
    answer = sign_in(office.assistant).post("/api/v1/contracts", json=draft_body(subscription, total_fen=1))

    assert (answer.status_code, answer.get_json()["code"]) == (409, "schedule_mismatch")


@pytest.mark.parametrize(
    "changes",
    [
        {"gross_area": 90},
        {"gross_area": "90.001"},
        {"gross_area": "NaN"},
        {"gross_area": "-1.00"},
        {"total_fen": "90000000"},
        {"total_fen": 900_000.5},
        {"signed_on": "today"},
        {"certificate_no": ""},
        {"colour": "red"},
    ],
)
def test_second_entry_of_a_wrong_shape_is_refused(
    office: Office, contract: Contract, sign_in: SignIn, changes: dict[str, object]
) -> None:
    answer = sign_in(office.other_assistant).post(
        f"/api/v1/contracts/{contract.id}/verify", json=second_body(**changes)
    )

    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.get_json()["errors"]] == [*changes]


def test_roles_and_strangers_are_kept_out(
    office: Office, subscription: Subscription, contract: Contract, sign_in: SignIn
) -> None:
    routes = {
        "enter": ("/api/v1/contracts", draft_body(subscription)),
        "verify": (f"/api/v1/contracts/{contract.id}/verify", second_body()),
        "cancel": (f"/api/v1/contracts/{contract.id}/cancel", {"reason": "no"}),
    }

    statuses = {
        (name, route): sign_in(getattr(office, name)).post(address, json=body).status_code
        for name in ("rep", "finance", "executive", "stranger")
        for route, (address, body) in routes.items()
    }

    assert {status for (name, _route), status in statuses.items() if name != "stranger"} == {403}
    assert {statuses["stranger", route] for route in ("verify", "cancel")} == {404}


def test_signed_out_is_refused(client: FlaskClient, contract: Contract) -> None:
    answer = client.post(f"/api/v1/contracts/{contract.id}/verify", json=second_body())

    assert answer.status_code == 401
