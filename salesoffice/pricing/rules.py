"""Decisions about prices: ordered discounts, the basis of a total, the layers of prices. All amounts are fen."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.core.money import format_yuan, price_of, rate_of, round_fen, unit_price_of
from salesoffice.pricing.enums import DiscountKind, PriceBasis

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


class AboveFiledPrice(DomainError):
    """A list or deal price is above the filed price."""

    def __init__(self, price: int, filed: int) -> None:
        message = _l(
            "%(price)s yuan is above the filed price of %(filed)s yuan.",
            price=format_yuan(price),
            filed=format_yuan(filed),
        )
        super().__init__(message, code="above_filed_price", price=price, filed=filed)


class AboveListPrice(DomainError):
    """A deal price is above the list price."""

    def __init__(self, price: int, list_price: int) -> None:
        message = _l(
            "%(price)s yuan is above the list price of %(list_price)s yuan.",
            price=format_yuan(price),
            list_price=format_yuan(list_price),
        )
        super().__init__(message, code="above_list_price", price=price, list_price=list_price)


class BelowFloorPrice(DomainError):
    """A deal price is below the floor price and needs approval."""

    def __init__(self, price: int, floor: int) -> None:
        message = _l(
            "%(price)s yuan is below the floor price; the manager must approve it.", price=format_yuan(price)
        )
        super().__init__(message, code="below_floor_price", price=price, floor=floor)


@dataclass(frozen=True)
class PriceDraft:
    """The price of one unit as a source states it, not yet in any version.

    Unit prices are fen per m² of gross and of inner area, totals are fen; `basis` says from which area the list
    total is counted.
    """

    basis: PriceBasis
    gross_price: int | None
    inner_price: int | None
    list_total_amount: int
    filed_total_amount: int | None = None


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


@dataclass(frozen=True)
class PriceTotals:
    """The foot of a price sheet: units, areas (m²), sum (fen), weighted average (fen per m² of gross area)."""

    count: int
    gross_area: Decimal
    inner_area: Decimal
    amount: int
    average: int | None


@dataclass(frozen=True)
class PriceLayers:
    """The layers of one unit's total price that are known, from the highest to the lowest."""

    deal: int
    filed: int | None = None
    list_price: int | None = None
    project_floor: int | None = None
    group_floor: int | None = None


def is_price_possible(price: PriceDraft) -> bool:
    """Tell whether every stated figure of a price is more than zero, as every version demands."""
    figures = (price.gross_price, price.inner_price, price.list_total_amount, price.filed_total_amount)
    return all(figure is None or figure > 0 for figure in figures)


def sum_prices(units: Iterable[tuple[Decimal | None, Decimal | None, int]]) -> PriceTotals:
    """Add up units given as (gross area, inner area, total in fen).

    The average is Σ amount ÷ Σ gross area of the units whose gross area is known; None when there are none.
    """
    rows = tuple(units)
    gross_area = sum((gross for gross, _inner, _amount in rows if gross is not None), Decimal("0.00"))
    measured = sum(amount for gross, _inner, amount in rows if gross is not None)
    return PriceTotals(
        count=len(rows),
        gross_area=gross_area,
        inner_area=sum((inner for _gross, inner, _amount in rows if inner is not None), Decimal("0.00")),
        amount=sum(amount for _gross, _inner, amount in rows),
        average=unit_price_of(measured, gross_area) if gross_area else None,
    )


def unit_price_by_basis(basis: PriceBasis, gross_price: int | None, inner_price: int | None) -> int | None:
    """Return the unit price that belongs to a basis (fen per m²); a price per unit shows the one by gross area."""
    return inner_price if basis is PriceBasis.INNER else gross_price


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


def infer_basis(
    gross: Decimal | None,
    inner: Decimal | None,
    gross_unit: int | None,
    inner_unit: int | None,
    total: int,
    tolerance: int,
) -> PriceBasis | None:
    """Tell which area a stated total was counted from: area × unit price within `tolerance` (fen).

    Gross wins where it fits: in filings both unit prices come from the rounded total, so that which of two
    fitting ones is nearer says nothing. INNER means that only the inner area fits. Without any unit price
    the total itself is the price (UNIT). None when unit prices are stated and no basis fits.
    """
    if gross_unit is None and inner_unit is None:
        return PriceBasis.UNIT
    sides = ((PriceBasis.GROSS, gross, gross_unit), (PriceBasis.INNER, inner, inner_unit))
    for basis, area, unit_price in sides:
        if area is None or unit_price is None:
            continue
        if abs(price_of(unit_price, area) - total) <= tolerance:
            return basis
    return None


def check_price_layers(layers: PriceLayers) -> None:
    """Refuse prices out of order: filed ≥ list ≥ deal ≥ project floor ≥ group floor.

    Layers that are not known are not checked. Refused with AboveFiledPrice, AboveListPrice, BelowFloorPrice.
    """
    highest = max(layers.deal, layers.list_price or 0)
    if layers.filed is not None and highest > layers.filed:
        raise AboveFiledPrice(highest, layers.filed)
    if layers.list_price is not None and layers.deal > layers.list_price:
        raise AboveListPrice(layers.deal, layers.list_price)
    floors = [floor for floor in (layers.project_floor, layers.group_floor) if floor is not None]
    if floors and layers.deal < max(floors):
        raise BelowFloorPrice(layers.deal, max(floors))


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
