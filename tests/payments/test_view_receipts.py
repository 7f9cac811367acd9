"""The pages about money: confirm, refuse, reverse, refund, print."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.payments.enums import ReceiptState
from salesoffice.payments.models import Receipt
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_receipt, make_sale

SignIn = Callable[[User], FlaskClient]
LIST = "/p/P1/receipts"
DEAL = "/p/P1/deals/D000001"


@pytest.fixture(autouse=True)
def receipt(app: Flask, office: Office) -> None:
    """A sale with a recorded deposit of 50,000.00: receipt 1, SJ000001."""
    with app.test_request_context(), transaction() as session:
        make_receipt(session, office, make_sale(session, office))


def state_of(app: Flask, receipt_id: int = 1) -> ReceiptState:
    with app.test_request_context():
        return db.session.get_one(Receipt, receipt_id).state


def test_list_shows_what_waits_first(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.finance).get(LIST).get_data(as_text=True)

    assert "SJ000001" in page
    assert "/p/P1/receipts/1/confirm" in page
    assert "50,000.00" in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("?q=张甲", True),
        ("?q=101", True),
        ("?q=S5000000", True),
        ("?q=nobody", False),
        ("?state=recorded", True),
        ("?state=confirmed", False),
        ("?state=nonsense", True),
        ("?day=2020-01-01", False),
        ("?day=someday", True),
        ("?q=%00", True),
    ],
)
def test_list_is_searched_and_filtered(
    office: Office, sign_in: SignIn, query: str, *, is_found: bool
) -> None:
    answer = sign_in(office.finance).get(LIST + query)

    assert (answer.status_code, "SJ000001" in answer.get_data(as_text=True)) == (200, is_found)


def test_finance_confirms_from_the_list_and_a_second_click_changes_nothing(
    app: Flask, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.finance)

    first = browser.post(f"{LIST}/1/confirm", data={"back": "list"})
    second = browser.post(f"{LIST}/1/confirm", data={"back": "list"})

    assert (first.status_code, first.headers["Location"]) == (302, LIST)
    assert (second.status_code, 'role="alert"' in second.get_data(as_text=True)) == (409, True)
    assert state_of(app) is ReceiptState.CONFIRMED


def test_recorder_is_refused_on_the_deal_page(app: Flask, office: Office, sign_in: SignIn) -> None:
    admin = sign_in(office.admin)
    admin.post(f"{DEAL}/receipts", data={
        "kind": "deposit", "amount": "1", "method": "cash", "received_on": "2026-01-05", "slip_no": "",
    })  # fmt: skip

    answer = admin.post(f"{LIST}/2/confirm", data={"back": "deal"})

    assert answer.status_code == 409
    assert state_of(app, 2) is ReceiptState.RECORDED


def test_refusal_needs_a_reason(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.finance)

    shown = browser.get(f"{LIST}/1/refuse")
    empty = browser.post(f"{LIST}/1/refuse", data={"reason": " "})
    done = browser.post(f"{LIST}/1/refuse", data={"reason": "not on the statement"})

    assert (shown.status_code, empty.status_code, done.status_code) == (200, 422, 302)
    assert state_of(app) is ReceiptState.REFUSED


def test_reversal_is_shown_on_the_deal_page(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.finance)
    browser.post(f"{LIST}/1/confirm")

    answer = browser.post(f"{LIST}/1/reverse", data={"reason": "wrong buyer"}, follow_redirects=True)

    assert "-50,000.00" in answer.get_data(as_text=True)
    assert state_of(app) is ReceiptState.REVERSED


def test_refund_is_asked_for_and_approved_by_another(office: Office, sign_in: SignIn) -> None:
    finance = sign_in(office.finance)
    finance.post(f"{LIST}/1/confirm")

    too_high = sign_in(office.assistant).post(
        f"{DEAL}/refund", data={"amount": "50,000.01", "reason": "overpaid"}
    )
    asked = sign_in(office.assistant).post(f"{DEAL}/refund", data={"amount": "20,000", "reason": "overpaid"})
    waiting = finance.get(LIST).get_data(as_text=True)
    approved = finance.post("/p/P1/refunds/1/approve", data={"back": "list"})
    rejected = finance.post("/p/P1/refunds/1/reject", data={"reason": "no"})

    assert (too_high.status_code, asked.status_code) == (409, 302)
    assert "TK000001" in waiting
    assert (approved.status_code, rejected.status_code) == (302, 409)


def test_receipt_is_printed_once_and_only_when_confirmed(office: Office, sign_in: SignIn) -> None:
    finance = sign_in(office.finance)
    early = finance.post(f"{LIST}/1/print")
    missing = finance.get(f"{LIST}/1.pdf")
    finance.post(f"{LIST}/1/confirm")

    printed = finance.post(f"{LIST}/1/print", follow_redirects=True)
    again = finance.post(f"{LIST}/1/print", follow_redirects=True)

    text = "".join(PdfReader(io.BytesIO(printed.data)).pages[0].extract_text().split())
    assert (early.status_code, missing.status_code, printed.content_type) == (409, 404, "application/pdf")
    for expected in ("定金收据", "SJ000001", "张甲", "50,000.00", "人民币伍万元整", "1-A-101", "D000001"):
        assert expected in text
    assert printed.data == again.data


def test_printed_receipt_is_only_for_those_who_read_names(office: Office, sign_in: SignIn) -> None:
    finance = sign_in(office.finance)
    finance.post(f"{LIST}/1/confirm")
    finance.post(f"{LIST}/1/print")

    statuses = {
        role: sign_in(getattr(office, role)).get(f"{LIST}/1.pdf").status_code
        for role in ("assistant", "manager", "executive", "rep", "planner")
    }
    page = sign_in(office.executive).get(DEAL).get_data(as_text=True)

    assert statuses == {"assistant": 200, "manager": 200, "executive": 403, "rep": 403, "planner": 403}
    assert "receipts/1.pdf" not in page


def test_overdue_money_is_listed_with_days_and_late_fee(office: Office, sign_in: SignIn) -> None:
    today = sign_in(office.executive).get("/p/P1/receivables").get_data(as_text=True)

    with time_machine.travel(clock.now() + timedelta(days=10), tick=True):
        later = sign_in(office.executive).get("/p/P1/receivables").get_data(as_text=True)

    assert "50,000.00" not in today
    assert "250.00" in later  # 50,000.00 x 5/10,000 x 10 days
    assert "220,000.00" in later
    assert "330.00" in later  # 220,000.00 x 5/10,000 x 3 days
    assert "张甲" not in later


@pytest.mark.parametrize(
    ("address", "roles"),
    [
        (f"{LIST}/1/confirm", ("assistant", "rep", "manager", "executive", "planner")),
        (f"{LIST}/1/refuse", ("assistant", "rep", "manager", "executive", "planner")),
        (f"{LIST}/1/reverse", ("assistant", "rep", "manager", "executive", "planner")),
        (f"{LIST}/1/print", ("rep", "manager", "executive", "planner")),
        (f"{DEAL}/refund", ("rep", "finance", "executive", "planner")),
        ("/p/P1/refunds/1/approve", ("assistant", "rep", "manager", "executive", "planner")),
    ],
)
def test_wrong_roles_strangers_and_the_signed_out_are_kept_out(
    client: FlaskClient, office: Office, sign_in: SignIn, address: str, roles: tuple[str, ...]
) -> None:
    statuses = {
        sign_in(getattr(office, role)).post(address, data={"reason": "x"}).status_code for role in roles
    }

    assert statuses == {403}
    assert sign_in(office.stranger).post(address).status_code == 404
    assert client.post(address).status_code == 302


def test_receipt_of_another_project_is_not_found(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.admin).post("/p/P1-OTHER/receipts/1/confirm")

    assert answer.status_code == 404
