"""Tracks over the JSON API."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.contracts.models import Contract
from salesoffice.infra.db import transaction
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified

SignIn = Callable[[User], FlaskClient]


@pytest.fixture
def contract(app: Flask, office: Office) -> Contract:
    """A verified contract with a mortgage."""
    with app.test_request_context(), transaction() as session:
        return make_verified(session, office, make_draft(session, office, make_sale(session, office)))


def test_tracks_of_a_sale_are_listed(office: Office, contract: Contract, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).get(f"/api/v1/deals/{contract.deal_id}/tracks")

    assert [(item["kind"], item["state"]) for item in answer.get_json()["items"]] == [
        ("mortgage", "not_started"), ("registration", "not_started"), ("area_settlement", "not_started"),
        ("handover", "not_started"), ("title", "not_started"),
    ]  # fmt: skip


def test_track_is_moved_once_for_a_repeated_request(
    office: Office, contract: Contract, sign_in: SignIn
) -> None:
    browser, address = sign_in(office.assistant), f"/api/v1/deals/{contract.deal_id}/tracks/title"
    body, key = {"state": "done", "on": contract.signed_on.isoformat()}, {"Idempotency-Key": "t-1"}

    first, second = (browser.post(address, json=body, headers=key) for _ in range(2))

    assert (first.status_code, first.get_json()["state"]) == (200, "done")
    assert (second.status_code, second.get_json(), second.headers["Idempotent-Replayed"]) == (
        200, first.get_json(), "true",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body", "status", "code"),
    [
        ("title", {"state": "not_started", "on": "2026-11-01"}, 409, "wrong_state"),
        ("handover", {"state": "done", "on": "2026-11-01"}, 409, "money_missing"),
        ("provident_fund", {"state": "done", "on": "2026-11-01"}, 404, "not_found"),
        ("garden", {"state": "done", "on": "2026-11-01"}, 404, "not_found"),
        ("title", {"state": "gone", "on": "2026-11-01"}, 422, "invalid_input"),
        ("title", {"state": "done"}, 422, "invalid_input"),
    ],
)
def test_wrong_request_is_refused_by_code(
    office: Office,
    contract: Contract,
    sign_in: SignIn,
    kind: str,
    body: dict[str, str],
    status: int,
    code: str,
) -> None:
    answer = sign_in(office.assistant).post(f"/api/v1/deals/{contract.deal_id}/tracks/{kind}", json=body)

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_other_peoples_sale_does_not_exist_for_a_rep(
    office: Office, contract: Contract, sign_in: SignIn
) -> None:
    answer = sign_in(office.other_rep).get(f"/api/v1/deals/{contract.deal_id}/tracks")

    assert answer.status_code == 404
