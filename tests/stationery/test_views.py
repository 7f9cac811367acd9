"""Pages of the register."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.reservations.models import Subscription
from salesoffice.stationery.enums import FormState
from salesoffice.stationery.models import NumberedForm, PrintRun
from tests.factories import Office

SignIn = Callable[..., FlaskClient]
RUN = {
    "kind": "contract", "prefix": "HT-", "first": "1", "last": "30", "digits": "4",
    "received_on": "2026-01-09", "printer": "华印", "nonce": "a",
}  # fmt: skip


def english(browser: FlaskClient) -> FlaskClient:
    browser.set_cookie("language", "en")
    return browser


def count(session: Session, state: FormState) -> int:
    return len(session.scalars(select(NumberedForm.id).where(NumberedForm.state == state)).all())


def test_run_is_registered_once_however_often_it_is_sent(
    session: Session, office: Office, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)

    answers = [browser.post("/p/P1/forms/receive", data=RUN).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert count(session, FormState.RECEIVED) == 30
    assert "HT-0030" in browser.get("/p/P1/forms").text


def test_form_of_the_next_run_continues_the_numbers(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get("/p/P1/forms/receive?kind=contract").text

    assert 'value="HT-"' in page
    assert 'value="11"' in page
    assert 'value="20"' in page


def test_overlap_is_said_and_what_was_typed_is_kept(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    answer = english(sign_in(office.assistant)).post("/p/P1/forms/receive", data=RUN | {"digits": "3"})

    assert answer.status_code == 409
    assert "Number HT-001 is in the register already." in answer.text
    assert 'value="华印"' in answer.text


def test_forms_are_issued_once_and_returned(
    session: Session, office: Office, run: PrintRun, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    data = {"kind": "contract", "count": "3", "holder_id": str(office.rep.id), "nonce": "b"}

    answers = [browser.post("/p/P1/forms/issue", data=data).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert count(session, FormState.ISSUED) == 3
    back = {"kind": "contract", "first": "HT-001", "last": "HT-002"}
    assert browser.post("/p/P1/forms/return", data=back).status_code == 302
    form = session.scalars(select(NumberedForm).where(NumberedForm.number == "HT-003")).one()
    assert browser.post(f"/p/P1/forms/{form.id}/return").status_code == 302
    session.rollback()
    assert count(session, FormState.ISSUED) == 0
    assert browser.post(f"/p/P1/forms/{form.id}/return").status_code == 409


def test_form_is_spoilt_with_a_reason(
    session: Session, office: Office, run: PrintRun, sign_in: SignIn
) -> None:
    browser, page = sign_in(office.assistant), "/p/P1/forms/1/spoil"

    statuses = [browser.post(page, data={"reason": words}).status_code for words in ("", "印错", "again")]

    form = session.get_one(NumberedForm, 1)
    assert statuses == [422, 302, 409]
    assert (form.state, form.spoilt_reason) == (FormState.SPOILT, "印错")


def test_balance_warns_when_few_are_left(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    page = english(sign_in(office.finance)).get("/p/P1/forms").text

    assert "Only 10 forms “Contract” are left. Order the next print run." in page
    assert "Issue forms" not in page


def test_form_of_a_draft_leads_to_its_deal(
    office: Office, run: PrintRun, sale: Subscription, sign_in: SignIn
) -> None:
    browser = sign_in(office.assistant)
    body = {
        "subscription_id": sale.id, "signed_on": clock.business_today().isoformat(), "total_fen": 900_000_00,
        "payment_plan": "mortgage",
    }  # fmt: skip
    entered = browser.post("/api/v1/contracts", json=body)

    page = browser.get("/p/P1/forms?state=reserved").text

    assert entered.status_code == 201, entered.text
    assert f"/p/P1/deals/{sale.deal.number}" in page


def test_list_is_printed_and_written(office: Office, run: PrintRun, sign_in: SignIn) -> None:
    browser = english(sign_in(office.manager))

    paper = PdfReader(BytesIO(browser.get("/p/P1/forms/list").data))
    book = load_workbook(BytesIO(browser.get("/p/P1/forms/list?format=xlsx&q=HT-00").data))

    words = "".join(page.extract_text() for page in paper.pages)
    assert "HT-001" in words
    assert "HT-010" in words
    assert [sheet.title for sheet in book.worksheets] == ["Balance", "Forms"]
    assert book["Forms"].max_row == 4 + 9


@pytest.mark.parametrize("page", ["receive", "issue", "return", "1/spoil"])
def test_others_are_refused(office: Office, run: PrintRun, sign_in: SignIn, page: str) -> None:
    statuses = [
        sign_in(user).get(f"/p/P1/forms/{page}").status_code
        for user in (office.rep, office.finance, office.stranger)
    ]

    assert statuses == [403, 403, 404]


def test_nobody_signed_in_is_sent_to_sign_in(office: Office, client: FlaskClient) -> None:
    answer = client.get("/p/P1/forms")

    assert (answer.status_code, answer.location) == (302, "/login?next=/p/P1/forms")
