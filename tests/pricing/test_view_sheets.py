"""The page of price versions and the download of sheets."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/prices"
SHEET = f"{PAGE}/sheet?kind=detail&format=xlsx&version=1&building="


def test_page_lists_the_versions(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get(PAGE).get_data(as_text=True)

    assert "18,000,000.00" in page
    assert 'action="/p/P1/prices/sheet"' in page


def test_page_without_prices_says_what_to_do(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.stranger).get("/p/P1-OTHER/prices")

    assert answer.status_code == 200
    assert "/p/P1-OTHER/imports" in answer.get_data(as_text=True)


def test_page_shows_a_rep_the_versions_but_no_sheets(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    page = browser.get(PAGE).get_data(as_text=True)

    assert "18,000,000.00" in page
    assert "/prices/sheet" not in page
    assert browser.get(SHEET).status_code == 403


def test_sheet_is_downloaded_under_its_name(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.planner).get(SHEET)

    assert (answer.status_code, answer.data[:2]) == (200, b"PK")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="P1-detail-v1.xlsx"'


def test_sheet_as_pdf(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.manager).get(SHEET.replace("xlsx", "pdf"))

    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 422),
        ("?kind=other&format=pdf", 422),
        ("?kind=detail&format=pdf&version=x", 422),
        ("?kind=detail&format=pdf&version=9", 404),
        ("?kind=detail&format=pdf&version=999999", 404),
        ("?kind=detail&format=pdf&building=999999999", 404),
        ("?kind=comparison&format=pdf", 404),
    ],
)
def test_sheet_that_cannot_be_made_is_refused_on_the_page(
    office: Office, sign_in: SignIn, query: str, status: int
) -> None:
    answer = sign_in(office.assistant).get(f"{PAGE}/sheet{query}")

    assert answer.status_code == status
    assert 'role="alert"' in answer.get_data(as_text=True)


def test_pages_of_another_project_do_not_exist(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.stranger)

    assert [browser.get(path).status_code for path in (PAGE, SHEET)] == [404, 404]


def test_pages_ask_to_sign_in(office: Office, client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in (PAGE, SHEET)] == [302, 302]
