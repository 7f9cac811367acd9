"""Accounts, receipts and refunds through the JSON API."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.payments.enums import ReceiptKind
from salesoffice.payments.models import Account, Receipt
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
Receive = Callable[..., Receipt]


def body_of(account: Account, **changes: object) -> dict[str, object]:
    return {
        "account_id": account.id,
        "kind": "deposit",
        "amount_fen": 50_000_00,
        "method": "transfer",
        "received_on": clock.business_today().isoformat(),
        "slip_no": "778812",
        **changes,
    }


def test_account_shows_exact_figures(
    office: Office, account: Account, receive: Receive, sign_in: SignIn
) -> None:
    receive(120_000_00, confirmed=True)

    found = sign_in(office.finance).get(f"/api/v1/accounts/{account.id}").get_json()

    figures = {
        name: found[name] for name in ("total_fen", "due_fen", "paid_fen", "outstanding_fen", "refunded_fen")
    }
    paid = [line["paid_fen"] for line in found["instalments"]]
    assert figures == {
        "total_fen": 900_000_00,
        "due_fen": sum(line["amount_fen"] for line in found["instalments"] if line["due_on"] <= body_of(account)["received_on"]),
        "paid_fen": 120_000_00,
        "outstanding_fen": 780_000_00,
        "refunded_fen": 0,
    }  # fmt: skip
    assert paid == [50_000_00, 70_000_00, 0]
    assert [(row["number"], row["state"]) for row in found["receipts"]] == [("SJ000001", "confirmed")]


def test_receipt_goes_from_recorded_to_confirmed_to_reversed(
    office: Office, account: Account, sign_in: SignIn
) -> None:
    recorded = sign_in(office.assistant).post("/api/v1/receipts", json=body_of(account))
    address = f"/api/v1/receipts/{recorded.get_json()['id']}"
    finance = sign_in(office.finance)

    confirmed = finance.post(f"{address}/confirm", json={})
    again = finance.post(f"{address}/confirm", json={})
    reversed_one = finance.post(f"{address}/reverse", json={"reason": "wrong buyer"})

    assert (recorded.status_code, recorded.get_json()["state"]) == (201, "recorded")
    assert (confirmed.status_code, confirmed.get_json()["state"]) == (200, "confirmed")
    assert (again.status_code, again.get_json()["code"]) == (409, "wrong_state")
    found = reversed_one.get_json()
    assert (found["state"], found["reversal"]["amount_fen"], found["reversal"]["number"]) == (
        "reversed", -50_000_00, "SJ000002",
    )  # fmt: skip


def test_repeated_request_with_the_same_key_records_once(
    office: Office, account: Account, sign_in: SignIn
) -> None:
    browser, headers = sign_in(office.assistant), {"Idempotency-Key": "k-1"}

    first = browser.post("/api/v1/receipts", json=body_of(account), headers=headers)
    second = browser.post("/api/v1/receipts", json=body_of(account), headers=headers)

    assert (first.get_json(), second.headers["Idempotent-Replayed"]) == (second.get_json(), "true")


def test_admin_who_recorded_cannot_confirm(office: Office, account: Account, sign_in: SignIn) -> None:
    admin = sign_in(office.admin)
    recorded = admin.post("/api/v1/receipts", json=body_of(account)).get_json()

    answer = admin.post(f"/api/v1/receipts/{recorded['id']}/confirm", json={})

    assert (answer.status_code, answer.get_json()["code"]) == (409, "self_approval")


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_fen": 0},
        {"amount_fen": 1.5},
        {"amount_fen": "5000000"},
        {"amount_fen": True},
        {"amount_fen": 10**16},
        {"kind": "gift"},
        {"method": "shells"},
        {"received_on": "2099-01-01"},
        {"received_on": "0026-11-23"},
        {"received_on": "yesterday"},
        {"slip_no": "x" * 61},
        {"colour": "red"},
    ],
)
def test_receipt_with_a_wrong_entry_is_refused(
    office: Office, account: Account, sign_in: SignIn, changes: dict[str, object]
) -> None:
    answer = sign_in(office.assistant).post("/api/v1/receipts", json=body_of(account, **changes))

    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert len(answer.get_json()["errors"]) == 1


def test_roles_and_strangers_are_kept_out(
    office: Office, account: Account, receive: Receive, sign_in: SignIn
) -> None:
    receipt = receive(50_000_00)
    address = f"/api/v1/receipts/{receipt.id}/confirm"

    statuses = {
        name: sign_in(getattr(office, name)).post(address, json={}).status_code
        for name in ("assistant", "rep", "manager", "executive", "stranger")
    }

    assert statuses == {"assistant": 403, "rep": 403, "manager": 403, "executive": 403, "stranger": 403}
    assert sign_in(office.stranger).get(f"/api/v1/accounts/{account.id}").status_code == 404
    assert sign_in(office.rep).get(f"/api/v1/accounts/{account.id}").status_code == 403


def test_signed_out_is_refused(client: FlaskClient, account: Account) -> None:
    answers = (
        client.get(f"/api/v1/accounts/{account.id}"),
        client.post("/api/v1/receipts", json=body_of(account)),
        client.post("/api/v1/refunds", json={}),
    )

    assert [answer.status_code for answer in answers] == [401, 401, 401]


@pytest.mark.parametrize("number", [999, 2**40])
def test_unknown_objects_are_not_found(office: Office, sign_in: SignIn, number: int) -> None:
    admin = sign_in(office.admin)

    answers = (
        admin.get(f"/api/v1/accounts/{number}"),
        admin.post(f"/api/v1/receipts/{number}/confirm", json={}),
        admin.post(f"/api/v1/refunds/{number}/approve", json={}),
    )

    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_refund_needs_a_second_person(
    office: Office, account: Account, receive: Receive, sign_in: SignIn
) -> None:
    receive(300_000_00, ReceiptKind.DOWN_PAYMENT, confirmed=True)
    body = {"account_id": account.id, "amount_fen": 30_000_00, "reason": "overpaid"}

    asked = sign_in(office.assistant).post("/api/v1/refunds", json=body)
    too_high = sign_in(office.assistant).post("/api/v1/refunds", json=body | {"amount_fen": 270_000_01})
    approved = sign_in(office.finance).post(f"/api/v1/refunds/{asked.get_json()['id']}/approve", json={})
    rejected = sign_in(office.finance).post(
        f"/api/v1/refunds/{asked.get_json()['id']}/reject", json={"reason": "no"}
    )

    assert (asked.status_code, asked.get_json()["state"]) == (201, "requested")
    assert (too_high.status_code, too_high.get_json()["code"]) == (409, "refund_too_high")
    assert (approved.status_code, approved.get_json()["state"]) == (200, "approved")
    assert (rejected.status_code, rejected.get_json()["code"]) == (409, "wrong_state")
