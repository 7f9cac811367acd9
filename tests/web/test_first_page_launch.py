"""What waits before a launch: prices to approve, items of a checklist, units offered from the waiting list."""

from collections.abc import Callable
from datetime import date, timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from salesoffice.core import clock
from salesoffice.infra.db import db, transaction
from salesoffice.inventory.services import call_off_batch
from salesoffice.launch.enums import LaunchItemKind
from salesoffice.launch.models import LaunchItem
from salesoffice.launch.services import begin_batch, close_item
from salesoffice.reservations.services import join_waiting_list, offer_unit, place_hold, release_hold
from salesoffice.staff.models import User
from salesoffice.web.queries import Waiting, count_waiting
from salesoffice.worklist import queries as worklist
from salesoffice.worklist.enums import SectionKey
from tests.factories import Office
from tests.factories.prices import make_submitted
from tests.factories.sales import make_buyer

SignIn = Callable[[User], FlaskClient]


def submit_prices(office: Office) -> None:
    with transaction() as session:
        make_submitted(session, office, {0: 950_000})


def begin_late_batch(office: Office, planned_on: date) -> None:
    with transaction() as session:
        actor = office.actor(office.planner)
        begin_batch(session, office.project.id, actor=actor, name="B", planned_on=planned_on)


def waits(app: Flask, office: Office) -> Waiting:
    with app.test_request_context():
        return count_waiting(db.session(), [office.project.id])[office.project.id]


def waits_for(app: Flask, office: Office, user: User, key: SectionKey) -> int:
    with app.test_request_context():
        counts = worklist.count_waiting(db.session(), office.actor(user), [office.project.id])
        return counts[office.project.id].get(key, 0)


def test_submitted_prices_wait_for_who_approves(app: Flask, office: Office, sign_in: SignIn) -> None:
    with app.test_request_context():
        submit_prices(office)

    shown = ["/p/P1/work#prices" in waiting_of(sign_in(user)) for user in (office.manager, office.rep)]

    assert shown == [True, False]


def test_prices_do_not_wait_for_their_author(app: Flask, office: Office) -> None:
    with app.test_request_context():
        submit_prices(office)

    assert [waits_for(app, office, user, SectionKey.PRICES) for user in (office.planner, office.manager)] == [
        0,
        1,
    ]


def test_overdue_items_ticked_by_hand_are_counted(app: Flask, office: Office) -> None:
    with app.test_request_context():
        begin_late_batch(office, clock.business_today() - timedelta(days=1))
        before = waits(app, office).launch_items
        with transaction() as session:
            item = session.scalars(
                select(LaunchItem).where(LaunchItem.kind == LaunchItemKind.CONTRACT_TEXT)
            ).one()
            close_item(session, item, actor=office.actor(office.manager))

    assert (before, waits(app, office).launch_items) == (10, 9)


def test_items_of_a_batch_that_is_not_late_or_called_off_are_not_counted(app: Flask, office: Office) -> None:
    with app.test_request_context():
        begin_late_batch(office, clock.business_today())
        in_time = waits(app, office).launch_items
        with transaction() as session:
            actor, late = office.actor(office.planner), clock.business_today() - timedelta(days=9)
            batch = begin_batch(session, office.project.id, actor=actor, name="C", planned_on=late)
            call_off_batch(session, batch, actor=actor)

    assert (in_time, waits(app, office).launch_items) == (0, 0)


def test_offered_unit_waits_for_the_rep_of_the_customer_alone(app: Flask, office: Office) -> None:
    with app.test_request_context():
        offer_first_unit(office)

    people = (office.rep, office.other_rep, office.manager)
    assert [waits_for(app, office, user, SectionKey.OFFERED) for user in people] == [1, 0, 1]


def offer_first_unit(office: Office) -> None:
    unit, other = office.units[0], office.actor(office.other_rep)
    with transaction() as session:
        hold = place_hold(session, unit, actor=other, minutes=10)
        buyer = make_buyer(session, office)
        join_waiting_list(session, unit, actor=office.actor(office.rep), customer_id=buyer.id)
        release_hold(session, hold, actor=other)
        offer_unit(session, unit.id)


def waiting_of(browser: FlaskClient) -> str:
    return browser.get("/").text.partition('<ul class="waiting">')[2].partition("</ul>")[0]
