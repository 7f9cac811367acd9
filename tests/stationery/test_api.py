"""JSON API of the register."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from salesoffice.stationery.models import PrintRun
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
RUN = {"kind": "contract", "prefix": "HT-", "first": 1, "last": 3, "digits": 3, "received_on": "2026-01-09"}


def test_run_is_registered_and_listed(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    answer = browser.post("/api/v1/projects/P1/print-runs", json=RUN)

    assert (answer.status_code, answer.json["last"]) == (201, 3)
    page = browser.get("/api/v1/projects/P1/forms?kind=contract&state=received&limit=2").json
    assert [form["number"] for form in page["items"]] == ["HT-001", "HT-002"]
    rest = browser.get(f"/api/v1/projects/P1/forms?limit=2&cursor={page['next_cursor']}").json
    assert [form["number"] for form in rest["items"]] == ["HT-003"]


def test_run_twice_is_refused(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post("/api/v1/projects/P1/print-runs", json=RUN)

    assert (answer.status_code, answer.json["code"], answer.json["number"]) == (
        409,
        "forms_overlap",
        "HT-001",
    )


def test_forms_are_issued_returned_and_spoilt(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    body = {"kind": "contract", "user_id": office.rep.id, "first": "HT-001", "last": "HT-002"}

    issued = browser.post("/api/v1/projects/P1/forms/issue", json=body).json["items"]
    returned = browser.post(f"/api/v1/forms/{issued[0]['id']}/return", json={}).json
    spoilt = browser.post(f"/api/v1/forms/{issued[1]['id']}/spoil", json={"reason": "印错"}).json

    assert [form["holder_id"] for form in issued] == [office.rep.id] * 2
    assert (returned["state"], returned["holder_id"]) == ("received", None)
    assert (spoilt["state"], spoilt["spoilt_reason"]) == ("spoilt", "印错")


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "contract", "user_id": 1},
        {"kind": "contract", "user_id": 1, "count": 1, "first": "HT-001"},
        {"kind": "contract", "user_id": 1, "count": 0},
        {"kind": "poster", "user_id": 1, "count": 1},
    ],
)
def test_wrong_shapes_are_refused(
    office: Office, run: PrintRun, sign_in: SignIn, body: dict[str, object]
) -> None:
    answer = sign_in(office.manager).post("/api/v1/projects/P1/forms/issue", json=body)

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")


def test_roles_and_strangers_are_refused(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    spoil = {"reason": "印错"}

    statuses = [
        sign_in(user).post("/api/v1/forms/1/spoil", json=spoil).status_code
        for user in (office.rep, office.finance, office.stranger)
    ]

    assert statuses == [403, 403, 404]
