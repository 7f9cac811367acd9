"""Pages and API of differences between entries, and of the errors per person."""

from collections.abc import Callable
from decimal import Decimal
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook

from salesoffice.contracts.models import Contract
from salesoffice.contracts.rules import CriticalFields
from salesoffice.contracts.services import verify_contract
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}
PAGE = "/p/P1/contracts/1/checks"


@pytest.fixture(autouse=True)
def _differing(
    office: Office, do: Do, contract: Contract, second_entry: Callable[..., CriticalFields]
) -> None:
    actor, fields = office.actor(office.other_assistant), second_entry(gross_area=Decimal("91.00"))
    do(lambda s: verify_contract(s, s.get_one(Contract, contract.id), actor=actor, fields=fields))


def test_page_shows_both_entries_and_takes_the_decision_once(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    first, second = ({"field": "gross_area", "culprit": culprit} for culprit in ("second", "first"))

    shown = browser.get(PAGE, headers=ENGLISH).text
    statuses = [browser.post(f"{PAGE}/1/resolve", data=data).status_code for data in (first, first, second)]
    decided = browser.get(PAGE, headers=ENGLISH).text

    assert "90.00 m²" in shown
    assert "91.00 m²" in shown
    assert statuses == [302, 302, 409]
    assert "The second entry was wrong" in decided
    assert 'value="gross_area"' not in decided


def test_page_refuses_nonsense_and_others(office: Office, sign_in: SignIn) -> None:
    data = {"field": "gross_area", "culprit": "second"}

    statuses = [
        sign_in(office.manager).post(f"{PAGE}/1/resolve", data={"field": "x"}).status_code,
        sign_in(office.manager).post(f"{PAGE}/9/resolve", data=data).status_code,
        sign_in(office.rep).post(f"{PAGE}/1/resolve", data=data).status_code,
        sign_in(office.stranger).get(PAGE).status_code,
    ]

    assert statuses == [422, 404, 403, 404]


def test_deal_page_leads_to_the_open_differences(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get("/p/P1/deals/D000001", headers=ENGLISH).text

    assert "Differences (1 open)" in page


def test_errors_page_has_the_definition_and_the_workbook_the_rows(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    browser.post(f"{PAGE}/1/resolve", data={"field": "gross_area", "culprit": "second"})

    page = browser.get("/p/P1/entry-errors", headers=ENGLISH).text
    empty = browser.get("/p/P1/entry-errors?from=2020-01-01&to=2020-01-31", headers=ENGLISH).text
    book = load_workbook(BytesIO(browser.get("/p/P1/entry-errors.xlsx", headers=ENGLISH).data))

    assert "Every second entry compares six fields" in page
    assert "166.7" in page
    assert "No second entries in this period" in empty
    rows = list(book.worksheets[0].iter_rows(min_row=6, values_only=True))
    assert sorted(row[2:8] for row in rows) == [(0, 6, 0, 1, 166.7, 0), (6, 0, 0, 0, 0, 0)]


def test_errors_are_not_for_the_assistant(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.assistant).get("/p/P1/entry-errors").status_code == 403


def test_api_resolves_lists_and_reports(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    made = browser.post(
        "/api/v1/contracts/1/checks/1/resolve", json={"field": "gross_area", "culprit": "first"}
    )
    other = browser.post(
        "/api/v1/contracts/1/checks/1/resolve", json={"field": "gross_area", "culprit": "both"}
    )
    listed = browser.get("/api/v1/contracts/1/checks").json["items"]
    report = browser.get("/api/v1/projects/P1/entry-errors").json

    assert (made.status_code, other.status_code, other.json["code"]) == (200, 409, "difference_resolved")
    assert [(item["field"], item["first"], item["second"]) for item in listed[0]["fields"]] == [
        ("gross_area", "90.00", "91.00")
    ]
    assert listed[0]["fields"][0]["resolution"]["culprit"] == "first"
    assert {row["user_id"]: (row["errors_first"], row["rate"]) for row in report["people"]} == {
        office.assistant.id: (1, "166.7"),
        office.other_assistant.id: (0, "0.0"),
    }
