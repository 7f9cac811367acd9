"""Decisions about holds and subscription agreements."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError, FieldProblem, InvalidInput, WrongState
from salesoffice.core.money import format_yuan
from salesoffice.pricing.enums import DiscountKind
from salesoffice.pricing.rules import (
    DiscountInvalid,
    DiscountStep,
    Limits,
    PriceLayers,
    StepResult,
    apply_discounts,
    check_price_layers,
)

LEGAL_DEPOSIT_RATE = Decimal("0.2")
"""The law's limit of a deposit (定金): 20 % of the price; a project may set a lower one."""

MAX_SIGN_BY_DAYS = 366
MAX_DISCOUNT_STEPS = 5
MAX_BUYERS = 10
MAX_ACCESSORIES = 10


class HoldLimit(DomainError):
    """A hold would last longer than the office allows."""

    def __init__(self, max_minutes: int) -> None:
        message = _l(
            "This unit has been held for the longest time allowed, %(minutes)s minutes.", minutes=max_minutes
        )
        super().__init__(message, code="hold_limit", max_minutes=max_minutes)


class HoldCountReached(DomainError):
    """The rep already holds as many units as the office allows."""

    def __init__(self, limit: int) -> None:
        message = _l(
            "You already hold %(count)s units, which is the limit. Release one of them first.", count=limit
        )
        super().__init__(message, code="hold_limit", limit=limit)


class HoldExpired(WrongState):
    """The time of the hold has passed; the unit is free for everybody."""

    def __init__(self) -> None:
        super().__init__(_l("This hold has expired. Hold the unit again if it is still free."))


class OrderExpired(WrongState):
    """The time of the provisional order has passed; the unit is free for everybody."""

    def __init__(self) -> None:
        super().__init__(
            _l("This provisional order has run out. Hold or order the unit again if it is still free.")
        )


class PriceNotApproved(DomainError):
    """The unit has no price in force."""

    def __init__(self) -> None:
        message = _l("This unit has no price in force. Ask the sales manager to approve one.")
        super().__init__(message, code="price_not_approved")


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
        message = _l("The last day for signing lies between the day of the subscription and a year after it.")
        super().__init__(
            message, code="sign_by_invalid", status=422, errors=[FieldProblem("sign_by", message)]
        )


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


def latest_expiry(
    now: datetime, max_minutes: int, previous_end: datetime | None, previous_latest: datetime | None
) -> datetime:
    """Return the moment beyond which a hold placed now can never last.

    It is `max_minutes` from the first placing. Somebody who held the same unit and whose hold ended less than
    `max_minutes` ago is still within that first placing: its limit stays (office rule, so that nobody keeps a unit
    for ever by holding it again and again).
    """
    lifetime = timedelta(minutes=max_minutes)
    if previous_end is not None and previous_latest is not None and now - previous_end < lifetime:
        return previous_latest
    return now + lifetime


def price_deal(
    list_total: int,
    area: Decimal | None,
    discounts: Sequence[DiscountStep],
    *,
    before: Sequence[DiscountStep] = (),
    limits: Limits | None = None,
) -> tuple[tuple[StepResult, ...], int]:
    """Return the discount steps with their results, and the deal price (fen).

    `area` is the area the price is counted by (m²), `before` the steps of discount schemes, which come first. Refused:
    more than five free steps and a step per m² without an area with DiscountInvalid, and what apply_discounts and
    check_price_layers refuse.
    """
    if len(discounts) > MAX_DISCOUNT_STEPS:
        raise DiscountInvalid(_l("At most %(count)s discount steps are possible.", count=MAX_DISCOUNT_STEPS))
    if area is None and any(step.kind is DiscountKind.PER_AREA for step in discounts):
        raise DiscountInvalid(_l("The area of this unit is not known, so nothing can be taken off per m²."))
    results = apply_discounts(list_total, area or Decimal(0), [*before, *discounts])
    total = results[-1].after if results else list_total
    known = limits or Limits()
    layers = PriceLayers(total, known.filed, list_total, known.project_floor, known.group_floor)
    check_price_layers(layers)
    return results, total


def deposit_limit(total: int, max_rate: Decimal) -> int:
    """Return the largest deposit for a price (fen): the project's rate, never more than the law's 20 %."""
    return int(total * min(max_rate, LEGAL_DEPOSIT_RATE))


def check_signing_days(signed_on: date, sign_by_day: date, today: date) -> None:
    """Refuse a subscription signed after today, and a last day for signing before it or more than a year later."""
    if signed_on > today:
        message = _l("The day of the subscription must not be after today.")
        raise InvalidInput(message, [FieldProblem("signed_on", message)], code="signed_on_invalid")
    if sign_by_day < signed_on or (sign_by_day - signed_on).days > MAX_SIGN_BY_DAYS:
        raise SignByInvalid


def check_deposit(deposit: int, total: int, max_rate: Decimal) -> None:
    """Refuse a deposit (定金, fen) above `max_rate` of the price with DepositTooHigh; the law says 20 %.

    A deposit of zero or less is refused with DepositInvalid.
    """
    if deposit <= 0:
        raise DepositInvalid
    if deposit > total * max_rate:
        raise DepositTooHigh(deposit, deposit_limit(total, max_rate))


def sign_by(signed_on: date, days: int) -> date:
    """Return the last day for signing the contract, `days` after the subscription."""
    if days < 0:
        raise SignByInvalid
    return signed_on + timedelta(days=days)


class OthersWait(DomainError):
    """Somebody waits for the unit; it goes to the first on the list."""

    def __init__(self, count: int) -> None:
        message = _l(
            "Customers are waiting for this unit; it is offered to the first of them. Put your customer on the list."
        )
        super().__init__(message, code="unit_taken", waiting=count)


class NothingToWaitFor(WrongState):
    """The unit is free: it can be held at once."""

    def __init__(self) -> None:
        super().__init__(_l("This unit is free and nobody waits for it. Hold it now."))


class WaitsAlready(DomainError):
    """The customer is on the list of this unit already."""

    def __init__(self) -> None:
        message = _l("This customer is on the waiting list of this unit already.")
        super().__init__(message, code="waiting_already")
