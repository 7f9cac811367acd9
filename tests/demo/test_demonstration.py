"""The demonstration office: everything of a launch is in it, and its figures hold together."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select

from salesoffice.cli import main
from salesoffice.core import clock
from salesoffice.dailylog.enums import DailyLogState
from salesoffice.dailylog.models import DailyLog
from salesoffice.demo.founding import found_office
from salesoffice.demo.history import write_history
from salesoffice.demo.pictures import draw_floor_plan
from salesoffice.infra.db import db
from salesoffice.inventory.enums import BatchState
from salesoffice.inventory.models import Permit, ReleaseBatch
from salesoffice.launch.queries import collect_facts, list_items
from salesoffice.pricing.models import PriceVersion
from salesoffice.reservations.enums import WaitingState
from salesoffice.reservations.models import WaitingEntry

DAYS = 2


@pytest.fixture
def demonstration(app: Flask) -> Flask:
    today = clock.business_today()
    first_day = today - timedelta(days=DAYS)
    with app.test_request_context(base_url="http://127.0.0.1"):
        office = found_office(first_day, say=print)
        write_history(office, first_day, today, say=print)
    return app


def test_demonstration_shows_every_part_of_a_launch(demonstration: Flask) -> None:
    with demonstration.test_request_context():
        session = db.session()
        versions = session.execute(
            select(PriceVersion.number, PriceVersion.state).order_by(PriceVersion.number)
        )
        states = [(number, state.value) for number, state in versions]
        batches = session.scalars(select(ReleaseBatch).order_by(ReleaseBatch.id)).all()
        published = [
            permit.published_on is not None for permit in session.scalars(select(Permit).order_by(Permit.id))
        ]
        waiting = dict(
            session.execute(select(WaitingEntry.state, func.count()).group_by(WaitingEntry.state)).all()
        )
        lines = list_items(session, batches[1], collect_facts(session, batches[1]))

    assert states == [(1, "superseded"), (2, "superseded"), (3, "in_force"), (4, "submitted")]
    assert [(batch.state, batch.launched_unit_count) for batch in batches] == [
        (BatchState.LAUNCHED, 306),
        (BatchState.PLANNED, None),
    ]
    assert published == [True, False]
    assert waiting == {WaitingState.WAITING: 3, WaitingState.OFFERED: 1}
    assert (len(lines), sum(line.state.is_late for line in lines)) == (17, 2)


def test_every_past_day_of_the_demonstration_is_closed_and_nothing_is_broken(demonstration: Flask) -> None:
    with demonstration.test_request_context():
        closed = db.session().scalar(select(func.count()).where(DailyLog.state == DailyLogState.CLOSED))
    result = CliRunner().invoke(main, ["verify"], obj=demonstration)

    assert (closed, result.exit_code) == (DAYS, 0)


@pytest.mark.parametrize("layout", ["一室一厅", "三室两厅一卫", "四室两厅两卫"])
def test_floor_plans_are_pictures(layout: str) -> None:
    data = draw_floor_plan("A户型", layout)

    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert len(data) < 100_000
