"""Signing in: works, wrong, unknown, closed, locked, throttled, nowhere else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from salesoffice.core import clock
from salesoffice.infra.db import transaction
from salesoffice.staff.models import LoginAttempt, User, UserSession
from salesoffice.staff.queries import SESSION_KEY
from tests.factories import PASSWORD, Office

REP = "rep.p1@example.test"


def try_login(
    client: FlaskClient, email: str = REP, password: str = PASSWORD, **more: str
) -> tuple[int, str]:
    answer = client.post("/login", data={"email": email, "password": password, **more})
    return answer.status_code, answer.headers.get("Location", "")


def test_login_page_has_labelled_fields(client: FlaskClient, office: Office) -> None:
    page = client.get("/login").text

    assert all(f'name="{name}"' in page for name in ("email", "password"))


def test_right_password_opens_a_session(client: FlaskClient, office: Office, session: Session) -> None:
    answer = try_login(client, email="REP.P1@Example.test ")

    assert answer == (302, "/")
    assert session.scalars(select(UserSession.user_id)).all() == [office.rep.id]
    assert client.get("/account").status_code == 200


def test_login_goes_on_to_the_page_that_was_asked_for(client: FlaskClient, office: Office) -> None:
    assert client.get("/projects?x=1").headers["Location"] == "/login?next=/projects?x%3D1"
    assert try_login(client, next="/projects?x=1") == (302, "/projects?x=1")


def test_login_never_leads_to_another_site(client: FlaskClient, office: Office) -> None:
    assert try_login(client, next="//evil.test/") == (302, "/")


def test_signed_in_person_needs_no_login(sign_in: Callable[[User], FlaskClient], office: Office) -> None:
    assert sign_in(office.rep).get("/login").headers["Location"] == "/"


@pytest.mark.parametrize(("email", "password"), [(REP, "wrong password"), ("nobody@example.test", PASSWORD)])
def test_wrong_password_and_unknown_account_look_the_same(
    client: FlaskClient, office: Office, email: str, password: str
) -> None:
    answer = client.post(
        "/login", data={"email": email, "password": password}, headers={"Accept-Language": "en"}
    )

    assert answer.status_code == 422
    assert "E-mail or password is not right." in answer.text
    assert client.get("/account").status_code == 302


def test_empty_fields_are_named(client: FlaskClient, office: Office) -> None:
    answer = client.post("/login", data={}, headers={"Accept-Language": "en"})

    assert (answer.status_code, answer.text.count("Please fill this in.")) == (422, 2)


def test_closed_account_cannot_sign_in(client: FlaskClient, office: Office, app: Flask) -> None:
    with app.test_request_context(), transaction() as session:
        session.get_one(User, office.rep.id).is_active = False

    assert try_login(client)[0] == 422


@pytest.mark.parametrize("email", [REP, "nobody@example.test"])
def test_five_failures_lock_for_15_minutes_then_30(client: FlaskClient, office: Office, email: str) -> None:
    with time_machine.travel("2026-05-04T02:00:00Z", tick=False) as moment:
        statuses = [try_login(client, email, "wrong")[0] for _ in range(6)]
        locked = client.post("/login", data={"email": email, "password": PASSWORD})
        moment.shift(timedelta(minutes=15, seconds=1))
        later = [try_login(client, email, "wrong")[0] for _ in range(6)]
        again = client.post("/login", data={"email": email, "password": PASSWORD})

    assert statuses == [422] * 5 + [429]
    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert later == [422] * 5 + [429]
    assert again.headers["Retry-After"] == "1800"


def test_lock_is_noted_on_the_user_and_ends_with_a_success(
    client: FlaskClient, office: Office, session: Session
) -> None:
    with time_machine.travel("2026-05-04T02:00:00Z", tick=False) as moment:
        for _ in range(5):
            try_login(client, password="wrong")
        locked = session.execute(
            select(User.failed_count, User.locked_until).where(User.id == office.rep.id)
        ).one()
        session.rollback()
        moment.shift(timedelta(minutes=16))
        entered = try_login(client)
    after = session.execute(
        select(User.failed_count, User.locked_until).where(User.id == office.rep.id)
    ).one()

    assert locked.failed_count == 5
    assert locked.locked_until.isoformat() == "2026-05-04T02:15:00+00:00"
    assert entered == (302, "/")
    assert (after.failed_count, after.locked_until) == (0, None)


def test_address_is_held_back_after_thirty_failures(client: FlaskClient, office: Office, app: Flask) -> None:
    with app.test_request_context(), transaction() as session:
        session.add_all(
            LoginAttempt(
                email=f"{number}@example.test", address="127.0.0.1", at=clock.now(), is_success=False
            )
            for number in range(30)
        )

    answer = client.post("/login", data={"email": REP, "password": PASSWORD})

    assert answer.status_code == 429
    assert 895 <= int(answer.headers["Retry-After"]) <= 900


def test_refused_attempt_of_a_locked_account_is_not_counted(
    client: FlaskClient, office: Office, session: Session
) -> None:
    for _ in range(8):
        try_login(client, password="wrong")

    assert session.scalar(select(func.count()).select_from(LoginAttempt)) == 5


def test_planted_cookie_does_not_survive_the_sign_in(client: FlaskClient, office: Office) -> None:
    with client.session_transaction() as cookie:
        cookie[SESSION_KEY] = "planted"
        cookie["other"] = "planted"

    try_login(client)

    with client.session_transaction() as cookie:
        assert cookie[SESSION_KEY] != "planted"
        assert "other" not in cookie


def test_logout_ends_the_session_on_the_server(
    sign_in: Callable[[User], FlaskClient], office: Office, session: Session
) -> None:
    browser = sign_in(office.rep)

    answer = browser.post("/logout")

    assert answer.headers["Location"] == "/login"
    assert session.scalars(select(UserSession.revoked_at)).one() is not None
    assert browser.get("/account").status_code == 302


def test_session_ends_after_12_hours_without_use_and_lives_on_with_use(
    sign_in: Callable[[User], FlaskClient], office: Office
) -> None:
    with time_machine.travel("2026-05-04T02:00:00Z", tick=False) as moment:
        used, idle = sign_in(office.rep), sign_in(office.manager)
        moment.shift(timedelta(hours=11))
        assert used.get("/account").status_code == 200
        moment.shift(timedelta(hours=2))

        answers = (used.get("/account").status_code, idle.get("/account").status_code)

    assert answers == (200, 302)


def test_use_is_written_every_five_minutes_only(
    sign_in: Callable[[User], FlaskClient], office: Office, session: Session
) -> None:
    seen = []
    with time_machine.travel("2026-05-04T02:00:00Z", tick=False) as moment:
        browser = sign_in(office.rep)
        for minutes in (4, 1, 4):
            moment.shift(timedelta(minutes=minutes))
            browser.get("/account")
            seen.append(session.scalars(select(UserSession.last_seen_at)).one().minute)
            session.rollback()

    assert seen == [0, 5, 5]


def test_language_is_chosen_signed_out_and_kept_through_sign_in(client: FlaskClient, office: Office) -> None:
    answer = client.post("/language", data={"language": "en", "next": "/login"})

    assert answer.headers["Location"] == "/login"
    assert 'lang="en"' in client.get("/login").text
    try_login(client)
    assert 'lang="en"' in client.get("/account").text


def test_language_of_a_person_is_kept(
    sign_in: Callable[[User], FlaskClient], office: Office, session: Session
) -> None:
    sign_in(office.rep).post("/language", data={"language": "en", "next": "//evil.test"})

    assert session.get_one(User, office.rep.id).locale == "en"


def test_unknown_language_changes_nothing(client: FlaskClient, office: Office) -> None:
    answer = client.post("/language", data={"language": "xx", "next": "/login"})

    assert answer.status_code == 302
    assert 'lang="zh-CN"' in client.get("/login").text
