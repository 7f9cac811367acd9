"""Discounts: an ordered list of steps, each printed with its result. All amounts are fen."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import rate_of, round_fen
from salesoffice.pricing.enums import DiscountKind

_HUNDRED = Decimal(100)


class DiscountInvalid(DomainError):
    """A discount step has a value that its kind does not allow."""

    def __init__(self, message: LazyString) -> None:
        super().__init__(message, code="discount_invalid", status=422)


class DiscountTooLarge(DomainError):
    """The discounts leave nothing of the price."""

    def __init__(self, name: str) -> None:
        message = _l("The discount “%(name)s” leaves nothing of the price.", name=name)
        super().__init__(message, code="discount_too_large", status=422)


@dataclass(frozen=True)
class DiscountStep:
    """One step of a discount.

    `value` by kind: PERCENTAGE the factor of the price so far that is left to pay (0.98); POINTS points off
    the list price (2 = two per cent of the list total); PER_AREA fen per m²; AMOUNT fen.
    """

    kind: DiscountKind
    value: Decimal
    name: str


@dataclass(frozen=True)
class StepResult:
    """A discount step with the total before and after it, as agreements print it."""

    step: DiscountStep
    before: int
    after: int


def apply_discounts(list_total: int, area: Decimal, steps: Iterable[DiscountStep]) -> tuple[StepResult, ...]:
    """Apply discount steps in their order; the price after the last one is the deal price.

    `area` is the area the price is counted by (m²). Each printed result is a whole fen. Refuses a value its
    kind does not allow with DiscountInvalid, and steps that leave nothing with DiscountTooLarge.
    """
    results: list[StepResult] = []
    price = list_total
    for step in steps:
        _check_step(step)
        after = _apply_step(step, price, list_total, area)
        if after <= 0:
            raise DiscountTooLarge(step.name)
        results.append(StepResult(step, price, after))
        price = after
    return tuple(results)


def _check_step(step: DiscountStep) -> None:
    if step.kind is DiscountKind.PERCENTAGE and not 0 < step.value <= 1:
        raise DiscountInvalid(_l("A percentage leaves more than 0 and at most 100 per cent of the price."))
    if step.kind is DiscountKind.POINTS and not 0 <= step.value < _HUNDRED:
        raise DiscountInvalid(_l("Points off are at least 0 and less than 100."))
    if step.value < 0:
        raise DiscountInvalid(_l("A discount must not be negative."))


def _apply_step(step: DiscountStep, price: int, list_total: int, area: Decimal) -> int:
    if step.kind is DiscountKind.PERCENTAGE:
        return rate_of(price, step.value)
    if step.kind is DiscountKind.POINTS:
        return price - rate_of(list_total, step.value / _HUNDRED)
    if step.kind is DiscountKind.PER_AREA:
        return price - round_fen(step.value * area)
    return price - round_fen(step.value)
