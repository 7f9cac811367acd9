"""The deals list: filters, search, and who sees which."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from tests.factories import Office
from tests.factories.sales import make_draft, make_sale

SignIn = Callable[[User], FlaskClient]


@pytest.fixture(autouse=True)
def deals(app: Flask, office: Office) -> None:
    """D000001 is sold with a draft contract, D000002 is held by the other rep."""
    with app.test_request_context(), transaction() as session:
        make_draft(session, office, make_sale(session, office))
        place_hold(session, office.units[1], actor=office.actor(office.other_rep))


def numbers(browser: FlaskClient, query: str = "") -> set[str]:
    answer = browser.get(f"/p/P1/deals{query}")
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    return {number for number in ("D000001", "D000002") if number in page}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"D000001", "D000002"}),
        ("?state=hold", {"D000002"}),
        ("?state=subscription", {"D000001"}),
        ("?state=to_verify", {"D000001"}),
        ("?state=ended", set()),
        ("?state=all", {"D000001", "D000002"}),
        ("?state=nonsense", {"D000001", "D000002"}),
        ("?q=101", {"D000001"}),
        ("?q=张甲", {"D000001"}),
        ("?q=zhangjia", {"D000001"}),
        ("?q=%25", set()),
        ("?q=%00", {"D000001", "D000002"}),
        ("?overdue=1", set()),
        ("?page=99999", {"D000001", "D000002"}),
    ],
)
def test_list_shows_what_is_asked_for(
    office: Office, sign_in: SignIn, query: str, expected: set[str]
) -> None:
    assert numbers(sign_in(office.assistant), query) == expected


def test_overdue_deals_are_found_when_the_deposit_is_late(office: Office, sign_in: SignIn) -> None:
    with time_machine.travel(clock.now() + timedelta(days=2), tick=True):
        found = numbers(sign_in(office.assistant), "?overdue=1")

    assert found == {"D000001"}


def test_deals_not_signed_in_time_are_found(office: Office, sign_in: SignIn) -> None:
    with time_machine.travel(clock.now() + timedelta(days=30), tick=True):
        late = numbers(sign_in(office.assistant), "?state=sign_late")

    assert (late, numbers(sign_in(office.assistant), "?state=sign_late")) == ({"D000001"}, set())


def test_reps_see_their_own_deals(office: Office, sign_in: SignIn) -> None:
    assert numbers(sign_in(office.rep)) == {"D000001"}
    assert numbers(sign_in(office.other_rep)) == {"D000002"}


def test_outsiders_are_kept_out(client: FlaskClient, office: Office, sign_in: SignIn) -> None:
    assert client.get("/p/P1/deals").status_code == 302
    assert sign_in(office.stranger).get("/p/P1/deals").status_code == 404
    assert sign_in(office.planner).get("/p/P1/deals").status_code == 403


def test_list_costs_the_same_for_one_and_for_many(app: Flask, office: Office, sign_in: SignIn) -> None:
    browser = sign_in(office.manager)
    counts: list[int] = []
    with app.app_context():
        engine = db.engine

    def count(*_arguments: object) -> None:
        counts[-1] += 1

    event.listen(engine, "before_cursor_execute", count)
    for rows in range(2):
        counts.append(0)
        browser.get("/p/P1/deals?state=all")
        if not rows:
            event.remove(engine, "before_cursor_execute", count)
            with app.test_request_context(), transaction() as session:
                for unit in office.units[2:12]:
                    place_hold(session, unit, actor=office.actor(office.manager))
            event.listen(engine, "before_cursor_execute", count)
    event.remove(engine, "before_cursor_execute", count)

    assert counts[0] == counts[1]
