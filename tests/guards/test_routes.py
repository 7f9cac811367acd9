"""Every route says who may call it, and keeps everybody else out."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, BaseConverter, IntegerConverter, Rule

from salesoffice.webkit.access import access_of
from tests.factories import Office

SignIn = Callable[..., FlaskClient]


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Yield every rule with each method that does something, without the static files."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint == "static":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method


def sample_of(name: str, converter: BaseConverter) -> object:
    """Return a value that fits a part of an address."""
    if isinstance(converter, IntegerConverter):
        return 1
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return date(2026, 1, 5).isoformat() if name == "date" else "x"


def address_of(app: Flask, rule: Rule) -> str:
    """Build an address of the rule: project P1, number 1, today's date, a word."""
    values = {name: sample_of(name, converter) for name, converter in rule._converters.items()}  # noqa: SLF001
    if "code" in values:
        values["code"] = "P1"
    with app.test_request_context():
        return app.url_map.bind("localhost").build(rule.endpoint, values, method=None)


def is_public(app: Flask, rule: Rule) -> bool:
    access = access_of(app.view_functions[rule.endpoint])
    return access is not None and access.is_public


def test_every_route_says_who_may_call_it(app: Flask) -> None:
    silent = {
        rule.endpoint for rule, _method in routes(app) if access_of(app.view_functions[rule.endpoint]) is None
    }

    assert silent == set()


def test_public_routes_are_the_known_ones(app: Flask) -> None:
    found = {rule.endpoint for rule, _method in routes(app) if is_public(app, rule)}

    assert found - {"board.wall", "board.wall_state"} == {
        "api-docs.openapi_json", "staff.login", "staff.language",
        "web.healthz", "web.readyz", "web.favicon", "web.robots",
    }  # fmt: skip


def test_signed_out_is_sent_to_sign_in_or_refused(app: Flask, office: Office, client: FlaskClient) -> None:
    wrong = []
    for rule, method in routes(app):
        if is_public(app, rule):
            continue
        answer = client.open(address_of(app, rule), method=method)
        is_kept_out = (
            answer.status_code == 401
            if rule.rule.startswith("/api/")
            else (answer.status_code, answer.headers.get("Location", "")[:6]) == (302, "/login")
        )
        if not is_kept_out:
            wrong.append((method, rule.rule, answer.status_code))

    assert wrong == []


def test_project_does_not_exist_for_a_stranger(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.stranger)

    wrong = []
    for rule, method in routes(app):
        if "code" in rule.arguments and not is_public(app, rule):
            answer = browser.open(address_of(app, rule), method=method)
            if answer.status_code != 404:
                wrong.append((method, rule.rule, answer.status_code))

    assert wrong == []


def test_post_without_csrf_token_is_refused(
    app: Flask, office: Office, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    browser = sign_in(office.admin)

    wrong = []
    for rule, method in routes(app):
        if method == "POST" and not is_public(app, rule):
            answer = browser.post(address_of(app, rule))
            if answer.status_code != 400:
                wrong.append((rule.rule, answer.status_code))

    assert wrong == []
