"""Importing through the JSON API."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from salesoffice.infra.db import db
from salesoffice.inventory.models import Unit
from salesoffice.staff.models import User
from tests.factories import Office

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注\n"
GOOD = HEADER + "9栋1单元1801,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅\n"
PARTIAL = GOOD + "9栋1单元,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅\n"
SignIn = Callable[[User], FlaskClient]


def post(browser: FlaskClient, data: bytes | str, *, key: str = "", **form: str) -> TestResponse:
    content = data.encode() if isinstance(data, str) else data
    headers = {"Idempotency-Key": key} if key else {}
    return browser.post(
        "/api/v1/projects/P1/imports",
        data={**form, "file": (io.BytesIO(content), "units.csv")},
        content_type="multipart/form-data",
        headers=headers,
    )


def count_units(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Unit)) or 0


def test_import_is_previewed_and_committed(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    preview = post(browser, GOOD)
    commit = browser.post(f"/api/v1/imports/{preview.json['id']}/commit", json={})
    shown = browser.get(f"/api/v1/imports/{preview.json['id']}")

    figures = {
        "id": 1, "file": "units.csv", "profile": "shenzhen_filing", "encoding": "utf-8", "rows": 1, "created": 1,
        "updated": 0, "unchanged": 0, "rejected": 0, "sum_gross_area": "100.00", "sum_total_fen": 100_000_000,
        "warnings": [], "errors": [], "doubts": [], "kind": "units",
    }  # fmt: skip
    assert (preview.status_code, preview.json) == (
        201,
        {**figures, "state": "preview", "price_version": None},
    )
    assert (commit.status_code, commit.json) == (200, {**figures, "state": "committed", "price_version": 2})
    assert shown.json == commit.json
    assert count_units(app) == 21


def test_import_with_rejected_rows_names_them(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)
    preview = post(browser, PARTIAL)
    path = f"/api/v1/imports/{preview.json['id']}/commit"

    refused = browser.post(path, json={})
    wrong = browser.post(path, json={"accept_partial": "yes"})
    before = count_units(app)
    accepted = browser.post(path, json={"accept_partial": True})

    assert [(error["line"], error["column"], error["code"]) for error in preview.json["errors"]] == [
        (3, "房号", "room_missing")
    ]
    assert (refused.status_code, refused.json["code"], wrong.status_code, before) == (
        422,
        "rows_rejected",
        422,
        20,
    )
    assert (accepted.status_code, accepted.json["rejected"], count_units(app)) == (200, 1, 21)


def test_import_repeated_with_its_key_is_one_import(office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.assistant)

    first, second = (post(browser, GOOD, key="a") for _ in range(2))
    other = post(browser, PARTIAL, key="a")

    assert (first.json, second.headers["Idempotent-Replayed"]) == (second.json, "true")
    assert (other.status_code, other.json["code"]) == (422, "key_reused")


@pytest.mark.parametrize(
    ("data", "form", "code"),
    [
        ("", {}, "file_empty"),
        (GOOD.encode("utf-16"), {}, "encoding_unknown"),
        ("甲,乙\n1,2\n", {}, "columns_unknown"),
        (GOOD, {"profile": "nonsense"}, "profile_unknown"),
        (GOOD, {"building": "x" * 41}, "invalid_input"),
        (GOOD, {"colour": "red"}, "invalid_input"),
        ("楼层,单元号,房间序号,房号\n1,1,1,101\n", {}, "building_required"),
    ],
)
def test_import_that_cannot_be_read_is_refused(
    app: Flask, office: Office, sign_in: SignIn, data: bytes | str, form: dict[str, str], code: str
) -> None:
    answer = post(sign_in(office.assistant), data, **form)

    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert count_units(app) == 20


def test_import_without_a_file_is_refused(office: Office, sign_in: SignIn) -> None:
    answer = sign_in(office.assistant).post("/api/v1/projects/P1/imports", data={})

    assert (answer.status_code, answer.json["errors"][0]["field"]) == (422, "file")


def test_import_is_not_for_others(office: Office, sign_in: SignIn, client: FlaskClient) -> None:
    made = post(sign_in(office.assistant), GOOD).json["id"]

    answers = {
        who: [
            post(browser, GOOD).status_code,
            browser.get(f"/api/v1/imports/{made}").status_code,
            browser.post(f"/api/v1/imports/{made}/commit", json={}).status_code,
        ]
        for who, browser in {
            "nobody": client,
            "rep": sign_in(office.rep),
            "stranger": sign_in(office.stranger),
        }.items()
    }

    assert answers == {"nobody": [401, 401, 401], "rep": [403, 403, 403], "stranger": [404, 404, 404]}
    assert sign_in(office.assistant).get("/api/v1/imports/99").status_code == 404
