"""Months, weeks and working days."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.core.calendar import add_months, is_working_day, month_start, week_start, year_start

SHARED_DATA = Path(os.environ.get("SALESOFFICE_SHARED_DATA") or Path(__file__).parents[3] / "shared" / "data")
HOLIDAYS = SHARED_DATA / "vectors" / "cn_holidays_2018_2026.csv"


@pytest.mark.parametrize(
    ("day", "months", "result"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 1, 31), 2, date(2026, 3, 31)),
        (date(2026, 1, 30), 1, date(2026, 2, 28)),
        (date(2028, 1, 30), 1, date(2028, 2, 29)),
        (date(2026, 2, 28), 1, date(2026, 3, 31)),
        (date(2028, 2, 28), 1, date(2028, 3, 28)),
        (date(2026, 4, 30), 1, date(2026, 5, 31)),
        (date(2026, 11, 23), 2, date(2027, 1, 23)),
        (date(2026, 12, 15), 12, date(2027, 12, 15)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 1, 15), -1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_add_months_keeps_day_or_last_day(day: date, months: int, result: date) -> None:
    moved = add_months(day, months)

    assert moved == result


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2100, 1, 1)), st.integers(-240, 240))
def test_add_months_lands_in_the_month_counted(day: date, months: int) -> None:
    moved = add_months(day, months)

    assert moved.year * 12 + moved.month == day.year * 12 + day.month + months


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 26), date(2026, 11, 29)])
def test_week_starts_on_monday(day: date) -> None:
    start = week_start(day)

    assert start == date(2026, 11, 23)


def test_month_and_year_start_on_their_first_day() -> None:
    starts = (month_start(date(2026, 11, 23)), year_start(date(2026, 11, 23)))

    assert starts == (date(2026, 11, 1), date(2026, 1, 1))


def test_working_days_agree_with_published_holidays() -> None:
    if not HOLIDAYS.exists():
        pytest.skip("the shared data with the published holidays is not here; set SALESOFFICE_SHARED_DATA")
    with HOLIDAYS.open(encoding="utf-8-sig", newline="") as lines:
        published = {
            date.fromisoformat(row["date"]): row["is_off_day"] == "False" for row in csv.DictReader(lines)
        }

    judged = {day: is_working_day(day) for day in published}

    assert len(published) > 200
    assert judged == published


@pytest.mark.parametrize(("day", "is_working"), [(date(2099, 1, 2), True), (date(2099, 1, 3), False)])
def test_working_day_of_unpublished_year_is_by_weekday(day: date, *, is_working: bool) -> None:
    result = is_working_day(day)

    assert result is is_working


def test_working_day_decided_by_the_office_wins() -> None:
    overrides = {date(2026, 10, 1): True, date(2026, 11, 23): False}

    result = {day: is_working_day(day, overrides) for day in overrides}

    assert result == overrides
