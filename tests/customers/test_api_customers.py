"""JSON API of customers, calls and visits."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
MAN = "34052419800101001X"
BODY = {
    "project": "P1",
    "name": "张伟",
    "phones": ["138 0013 8000"],
    "certificate_no": MAN,
    "source": "walk_in",
}
VISIT = {"project": "P1", "kind": "visit", "first": True, "source": "online"}


def test_customer_is_registered_and_found(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    answer = browser.post("/api/v1/customers", json=BODY)

    made = answer.get_json()
    assert answer.status_code == 201
    assert made["created_at"].endswith("Z")
    assert {name: made[name] for name in ("project", "name", "sex", "phones", "certificate_masked", "rep_id")} == {
        "project": "P1", "name": "张伟", "sex": "male", "phones": ["13800138000"],
        "certificate_masked": "3****************X", "rep_id": office.rep.id,
    }  # fmt: skip
    assert browser.get("/api/v1/customers?q=zw").get_json() == {"items": [made], "next_cursor": None}
    assert browser.get(f"/api/v1/customers/{made['id']}").get_json() == made


def test_customer_is_masked_for_finance_and_unknown_to_others(office: Office, sign_in: SignIn) -> None:
    made = sign_in(office.rep).post("/api/v1/customers", json=BODY).get_json()

    address = f"/api/v1/customers/{made['id']}"
    assert sign_in(office.finance).get(address).get_json()["phones"] == ["138****8000"]
    assert [sign_in(user).get(address).status_code for user in (office.other_rep, office.stranger)] == [
        404,
        404,
    ]
    assert sign_in(office.stranger).get("/api/v1/customers").get_json()["items"] == []


def test_same_customer_is_refused_by_name(office: Office, sign_in: SignIn) -> None:
    sign_in(office.rep).post("/api/v1/customers", json=BODY)

    answer = sign_in(office.other_rep).post("/api/v1/customers", json={**BODY, "name": "李四"})

    assert (answer.status_code, answer.get_json()["code"], answer.get_json()["rep"]) == (
        409,
        "customer_exists",
        "Rep.P1",
    )
    assert "customer_id" not in answer.get_json()


def test_request_repeated_with_its_key_is_replayed(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)
    headers = {"Idempotency-Key": "k1"}

    answers = [browser.post("/api/v1/customers", json=BODY, headers=headers) for _time in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json()
    assert answers[1].headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "changes",
    [
        {"name": ""},
        {"name": "\x00 "},
        {"name": "\ud800"},
        {"name": 5},
        {"sex": "x"},
        {"sex": "female"},
        {"phones": "13800138000"},
        {"phones": ["12"]},
        {"certificate_no": MAN[:-1] + "1"},
        {"certificate_kind": "x"},
        {"rep_id": "1"},
        {"rep_id": 2**31},
        {"more": 1},
    ],
)
def test_wrong_customer_is_refused(office: Office, sign_in: SignIn, changes: dict[str, Any]) -> None:
    answer = sign_in(office.assistant).post("/api/v1/customers", json={**BODY, **changes})

    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(
    ("person", "status"),
    [("finance", 403), ("executive", 403), ("planner", 403), ("stranger", 404), ("admin", 201)],
)
def test_customer_is_registered_by(office: Office, sign_in: SignIn, person: str, status: int) -> None:
    assert sign_in(getattr(office, person)).post("/api/v1/customers", json=BODY).status_code == status


def test_api_asks_to_sign_in(office: Office, client: FlaskClient) -> None:
    answers = [client.get("/api/v1/customers"), client.post("/api/v1/customers", json=BODY)]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_visit_is_recorded(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)
    made = browser.post("/api/v1/customers", json=BODY).get_json()

    answer = browser.post("/api/v1/visits", json={**VISIT, "customer_id": made["id"], "wants": "三房"})

    assert answer.status_code == 201
    assert {name: answer.get_json()[name] for name in ("first", "kind", "customer_id", "rep_id", "wants")} == {
        "first": True, "kind": "visit", "customer_id": made["id"], "rep_id": office.rep.id, "wants": "三房",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"first": "yes"}, 422),
        ({"kind": "mail"}, 422),
        ({"customer_id": 9999}, 404),
        ({"happened_on": "2199-01-01"}, 422),
        ({"project": "NO"}, 404),
        ({"project": "P1-OTHER"}, 404),
    ],
)
def test_wrong_visit_is_refused(
    office: Office, sign_in: SignIn, changes: dict[str, Any], status: int
) -> None:
    assert sign_in(office.rep).post("/api/v1/visits", json={**VISIT, **changes}).status_code == status
