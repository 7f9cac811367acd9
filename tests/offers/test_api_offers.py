"""POST and GET /offers."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.customers.models import Customer
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.staff.models import User
from tests.factories import Office
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]


def body_of(office: Office, **changes: Any) -> dict[str, Any]:
    """An offer in full for unit 101."""
    return {"unit_id": office.units[0].id, "payment_plan": "full"} | changes


def test_offer_is_made_with_number_and_totals(
    office: Office, buyer: Customer, scheme: DiscountScheme, post: Callable[..., Any]
) -> None:
    body = body_of(
        office, customer_id=buyer.id, payment_plan="mortgage", scheme_ids=[scheme.id], loan_years=20,
        repayment="equal_principal", down_payment_rate="0.3", provident_fen=200_000_00,
        discounts=[{"kind": "amount", "value": 2_000_00, "name": "特批"}],
    )  # fmt: skip

    answer = post(office.rep, "/offers", body)

    made = answer.get_json()
    assert (answer.status_code, made["number"], made["total_fen"]) == (201, "ZY000001", 880_000_00)
    assert [(step["name"], step["after_fen"], step["scheme_id"]) for step in made["steps"]] == [
        ("开盘优惠", 882_000_00, scheme.id),
        ("特批", 880_000_00, None),
    ]
    assert [(row["kind"], row["amount_fen"]) for row in made["schedule"]] == [
        ("deposit", 40_000_00), ("down_payment", 230_000_00), ("provident_fund", 200_000_00),
        ("mortgage", 410_000_00),
    ]  # fmt: skip
    assert [(loan["kind"], loan["months"]) for loan in made["loans"]] == [
        ("provident", 240),
        ("commercial", 240),
    ]


def test_offer_is_made_once_per_key(app: Flask, office: Office, post: Callable[..., Any]) -> None:
    answers = [post(office.rep, "/offers", body_of(office), **{"Idempotency-Key": "k"}) for _ in range(2)]

    assert [answer.get_json()["number"] for answer in answers] == ["ZY000001"] * 2
    assert answers[1].headers["Idempotent-Replayed"] == "true"
    assert count_rows(app)["offers"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"loan_years": 0}, {"down_payment_rate": "1.5"}, {"down_payment_rate": 0.3}, {"provident_fen": "1"},
        {"payment_plan": "barter"}, {"scheme_ids": [0]}, {"colour": "red"}, {"valid_until": "tomorrow"},
    ],
)  # fmt: skip
def test_wrong_body_is_refused(office: Office, post: Callable[..., Any], changes: dict[str, Any]) -> None:
    answer = post(office.rep, "/offers", body_of(office, **changes))

    assert (answer.status_code, next(iter(changes)) in str(answer.get_json()["errors"])) == (422, True)


def test_offers_are_listed_and_shown_to_those_who_may_see_them(
    office: Office, offer: Offer, sign_in: SignIn
) -> None:
    def ask(user: User, path: str) -> Any:
        return sign_in(user).get(f"/api/v1/offers{path}")

    listed = [
        [one["number"] for one in ask(user, "?project=P1").get_json()["items"]]
        for user in (office.rep, office.other_rep, office.manager)
    ]
    codes = [
        ask(user, f"/{offer.id}").status_code
        for user in (office.rep, office.other_rep, office.stranger, office.finance)
    ]

    assert listed == [["ZY000001"], [], ["ZY000001"]]
    assert codes == [200, 404, 404, 403]
    assert ask(office.rep, f"/{offer.id}").get_json()["total_fen"] == 882_000_00
