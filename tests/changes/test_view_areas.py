"""The page on which many areas are settled after the final survey, and the API for one."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.changes.enums import ChangeState
from salesoffice.changes.models import Change
from salesoffice.contracts.models import Contract
from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.staff.models import User
from tests.changes.surveyed import Surveyed
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale, make_verified

SignIn = Callable[[User], FlaskClient]
ADDRESS = "/p/P1/area-settlement"


@pytest.fixture
def sale(app: Flask, office: Office) -> Surveyed:
    """A verified sale of 90.00 m² for 900,000.00 yuan, surveyed with 91.80 m²."""
    with app.test_request_context(), transaction() as session:
        contract: Contract = make_verified(
            session, office, make_draft(session, office, make_sale(session, office))
        )
    made = Surveyed(office, contract.deal_id)
    with app.test_request_context():
        made.survey("91.80")
    return made


def typed(*deals: int, **changes: str) -> dict[str, object]:
    return {
        "deal": list(deals),
        "reason": "实测结算",
        "signed_on": clock.business_today().isoformat(),
        **changes,
    }


def changes_of(app: Flask) -> list[tuple[ChangeState, int]]:
    with app.test_request_context():
        rows = db.session.scalars(select(Change).order_by(Change.id)).all()
        return [(change.state, change.amount_effect) for change in rows]


def test_chosen_sales_are_settled(app: Flask, office: Office, sale: Surveyed, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    saved = browser.post(ADDRESS, data=typed(sale.deal_id))

    assert (saved.status_code, saved.headers["Location"]) == (302, ADDRESS)
    assert changes_of(app) == [(ChangeState.APPLIED, 18_000_00)]
    page = browser.get(ADDRESS).get_data(as_text=True)
    assert "18,000.00" in page
    assert 'name="deal"' not in page


def test_sending_twice_settles_once(app: Flask, office: Office, sale: Surveyed, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    browser.post(ADDRESS, data=typed(sale.deal_id))

    again = browser.post(ADDRESS, data=typed(sale.deal_id))

    assert again.status_code == 422
    assert len(changes_of(app)) == 1


def test_what_cannot_be_settled_is_named(app: Flask, office: Office, sale: Surveyed, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post(ADDRESS, data=typed(sale.deal_id))

    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "1-A-101：" in page
    assert "实测结算" in page
    assert changes_of(app) == []


@pytest.mark.parametrize("changes", [{"reason": ""}, {"signed_on": ""}, {"deal": ""}])
def test_bad_input_is_refused_and_kept(
    app: Flask, office: Office, sale: Surveyed, sign_in: SignIn, changes: dict[str, str]
) -> None:
    answer = sign_in(office.manager).post(ADDRESS, data=typed(sale.deal_id) | changes)

    assert answer.status_code == 422
    assert changes_of(app) == []


def test_list_without_surveys_says_what_to_do(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.manager).get(ADDRESS).get_data(as_text=True)

    assert "暂无待结算面积" in page


@pytest.mark.parametrize(("role", "status"), [("rep", 403), ("finance", 403), ("assistant", 200)])
def test_role_decides_who_sees_the_page(office: Office, sign_in: SignIn, role: str, status: int) -> None:
    assert sign_in(getattr(office, role)).get(ADDRESS).status_code == status


def test_area_is_settled_over_the_api_once(
    app: Flask, office: Office, sale: Surveyed, sign_in: SignIn
) -> None:
    browser, address = sign_in(office.manager), f"/api/v1/deals/{sale.deal_id}/area-settlement"
    key = {"Idempotency-Key": "a-1"}

    first, second = (browser.post(address, json={"reason": "实测"}, headers=key) for _ in range(2))

    body = first.get_json()
    assert (first.status_code, body["state"], body["amount_effect_fen"]) == (201, "applied", 18_000_00)
    assert (second.get_json(), second.headers["Idempotent-Replayed"]) == (body, "true")
    assert len(changes_of(app)) == 1
