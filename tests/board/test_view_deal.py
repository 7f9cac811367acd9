"""The deal page: everything of one sale, to whom it may be shown."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.contracts.models import Contract
from salesoffice.infra.db import transaction
from salesoffice.payments.services import confirm_receipt
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_draft, make_receipt, make_sale, make_verified

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/p/P1/deals/D000001"


@pytest.fixture(autouse=True)
def sale(app: Flask, office: Office) -> None:
    """A sale with a confirmed deposit of 50,000.00, a recorded 70,000.00 and a draft contract."""
    with app.test_request_context(), transaction() as session:
        subscription = make_sale(session, office)
        deposit = make_receipt(session, office, subscription)
        confirm_receipt(session, deposit, actor=office.actor(office.finance))
        make_receipt(session, office, subscription, 70_000_00)
        make_draft(session, office, subscription)


def text_of(browser: FlaskClient, address: str = ADDRESS) -> str:
    answer = browser.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_assistant_sees_figures_buyer_and_papers(office: Office, sign_in: SignIn) -> None:
    page = text_of(sign_in(office.assistant))

    for expected in (
        "张甲",
        "13800001234",
        "1****************1",
        "900,000.00",
        "220,000.00",
        "630,000.00",
        "SJ000002",
    ):
        assert expected in page
    assert "110101199003070011" not in page


def test_executive_sees_masked_buyer_and_no_actions(office: Office, sign_in: SignIn) -> None:
    page = text_of(sign_in(office.executive))

    assert "张甲" not in page
    assert "张*" in page
    assert "138****1234" in page
    assert "/contract" not in page
    assert "/confirm" not in page


def test_own_rep_sees_the_deal_and_another_rep_does_not(office: Office, sign_in: SignIn) -> None:
    own, other = sign_in(office.rep).get(ADDRESS), sign_in(office.other_rep).get(ADDRESS)

    assert (own.status_code, other.status_code) == (200, 404)


def test_finance_confirms_and_assistant_does_not(office: Office, sign_in: SignIn) -> None:
    button = "/p/P1/receipts/2/confirm"

    assert button in text_of(sign_in(office.finance))
    assert button not in text_of(sign_in(office.assistant))


def test_second_entry_is_offered_to_the_other_person_only(office: Office, sign_in: SignIn) -> None:
    link = "/p/P1/contracts/1/verify"

    assert link in text_of(sign_in(office.other_assistant))
    assert link not in text_of(sign_in(office.assistant))


def test_verified_contract_offers_the_online_signing(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        make_verified(session, office, session.get_one(Contract, 1))

    assert "/p/P1/contracts/1/sign-online" in text_of(sign_in(office.assistant))


def test_outsiders_are_kept_out(client: FlaskClient, office: Office, sign_in: SignIn) -> None:
    assert client.get(ADDRESS).status_code == 302
    assert sign_in(office.stranger).get(ADDRESS).status_code == 404
    assert sign_in(office.planner).get(ADDRESS).status_code == 403
    assert sign_in(office.assistant).get("/p/P1/deals/D999999").status_code == 404


def test_recorded_money_is_shown_with_a_message(office: Office, sign_in: SignIn) -> None:
    form = {
        "kind": "down_payment",
        "amount": "1,234.50",
        "method": "pos",
        "received_on": "2026-01-05",
        "slip_no": "A-1",
    }
    browser = sign_in(office.assistant)

    answer = browser.post(f"{ADDRESS}/receipts", data=form)
    again = browser.post(f"{ADDRESS}/receipts", data=form)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{ADDRESS}#money")
    assert (again.status_code, "SJ000003" in again.get_data(as_text=True)) == (409, True)


@pytest.mark.parametrize(
    "changes", [{"amount": "ten"}, {"amount": "0"}, {"received_on": "2099-01-01"}, {"kind": "gift"}]
)
def test_wrong_money_is_refused_and_what_was_typed_stays(
    office: Office, sign_in: SignIn, changes: dict[str, str]
) -> None:
    form = {
        "kind": "deposit",
        "amount": "5",
        "method": "pos",
        "received_on": "2026-01-05",
        "payer": "王乙",
    } | changes

    answer = sign_in(office.assistant).post(f"{ADDRESS}/receipts", data=form)

    assert answer.status_code == 422
    assert "王乙" in answer.get_data(as_text=True)


def test_rep_cannot_record_money(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.rep).post(f"{ADDRESS}/receipts", data={}).status_code == 403
