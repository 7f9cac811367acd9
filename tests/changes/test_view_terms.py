"""Unit, buyers, price and payment changed by the page: shown first, then made; what is wrong stands at its field."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from salesoffice.changes.models import Change
from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.reservations.models import Subscription
from salesoffice.staff.models import User
from tests.changes.people import make_other
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
KINDS = ("swap", "name_change", "co_owner", "price", "schedule", "payment_dates", "loan")


@pytest.fixture
def other(do: Do, office: Office) -> Customer:
    """Another customer of the rep."""
    return do(lambda session: make_other(session, office))


def typed(kind: str, office: Office, sale: Subscription, other: Customer) -> dict[str, Any]:
    buyer = str(sale.deal.buyers[0].customer_id)
    day = (clock.business_today() + timedelta(days=20)).isoformat()
    terms: dict[str, dict[str, Any]] = {
        "swap": {
            "unit_id": office.units[5].code, "discounts-0-kind": "percentage", "discounts-0-value": "98",
        },
        "name_change": {"customer_ids": f"#{other.id} 李乙"},
        "co_owner": {
            "add": "李乙", "added_share": "40", "shares-0-customer_id": buyer, "shares-0-share": "60",
        },
        "price": {"total_fen": "880000"},
        "schedule": {"payment_plan": "full"},
        "payment_dates": {"dates-0-position": "2", "dates-0-due_on": day},
        "loan": {"bank": "建设银行", "years": "30", "loan_fen": "500000"},
        "principal": {"customer_id": buyer},
    }  # fmt: skip
    today = clock.business_today().isoformat()
    common = {"reason_code": "buyers_wish", "reason": "客户申请", "signed_on": today, "attributed_on": today}
    return common | terms[kind]


def hidden(page: str, name: str) -> str:
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', page)
    value = re.search(r'value="([^"]*)"', tag[0]) if tag else None
    return value[1] if value else ""


@pytest.mark.parametrize("kind", KINDS)
def test_change_is_shown_then_made_once(
    do: Do, office: Office, sale: Subscription, other: Customer, sign_in: SignIn, kind: str
) -> None:
    browser = sign_in(office.manager)
    path = f"/p/P1/deals/{sale.deal.number}/changes/new/{kind}"
    empty = browser.get(path).get_data(as_text=True)
    entries = typed(kind, office, sale, other) | {"nonce": hidden(empty, "nonce")}
    entries["csrf_token"] = hidden(empty, "csrf_token")

    looked = browser.post(path, data=entries | {"step": "look"})
    before = do(lambda session: session.scalar(select(func.count()).select_from(Change)))
    sent = entries | {"step": "send", "seen": hidden(looked.get_data(as_text=True), "seen")}
    answers = [browser.post(path, data=sent) for _click in range(2)]

    assert (looked.status_code, before) == (200, 0)
    assert [answer.status_code for answer in answers] == [302, 302]
    assert do(lambda session: session.scalar(select(func.count()).select_from(Change))) == 1
    assert browser.get(answers[0].headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("swap", {"unit_id": "9-Z-999"}),
        ("swap", {"accessory_ids": "9-Z-999"}),
        ("swap", {"discounts-0-value": "much"}),
        ("name_change", {"customer_ids": "谁"}),
        ("name_change", {"replaced_id": "999999"}),
        ("co_owner", {"shares-0-share": "70"}),
        ("co_owner", {"shares-0-customer_id": "x"}),
        ("price", {"total_fen": "900001"}),
        ("price", {"total_fen": "a lot"}),
        ("schedule", {"payment_plan": "mortgage"}),
        ("payment_dates", {"dates-0-due_on": "2020-01-01"}),
        ("payment_dates", {"dates-0-position": "x"}),
        ("loan", {"years": "0"}),
        ("principal", {}),
    ],
)
def test_wrong_terms_are_shown_on_the_same_page(
    do: Do,
    office: Office,
    sale: Subscription,
    other: Customer,
    sign_in: SignIn,
    kind: str,
    wrong: dict[str, str],
) -> None:
    browser = sign_in(office.manager)
    path = f"/p/P1/deals/{sale.deal.number}/changes/new/{kind}"
    token = hidden(browser.get(path).get_data(as_text=True), "csrf_token")

    answer = browser.post(path, data=typed(kind, office, sale, other) | wrong | {"csrf_token": token})

    assert answer.status_code in {409, 422}
    assert "客户申请" in answer.get_data(as_text=True)
    assert do(lambda session: session.scalar(select(func.count()).select_from(Change))) == 0


@pytest.mark.parametrize("kind", [*KINDS, "principal"])
def test_page_is_closed_to_who_may_not_ask(
    office: Office, sale: Subscription, sign_in: SignIn, client: FlaskClient, kind: str
) -> None:
    path = f"/p/P1/deals/{sale.deal.number}/changes/new/{kind}"

    answers = [
        client.get(path).status_code,
        sign_in(office.rep).get(path).status_code,
        sign_in(office.stranger).get(path).status_code,
    ]

    assert answers == [302, 403, 404]
