"""Pages of discount schemes, authority, loan terms and fees."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.core.permissions import Role
from salesoffice.infra.db import db
from salesoffice.offers.models import DiscountScheme, Offer
from salesoffice.offers.queries import get_tools, list_authorities, list_schemes
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]


def form_of(**changes: Any) -> dict[str, Any]:
    """A scheme of 97 per cent."""
    return {
        "nonce": "one", "name": "团购", "source": "group", "kind": "percentage", "value": "97", "cap": "30,000",
        "valid_from": "2026-01-01", "plan_kinds": "full", "is_stackable": "y",
    } | changes  # fmt: skip


def test_scheme_is_entered_once(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    answers = [browser.post("/p/P1/discounts/new", data=form_of()).status_code for _ in range(2)]

    with app.app_context():
        rows = list_schemes(db.session(), office.project.id)
    assert answers == [302, 302]
    assert [(row.name, row.value, row.cap_amount, row.plan_kinds) for row in rows] == [
        ("团购", "0.97", 30_000_00, '["full"]')
    ]


@pytest.mark.parametrize(
    "changes", [{"value": "abc"}, {"value": "150"}, {"name": ""}, {"kind": ""}, {"valid_until": "2025-01-01"}]
)
def test_wrong_scheme_is_refused_with_what_was_typed(
    app: Flask, office: Office, sign_in: SignIn, changes: dict[str, str]
) -> None:
    answer = sign_in(office.manager).post("/p/P1/discounts/new", data=form_of(**changes))

    with app.app_context():
        assert list_schemes(db.session(), office.project.id) == []
    assert (answer.status_code, 'value="30,000"' in answer.get_data(as_text=True)) == (422, True)


def test_used_scheme_is_replaced_and_listed_as_closed(
    office: Office, scheme: DiscountScheme, offer: Offer, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)
    address = f"/p/P1/discounts/{scheme.id}"
    shown = browser.get(address, headers={"Accept-Language": "en"}).get_data(as_text=True)

    answer = browser.post(address, data=form_of(name="开盘优惠"))
    listed = browser.get("/p/P1/discounts", headers={"Accept-Language": "en"}).get_data(as_text=True)

    assert ("This scheme has been used" in shown, 'value="98"' in shown) == (True, True)
    assert (answer.status_code, "× 97 %" in listed, "Closed discount schemes (1)" in listed) == (
        302,
        True,
        True,
    )


def test_scheme_is_moved_and_closed(
    app: Flask, office: Office, scheme: DiscountScheme, sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)
    browser.post("/p/P1/discounts/new", data=form_of())

    browser.post(f"/p/P1/discounts/{scheme.id}/move", data={"direction": "down"})
    with app.app_context():
        moved = [row.name for row in list_schemes(db.session(), office.project.id)]
    browser.post(f"/p/P1/discounts/{scheme.id}/close")

    with app.app_context():
        left = [row.name for row in list_schemes(db.session(), office.project.id)]
    assert (moved, left) == (["团购", "开盘优惠"], ["团购"])


def test_authority_is_saved_in_per_cent(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    answer = browser.post("/p/P1/discounts/authority", data={"rep": "1.5", "manager": ""})
    refused = browser.post("/p/P1/discounts/authority", data={"rep": "101"})

    with app.app_context():
        assert list_authorities(db.session(), office.project.id) == {Role.REP: Decimal("0.015")}
    assert (answer.status_code, refused.status_code) == (302, 422)


def test_terms_show_usual_figures_and_save_own(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    page = browser.get("/p/P1/discounts/terms", headers={"Accept-Language": "en"}).get_data(as_text=True)
    form = {
        "commercial_rate": "3.2", "provident_rate": "2.6", "max_years": "25", "source": "bank notice",
        "fees-0-name": "登记费", "fees-0-kind": "registration", "fees-0-measure": "amount", "fees-0-value": "80",
        "fees-1-name": "契税", "fees-1-kind": "deed_tax", "fees-1-measure": "rate", "fees-1-value": "1.5",
        "fees-1-area_from": "140", "fees-1-products": "residential",
    }  # fmt: skip

    answer = browser.post("/p/P1/discounts/terms", data=form)

    with app.app_context():
        tools = get_tools(db.session(), office.project.id)
    assert ("These are usual figures." in page, answer.status_code) == (True, 302)
    assert (tools.loan.commercial_rate, tools.loan.max_years, tools.is_usual) == (Decimal("0.032"), 25, False)
    assert [(fee.name, fee.value, fee.area_from) for fee in tools.fees] == [
        ("登记费", Decimal(8000), None),
        ("契税", Decimal("0.015"), Decimal("140.00")),
    ]


@pytest.mark.parametrize("address", ["/p/P1/discounts", "/p/P1/discounts/new", "/p/P1/discounts/terms"])
def test_pages_of_discounts_are_for_the_manager(
    office: Office, client: FlaskClient, sign_in: SignIn, address: str
) -> None:
    users = (office.manager, office.rep, office.assistant, office.stranger)

    codes = [sign_in(user).get(address).status_code for user in users]

    assert (client.get(address).status_code, codes) == (302, [200, 403, 403, 404])
