"""The page of price sheets: printing keeps the file and marks the version, drafts are previewed only."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select

from salesoffice.infra.db import db, transaction
from salesoffice.infra.models import AuditEntry
from salesoffice.pricing.enums import PriceVersionState, SheetFormat, SheetKind
from salesoffice.pricing.models import PriceVersion, SheetPrint
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/prices"
PRINT = f"{PAGE}/sheets"
PREVIEW = f"{PAGE}/sheet?kind=detail&format=pdf&version=1"
DETAIL = {"kind": "detail", "format": "pdf", "version": "1", "paper": "auto"}


def make_draft(app: Flask) -> None:
    """Turn the only version into one that nobody approved."""
    with app.test_request_context(), transaction() as session:
        version = session.scalars(select(PriceVersion)).one()
        version.state, version.in_force_from = PriceVersionState.DRAFT, None


def list_prints(app: Flask) -> list[tuple[SheetKind, SheetFormat, int | None]]:
    with app.app_context():
        found = db.session.execute(select(SheetPrint.kind, SheetPrint.format, SheetPrint.printed_by_id))
        return [(kind, form, person) for kind, form, person in found]


def test_page_lists_the_versions(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.assistant).get(PAGE).get_data(as_text=True)

    assert "18,000,000.00" in page
    assert 'action="/p/P1/prices/sheets"' in page


def test_page_without_prices_says_what_to_do(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.stranger).get("/p/P1-OTHER/prices")

    assert answer.status_code == 200
    assert "/p/P1-OTHER/imports" in answer.get_data(as_text=True)


def test_page_shows_a_rep_the_versions_but_no_sheets(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.rep)

    page = browser.get(PAGE).get_data(as_text=True)

    assert "18,000,000.00" in page
    assert "/prices/sheet" not in page
    assert [browser.get(PREVIEW).status_code, browser.post(PRINT, data=DETAIL).status_code] == [403, 403]


def test_print_keeps_the_file_and_marks_the_version(office: Office, sign_in: SignIn, app: Flask) -> None:
    browser = sign_in(office.planner)

    answer = browser.post(PRINT, data=DETAIL)

    first, again = (browser.get(answer.location) for _time in range(2))
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(first.data)).pages)
    assert (answer.status_code, first.mimetype) == (302, "application/pdf")
    assert first.headers["Content-Disposition"] == 'inline; filename="P1-detail-v1.pdf"'
    assert "18,000,000.00" in text
    assert first.data == again.data
    assert list_prints(app) == [(SheetKind.DETAIL, SheetFormat.PDF, office.planner.id)]
    assert answer.location in browser.get(PAGE).get_data(as_text=True)
    with app.app_context():
        entry = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (entry.action, entry.unit_id) == ("price_sheet.printed", None)


def test_print_twice_at_once_is_one_print(office: Office, sign_in: SignIn, app: Flask) -> None:
    browser = sign_in(office.assistant)

    places = {browser.post(PRINT, data=DETAIL).location for _time in range(2)}

    assert len(places) == len(list_prints(app)) == 1


def test_print_of_another_paper_is_another_print(office: Office, sign_in: SignIn, app: Flask) -> None:
    browser = sign_in(office.assistant)

    places = {browser.post(PRINT, data=DETAIL | {"paper": paper}).location for paper in ("a4", "a3")}

    assert len(places) == len(list_prints(app)) == 2


@pytest.mark.parametrize(("form", "start"), [("xlsx", b"PK"), ("csv", b"\xef\xbb\xbf")])
def test_print_as_a_file_is_an_attachment(office: Office, sign_in: SignIn, form: str, start: bytes) -> None:
    browser = sign_in(office.manager)

    answer = browser.post(PRINT, data=DETAIL | {"kind": "filing", "format": form}, follow_redirects=True)

    assert answer.data.startswith(start)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="P1-filing-v1.{form}"'


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"kind": ""}, 422),
        ({"kind": "other"}, 422),
        ({"version": "x"}, 422),
        ({"version": "9"}, 404),
        ({"version": "999999"}, 404),
        ({"building": "999999999"}, 404),
        ({"kind": "comparison"}, 404),
        ({"kind": "tags", "format": "xlsx"}, 422),
    ],
)
def test_sheet_that_cannot_be_made_is_refused_on_the_page(
    office: Office, sign_in: SignIn, app: Flask, changes: dict[str, str], status: int
) -> None:
    answer = sign_in(office.assistant).post(PRINT, data=DETAIL | changes)

    assert answer.status_code == status
    assert 'role="alert"' in answer.get_data(as_text=True)
    assert list_prints(app) == []


def test_draft_is_previewed_with_its_stamp_and_not_kept(office: Office, sign_in: SignIn, app: Flask) -> None:
    make_draft(app)

    answer = sign_in(office.assistant).get(PREVIEW)

    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    assert "草稿" in text
    assert list_prints(app) == []


def test_draft_is_not_printed(office: Office, sign_in: SignIn, app: Flask) -> None:
    make_draft(app)

    answer = sign_in(office.assistant).post(PRINT, data=DETAIL)

    assert (answer.status_code, list_prints(app)) == (409, [])


def test_preview_of_an_approved_version_is_refused(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).get(PREVIEW)

    assert answer.status_code == 409


def test_floor_list_is_for_those_who_may_see_floors(office: Office, sign_in: SignIn) -> None:
    floor = DETAIL | {"kind": "floor"}
    manager, assistant = sign_in(office.manager), sign_in(office.assistant)

    answer = manager.post(PRINT, data=floor)

    refused = [assistant.post(PRINT, data=floor), assistant.get(answer.location)]
    page = assistant.get(PAGE).get_data(as_text=True)
    assert manager.get(answer.location).status_code == 200
    assert [answer.status_code for answer in refused] == [403, 403]
    assert answer.location not in page
    assert 'value="floor"' not in page


def test_pages_of_another_project_do_not_exist(office: Office, sign_in: SignIn) -> None:
    place = sign_in(office.assistant).post(PRINT, data=DETAIL).location
    browser = sign_in(office.stranger)

    assert [browser.get(path).status_code for path in (PAGE, PREVIEW, place)] == [404, 404, 404]
    assert browser.post(PRINT, data=DETAIL).status_code == 404
    assert browser.get(place.replace("/p/P1/", "/p/P1-OTHER/")).status_code == 404


def test_pages_ask_to_sign_in(office: Office, client: FlaskClient) -> None:
    assert [client.get(path).status_code for path in (PAGE, PREVIEW)] == [302, 302]
    assert client.post(PRINT, data=DETAIL).status_code == 302
