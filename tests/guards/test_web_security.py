"""What every answer carries, and what is refused before any view sees it."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from salesoffice.app import create_app
from salesoffice.infra.i18n import _l
from salesoffice.staff.models import User
from tests.conftest import SECRET_KEY
from tests.factories import PASSWORD, Office
from tests.factories.everything import Everything
from tests.support.routes import build_address, is_api, list_routes
from tests.support.rows import count_rows

SignIn = Callable[[User], FlaskClient]

TOO_LARGE = 20 * 1024 * 1024 + 1
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}


def test_every_answer_has_its_request_id_and_security_headers(
    app: Flask, everything: Everything, client: FlaskClient, sign_in: SignIn
) -> None:
    browser = sign_in(everything.office.admin)
    addresses = [
        build_address(app, rule, everything.values_for(rule.endpoint))
        for rule, method in list_routes(app)
        if method == "GET" and rule.endpoint != "board.print_board"
    ]

    wrong = []
    for address in [*addresses, "/nothing", "/api/v1/nothing", "/p/NO/board"]:
        for caller in (browser, client):
            answer = caller.get(address, headers={"X-Request-ID": "given-1"})
            policy = answer.headers.get("Content-Security-Policy", "")
            if (
                answer.headers.get("X-Request-ID") != "given-1"
                or any(answer.headers.get(name) != value for name, value in HEADERS.items())
                or answer.headers.get("X-Frame-Options") not in {"DENY", "SAMEORIGIN"}
                or "default-src" not in policy
                or "unsafe-eval" in policy
                or "Cache-Control" not in answer.headers
            ):
                wrong.append((address, answer.status_code, dict(answer.headers)))

    assert wrong == []


def test_static_files_have_their_request_id_and_type(client: FlaskClient) -> None:
    with client.get("/static/css/app.css", headers={"X-Request-ID": "given-2"}) as answer:
        size = len(answer.data)

    assert size > 0
    assert answer.status_code == 200
    assert answer.headers["X-Request-ID"] == "given-2"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("given", ["", "with space", "x" * 65, "a\u00e9"])
def test_request_id_of_a_wrong_shape_is_replaced(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})

    assert len(answer.headers["X-Request-ID"]) == 32


def test_upload_above_20_mb_is_refused_everywhere(
    app: Flask, everything: Everything, sign_in: SignIn
) -> None:
    browser, before = sign_in(everything.office.admin), count_rows(app)

    wrong = []
    for rule, method in list_routes(app):
        if method == "POST" and rule.endpoint in {
            "imports.index",
            "inventory.unit_type",
            "imports_api.preview",
        }:
            names = ("files", "file")
            data = {name: (io.BytesIO(b"x" * TOO_LARGE), "units.csv") for name in names}
            answer = browser.post(build_address(app, rule, everything.values_for(rule.endpoint)), data=data)
            kind = "application/problem+json" if is_api(rule) else "text/html; charset=utf-8"
            if (answer.status_code, answer.content_type) != (413, kind):
                wrong.append((rule.rule, answer.status_code, answer.content_type))

    assert wrong == []
    assert count_rows(app) == before


def test_hosts_that_are_not_trusted_are_refused(
    app: Flask, office: Office, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "TRUSTED_HOSTS", ["sales.example.test"])

    statuses = {
        (host, path): client.get(path, headers={"Host": host}).status_code
        for host in ("sales.example.test", "evil.example.test")
        for path in ("/login", "/api/v1/projects")
    }

    assert statuses == {
        ("sales.example.test", "/login"): 200,
        ("sales.example.test", "/api/v1/projects"): 401,
        ("evil.example.test", "/login"): 400,
        ("evil.example.test", "/api/v1/projects"): 400,
    }


def test_cookie_is_kept_from_scripts_other_sites_and_plain_http(tmp_path: Path) -> None:
    app = create_app(
        SECRET_KEY=SECRET_KEY, SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/x.db", DATA_DIR=tmp_path,
        SESSION_COOKIE_SECURE=True, LOG_LEVEL="ERROR",
    )  # fmt: skip

    answer = app.test_client().get("/login", base_url="https://localhost")

    parts = {part.strip() for part in answer.headers["Set-Cookie"].split(";")[1:]}
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= parts


def test_session_from_before_the_sign_in_is_worth_nothing(
    app: Flask, office: Office, client: FlaskClient
) -> None:
    """The cookie changes with the sign-in, a copy of it dies with the sign-out."""
    client.get("/login")
    before = client.get_cookie("salesoffice")
    client.post("/login", data={"email": office.rep.email, "password": PASSWORD})
    signed_in = client.get_cookie("salesoffice")
    thief = app.test_client()

    thief.set_cookie("salesoffice", before.value if before else "")
    planted = thief.get("/p/P1/board").status_code
    thief.set_cookie("salesoffice", signed_in.value)
    copied = thief.get("/p/P1/board").status_code
    client.post("/logout")
    thief.set_cookie("salesoffice", signed_in.value)

    assert (planted, copied, thief.get("/p/P1/board").status_code) == (302, 200, 302)


@pytest.mark.usefixtures("office")
def test_what_was_typed_is_escaped_in_refusals(office: Office, sign_in: Callable[..., FlaskClient]) -> None:
    browser = sign_in(office.manager)
    data = {"name": "<b id=evil>"}
    browser.post("/p/P1/launch/batches", data=data)

    answer = browser.post("/p/P1/launch/batches", data=data)

    assert answer.status_code == 409
    assert ("<b id=evil>" in answer.text, "&lt;b id=evil&gt;" in answer.text) == (False, True)


def test_lazy_text_is_escaped_wherever_it_is_shown(app: Flask) -> None:
    with app.test_request_context():
        shown = render_template_string(
            "{{ text }} {{ text|e }} {{ 'a' ~ text }}", text=_l("%(name)s", name="<b>")
        )

    assert "<b>" not in shown
