"""The pages “Why can't I…” and “States and steps”, and the document made from the same tables."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from salesoffice.board.documents.states import build_axes, build_states_document
from salesoffice.deals.enums import CLAIM_STEPS
from salesoffice.infra.db import transaction
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_sale

SignIn = Callable[[User], FlaskClient]
ROOT = Path(__file__).resolve().parents[2]
ENGLISH = {"Accept-Language": "en"}
WHY = "/p/P1/units/1-A-101/why"


@pytest.fixture
def held(app: Flask, office: Office) -> None:
    with app.test_request_context(), transaction() as session:
        place_hold(session, office.units[0], actor=office.actor(office.rep))


@pytest.mark.usefixtures("held")
def test_page_names_the_rule_and_the_next_step(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.other_rep).get(WHY, headers=ENGLISH).text

    row = page.partition('id="hold"')[2].partition("</tr>")[0]
    assert "Another claim on this unit is open." in row
    assert "<code>unit_taken</code>" in row
    assert 'href="/p/P1/units/1-A-101/waiting"' in row


def test_page_says_whose_role_permits_it(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.rep).get(WHY, headers=ENGLISH).text

    row = page.partition('id="release"')[2].partition("</tr>")[0]
    assert "These may: Sales manager." in row


def test_sale_of_another_rep_is_not_named(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context(), transaction() as session:
        make_sale(session, office)

    pages = ["D000001" in sign_in(user).get(WHY).text for user in (office.other_rep, office.assistant)]

    assert pages == [False, True]


def test_unit_page_links_it(office: Office, sign_in: SignIn) -> None:
    assert f'href="{WHY}"' in sign_in(office.rep).get("/p/P1/units/1-A-101").text


@pytest.mark.parametrize("address", [WHY, "/p/P1/states"])
def test_signed_out_and_strangers_are_kept_out(
    office: Office, client: FlaskClient, sign_in: SignIn, address: str
) -> None:
    found = [browser.get(address).status_code for browser in (client, sign_in(office.stranger))]

    assert found == [302, 404]


def test_unknown_unit_does_not_exist(office: Office, sign_in: SignIn) -> None:
    assert sign_in(office.rep).get("/p/P1/units/9-9-9/why").status_code == 404


def test_states_page_shows_every_axis(office: Office, sign_in: SignIn) -> None:
    page = sign_in(office.rep).get("/p/P1/states", headers=ENGLISH).text

    assert [f'id="{axis.key}"' in page for axis in build_axes()] == [True] * len(build_axes())


def test_claim_axis_has_every_step_of_its_table(session: Session) -> None:
    axis = next(axis for axis in build_axes() if axis.key == "claim")

    assert all(CLAIM_STEPS[kind] <= set(followers) for kind, followers in axis.rows)


def test_document_agrees_with_the_tables(session: Session) -> None:
    assert (ROOT / "docs" / "states.md").read_text(encoding="utf-8") == build_states_document()
