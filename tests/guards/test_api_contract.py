"""The JSON API keeps its contract: a valid document that names every answer, problems in one shape, strict numbers,
and POSTs that happen once.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from werkzeug.test import TestResponse

from salesoffice.infra.db import transaction
from salesoffice.staff.models import User
from salesoffice.staff.services import create_token
from tests.factories.everything import Everything
from tests.support.bodies import build_bodies, send
from tests.support.routes import build_address, is_api, list_routes
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]

DOCUMENT = "/api/v1/openapi.json"
PROBLEM_FIELDS = {"type", "title", "status", "code", "detail", "errors", "request_id"}
EVERY_POST = {"400", "401", "403", "404", "409", "413", "422"}
EVERY_GET = {"400", "401", "403", "404", "422"}
FEW = settings(
    max_examples=4,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


def bearer(app: Flask, found: Everything, user: User) -> dict[str, str]:
    """Return the headers of a user's new token."""
    with app.test_request_context(), transaction() as session:
        token = create_token(session, session.get_one(User, user.id), actor=found.office.actor(user))
    return {"Authorization": f"Bearer {token}"}


def is_problem(answer: TestResponse) -> bool:
    """Tell whether an answer is problem+json with all its fields, for its own status."""
    if answer.content_type != "application/problem+json":
        return False
    body = answer.get_json()
    return (
        set(body) >= PROBLEM_FIELDS
        and body["status"] == answer.status_code
        and body["request_id"] == answer.headers["X-Request-ID"] != ""
        and all(set(error) == {"field", "message"} for error in body["errors"])
    )


def posts(app: Flask, everything: Everything) -> list[tuple[str, str]]:
    """Return endpoint and address of every POST of the API."""
    return [
        (rule.endpoint, build_address(app, rule, everything.values_for(rule.endpoint)))
        for rule, method in list_routes(app)
        if is_api(rule) and method == "POST"
    ]


def amounts_in(body: dict[str, Any]) -> list[str]:
    """Return the names of a body's entries that are money."""
    return [name for name in body if name.endswith("_fen")]


def test_document_is_valid_and_has_every_route_with_its_refusals(app: Flask, client: FlaskClient) -> None:
    document = client.get(DOCUMENT).get_json()

    validate(document)
    described = {
        (method.upper(), path): operation["responses"]
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    routes = {
        (method, rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}"))
        for rule, method in list_routes(app)
        if is_api(rule) and rule.rule != DOCUMENT
    }
    assert set(described) == routes
    for (method, path), responses in described.items():
        refusals = {status for status in responses if int(status) >= 400}
        assert refusals >= (EVERY_POST if method == "POST" else EVERY_GET), (method, path)
        for status in refusals:
            reference = responses[status]["content"]["application/problem+json"]["schema"]["$ref"]
            assert reference == "#/components/schemas/Problem", (method, path, status)
        assert any(status.startswith("2") for status in responses), (method, path)


def test_generated_requests_meet_no_fault(app: Flask, everything: Everything) -> None:
    headers = bearer(app, everything, everything.office.admin)
    schema = schemathesis.openapi.from_wsgi(DOCUMENT, app)
    wrong: list[tuple[str, int, str]] = []

    def call(case: schemathesis.Case[Any]) -> None:
        answer = case.call(headers=headers)
        kind = (answer.headers.get("content-type") or [""])[0]
        if answer.status_code >= 500 or (answer.status_code >= 400 and kind != "application/problem+json"):
            wrong.append((case.operation.label, answer.status_code, answer.text[:200]))

    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            FEW(given(case=operation.as_strategy(generation_mode=mode))(call))()

    assert wrong == []


def test_refusals_are_problems_with_every_field(
    app: Flask, everything: Everything, client: FlaskClient, sign_in: SignIn
) -> None:
    browser, rep = sign_in(everything.office.admin), sign_in(everything.office.rep)
    unit = f"/api/v1/units/{everything.parts['unit_id']}"
    form = {"Content-Type": "text/plain"}

    answers = {
        "signed out": (401, client.get("/api/v1/projects")),
        "unknown token": (401, client.get("/api/v1/projects", headers={"Authorization": "Bearer x"})),
        "wrong role": (403, rep.post(f"{unit}/withhold", json={"reason": "no"})),
        "unknown route": (404, browser.get("/api/v1/nothing")),
        "unknown object": (404, browser.get("/api/v1/units/999999")),
        "wrong method": (405, browser.put("/api/v1/projects")),
        "wrong field": (422, browser.post("/api/v1/holds", json={"unit_id": "1"})),
        "wrong query": (422, browser.get("/api/v1/projects/P1/board?since=abc")),
        "wrong cursor": (400, browser.get("/api/v1/projects/P1/units?cursor=%00")),
        "no JSON": (400, browser.post("/api/v1/holds", data="{", content_type="application/json")),
        "no object": (422, browser.post("/api/v1/holds", json=[1])),
        "no body": (422, browser.post("/api/v1/holds", data="x", headers=form)),
        "unstorable": (422, browser.post(f"{unit}/withhold", json={"reason": "a\0"})),
        "half a pair": (422, browser.post(f"{unit}/withhold", json={"reason": "\ud800"})),
    }

    found = {name: (answer.status_code, is_problem(answer)) for name, (_status, answer) in answers.items()}
    assert found == {name: (status, True) for name, (status, _answer) in answers.items()}


def test_money_is_an_integer_and_unknown_entries_are_refused(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    browser, before = sign_in(everything.office.admin), count_rows(app)
    bodies = build_bodies(everything)

    wrong = []
    for endpoint, address in posts(app, everything):
        body = bodies.get(endpoint)
        if body is None or endpoint == "board_api.release":
            continue
        tries = [body | {"surplus": 1}]
        tries += [
            body | {name: value}
            for name in amounts_in(body)
            for value in ("5000000", 5000000.0, 5e6, True, -1, 2**70)
        ]
        for attempt in tries:
            answer = browser.post(address, json=attempt)
            if answer.status_code != 422 or not is_problem(answer):
                wrong.append((address, attempt, answer.status_code))

    assert wrong == []
    assert sum(len(amounts_in(body)) for body in bodies.values()) >= 5
    assert count_rows(app) == before


def test_post_with_its_key_happens_once(app: Flask, everything: Everything, sign_in: SignIn) -> None:
    """Repeated it answers as before; with another body the key is refused. Refusals are not remembered."""
    bodies, people = build_bodies(everything), everything.office
    browsers = {
        name: sign_in(getattr(people, name))
        for name in ("other_assistant", "finance", "manager", "assistant", "rep")
    }

    wrong, done = [], set()
    for endpoint, address in posts(app, everything):
        for browser in browsers.values():
            headers = {"Idempotency-Key": f"key-{endpoint}"}
            first = send(browser, endpoint, address, bodies.get(endpoint), headers)
            if first.status_code >= 400:
                continue
            done.add(endpoint)
            before = count_rows(app)
            again = send(browser, endpoint, address, bodies.get(endpoint), headers)
            other = browser.post(f"{address}?another=1", json={}, headers=headers)
            is_same = (again.status_code, again.data) == (first.status_code, first.data)
            if not (is_same and again.headers.get("Idempotent-Replayed") == "true"):
                wrong.append((address, "again", again.status_code))
            if other.status_code != 422 or not is_problem(other):
                wrong.append((address, "other body", other.status_code))
            if count_rows(app) != before:
                wrong.append((address, "wrote twice", 0))
            break

    assert wrong == []
    assert len(done) >= 15, sorted(done)


def test_parallel_duplicates_have_one_effect(app: Flask, everything: Everything) -> None:
    headers = bearer(app, everything, everything.office.assistant) | {"Idempotency-Key": "once"}
    body = build_bodies(everything)["payments_api.post_receipt"]
    before = count_rows(app)["receipts"]
    start = threading.Barrier(8)

    def record(_number: int) -> tuple[int, str | None]:
        start.wait()
        answer = app.test_client().post("/api/v1/receipts", json=body, headers=headers)
        return answer.status_code, answer.headers.get(
            "Retry-After" if answer.status_code == 409 else "Location"
        )

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(record, range(8)))

    assert {status for status, _header in answers} <= {201, 409}
    assert all(retry == "1" for status, retry in answers if status == 409)
    assert (201, None) in answers
    assert count_rows(app)["receipts"] == before + 1
