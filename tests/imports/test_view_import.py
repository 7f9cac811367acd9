"""Uploading, looking, committing through the pages."""

import io
import json
import re
import zipfile
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from salesoffice.imports.models import ColumnProfile, ImportBatch
from salesoffice.infra.db import db
from salesoffice.inventory.models import Unit
from salesoffice.staff.models import User
from tests.factories import Office

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注\n"
GOOD = HEADER + "9栋1单元1801,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅\n"
PARTIAL = GOOD + "9栋1单元,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅\n"
SignIn = Callable[[User], FlaskClient]


def upload(
    browser: FlaskClient, data: bytes | str, name: str = "units.csv", building: str = "", code: str = "P1"
) -> TestResponse:
    content = data.encode() if isinstance(data, str) else data
    form = {"files": FileStorage(io.BytesIO(content), name), "building": building}
    boundary, body = encode_multipart(form)  # in memory: the client would leave a large temporary file open
    kind = f'multipart/form-data; boundary="{boundary}"'
    return browser.post(f"/p/{code}/imports", data=body, content_type=kind)


def count_units(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Unit)) or 0


def test_import_is_shown_committed_and_listed(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    sent = upload(browser, GOOD)
    before = count_units(app)
    shown = browser.get(sent.location).text
    done = browser.post(f"{sent.location}/commit", data={})
    result = browser.get(done.location).text
    index = browser.get("/p/P1/imports").text

    assert (sent.status_code, before, done.status_code, count_units(app)) == (302, 20, 302, 21)
    assert "9-1-1801" in shown
    assert "1,000,000.00" in shown
    assert "/p/P1/units/9-1-1801" in result
    assert "units.csv" in index


def test_import_committed_twice_has_one_effect(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    sent = upload(browser, GOOD)

    answers = [browser.post(f"{sent.location}/commit", data={}).status_code for _ in range(2)]

    assert (answers, count_units(app)) == ([302, 302], 21)


def test_import_with_rejected_rows_needs_consent(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    sent = upload(browser, PARTIAL)

    refused = browser.post(f"{sent.location}/commit", data={})
    after_refusal = count_units(app)
    accepted = browser.post(f"{sent.location}/commit", data={"accept_partial": "y"})

    assert (refused.status_code, after_refusal) == (422, 20)
    assert 'name="accept_partial"' in refused.text
    assert (accepted.status_code, count_units(app)) == (302, 21)


def test_import_that_is_outdated_is_refused(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    first, second = upload(browser, GOOD), upload(browser, GOOD)
    browser.post(f"{first.location}/commit", data={})

    refused = browser.post(f"{second.location}/commit", data={})
    again = browser.post(f"{second.location}/again", data={})

    assert (refused.status_code, again.status_code, count_units(app)) == (409, 302, 21)
    assert f"{second.location}/again" in refused.text


def test_import_asks_for_columns_and_remembers_them(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    data = "甲,乙,丙\n9栋1801,100.00,1000000.00\n"
    columns = {"column-0": "label", "column-1": "gross_area", "column-2": "total"}

    asked = upload(browser, data)
    refused = browser.post(f"{asked.location}/commit", data={})
    mapped = browser.post(f"{asked.location}/columns", data=columns)
    done = browser.post(f"{mapped.location}/commit", data={})
    next_time = upload(browser, data + "9栋1802,100.00,1000000.00\n")

    assert (asked.status_code, refused.status_code, mapped.status_code, done.status_code) == (
        302,
        422,
        302,
        302,
    )
    assert "9-1802" in browser.get(next_time.location).text
    with app.app_context():
        remembered = db.session.scalars(select(ColumnProfile.mapping)).one()
    assert json.loads(remembered) == {"甲": "label", "乙": "gross_area", "丙": "total"}


def test_import_with_a_useless_mapping_is_refused(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    asked = upload(browser, "甲,乙\n9栋1801,100.00\n")

    answers = [
        browser.post(f"{asked.location}/columns", data=data).status_code
        for data in (
            {},
            {"column-0": "nonsense"},
            {"column-0": "label", "column-1": "label"},
            {"column-1": "total"},
        )
    ]

    assert answers == [422, 422, 422, 422]


def test_import_without_building_keeps_what_was_typed(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    data = "楼层,单元号,房间序号,房号,建筑面积\n1,1,1,101,50\n"

    refused = upload(browser, data, building="")
    kept = upload(browser, b"", building="7栋")

    assert (refused.status_code, kept.status_code) == (422, 422)
    assert re.search(r'id="building"[^>]*value="7栋"', kept.text)


def test_import_shows_rows_by_tab_and_search(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    sent = upload(browser, PARTIAL)

    rejected = browser.get(f"{sent.location}?show=rejected").text
    found = browser.get(f"{sent.location}?q=1801").text
    nothing = browser.get(f"{sent.location}?q=nothing&page=99&show=%00").text

    assert "9-1-1801" not in rejected
    assert "9-1-1801" in found
    assert "9-1-1801" not in nothing


def make_bomb() -> bytes:
    """Build a workbook of a few kilobytes that unpacks to hundreds of megabytes."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(10):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * 10_000_000)
    return output.getvalue()


BROKEN: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "units.csv"),
    "header only": (HEADER.encode(), "units.csv"),
    "truncated text": ((GOOD * 3).encode()[:-8], "units.csv"),
    "utf-16": (GOOD.encode("utf-16"), "units.csv"),
    "nul": (b"\x00" * 100, "units.csv"),
    "truncated workbook": (b"PK\x03\x04" + b"1" * 500, "units.xlsx"),
    "text as workbook": (GOOD.encode(), "units.xlsx"),
    "100,000 rows": ((HEADER + "9栋1单元1801,1,1,1,1,1,在售,住宅\n" * 100_000).encode(), "units.csv"),
    "zip bomb": (make_bomb(), "units.xlsx"),
    "formulas": ((HEADER + "=1+1,=SUM(A1),1,1,1,1,在售,住宅\n").encode(), "units.csv"),
    "strange name": (b"", "../../etc/\x00passwd\n.csv"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_broken_file_is_refused_and_writes_nothing(
    app: Flask, office: Office, sign_in: SignIn, kind: str
) -> None:
    browser = sign_in(office.assistant)
    data, name = BROKEN[kind]

    answer = upload(browser, data, name)
    if answer.status_code == 302:
        answer = browser.post(f"{answer.location}/commit", data={})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert count_units(app) == 20


def test_signed_out_people_are_sent_to_sign_in(office: Office, client: FlaskClient) -> None:
    answers = [client.get("/p/P1/imports"), upload(client, GOOD), client.get("/p/P1/imports/1")]

    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert all("/login" in answer.location for answer in answers)


@pytest.mark.parametrize(
    ("who", "status"), [("rep", 403), ("finance", 403), ("executive", 403), ("stranger", 404)]
)
def test_others_may_not_import(app: Flask, office: Office, sign_in: SignIn, who: str, status: int) -> None:
    sent = upload(sign_in(office.assistant), GOOD)
    browser = sign_in(getattr(office, who))

    answers = [
        browser.get("/p/P1/imports"),
        upload(browser, GOOD),
        browser.get(sent.location),
        *(browser.post(f"{sent.location}/{verb}", data={}) for verb in ("commit", "again", "columns")),
        browser.get("/p/P1/imports/template.xlsx"),
        browser.get("/p/P1/imports/units.csv"),
    ]

    assert {answer.status_code for answer in answers} == {status}
    assert count_units(app) == 20


def test_import_of_another_project_is_not_found(app: Flask, office: Office, sign_in: SignIn) -> None:
    sent = upload(sign_in(office.assistant), GOOD)
    with app.app_context():
        batch_id = db.session.scalars(select(ImportBatch.id)).one()

    answer = sign_in(office.admin).get(f"/p/P1-OTHER/imports/{batch_id}")

    assert (sent.status_code, answer.status_code) == (302, 404)


def test_template_and_export_can_be_imported(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    template = browser.get("/p/P1/imports/template.xlsx")
    empty = upload(browser, template.data, "template.xlsx")
    exports = [browser.get(f"/p/P1/imports/units.{kind}").data for kind in ("xlsx", "csv")]
    previews = [
        upload(browser, data, f"units.{kind}") for data, kind in zip(exports, ("xlsx", "csv"), strict=True)
    ]

    assert (template.status_code, empty.status_code) == (200, 422)
    assert [preview.status_code for preview in previews] == [302, 302]
    with app.app_context():
        stored = db.session.scalars(select(ImportBatch.preview)).all()
    counts = [json.loads(preview)["summary"] for preview in stored]
    assert [(count["unchanged"], count["rejected"], count["created"]) for count in counts] == [
        (20, 0, 0),
        (20, 0, 0),
    ]
