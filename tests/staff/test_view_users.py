"""Users: listed, added, changed, closed, reset, by the administrator only."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM, Role
from salesoffice.infra.db import transaction
from salesoffice.staff.models import Membership, User, UserSession
from salesoffice.staff.services import create_token
from tests.factories import PASSWORD, Office

SignIn = Callable[[User], FlaskClient]
ENGLISH = {"Accept-Language": "en"}


def test_list_finds_by_a_part_of_the_name(sign_in: SignIn, office: Office) -> None:
    page = sign_in(office.admin).get("/users?q=FINANCE").text

    assert ("finance.p1@example.test" in page, "rep.p1@example.test" in page) == (True, False)


@pytest.mark.parametrize("address", ["/users", "/users/new", "/users/1"])
def test_manager_is_refused(sign_in: SignIn, office: Office, address: str) -> None:
    assert sign_in(office.manager).get(address).status_code == 403


def test_added_user_signs_in_with_the_shown_password_and_must_change_it(
    sign_in: SignIn, office: Office, client: FlaskClient, session: Session
) -> None:
    data = {"name": "Lin", "email": "Lin@example.test", "roles": f"{office.project.id}:rep"}

    page = sign_in(office.admin).post("/users/new", data=data).text

    shown = re.search(r'id="initial-password">([^<]+)<', page)
    assert shown is not None
    answer = client.post("/login", data={"email": "lin@example.test", "password": shown[1]})
    assert answer.headers["Location"] == "/"
    assert client.get("/").headers["Location"] == "/account/password"
    roles = session.execute(
        select(Membership.project_id, Membership.role).join(User).where(User.email == "lin@example.test")
    ).all()
    assert [tuple(row) for row in roles] == [(office.project.id, Role.REP)]


def test_added_twice_is_refused_with_what_was_typed(sign_in: SignIn, office: Office) -> None:
    data = {"name": "Again", "email": office.rep.email}

    answer = sign_in(office.admin).post("/users/new", data=data, headers=ENGLISH)

    assert answer.status_code == 409
    assert "Somebody already signs in with rep.p1@example.test." in answer.text
    assert 'value="Again"' in answer.text


def test_wrong_fields_are_named(sign_in: SignIn, office: Office) -> None:
    data = {"name": "", "email": "nonsense", "roles": "999:rep", "password": "short"}

    answer = sign_in(office.admin).post("/users/new", data=data, headers=ENGLISH)

    assert answer.status_code == 422
    assert "Please enter a whole e-mail address" in answer.text


def test_changed_roles_take_effect_at_once(sign_in: SignIn, office: Office) -> None:
    rep = sign_in(office.rep)
    before = rep.get("/p/P1/settings").status_code
    data = {"name": "Rep", "roles": f"{office.project.id}:manager"}

    answer = sign_in(office.admin).post(f"/users/{office.rep.id}", data=data)

    assert answer.status_code == 302
    assert (before, rep.get("/p/P1/settings").status_code) == (403, 200)


def test_closing_signs_out_everywhere(sign_in: SignIn, office: Office, session: Session) -> None:
    rep = sign_in(office.rep)

    sign_in(office.admin).post(f"/users/{office.rep.id}/close")

    assert rep.get("/account").status_code == 302
    rows = session.scalars(select(UserSession.revoked_at).where(UserSession.user_id == office.rep.id)).all()
    assert len(rows) == 1
    assert rows[0] is not None


def test_last_admin_stays(sign_in: SignIn, office: Office, session: Session) -> None:
    data = {"name": "Admin"}

    answer = sign_in(office.admin).post(f"/users/{office.admin.id}", data=data, headers=ENGLISH)

    assert answer.status_code == 409
    assert "This is the last administrator." in answer.text
    assert session.get_one(User, office.admin.id).is_admin


def test_own_account_cannot_be_closed(sign_in: SignIn, office: Office, session: Session) -> None:
    sign_in(office.admin).post(f"/users/{office.admin.id}/close")

    assert session.get_one(User, office.admin.id).is_active


def test_reset_shows_a_new_password_and_ends_the_old(
    sign_in: SignIn, office: Office, client: FlaskClient
) -> None:
    page = sign_in(office.admin).post(f"/users/{office.rep.id}/reset-password").text

    shown = re.search(r'id="initial-password">([^<]+)<', page)
    assert shown is not None
    statuses = [
        client.post("/login", data={"email": office.rep.email, "password": password}).status_code
        for password in (PASSWORD, shown[1])
    ]
    assert statuses == [422, 302]


def test_reset_makes_tokens_worthless(
    app: Flask, sign_in: SignIn, office: Office, client: FlaskClient
) -> None:
    with app.test_request_context(), transaction() as session:
        token = create_token(session, session.get_one(User, office.rep.id), actor=SYSTEM)
    bearer = {"Authorization": f"Bearer {token}"}
    before = client.get("/api/v1/projects/P1/units", headers=bearer).status_code

    sign_in(office.admin).post(f"/users/{office.rep.id}/reset-password")

    assert (before, client.get("/api/v1/projects/P1/units", headers=bearer).status_code) == (200, 401)


def test_unlock_ends_the_lock(sign_in: SignIn, office: Office, client: FlaskClient) -> None:
    for _ in range(5):
        client.post("/login", data={"email": office.rep.email, "password": "wrong"})

    sign_in(office.admin).post(f"/users/{office.rep.id}/unlock")

    answer = client.post("/login", data={"email": office.rep.email, "password": PASSWORD})
    assert answer.status_code == 302


def test_unknown_user_is_404(sign_in: SignIn, office: Office) -> None:
    browser = sign_in(office.admin)

    assert [browser.get("/users/99999").status_code, browser.post("/users/99999/close").status_code] == [
        404,
        404,
    ]


def test_own_password_is_changed_and_other_browsers_close(sign_in: SignIn, office: Office) -> None:
    here, there = sign_in(office.rep), sign_in(office.rep)
    new = "ein ganz anderer langer satz"

    refused = here.post("/account/password", data={"old": "wrong", "new": new, "again": new})
    done = here.post("/account/password", data={"old": PASSWORD, "new": new, "again": new})

    assert (refused.status_code, done.status_code) == (422, 302)
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 302)


def test_somebody_elses_session_cannot_be_closed(sign_in: SignIn, office: Office, session: Session) -> None:
    victim = sign_in(office.manager)
    row = session.scalars(select(UserSession.id)).one()

    answer = sign_in(office.rep).post(f"/account/sessions/{row}/close")

    assert answer.status_code == 404
    assert victim.get("/account").status_code == 200
