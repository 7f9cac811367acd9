"""POST /holds, /holds/{id}/extend and /holds/{id}/release."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from salesoffice.customers.models import Customer
from salesoffice.reservations.models import Hold
from tests.factories import Office


def test_hold_is_placed(office: Office, buyer: Customer, post: Callable[..., Any]) -> None:
    body = {"unit_id": office.units[0].id, "customer_id": buyer.id, "minutes": 10}

    answer = post(office.rep, "/holds", body)

    found = answer.get_json()
    moments = [found.pop(name) for name in ("placed_at", "expires_at", "latest_expiry_at")]
    assert (answer.status_code, found) == (
        201,
        {
            "id": 1,
            "unit_id": office.units[0].id,
            "deal_id": 1,
            "deal_number": "D000001",
            "customer_id": buyer.id,
            "rep_id": office.rep.id,
            "list_total_fen": 900_000_00,
            "state": "open",
        },
    )
    assert all(moment.endswith("Z") and len(moment) == 20 for moment in moments)


def test_hold_signed_out_is_refused(office: Office, client: FlaskClient) -> None:
    answer = client.post("/api/v1/holds", json={"unit_id": office.units[0].id})

    assert (answer.status_code, answer.get_json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("who", "status", "code"),
    [("finance", 403, "not_allowed"), ("executive", 403, "not_allowed"), ("stranger", 404, "not_found")],
)
def test_hold_by_the_wrong_person_is_refused(
    office: Office, post: Callable[..., Any], who: str, status: int, code: str
) -> None:
    answer = post(getattr(office, who), "/holds", {"unit_id": office.units[0].id})

    assert (answer.status_code, answer.get_json()["code"]) == (status, code)


def test_second_hold_is_refused(office: Office, post: Callable[..., Any]) -> None:
    body = {"unit_id": office.units[0].id}
    post(office.rep, "/holds", body)

    answers = [post(user, "/holds", body) for user in (office.rep, office.other_rep)]

    found = [(answer.status_code, answer.get_json()["code"], answer.get_json()["mine"]) for answer in answers]
    assert found == [(409, "unit_taken", True), (409, "unit_taken", False)]


def test_repeated_request_with_the_same_key_answers_as_before(
    office: Office, post: Callable[..., Any]
) -> None:
    body = {"unit_id": office.units[0].id}
    first = post(office.rep, "/holds", body, **{"Idempotency-Key": "k-1"})

    second = post(office.rep, "/holds", body, **{"Idempotency-Key": "k-1"})

    assert (second.status_code, second.get_json()) == (201, first.get_json())
    assert second.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"unit_id": "1"},
        {"unit_id": 1.0},
        {"unit_id": 0},
        {"unit_id": 10**30},
        {"unit_id": None},
        {"unit_id": 1, "minutes": 0},
        {"unit_id": 1, "minutes": "5"},
        {"unit_id": 1, "more": 1},
        [],
    ],
)
def test_hold_with_bad_input_is_refused(office: Office, post: Callable[..., Any], body: object) -> None:
    answer = post(office.rep, "/holds", body)

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")


@pytest.mark.parametrize("unit_id", [999, 2**31 - 1])
def test_hold_of_a_unit_that_does_not_exist_is_not_found(
    office: Office, post: Callable[..., Any], unit_id: int
) -> None:
    answer = post(office.rep, "/holds", {"unit_id": unit_id})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_hold_is_extended_and_released_by_its_rep(
    office: Office, hold: Hold, post: Callable[..., Any]
) -> None:
    extended = post(office.rep, f"/holds/{hold.id}/extend", {"minutes": 60})
    released = post(office.rep, f"/holds/{hold.id}/release", {})
    again = post(office.rep, f"/holds/{hold.id}/release", {})

    assert extended.status_code == 200
    assert extended.get_json()["expires_at"] > hold.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (released.status_code, released.get_json()["state"]) == (200, "released")
    assert (again.status_code, again.get_json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize("action", ["extend", "release"])
@pytest.mark.parametrize(("who", "status"), [("other_rep", 403), ("finance", 403), ("stranger", 404)])
def test_hold_of_somebody_else_is_left_alone(
    office: Office, hold: Hold, post: Callable[..., Any], action: str, who: str, status: int
) -> None:
    answer = post(getattr(office, who), f"/holds/{hold.id}/{action}", {})

    assert answer.status_code == status


@pytest.mark.parametrize("hold_id", ["999", "99999999999999999999999"])
def test_hold_that_does_not_exist_is_not_found(
    office: Office, post: Callable[..., Any], hold_id: str
) -> None:
    answer = post(office.rep, f"/holds/{hold_id}/extend", {})

    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


def test_release_needs_no_body(office: Office, hold: Hold, sign_in: Callable[..., FlaskClient]) -> None:
    answer = sign_in(office.rep).post(f"/api/v1/holds/{hold.id}/release")

    assert answer.status_code == 200
