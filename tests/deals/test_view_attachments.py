"""The pages and the API of papers attached to a sale."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.deals.enums import AttachmentKind
from salesoffice.deals.models import DealAttachment
from salesoffice.deals.queries import list_requirements
from salesoffice.infra.db import db
from salesoffice.staff.models import User
from tests.conftest import Do
from tests.factories import Office
from tests.factories.sales import make_sale

SignIn = Callable[[User], FlaskClient]
PAGE = "/p/P1/deals/D000001/attachments"
PDF, JPG = b"%PDF-1.7 scan", b"\xff\xd8\xff\xe0 photograph"


@pytest.fixture(autouse=True)
def _sale(office: Office, do: Do) -> None:
    do(lambda s: make_sale(s, office))


def files(*contents: bytes) -> list[tuple[io.BytesIO, str]]:
    return [(io.BytesIO(content), f"页{number}.pdf") for number, content in enumerate(contents)]


def kept(app: Flask) -> list[tuple[str, str, str]]:
    with app.test_request_context():
        rows = db.session.query(DealAttachment).order_by(DealAttachment.id)
        return [(row.kind.value, row.name, row.file.media_type) for row in rows]


def test_page_attaches_several_files_at_once(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    saved = browser.post(PAGE, data={"kind": "certificate", "files": files(PDF, JPG)})
    page = browser.get("/p/P1/deals/D000001").text

    assert (saved.status_code, saved.headers["Location"]) == (302, "/p/P1/deals/D000001#attachments")
    assert kept(app) == [
        ("certificate", "页0.pdf", "application/pdf"),
        ("certificate", "页1.pdf", "image/jpeg"),
    ]
    assert "页1.pdf" in page


@pytest.mark.parametrize(
    ("kind", "contents"),
    [
        ("certificate", (PDF, b"MZ")),
        ("", (PDF,)),
        ("certificate", ()),
        ("certificate", tuple(b"%PDF-" + bytes([number]) for number in range(6))),
    ],
    ids=["a program among them", "no kind", "no file", "six files"],
)
def test_page_refuses_all_files_or_none(
    app: Flask, office: Office, sign_in: SignIn, kind: str, contents: tuple[bytes, ...]
) -> None:
    answer = sign_in(office.assistant).post(PAGE, data={"kind": kind, "files": files(*contents)})

    assert answer.status_code == 422
    assert kept(app) == []


def test_page_takes_a_file_of_twenty_megabytes(app: Flask, office: Office, sign_in: SignIn) -> None:
    large = b"%PDF-" + b"x" * (20 * 1024 * 1024 - 5)

    answer = sign_in(office.assistant).post(PAGE, data={"kind": "other", "files": files(large)})

    assert answer.status_code == 302
    assert len(kept(app)) == 1


def test_file_is_shown_and_downloaded(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post(PAGE, data={"kind": "other", "files": files(JPG)})

    shown, loaded = browser.get(f"{PAGE}/1/file"), browser.get(f"{PAGE}/1/file?download=1")

    assert (shown.data, shown.mimetype) == (JPG, "image/jpeg")
    assert "attachment" not in shown.headers.get("Content-Disposition", "")
    assert loaded.headers["Content-Disposition"].startswith("attachment")


def test_file_with_personal_numbers_is_refused_to_finance(office: Office, sign_in: SignIn) -> None:
    sign_in(office.assistant).post(PAGE, data={"kind": "household", "files": files(JPG)})
    browser = sign_in(office.finance)

    page, api = browser.get(f"{PAGE}/1/file"), browser.get("/api/v1/attachments/1/file")

    assert (page.status_code, api.status_code, api.json["code"]) == (403, 403, "not_allowed")
    assert f"{PAGE}/1/file" not in browser.get(PAGE).text


def test_page_takes_a_paper_out_with_a_reason(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    browser.post(PAGE, data={"kind": "other", "files": files(PDF)})

    statuses = [
        browser.post(f"{PAGE}/1/remove", data={"reason": reason}).status_code
        for reason in ("", "wrong sale", "again")
    ]

    assert statuses == [422, 302, 409]
    assert "wrong sale" in browser.get(PAGE).text


def test_rep_cannot_attach_and_stranger_sees_nothing(office: Office, sign_in: SignIn) -> None:
    data = {"kind": "other", "files": files(PDF)}

    statuses = [
        sign_in(office.rep).post(PAGE, data=data).status_code,
        sign_in(office.stranger).get(PAGE).status_code,
    ]

    assert statuses == [403, 404]


def test_requirements_are_saved_and_shown_as_checklist(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)

    browser.post("/p/P1/requirements", data={"contract-certificate": "1", "file-signed_contract": "1"})
    browser.post("/p/P1/requirements", data={"contract-certificate": "1"})

    with app.test_request_context():
        found = list_requirements(db.session(), office.project.id)
    assert {stage.value: kinds for stage, kinds in found.items()} == {
        "contract": [AttachmentKind.CERTIFICATE]
    }
    assert "papers missing" in browser.get("/p/P1/deals/D000001", headers={"Accept-Language": "en"}).text


def test_requirements_belong_to_the_manager(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.assistant).get("/p/P1/requirements").status_code == 403


def test_api_attaches_lists_and_takes_out(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    body = {"kind": "deposit_slip", "file": (io.BytesIO(PDF), "slip.pdf")}

    made = browser.post("/api/v1/deals/1/attachments", data=body)
    removed = browser.post("/api/v1/attachments/1/remove", json={"reason": "blurred"})
    listed = browser.get("/api/v1/deals/1/attachments").json["items"]

    assert (made.status_code, removed.status_code) == (201, 200)
    assert (made.json["kind"], made.json["media_type"], made.json["size"]) == (
        "deposit_slip", "application/pdf", len(PDF),
    )  # fmt: skip
    assert [(row["name"], row["removed_reason"]) for row in listed] == [("slip.pdf", "blurred")]


def test_api_refuses_a_program(office: Office, sign_in: SignIn) -> None:
    body = {"kind": "other", "file": (io.BytesIO(b"MZ\x90"), "slip.pdf")}

    answer = sign_in(office.assistant).post("/api/v1/deals/1/attachments", data=body)

    assert (answer.status_code, answer.json["code"]) == (422, "file_kind_unknown")
