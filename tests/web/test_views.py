"""The first page, the navigation, and whether the server can work."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]


def test_first_page_shows_own_projects_only(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.rep).get("/").text

    assert ("Project P1" in page, "Somebody else" in page) == (True, False)


def test_navigation_follows_the_role(sign_in: SignIn, office: Office) -> None:
    addresses = ("/users", "/p/P1/settings", "/p/P1/board")

    shown = {
        user.name: [f'href="{address}"' in sign_in(user).get("/").text for address in addresses]
        for user in (office.rep, office.manager)
    }

    assert shown == {"Rep.P1": [False, False, True], "Manager.P1": [False, True, True]}


def test_administrator_sees_users(sign_in: SignIn, office: Office) -> None:
    assert 'href="/users"' in sign_in(office.admin).get("/").text


def test_server_lives_and_is_ready(client: FlaskClient, office: Office) -> None:
    assert client.get("/healthz").json == {"status": "ok"}
    assert client.get("/readyz").json == {"status": "ok", "checks": {"database": "ok", "disk": "ok"}}


def test_server_is_not_ready_without_its_disk_and_recovers(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as lost:
        lost.setitem(app.config, "DATA_DIR", tmp_path / "gone")
        trouble = client.get("/readyz")

    assert (trouble.status_code, trouble.json["checks"]["disk"]) == (503, "trouble")
    assert client.get("/readyz").status_code == 200


def test_robots_and_favicon_need_no_sign_in(client: FlaskClient, app: Flask) -> None:
    assert "Disallow: /" in client.get("/robots.txt").text
    assert client.get("/favicon.ico").headers["Location"] == "/static/img/logo.svg"
