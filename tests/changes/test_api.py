"""Changes by the JSON API: each kind, the lists, withdrawing and undoing, and who may."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.changes.enums import ChangeKind
from salesoffice.changes.models import Change
from salesoffice.core import clock
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.changes.sales import ask, file, require_approval, sell
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
REASON = {"reason": "客户申请"}


def test_cancellation_answers_with_the_change(office: Office, sale: Subscription, sign_in: SignIn) -> None:
    answer = sign_in(office.manager).post(
        f"/api/v1/deals/{sale.deal_id}/cancel",
        json={**REASON, "reason_code": "loan_refused", "fault": "buyer", "signed_on": "2026-01-02"},
    )

    found = answer.get_json()
    assert answer.status_code == 201
    assert {name: found[name] for name in ("number", "kind", "state", "fault", "reason_code", "measure")} == {
        "number": "BG000001", "kind": "cancellation", "state": "applied", "fault": "buyer",
        "reason_code": "loan_refused", "measure": 0,
    }  # fmt: skip
    assert found["old"] == {
        "stage": "subscription", "kept_fen": 0, "owed_fen": 0, "refundable_fen": 50_000_00,
    }  # fmt: skip
    assert found["new"] == {"stage": "cancel", "kept_fen": 50_000_00, "owed_fen": 0, "refundable_fen": 0}
    assert (found["amount_effect_fen"], found["floor_effect_fen"], found["approval_id"]) == (
        -900_000_00, None, None,
    )  # fmt: skip
    assert (found["signed_on"], found["attributed_on"]) == (
        "2026-01-02",
        clock.business_today().isoformat(),
    )


def test_forfeiture_revival_and_late_refund_follow_one_another(
    office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    browser, path = sign_in(office.manager), f"/api/v1/deals/{sale.deal_id}"
    day = (clock.business_today() + timedelta(days=7)).isoformat()

    answers = [
        browser.post(f"{path}/forfeit", json=REASON),
        browser.post(f"{path}/refund-after-forfeiture", json={**REASON, "amount_fen": 10_000_00}),
        browser.post(f"{path}/revive", json={**REASON, "sign_by": day}),
        browser.post(f"{path}/revive", json={**REASON, "sign_by": day}),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 409]
    assert [row["kind"] for row in browser.get(f"{path}/changes").get_json()["items"]] == [
        "revival", "refund_after_forfeiture", "forfeiture",
    ]  # fmt: skip
    assert [row["kind"] for row in browser.get(path).get_json()["changes"]] == [
        "revival", "refund_after_forfeiture", "forfeiture",
    ]  # fmt: skip


def test_filing_is_withdrawn(do: Do, office: Office, sale: Subscription, sign_in: SignIn) -> None:
    do(lambda session: file(session, office, session.get_one(Subscription, sale.id)))
    browser, path = sign_in(office.manager), f"/api/v1/deals/{sale.deal_id}"

    refused = browser.post(f"{path}/cancel", json=REASON)
    done = browser.post(f"{path}/withdraw-filing", json=REASON)

    assert (refused.status_code, refused.get_json()["code"]) == (409, "wrong_state")
    assert (done.status_code, done.get_json()["old"]["filing_no"]) == (201, "BA1")


def test_sale_entered_by_mistake_is_void(do: Do, office: Office, sign_in: SignIn) -> None:
    sale = do(lambda session: sell(session, office, paid=0))

    answer = sign_in(office.manager).post(
        f"/api/v1/deals/{sale.deal_id}/void", json={**REASON, "reason_code": "entry_error"}
    )

    assert (answer.status_code, answer.get_json()["new"]["stage"]) == (201, "void")


def test_same_key_changes_once(session: Session, office: Office, sale: Subscription, sign_in: SignIn) -> None:
    browser, path = sign_in(office.manager), f"/api/v1/deals/{sale.deal_id}/extend"
    headers = {"Idempotency-Key": "k1"}

    first = browser.post(path, json={**REASON, "days": 3}, headers=headers)
    second = browser.post(path, json={**REASON, "days": 3}, headers=headers)

    assert (first.status_code, second.status_code) == (201, 201)
    assert (first.get_json(), second.headers["Idempotent-Replayed"]) == (second.get_json(), "true")
    assert session.scalar(select(func.count()).select_from(Change)) == 1


def test_change_that_waits_is_listed_and_withdrawn(
    do: Do, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    do(lambda session: require_approval(session, office, ChangeKind.EXTENSION))
    browser = sign_in(office.assistant)

    asked = browser.post(f"/api/v1/deals/{sale.deal_id}/extend", json={**REASON, "days": 3}).get_json()
    listed = browser.get("/api/v1/projects/P1/changes?state=requested&kind=extension").get_json()["items"]
    other = sign_in(office.manager).post(f"/api/v1/changes/{asked['id']}/withdraw", json={})
    done = browser.post(f"/api/v1/changes/{asked['id']}/withdraw", json={})

    assert (asked["state"], asked["approval_id"] is not None) == ("requested", True)
    assert listed == [asked]
    assert (other.status_code, other.get_json()["code"]) == (403, "not_allowed")
    assert (done.status_code, done.get_json()["state"]) == (200, "withdrawn")
    assert browser.get("/api/v1/projects/P1/changes?state=requested").get_json()["items"] == []


def test_change_is_undone(office: Office, sale: Subscription, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    made = browser.post(f"/api/v1/deals/{sale.deal_id}/extend", json={**REASON, "days": 3}).get_json()

    undone = browser.post(f"/api/v1/changes/{made['id']}/undo", json={})
    again = browser.post(f"/api/v1/changes/{made['id']}/undo", json={})

    assert (undone.status_code, undone.get_json()["state"]) == (200, "undone")
    assert (again.status_code, again.get_json()["code"]) == (409, "undo_taken")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "reason"),
        ({**REASON, "reason_code": "whim"}, "reason_code"),
        ({**REASON, "fault": "dog"}, "fault"),
        ({**REASON, "refundable_fen": "1"}, "refundable_fen"),
        ({**REASON, "refundable_fen": 1.5}, "refundable_fen"),
        ({**REASON, "signed_on": "24.11.2026"}, "signed_on"),
        ({**REASON, "attachment_ids": [0]}, "attachment_ids.0"),
        ({**REASON, "attachment_ids": [99]}, "attachment_ids"),
        ({**REASON, "other": 1}, "other"),
    ],
)
def test_bad_input_names_the_field(
    office: Office, sale: Subscription, sign_in: SignIn, body: dict[str, Any], field: str
) -> None:
    answer = sign_in(office.manager).post(f"/api/v1/deals/{sale.deal_id}/cancel", json=body)

    assert answer.status_code == 422
    assert [item["field"] for item in answer.get_json()["errors"]] == [field]


def test_wrong_people_are_refused(
    client: FlaskClient, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    path = f"/api/v1/deals/{sale.deal_id}/cancel"

    statuses = {
        name: sign_in(getattr(office, name)).post(path, json=REASON).status_code
        for name in ("rep", "finance", "executive", "planner", "assistant", "stranger")
    }

    assert statuses == {
        "rep": 403, "finance": 403, "executive": 403, "planner": 403, "assistant": 403, "stranger": 404,
    }  # fmt: skip
    assert client.post(path, json=REASON).status_code == 401


def test_rep_sees_only_the_changes_of_own_sales(
    do: Do, office: Office, sale: Subscription, sign_in: SignIn
) -> None:
    made = do(lambda session: ask(session, office, sale.deal, ChangeKind.EXTENSION, days=3))
    own, other = sign_in(office.rep), sign_in(office.other_rep)

    assert own.get(f"/api/v1/changes/{made.id}").status_code == 200
    assert [row["id"] for row in own.get("/api/v1/projects/P1/changes").get_json()["items"]] == [made.id]
    assert other.get(f"/api/v1/changes/{made.id}").status_code == 403
    assert other.get("/api/v1/projects/P1/changes").get_json()["items"] == []
    assert other.get(f"/api/v1/deals/{sale.deal_id}/changes").status_code == 403
