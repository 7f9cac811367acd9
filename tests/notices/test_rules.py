"""The two clocks."""

from datetime import date

import pytest

from salesoffice.core.errors import InvalidInput, WrongState
from salesoffice.notices.enums import ANSWER_STEPS, BuyerAnswer, DeliveryState
from salesoffice.notices.rules import (
    answer_by,
    check_answer,
    check_notice,
    derive_state,
    is_silent,
    notify_by,
)

DAY = date(2026, 5, 20)


def test_last_days_are_counted_from_decision_and_telling() -> None:
    assert notify_by(DAY, 10) == date(2026, 5, 30)
    assert answer_by(date(2026, 5, 30), 15) == date(2026, 6, 14)


@pytest.mark.parametrize(
    ("today", "expected"), [(date(2026, 6, 14), False), (date(2026, 6, 15), True), (date(2027, 1, 1), True)]
)
def test_silence_counts_from_the_day_after_the_last(today: date, *, expected: bool) -> None:
    assert is_silent(date(2026, 5, 30), 15, today) is expected


def test_who_was_not_told_is_not_silent() -> None:
    assert not is_silent(None, 15, date(2027, 1, 1))


@pytest.mark.parametrize(
    ("notified_on", "answer", "today", "state"),
    [
        (None, BuyerAnswer.NONE, date(2026, 5, 30), DeliveryState.TO_NOTIFY),
        (None, BuyerAnswer.NONE, date(2026, 5, 31), DeliveryState.NOTIFY_LATE),
        (DAY, BuyerAnswer.NONE, date(2026, 5, 31), DeliveryState.WAITING),
        (DAY, BuyerAnswer.SILENT, date(2026, 7, 1), DeliveryState.ANSWERED),
    ],
)
def test_state_is_derived_from_the_days(
    notified_on: date | None, answer: BuyerAnswer, today: date, state: DeliveryState
) -> None:
    assert derive_state(notified_on, answer, date(2026, 5, 30), today) is state


@pytest.mark.parametrize("current", BuyerAnswer)
@pytest.mark.parametrize("wanted", BuyerAnswer)
def test_answer_follows_the_table_and_silence_is_never_entered(
    current: BuyerAnswer, wanted: BuyerAnswer
) -> None:
    try:
        check_answer(current, wanted)
        is_taken = True
    except WrongState:
        is_taken = False

    assert is_taken is (wanted in ANSWER_STEPS[current] and wanted is not BuyerAnswer.SILENT)


@pytest.mark.parametrize(
    ("title", "body", "days"),
    [
        ("", "x", (10, 15)),
        ("x", "", (10, 15)),
        ("x" * 121, "x", (10, 15)),
        ("x", "x", (0, 15)),
        ("x", "x", (10, 91)),
    ],
)
def test_notice_that_cannot_be_is_refused(title: str, body: str, days: tuple[int, int]) -> None:
    with pytest.raises(InvalidInput):
        check_notice(title, body, "", days)
