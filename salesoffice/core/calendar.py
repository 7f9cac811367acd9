"""Months, weeks and working days of the office."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import chinese_calendar

_SATURDAY = 5
_NO_OVERRIDES: Mapping[date, bool] = MappingProxyType({})


def add_months(day: date, months: int) -> date:
    """Return the day `months` later (or earlier); count every step from the event date, not from the last step.

    A day that the target month does not have becomes its last day, and the last day of a month stays the
    last day: 31 January + 1 = 28 or 29 February, 30 April + 1 = 31 May.
    """
    year, index = divmod(day.year * 12 + day.month - 1 + months, 12)
    last = monthrange(year, index + 1)[1]
    is_last = day.day == monthrange(day.year, day.month)[1]
    return date(year, index + 1, last if is_last else min(day.day, last))


def week_start(day: date) -> date:
    """Return the Monday of the week."""
    return day - timedelta(days=day.weekday())


def month_start(day: date) -> date:
    """Return the first day of the month."""
    return day.replace(day=1)


def year_start(day: date) -> date:
    """Return 1 January of the year."""
    return day.replace(month=1, day=1)


def is_working_day(day: date, overrides: Mapping[date, bool] = _NO_OVERRIDES) -> bool:
    """Tell whether people work on a day in China, with public holidays and the days worked in exchange.

    `overrides` are the office's own decisions and win (True = working day). For years whose holidays have
    not been published Monday to Friday are working days.
    """
    if day in overrides:
        return overrides[day]
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < _SATURDAY
