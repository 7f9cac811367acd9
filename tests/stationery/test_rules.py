"""The numbers of a run, and when to order again."""

import pytest

from salesoffice.core.errors import InvalidInput
from salesoffice.stationery.rules import RunNumbers, check_run, needs_reorder


def test_numbers_are_written_with_their_digits() -> None:
    numbers = RunNumbers("HT-", 98, 101, 4)

    assert numbers.list_numbers() == ["HT-0098", "HT-0099", "HT-0100", "HT-0101"]


@pytest.mark.parametrize(
    ("numbers", "field"),
    [
        (RunNumbers("", 5, 4, 3), "last"),
        (RunNumbers("", 1, 5_001, 6), "last"),
        (RunNumbers("", 1, 1_000, 3), "digits"),
        (RunNumbers("", 1, 2, 13), "digits"),
    ],
)
def test_run_that_is_none_is_refused(numbers: RunNumbers, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_run(numbers)

    assert [problem.field for problem in refusal.value.errors] == [field]


def test_run_of_5000_is_taken() -> None:
    check_run(RunNumbers("", 1, 5_000, 4))


@pytest.mark.parametrize(
    ("left", "last_run", "is_low"),
    [(19, 10, True), (20, 200, False), (20, 201, True), (499, 5_000, True), (500, 5_000, False)],
)
def test_order_again_below_20_or_a_tenth_of_the_last_run(left: int, last_run: int, *, is_low: bool) -> None:
    assert needs_reorder(left, last_run) is is_low
