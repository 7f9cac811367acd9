"""The pages of both entries and of the steps after them."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.contracts.enums import ContractState
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.infra.db import db
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]


def typed(**changes: str) -> dict[str, str]:
    return {
        "customer_name": "张甲",
        "certificate_no": "110101199003070011",
        "unit_code": "1-A-101",
        "gross_area": "90.00",
        "total_fen": "900,000.00",
        "signed_on": clock.business_today().isoformat(),
        **changes,
    }


def state_of(app: Flask, contract: Contract) -> ContractState:
    with app.test_request_context():
        return db.session.get_one(Contract, contract.id).state


def test_first_entry_offers_nothing_and_saves_what_is_typed(
    app: Flask, office: Office, subscription: Subscription, sign_in: SignIn
) -> None:
    browser, address = sign_in(office.assistant), f"/p/P1/subscriptions/{subscription.number}/contract"

    empty = browser.get(address).get_data(as_text=True)
    saved = browser.post(address, data=typed(contract_no="SZ-1", payment_plan="mortgage"))

    assert "900,000.00" not in empty
    assert (saved.status_code, saved.headers["Location"]) == (302, "/p/P1/deals/D000001")
    with app.test_request_context():
        found = db.session.get_one(Contract, 1)
        assert (found.number, found.total_amount, found.state) == ("SZ-1", 900_000_00, ContractState.DRAFT)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"total_fen": "900,000.01"}, 409),
        ({"total_fen": "a lot"}, 422),
        ({"payment_plan": ""}, 422),
        ({"certificate_no": "110101199003070012"}, 422),
        ({"unit_code": "1-A-999"}, 422),
        ({"signed_on": "2099-01-01"}, 422),
        ({"customer_name": ""}, 422),
    ],
)
def test_wrong_first_entry_stays_on_the_page(
    office: Office, subscription: Subscription, sign_in: SignIn, changes: dict[str, str], status: int
) -> None:
    address = f"/p/P1/subscriptions/{subscription.number}/contract"
    form = typed(contract_no="SZ-77", payment_plan="mortgage") | changes

    answer = sign_in(office.assistant).post(address, data=form)

    assert (answer.status_code, "SZ-77" in answer.get_data(as_text=True)) == (status, True)


def test_second_entry_sees_nothing_then_both_values_then_verifies(
    app: Flask, office: Office, contract: Contract, sign_in: SignIn
) -> None:
    browser, address = sign_in(office.other_assistant), f"/p/P1/contracts/{contract.id}/verify"

    blind = browser.get(address).get_data(as_text=True)
    differs = browser.post(address, data=typed(total_fen="900,000.10"))
    equal = browser.post(address, data=typed())

    shown = differs.get_data(as_text=True)
    assert "900,000.00" not in blind
    assert "张甲" not in blind
    assert (differs.status_code, "900,000.00" in shown, "900,000.10" in shown) == (409, True, True)
    assert equal.status_code == 302
    assert state_of(app, contract) is ContractState.VERIFIED


def test_first_person_is_refused(app: Flask, office: Office, contract: Contract, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post(f"/p/P1/contracts/{contract.id}/verify", data=typed())

    assert answer.status_code == 409
    assert state_of(app, contract) is ContractState.DRAFT


def test_draft_is_corrected(app: Flask, office: Office, contract: Contract, sign_in: SignIn) -> None:
    form = typed(gross_area="90.10", payment_plan="mortgage", contract_no="")

    answer = sign_in(office.assistant).post(f"/p/P1/contracts/{contract.id}/correct", data=form)

    assert answer.status_code == 302
    with app.test_request_context():
        assert str(db.session.get_one(Contract, contract.id).gross_area) == "90.10"


def test_verified_contract_goes_on_to_the_filing(
    app: Flask, office: Office, verified: Contract, sign_in: SignIn
) -> None:
    browser, today = sign_in(office.assistant), clock.business_today().isoformat()
    address = f"/p/P1/contracts/{verified.id}"

    early = browser.post(f"{address}/file", data={"filing_no": "B-1", "on": today})
    steps = [
        browser.post(f"{address}/sign-online", data={"online_no": "W-1", "on": today}),
        browser.post(f"{address}/file", data={"filing_no": "B-1", "on": today}),
    ]

    assert (early.status_code, [step.status_code for step in steps]) == (409, [302, 302])
    assert state_of(app, verified) is ContractState.FILED
    assert sign_in(office.manager).post(f"{address}/discard", data={"reason": "no loan"}).status_code == 409


def test_manager_discards_a_draft_with_a_reason(
    app: Flask, office: Office, contract: Contract, sign_in: SignIn
) -> None:
    browser, address = sign_in(office.manager), f"/p/P1/contracts/{contract.id}/discard"

    shown, empty = browser.get(address), browser.post(address, data={"reason": ""})
    done = browser.post(address, data={"reason": "loan refused"}, follow_redirects=True)

    assert (shown.status_code, empty.status_code, done.status_code) == (200, 422, 200)
    assert state_of(app, contract) is ContractState.CANCELLED


def test_verified_contract_is_not_discarded(
    app: Flask, office: Office, verified: Contract, sign_in: SignIn
) -> None:
    address = f"/p/P1/contracts/{verified.id}/discard"

    answer = sign_in(office.manager).post(address, data={"reason": "loan refused"})

    assert answer.status_code == 409
    assert state_of(app, verified) is ContractState.VERIFIED


@pytest.mark.parametrize("action", ["verify", "correct", "sign-online", "file", "discard"])
def test_wrong_roles_strangers_and_the_signed_out_are_kept_out(
    client: FlaskClient, office: Office, contract: Contract, sign_in: SignIn, action: str
) -> None:
    address = f"/p/P1/contracts/{contract.id}/{action}"

    statuses = {
        sign_in(getattr(office, role)).get(address).status_code for role in ("rep", "finance", "executive")
    }

    assert statuses == {403}
    assert sign_in(office.stranger).get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert sign_in(office.admin).get(address.replace("/P1/", "/P1-OTHER/")).status_code == 404
