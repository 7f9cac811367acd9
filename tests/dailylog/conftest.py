"""The scripted days, and closing them."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from salesoffice.dailylog.documents import close_day
from salesoffice.dailylog.models import DailyLog
from tests.factories.day import FIRST_DAY, Days, live_friday, live_thursday, open_office

CloseDay = Callable[..., DailyLog]


@pytest.fixture
def days(app: Flask) -> Days:
    """The office as it opened, nothing sold yet."""
    return open_office(app)


@pytest.fixture
def close(days: Days) -> CloseDay:
    """Close a day at 18:30 by the assistant, or at another moment."""

    def close_one(day: date, *, on: date | None = None, hour: int = 18, minute: int = 30) -> DailyLog:
        with days.at(on or day, hour, minute) as session:
            return close_day(session, days.office.project, day, actor=days.actor(days.office.assistant))

    return close_one


@pytest.fixture
def friday(days: Days, close: CloseDay) -> Days:
    """Thursday closed, Friday lived and still open."""
    live_thursday(days)
    close(FIRST_DAY)
    live_friday(days)
    return days
