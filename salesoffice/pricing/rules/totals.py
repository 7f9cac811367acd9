"""What a price consists of, its basis, and the foot of a sheet. All amounts are fen."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from salesoffice.core.money import price_of, unit_price_of
from salesoffice.pricing.enums import PriceBasis


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
class PriceTotals:
    """The foot of a price sheet: units, areas (m²), sum (fen), weighted average (fen per m² of gross area)."""

    count: int
    gross_area: Decimal
    inner_area: Decimal
    amount: int
    average: int | None


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
