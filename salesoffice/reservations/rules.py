"""Decisions about holds and subscription agreements."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan, rate_of


class HoldLimit(DomainError):
    """A hold would last longer than the office allows."""

    def __init__(self, max_minutes: int) -> None:
        message = _l(
            "This unit has been held for the longest time allowed, %(minutes)s minutes.", minutes=max_minutes
        )
        super().__init__(message, code="hold_limit", max_minutes=max_minutes)


class HoldMinutesInvalid(DomainError):
    """A hold lasts at least one minute."""

    def __init__(self) -> None:
        super().__init__(_l("A hold lasts at least one minute."), code="hold_minutes_invalid", status=422)


class DepositInvalid(DomainError):
    """A subscription has a deposit larger than zero."""

    def __init__(self) -> None:
        super().__init__(_l("The deposit must be larger than zero."), code="deposit_invalid", status=422)


class DepositTooHigh(DomainError):
    """The deposit is above the legal share of the price."""

    def __init__(self, deposit: int, limit: int) -> None:
        message = _l(
            "The deposit of %(deposit)s yuan is above the limit of %(limit)s yuan for this price.",
            deposit=format_yuan(deposit),
            limit=format_yuan(limit),
        )
        super().__init__(message, code="deposit_too_high", deposit=deposit, limit=limit)


class SignByInvalid(DomainError):
    """The last day for signing lies on or after the day of the subscription."""

    def __init__(self) -> None:
        message = _l("The last day for signing must not be before the day of the subscription.")
        super().__init__(message, code="sign_by_invalid", status=422)


def hold_expiry(now: datetime, minutes: int, first_placed_at: datetime, max_minutes: int) -> datetime:
    """Return when a hold placed or extended at `now` expires (aware moments).

    It lasts `minutes` from now, but never beyond `max_minutes` after the hold was first placed. Refuses with
    HoldLimit when that moment has come, with HoldMinutesInvalid a time of less than a minute.
    """
    if minutes < 1:
        raise HoldMinutesInvalid
    latest = first_placed_at + timedelta(minutes=max_minutes)
    if now >= latest:
        raise HoldLimit(max_minutes)
    return min(now + timedelta(minutes=minutes), latest)


def check_deposit(deposit: int, total: int, max_rate: Decimal) -> None:
    """Refuse a deposit (定金, fen) above `max_rate` of the price with DepositTooHigh; the law says 20 %.

    A deposit of zero or less is refused with DepositInvalid.
    """
    if deposit <= 0:
        raise DepositInvalid
    if deposit > total * max_rate:
        raise DepositTooHigh(deposit, rate_of(total, max_rate))


def sign_by(signed_on: date, days: int) -> date:
    """Return the last day for signing the contract, `days` after the subscription."""
    if days < 0:
        raise SignByInvalid
    return signed_on + timedelta(days=days)
