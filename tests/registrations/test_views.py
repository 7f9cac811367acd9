"""Pages of registrations."""

import io
from collections.abc import Callable
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.customers.models import Customer
from salesoffice.payments.models import Receipt, Refund
from salesoffice.registrations.enums import RegistrationState
from salesoffice.registrations.models import Registration, RegistrationCategory
from salesoffice.reservations.forms import customer_entry
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.earnest import EARNEST, make_earnest_receipt, make_registration
from tests.factories.sales import make_sale
from tests.registrations.test_services import make_sale_of

SignIn = Callable[[User], FlaskClient]
LIST = "/p/P1/registrations"


@pytest.fixture
def entry(session: Session, buyer: Customer) -> str:
    """What is typed to choose the buyer."""
    return customer_entry(session.get_one(Customer, buyer.id))


def test_customer_is_registered(
    session: Session, office: Office, category: RegistrationCategory, entry: str, sign_in: SignIn
) -> None:
    data = {
        "customer_id": entry,
        "category_id": str(category.id),
        "registered_on": clock.business_today().isoformat(),
        "wants": "三室",
    }
    browser = sign_in(office.assistant)

    first = browser.post(f"{LIST}/new", data=data)
    again = browser.post(f"{LIST}/new", data=data)

    made = session.scalars(select(Registration)).one()
    assert (first.status_code, first.location) == (302, f"{LIST}/{made.id}")
    assert (again.status_code, made.number in again.text) == (409, True)
    assert (made.number, made.wants, made.entered_by_id) == ("A0001", "三室", office.assistant.id)


def test_wrong_entries_come_back(
    session: Session, office: Office, category: RegistrationCategory, sign_in: SignIn
) -> None:
    answer = sign_in(office.assistant).post(
        f"{LIST}/new", data={"customer_id": "Nobody", "category_id": "999", "registered_on": "x"}
    )

    assert (answer.status_code, "Nobody" in answer.text) == (422, True)
    assert session.scalars(select(Registration)).all() == []


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 403), ("finance", 403), ("planner", 403), ("stranger", 404)]
)
def test_page_to_register_is_for_the_office(office: Office, sign_in: SignIn, who: str, status: int) -> None:
    assert sign_in(getattr(office, who)).get(f"{LIST}/new").status_code == status


def test_signed_out_goes_to_the_sign_in(office: Office, client: FlaskClient) -> None:
    answer = client.get(LIST)

    assert (answer.status_code, answer.location.startswith("/login")) == (302, True)


def test_list_shows_own_registrations_to_a_rep_and_masks_names(
    office: Office, registration: Registration, sign_in: SignIn
) -> None:
    texts = {
        who: sign_in(getattr(office, who)).get(LIST).text
        for who in ("rep", "other_rep", "assistant", "finance", "executive")
    }

    assert {who: "A0001" in text for who, text in texts.items()} == {
        "rep": True, "other_rep": False, "assistant": True, "finance": True, "executive": True,
    }  # fmt: skip
    assert {who: "张甲" in text for who, text in texts.items()} == {
        "rep": True, "other_rep": False, "assistant": True, "finance": True, "executive": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ("q=张", True), ("q=zhangjia", True), ("q=zj", True), ("q=1234", True), ("q=A0001", True), ("q=赵", False),
        ("state=active", True), ("state=converted", False), ("category=1", True), ("category=99", True),
    ],
)  # fmt: skip
def test_list_is_searched_and_filtered(
    office: Office, registration: Registration, sign_in: SignIn, query: str, is_found: bool
) -> None:
    answer = sign_in(office.assistant).get(f"{LIST}?{query}")

    assert (answer.status_code, f"/registrations/{registration.id}" in answer.text) == (200, is_found)


def test_executive_cannot_search_for_masked_names(
    office: Office, registration: Registration, sign_in: SignIn
) -> None:
    answer = sign_in(office.executive).get(f"{LIST}?q={quote('张甲')}")

    assert f"/registrations/{registration.id}" not in answer.text


def test_list_says_what_to_do_when_it_is_empty(
    office: Office, category: RegistrationCategory, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    browser.set_cookie("language", "en")

    assert "Register the first customer" in browser.get(LIST).text


def test_list_is_exported_as_csv_and_workbook(
    do: Do, office: Office, registration: Registration, sign_in: SignIn
) -> None:
    do(lambda session: make_earnest_receipt(session, office, registration.account))
    browser = sign_in(office.assistant)
    browser.set_cookie("language", "en")

    table = browser.get(f"{LIST}/export.csv")
    book = browser.get(f"{LIST}/export.xlsx")
    other = browser.get(f"{LIST}/export.doc")

    row = table.data.decode("utf-8-sig").splitlines()[1]
    day = clock.business_today().isoformat()
    assert row == f"A0001,住宅,张甲,{office.rep.name},{day},20000.00,20000.00,In the queue,,三室"
    assert (book.status_code, book.data[:2], other.status_code) == (200, b"PK", 404)


def test_money_is_recorded_confirmed_and_asked_back(
    session: Session, office: Office, registration: Registration, sign_in: SignIn
) -> None:
    page = f"{LIST}/{registration.id}"
    money = {"amount": "20000", "method": "pos", "received_on": clock.business_today().isoformat()}

    recorded = sign_in(office.assistant).post(f"{page}/receipts", data=money)
    twice = sign_in(office.assistant).post(f"{page}/receipts", data=money)
    receipt = session.scalars(select(Receipt)).one()
    confirmed = sign_in(office.finance).post(f"/p/P1/receipts/{receipt.id}/confirm")
    given = sign_in(office.assistant).post(f"{page}/give-back", data={"reason": "放弃"})
    refund = session.scalars(select(Refund)).one()
    shown = sign_in(office.finance).get("/p/P1/receipts")
    approved = sign_in(office.finance).post(f"/p/P1/refunds/{refund.id}/approve")

    statuses = [answer.status_code for answer in (recorded, twice, confirmed, given, approved)]
    assert statuses == [302, 409, 302, 302, 302]
    assert confirmed.location == f"{page}#money"
    assert f"/registrations/{registration.id}" in shown.text
    session.rollback()
    session.expire_all()
    assert session.get_one(Registration, registration.id).account.refunded_amount == EARNEST


def test_receipt_of_earnest_money_is_printed(
    do: Do, office: Office, registration: Registration, sign_in: SignIn
) -> None:
    receipt = do(lambda session: make_earnest_receipt(session, office, registration.account))
    browser = sign_in(office.finance)

    browser.post(f"/p/P1/receipts/{receipt.id}/print")
    answer = browser.get(f"/p/P1/receipts/{receipt.id}.pdf")

    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    assert [word in words for word in ("A0001", "住宅", "诚意金")] == [True, True, True]


def test_registration_is_renamed(
    session: Session, office: Office, registration: Registration, other_buyer: Customer, sign_in: SignIn
) -> None:
    page, browser = f"{LIST}/{registration.id}", sign_in(office.assistant)

    refused = browser.post(f"{page}/rename", data={"customer_id": "Nobody", "reason": "换名"})
    done = browser.post(f"{page}/rename", data={"customer_id": f"#{other_buyer.id}", "reason": "换名"})

    session.rollback()
    session.expire_all()
    assert [(answer.status_code, answer.location) for answer in (refused, done)] == [(422, None), (302, page)]
    assert session.get_one(Registration, registration.id).customer_id == other_buyer.id


def test_button_on_the_deal_page_carries_the_money_over_once(
    session: Session, do: Do, office: Office, registration: Registration, sign_in: SignIn
) -> None:
    do(lambda writing: make_earnest_receipt(writing, office, registration.account))
    sale = do(lambda writing: make_sale_of(writing, office, registration))
    browser, deal = sign_in(office.assistant), f"/p/P1/deals/{sale.deal.number}"

    before = browser.get(deal).text
    answers = [
        browser.post(f"{LIST}/{registration.id}/convert", data={"deal": sale.deal.number}) for _ in range(2)
    ]
    after = browser.get(deal).text

    session.rollback()
    session.expire_all()
    assert [(answer.status_code, answer.location) for answer in answers] == [(302, f"{deal}#money")] * 2
    assert [f"/registrations/{registration.id}/convert" in text for text in (before, after)] == [True, False]
    assert session.get_one(Registration, registration.id).state is RegistrationState.CONVERTED


def test_money_of_another_customer_is_refused_on_the_page(
    do: Do, office: Office, category: RegistrationCategory, other_buyer: Customer, sign_in: SignIn
) -> None:
    theirs = do(lambda session: make_registration(session, office, category, other_buyer))
    do(lambda session: make_earnest_receipt(session, office, theirs.account))
    sale = do(lambda session: make_sale(session, office))

    answer = sign_in(office.assistant).post(f"{LIST}/{theirs.id}/convert", data={"deal": sale.deal.number})

    assert answer.status_code == 409


def test_slip_says_number_money_and_that_it_is_refundable(
    do: Do, office: Office, registration: Registration, sign_in: SignIn
) -> None:
    do(lambda session: make_earnest_receipt(session, office, registration.account))
    path = f"{LIST}/{registration.id}/slip.pdf"

    pages = {
        who: PdfReader(io.BytesIO(sign_in(getattr(office, who)).get(path).data)).pages
        for who in ("rep", "executive")
    }

    words = {who: "".join(page.extract_text() for page in found) for who, found in pages.items()}
    expected = ("A0001", "住宅", "诚意金可退", "人民币贰万元整", "138****1234")
    assert {who: len(found) for who, found in pages.items()} == {"rep": 1, "executive": 1}
    assert [word in words["rep"] for word in expected] == [True] * len(expected)
    assert ["张甲" in words[who] for who in ("rep", "executive")] == [True, False]


def test_registration_of_another_rep_or_project_does_not_exist(
    office: Office, registration: Registration, sign_in: SignIn
) -> None:
    paths = [f"{LIST}/{registration.id}", f"{LIST}/{registration.id}/slip.pdf"]

    found = [sign_in(office.other_rep).get(path).status_code for path in paths]
    found.append(sign_in(office.stranger).get(f"/p/P1-OTHER/registrations/{registration.id}").status_code)

    assert found == [404, 404, 404]


def test_manager_keeps_the_categories(
    session: Session, office: Office, category: RegistrationCategory, sign_in: SignIn
) -> None:
    browser, page = sign_in(office.manager), f"{LIST}/categories"
    data = {"name": "商铺", "prefix": "s", "earnest_amount": "50000", "is_open": "y", "nonce": "n-1"}

    added = [browser.post(page, data=data) for _ in range(2)]
    taken = browser.post(page, data=data | {"nonce": "n-2"})
    changed = browser.post(f"{page}/{category.id}", data={"name": "住宅", "earnest_amount": "30000"})
    refused = sign_in(office.assistant).get(page)

    session.rollback()
    session.expire_all()
    rows = session.scalars(select(RegistrationCategory).order_by(RegistrationCategory.id)).all()
    assert [answer.status_code for answer in (*added, taken, changed, refused)] == [302, 302, 409, 302, 403]
    assert [(row.name, row.prefix, row.earnest_amount, row.is_open) for row in rows] == [
        ("住宅", "A", 30_000_00, False),
        ("商铺", "S", 50_000_00, True),
    ]
