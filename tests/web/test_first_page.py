"""What the first page says waits for a person, and the links at the bottom of a phone."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.reservations.services import place_hold
from salesoffice.staff.models import User
from salesoffice.web.queries import count_day
from salesoffice.worklist.enums import SectionKey
from salesoffice.worklist.queries import count_waiting
from tests.factories import Office
from tests.factories.sales import make_draft, make_receipt, make_sale

SignIn = Callable[[User], FlaskClient]

TASK = re.compile(r'<li><a href="([^"]+)".*?<b class="waiting-count">(\d+)</b>', re.DOTALL)
TAB = re.compile(r'<nav class="tabbar".*?</nav>', re.DOTALL)


@pytest.fixture(autouse=True)
def sold(app: Flask, office: Office) -> None:
    """A sale with a draft contract and a recorded receipt; another unit is held by the other rep."""
    with app.test_request_context(), transaction() as session:
        sale = make_sale(session, office)
        make_receipt(session, office, sale)
        make_draft(session, office, sale)
        place_hold(session, office.units[1], actor=office.actor(office.other_rep), minutes=10)


def waits(browser: FlaskClient) -> dict[str, int]:
    return {
        address.replace("&amp;", "&"): int(count) for address, count in TASK.findall(browser.get("/").text)
    }


def test_first_page_names_what_waits_for_each_role(office: Office, sign_in: SignIn) -> None:
    shown = {
        user.name: waits(sign_in(user))
        for user in (
            office.finance,
            office.assistant,
            office.other_assistant,
            office.other_rep,
            office.executive,
        )
    }

    assert shown == {
        "Finance.P1": {"/p/P1/work#receipts_to_confirm": 1},
        "Assistant.P1": {"/p/P1/work#holds_ending": 1},
        "Other_Assistant.P1": {"/p/P1/work#holds_ending": 1, "/p/P1/work#second_entry": 1},
        "Other_Rep.P1": {"/p/P1/work#holds_ending": 1},
        "Executive.P1": {},
    }


def test_first_page_names_what_is_late(office: Office, sign_in: SignIn) -> None:
    with time_machine.travel(clock.now() + timedelta(days=30), tick=True):
        shown = {user.name: waits(sign_in(user)) for user in (office.manager, office.rep, office.other_rep)}

    assert shown == {
        "Manager.P1": {
            "/p/P1/work#signing_late": 1,
            "/p/P1/work#money_late": 1,
            "/p/P1/work#second_entry": 1,
        },
        "Rep.P1": {"/p/P1/work#signing_late": 1, "/p/P1/work#money_late": 1},
        "Other_Rep.P1": {},
    }


def test_sales_of_others_are_not_counted_for_reps(app: Flask, office: Office) -> None:
    with app.test_request_context(), time_machine.travel(clock.now() + timedelta(days=30), tick=True):
        counted = [
            count_waiting(db.session(), office.actor(user), [office.project.id])[office.project.id]
            for user in (office.rep, office.other_rep)
        ]

    assert counted == [{SectionKey.SIGNING_LATE: 1, SectionKey.MONEY_LATE: 1}, {}]


def test_figures_of_sales_are_own_for_reps_and_whole_for_who_reads_the_board(
    app: Flask, office: Office
) -> None:
    with app.test_request_context():
        counted = {
            user.name: count_day(db.session(), office.actor(user), [office.project.id])[office.project.id]
            for user in (office.rep, office.other_rep, office.planner, office.manager)
        }

    assert {name: (day.holds, day.sold_today) for name, day in counted.items()} == {
        "Rep.P1": (0, 1),
        "Other_Rep.P1": (1, 0),
        "Planner.P1": (1, 1),
        "Manager.P1": (1, 1),
    }


def test_phone_shows_the_four_pages_of_the_role(office: Office, sign_in: SignIn) -> None:
    tabs = {
        user.name: re.findall(r'<a href="([^"]+)"', TAB.findall(sign_in(user).get("/").text)[0])
        for user in (office.rep, office.finance, office.executive)
    }

    assert tabs == {
        "Rep.P1": ["/p/P1/work", "/p/P1/board", "/p/P1/customers", "/p/P1/deals"],
        "Finance.P1": ["/p/P1/work", "/p/P1/board", "/p/P1/receipts", "/p/P1/deals"],
        "Executive.P1": ["/p/P1/work", "/p/P1/board", "/p/P1/log", "/p/P1/prices"],
    }
