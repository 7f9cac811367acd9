"""A deal through the JSON API: everything of one sale, to whom it may be shown."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.infra.db import transaction
from salesoffice.payments.services import confirm_receipt
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_draft, make_receipt, make_sale

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/api/v1/deals/1"


@pytest.fixture(autouse=True)
def sale(app: Flask, office: Office) -> None:
    """A sale with a confirmed deposit and a draft contract."""
    with app.test_request_context(), transaction() as session:
        subscription = make_sale(session, office)
        confirm_receipt(
            session, make_receipt(session, office, subscription), actor=office.actor(office.finance)
        )
        make_draft(session, office, subscription)


def test_deal_has_everything_in_order(office: Office, sign_in: SignIn) -> None:
    found = sign_in(office.assistant).get(ADDRESS).get_json()

    assert (found["number"], found["state"], found["unit"]["code"]) == ("D000001", "open", "1-A-101")
    assert (found["claim"]["kind"], found["subscription"]["total_fen"]) == ("subscription", 900_000_00)
    assert [row["state"] for row in found["contracts"]] == ["draft"]
    assert (found["account"]["total_fen"], found["account"]["paid_fen"]) == (900_000_00, 50_000_00)
    assert found["buyers"][0]["certificate_masked"] == "1****************1"
    assert [entry["action"] for entry in found["history"]] == [
        "contract.entered", "receipt.confirmed", "receipt.recorded", "subscription.signed", "account.opened",
    ]  # fmt: skip


def test_executive_reads_masked_names(office: Office, sign_in: SignIn) -> None:
    found = sign_in(office.executive).get(ADDRESS).get_json()

    assert (found["buyers"][0]["name"], found["contracts"][0]["customer_name"]) == ("张*", "张*")
    assert found["buyers"][0]["phones"] == ["138****1234"]


def test_only_the_own_rep_and_members_find_it(client: FlaskClient, office: Office, sign_in: SignIn) -> None:
    statuses = {
        name: sign_in(getattr(office, name)).get(ADDRESS).status_code
        for name in ("rep", "other_rep", "finance", "planner", "stranger")
    }

    assert statuses == {"rep": 200, "other_rep": 404, "finance": 200, "planner": 403, "stranger": 404}
    assert client.get(ADDRESS).status_code == 401


@pytest.mark.parametrize("number", [999, 2**40])
def test_unknown_deal_is_not_found(office: Office, sign_in: SignIn, number: int) -> None:
    assert sign_in(office.admin).get(f"/api/v1/deals/{number}").status_code == 404
