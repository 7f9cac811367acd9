"""How long a hold lasts, how large a deposit may be, when to sign."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from salesoffice.reservations.rules import (
    DepositInvalid,
    DepositTooHigh,
    HoldLimit,
    HoldMinutesInvalid,
    SignByInvalid,
    check_deposit,
    hold_expiry,
    sign_by,
)

PLACED_AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("after", "minutes", "lasts"), [(0, 30, 30), (20, 30, 50), (100, 30, 120), (119, 1, 120), (0, 500, 120)]
)
def test_hold_expires_after_its_minutes_but_within_its_lifetime(after: int, minutes: int, lasts: int) -> None:
    expires_at = hold_expiry(PLACED_AT + timedelta(minutes=after), minutes, PLACED_AT, 120)

    assert expires_at == PLACED_AT + timedelta(minutes=lasts)


def test_hold_beyond_its_lifetime_is_refused() -> None:
    with pytest.raises(HoldLimit) as refusal:
        hold_expiry(PLACED_AT + timedelta(minutes=120), 10, PLACED_AT, 120)

    assert (refusal.value.code, refusal.value.status) == ("hold_limit", 409)


@pytest.mark.parametrize("minutes", [0, -5])
def test_hold_of_no_time_is_refused(minutes: int) -> None:
    with pytest.raises(HoldMinutesInvalid) as refusal:
        hold_expiry(PLACED_AT, minutes, PLACED_AT, 120)

    assert refusal.value.code == "hold_minutes_invalid"


@pytest.mark.parametrize(
    ("deposit", "total"), [(200_000_00, 1_000_000_00), (1, 1_000_000_00), (20, 100), (20, 103)]
)
def test_deposit_up_to_the_limit_passes(deposit: int, total: int) -> None:
    check_deposit(deposit, total, Decimal("0.20"))

    assert deposit * 5 <= total


@pytest.mark.parametrize(("deposit", "total"), [(200_000_01, 1_000_000_00), (21, 103), (21, 104)])
def test_deposit_above_the_limit_is_refused(deposit: int, total: int) -> None:
    with pytest.raises(DepositTooHigh) as refusal:
        check_deposit(deposit, total, Decimal("0.20"))

    assert refusal.value.code == "deposit_too_high"


@pytest.mark.parametrize("deposit", [0, -1])
def test_deposit_of_nothing_is_refused(deposit: int) -> None:
    with pytest.raises(DepositInvalid) as refusal:
        check_deposit(deposit, 1_000_000_00, Decimal("0.20"))

    assert refusal.value.code == "deposit_invalid"


@pytest.mark.parametrize(("days", "day"), [(7, date(2026, 12, 2)), (0, date(2026, 11, 25))])
def test_sign_by_counts_days_from_the_subscription(days: int, day: date) -> None:
    last_day = sign_by(date(2026, 11, 25), days)

    assert last_day == day


def test_sign_by_before_the_subscription_is_refused() -> None:
    with pytest.raises(SignByInvalid) as refusal:
        sign_by(date(2026, 11, 25), -1)

    assert refusal.value.code == "sign_by_invalid"
