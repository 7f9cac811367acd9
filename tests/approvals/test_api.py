"""The JSON API of approvals."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.approvals.models import ApprovalRequest
from salesoffice.core.permissions import Role
from salesoffice.staff.models import Membership, User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.approvals import FINGERPRINT, MANAGER, OVERTAKEN, decisions, make_chain, make_request

SignIn = Callable[[User], FlaskClient]
Ask = Callable[..., int]


@pytest.fixture
def ask(do: Do, office: Office) -> Ask:
    """Let the assistant ask the manager; returns the id of the request."""

    def run(number: int = 1) -> int:
        def work(session: Session) -> int:
            decisions.clear()
            make_chain(session, office.project.id, MANAGER)
            return make_request(session, office.project.id, office.actor(office.assistant), number=number).id

        return do(work)

    return run


def post(browser: FlaskClient, request_id: int, verb: str, key: str = "", **body: Any) -> tuple[int, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = browser.post(f"/api/v1/approvals/{request_id}/{verb}", json=body, headers=headers)
    return answer.status_code, answer.get_json()


def test_list_gives_the_requests_of_a_state(office: Office, sign_in: SignIn, ask: Ask) -> None:
    request_id, browser = ask(), sign_in(office.manager)

    lists = [browser.get(f"/api/v1/approvals?state={state}").get_json() for state in ("pending", "approved")]

    assert [[item["id"] for item in found["items"]] for found in lists] == [[request_id], []]
    assert lists[0]["items"][0]["waits_for_me"] is True


def test_request_says_what_it_would_change(office: Office, sign_in: SignIn, ask: Ask) -> None:
    body = sign_in(office.manager).get(f"/api/v1/approvals/{ask()}").get_json()

    assert body["rows"][0] == {"label": "Sign by", "old": "2026-05-01", "new": "2026-05-15"}
    assert (body["amount_effect_fen"], body["floor_effect_fen"], body["fingerprint"]) == (
        -20_000_00, -5_000_00, FINGERPRINT,
    )  # fmt: skip


def test_approval_decides_and_a_repeated_key_answers_as_before(
    office: Office, sign_in: SignIn, ask: Ask
) -> None:
    request_id, browser = ask(), sign_in(office.manager)

    first = post(browser, request_id, "approve", key="k1", fingerprint=FINGERPRINT)
    again = post(browser, request_id, "approve", key="k1", fingerprint=FINGERPRINT)

    assert (first[0], first[1]["state"], first[1]["tasks"][0]["decided_by"]["id"]) == (
        200, "approved", office.manager.id,
    )  # fmt: skip
    assert (again, len(decisions)) == (first, 1)


def test_second_approval_names_who_decided(office: Office, sign_in: SignIn, ask: Ask) -> None:
    request_id, browser = ask(), sign_in(office.manager)
    post(browser, request_id, "approve")

    status, body = post(browser, request_id, "approve")

    assert (status, body["code"], body["decided_by"]) == (409, "already_decided", office.manager.name)


def test_rejection_needs_a_comment(office: Office, sign_in: SignIn, ask: Ask) -> None:
    request_id, browser = ask(), sign_in(office.manager)

    refused = post(browser, request_id, "reject")
    done = post(browser, request_id, "reject", comment="Too late")

    assert (refused[0], refused[1]["errors"][0]["field"]) == (422, "comment")
    assert (done[0], done[1]["state"], done[1]["tasks"][0]["comment"]) == (200, "rejected", "Too late")


def test_applicant_with_the_role_given_meanwhile_is_refused(
    office: Office, sign_in: SignIn, ask: Ask, do: Do
) -> None:
    request_id = ask()
    role = Membership(user_id=office.assistant.id, project_id=office.project.id, role=Role.MANAGER)
    do(lambda session: session.add(role))

    status, body = post(sign_in(office.assistant), request_id, "approve")

    assert (status, body["code"], decisions) == (409, "self_approval", [])


def test_changed_request_is_refused_by_name(office: Office, sign_in: SignIn, ask: Ask) -> None:
    status, body = post(sign_in(office.manager), ask(), "approve", fingerprint="0" * 64)

    assert (status, body["code"]) == (409, "request_changed")


def test_approval_that_came_too_late_is_refused_and_written_down(
    office: Office, sign_in: SignIn, ask: Ask, do: Do
) -> None:
    request_id, browser = ask(OVERTAKEN), sign_in(office.manager)

    answers = [post(browser, request_id, "approve", key="late") for _time in range(2)]

    assert [(status, body["code"]) for status, body in answers] == [(409, "request_changed")] * 2
    assert do(lambda session: session.get_one(ApprovalRequest, request_id).state.value) == "stale"


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 403), ("assistant", 403), ("planner", 403), ("stranger", 404)]
)
def test_others_are_refused(office: Office, sign_in: SignIn, ask: Ask, who: str, status: int) -> None:
    found, body = post(sign_in(getattr(office, who)), ask(), "approve")

    assert (found, decisions) == (status, [])
    assert body["code"] in {"not_allowed", "not_found"}


def test_signed_out_is_refused(client: FlaskClient, ask: Ask) -> None:
    status, body = post(client, ask(), "approve")

    assert (status, body["code"]) == (401, "not_signed_in")
