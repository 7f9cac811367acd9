"""Pages of provisional orders: signed on the unit, listed, cancelled, on the deal page."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.deals.enums import ClaimKind
from salesoffice.deals.models import Claim
from salesoffice.payments.enums import ReceiptKind
from salesoffice.payments.models import Receipt
from salesoffice.reservations.enums import ProvisionalState
from salesoffice.reservations.models import Hold, ProvisionalOrder
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.earnest import ORDER, make_earnest_receipt, make_order

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/units/1-A-101/order"
LIST = "/p/P1/provisional-orders"


@pytest.fixture
def data(buyer: Customer) -> dict[str, str]:
    """What is typed to order unit 101 for the buyer."""
    return {
        "customer_id": f"#{buyer.id}",
        "amount": "10000",
        "signed_on": clock.business_today().isoformat(),
    }


@pytest.fixture
def order(do: Do, office: Office, buyer: Customer) -> ProvisionalOrder:
    """The buyer's order of unit 101."""
    return do(lambda session: make_order(session, office, 0, buyer))


def test_unit_is_ordered_and_a_double_click_is_harmless(
    session: Session, office: Office, data: dict[str, str], sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    answers = [browser.post(PAGE, data=data) for _ in range(2)]

    made = session.scalars(select(ProvisionalOrder)).one()
    expected = (302, f"/p/P1/deals/{made.deal.number}")
    assert [(answer.status_code, answer.location) for answer in answers] == [expected] * 2
    assert (made.amount, made.entered_by_id) == (ORDER, office.assistant.id)


def test_held_unit_is_ordered_out_of_its_hold(
    session: Session, office: Office, hold: Hold, data: dict[str, str], sign_in: SignIn
) -> None:
    sign_in(office.assistant).post(PAGE, data=data)

    claim = session.scalars(select(Claim)).one()
    assert (claim.kind, claim.deal_id) == (ClaimKind.PROVISIONAL, hold.deal_id)


def test_order_of_somebody_else_is_said_on_the_page(
    office: Office, order: ProvisionalOrder, other_buyer: Customer, data: dict[str, str], sign_in: SignIn
) -> None:
    browser = sign_in(office.manager)
    browser.set_cookie("language", "en")

    answer = browser.post(PAGE, data=data | {"customer_id": f"#{other_buyer.id}"})

    assert (answer.status_code, "Another claim on this unit is open." in answer.text) == (409, True)


@pytest.mark.parametrize(
    "change", [{"amount": "x"}, {"amount": "0"}, {"days": "4"}, {"customer_id": "Nobody"}, {"signed_on": ""}]
)
def test_wrong_entries_come_back(
    session: Session, office: Office, data: dict[str, str], sign_in: SignIn, change: dict[str, str]
) -> None:
    answer = sign_in(office.assistant).post(PAGE, data=data | change)

    assert (answer.status_code, "is-invalid" in answer.text) == (422, True)
    assert session.scalars(select(ProvisionalOrder)).all() == []


@pytest.mark.parametrize(("who", "status"), [("rep", 403), ("finance", 403), ("stranger", 404)])
def test_page_to_order_is_for_the_office(office: Office, sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(getattr(office, who)).get(PAGE).status_code == status


def test_signed_out_goes_to_the_sign_in(office: Office, client: FlaskClient) -> None:
    answer = client.get(LIST)

    assert (answer.status_code, answer.location.startswith("/login")) == (302, True)


def test_list_shows_own_orders_to_a_rep_and_all_to_the_office(
    office: Office, order: ProvisionalOrder, sign_in: SignIn
) -> None:
    shown = {
        who: (order.number in text, "张甲" in text)
        for who in ("rep", "other_rep", "assistant", "executive")
        for text in [sign_in(getattr(office, who)).get(LIST).text]
    }

    assert shown == {
        "rep": (True, True), "other_rep": (False, False), "assistant": (True, True), "executive": (True, False),
    }  # fmt: skip


def test_order_is_cancelled_with_a_reason_and_listed_as_ended(
    session: Session, office: Office, order: ProvisionalOrder, sign_in: SignIn
) -> None:
    browser, path = sign_in(office.assistant), f"{LIST}/{order.number}/cancel"

    answers = [browser.post(path, data={"reason": reason}) for reason in ("", "客户放弃", "再次")]
    lists = [order.number in browser.get(address).text for address in (LIST, f"{LIST}?show=ended")]

    session.rollback()
    session.expire_all()
    assert [answer.status_code for answer in answers] == [422, 302, 409]
    assert lists == [False, True]
    assert session.get_one(ProvisionalOrder, order.id).state is ProvisionalState.CANCELLED


def test_unit_and_deal_page_offer_what_comes_next(
    office: Office, order: ProvisionalOrder, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    unit = browser.get("/p/P1/units/1-A-101").text
    deal = browser.get(f"/p/P1/deals/{order.deal.number}").text
    board = browser.get("/api/v1/projects/P1/units?state=provisional").get_json()

    assert "/units/1-A-101/subscribe" in unit
    assert ["/units/1-A-101/subscribe" in deal, f"{LIST}/{order.number}/cancel" in deal] == [True, True]
    assert [(item["code"], item["claim"]["kind"]) for item in board["items"]] == [("1-A-101", "provisional")]


def test_subscription_is_signed_out_of_the_order_and_the_deal_page_shows_the_deposit(
    session: Session, do: Do, office: Office, order: ProvisionalOrder, buyer: Customer, sign_in: SignIn
) -> None:
    do(
        lambda writing: make_earnest_receipt(
            writing, office, order.deal.account, ORDER, kind=ReceiptKind.PROVISIONAL
        )
    )
    browser, today = sign_in(office.assistant), clock.business_today().isoformat()
    browser.set_cookie("language", "en")
    signed = browser.post(
        "/p/P1/units/1-A-101/subscribe",
        data={"buyer_1": f"#{buyer.id}", "plan": "full", "deposit": "50000", "signed_on": today},
    )

    page = browser.get(f"/p/P1/deals/{order.deal.number}").text

    assert (signed.status_code, signed.location) == (302, f"/p/P1/deals/{order.deal.number}")
    assert "Deposit: 10,000.00 of 50,000.00 yuan paid." in page
    assert 'value="40,000.00"' in page


def test_late_money_of_an_order_becomes_the_deposit_by_its_button(
    session: Session, do: Do, office: Office, order: ProvisionalOrder, buyer: Customer, sign_in: SignIn
) -> None:
    waiting = do(
        lambda writing: make_earnest_receipt(
            writing, office, order.deal.account, ORDER, kind=ReceiptKind.PROVISIONAL, is_confirmed=False
        )
    )
    browser, today = sign_in(office.assistant), clock.business_today().isoformat()
    browser.post(
        "/p/P1/units/1-A-101/subscribe",
        data={"buyer_1": f"#{buyer.id}", "plan": "full", "deposit": "50000", "signed_on": today},
    )
    sign_in(office.finance).post(f"/p/P1/receipts/{waiting.id}/confirm")

    answers = [browser.post(f"/p/P1/receipts/{waiting.id}/carry").status_code for _ in range(2)]

    session.rollback()
    carried = session.scalars(select(Receipt).where(Receipt.carried_from_id == waiting.id)).one()
    assert (answers, carried.kind, carried.amount) == ([302, 409], ReceiptKind.DEPOSIT, ORDER)


def test_story_tells_the_order(office: Office, order: ProvisionalOrder, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.set_cookie("language", "en")
    browser.post(f"{LIST}/{order.number}/cancel", data={"reason": "gone"})

    texts = [browser.get(path).text for path in ("/p/P1/units/1-A-101", f"/p/P1/deals/{order.deal.number}")]

    for text in texts:
        assert ["Provisional order signed" in text, "Provisional order cancelled" in text] == [True, True]
