"""The remembered columns of an office: seen, renamed, removed, used by name."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from salesoffice.core.permissions import SYSTEM
from salesoffice.imports.enums import ColumnField
from salesoffice.imports.models import ColumnProfile
from salesoffice.imports.rules import read_table
from salesoffice.imports.services import read_upload, remember_columns, rename_profile
from salesoffice.infra.db import transaction
from salesoffice.staff.models import User
from tests.factories import Office

SignIn = Callable[[User], FlaskClient]
DATA = "编号,价\n1栋101,100\n".encode()
MAPPING = {"编号": ColumnField.LABEL, "价": ColumnField.TOTAL}


@pytest.fixture
def profile(session: Session, office: Office) -> ColumnProfile:
    """Columns that the office taught us."""
    with transaction():
        return remember_columns(
            session,
            office.project.id,
            actor=SYSTEM,
            table=read_table(DATA, "a.csv"),
            mapping=MAPPING,
            name="价目",
        )


def names(session: Session) -> list[str]:
    session.expire_all()
    return list(session.scalars(select(ColumnProfile.name)))


def test_profiles_are_shown_with_their_columns(
    office: Office, sign_in: SignIn, profile: ColumnProfile
) -> None:
    page = sign_in(office.assistant).get("/p/P1/imports/profiles")

    assert page.status_code == 200
    assert all(word in page.text for word in ("价目", "编号", "房号（含楼栋、楼层）"))


def test_profile_is_renamed_and_used_by_its_name(
    session: Session, office: Office, sign_in: SignIn, profile: ColumnProfile
) -> None:
    browser = sign_in(office.assistant)

    answer = browser.post(f"/p/P1/imports/profiles/{profile.id}", data={"name": " 我们的 表 "})
    again = browser.post(f"/p/P1/imports/profiles/{profile.id}", data={"name": "我们的 表"})

    upload = read_upload(session, office.project.id, data=DATA, file_name="b.csv", profile="我们的 表")
    assert (answer.status_code, again.status_code, names(session)) == (302, 302, ["我们的 表"])
    assert upload.parsed.rows[0].total_amount == 10_000


@pytest.mark.parametrize("name", ["", "x" * 61, "general"])
def test_profile_keeps_its_name_when_the_new_one_is_wrong(
    session: Session, office: Office, sign_in: SignIn, profile: ColumnProfile, name: str
) -> None:
    answer = sign_in(office.assistant).post(f"/p/P1/imports/profiles/{profile.id}", data={"name": name})

    assert (answer.status_code, names(session)) == (422, ["价目"])


def test_profile_does_not_take_the_name_of_another(
    session: Session, office: Office, sign_in: SignIn, profile: ColumnProfile
) -> None:
    with transaction():
        other = remember_columns(
            session,
            office.project.id,
            actor=SYSTEM,
            table=read_table("号,价\n1,2\n".encode(), "c.csv"),
            mapping={"号": ColumnField.LABEL},
        )
        rename_profile(session, other, actor=SYSTEM, name="另一个")

    answer = sign_in(office.assistant).post(f"/p/P1/imports/profiles/{profile.id}", data={"name": "另一个"})

    assert (answer.status_code, names(session)) == (422, ["价目", "另一个"])


def test_profile_is_forgotten_once(
    session: Session, office: Office, sign_in: SignIn, profile: ColumnProfile
) -> None:
    browser = sign_in(office.assistant)
    path = f"/p/P1/imports/profiles/{profile.id}/remove"

    answers = [browser.post(path).status_code for _ in range(2)]

    assert (answers, names(session)) == ([302, 404], [])


def test_profiles_are_not_for_others(
    app: Flask, session: Session, office: Office, sign_in: SignIn, client: FlaskClient, profile: ColumnProfile
) -> None:
    path = f"/p/P1/imports/profiles/{profile.id}"

    answers = {
        who: [browser.get("/p/P1/imports/profiles").status_code, browser.post(path).status_code]
        for who, browser in {"rep": sign_in(office.rep), "stranger": sign_in(office.stranger)}.items()
    }

    assert answers == {"rep": [403, 403], "stranger": [404, 404]}
    assert client.get("/p/P1/imports/profiles").status_code == 302
    assert names(session) == ["价目"]
