"""Numbers, letters and days of registrations."""

from datetime import date

import pytest

from salesoffice.core.errors import InvalidInput
from salesoffice.registrations.rules import check_day, check_prefix, write_number


def test_number_begins_with_the_letters_of_its_category() -> None:
    assert [write_number("A", 1), write_number("商", 12_345)] == ["A0001", "商12345"]


@pytest.mark.parametrize(("typed", "kept"), [(" a ", "A"), ("VIP", "VIP"), ("住宅", "住宅")])
def test_prefix_is_kept_in_capitals(typed: str, kept: str) -> None:
    assert check_prefix(typed) == kept


@pytest.mark.parametrize("typed", ["", "A1", "A-", "ABCDEFGHI", "A B", "_"])
def test_prefix_other_than_letters_is_refused(typed: str) -> None:
    with pytest.raises(InvalidInput):
        check_prefix(typed)


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2025, 11, 21)])
def test_day_in_the_future_or_long_ago_is_refused(day: date) -> None:
    with pytest.raises(InvalidInput):
        check_day(day, date(2026, 11, 23))
