"""Between which prices a unit may lie, as whole steps of the figure that is rounded."""

from typing import NamedTuple

from salesoffice.priceplans.enums import RoundingTarget
from salesoffice.priceplans.rules.terms import PlanTerms, PlanUnit


class Bounds(NamedTuple):
    """Lowest and highest allowed value of the figure that is rounded (fen), both whole multiples of `step`."""

    lower: int | None
    upper: int | None
    step: int

    @property
    def is_empty(self) -> bool:
        """Tell whether no price fits."""
        return self.lower is not None and self.upper is not None and self.lower > self.upper


def bounds_of(terms: PlanTerms, unit: PlanUnit, area: int) -> Bounds:
    """Return the bounds of a unit's unit price or total, whichever the plan rounds; `area` is hundredths of m².

    A bound that is no whole step moves inside to the next one. Where that leaves no room the step becomes one fen;
    where even that leaves none, `is_empty`.
    """
    find = _of_unit_price if terms.rounding_target is RoundingTarget.UNIT_PRICE else _of_total
    lower, upper = find(terms, unit, area)
    step = terms.rounding_step
    inside_lower = None if lower is None else -(-lower // step) * step
    inside_upper = None if upper is None else upper // step * step
    inside = Bounds(inside_lower, inside_upper, step)
    return Bounds(lower, upper, 1) if inside.is_empty else inside


def _of_unit_price(terms: PlanTerms, unit: PlanUnit, area: int) -> tuple[int | None, int | None]:
    """Bound the unit price so that unit price × area, rounded to the fen half up, keeps the bounds of the total."""
    lower, upper = terms.min_price, terms.max_price
    if unit.lower_total is not None:
        lowest = -(-(100 * unit.lower_total - 50) // area)
        lower = lowest if lower is None or lowest > lower else lower
    if unit.upper_total is not None:
        highest = (100 * unit.upper_total + 49) // area
        upper = highest if upper is None or highest < upper else upper
    return lower, upper


def _of_total(terms: PlanTerms, unit: PlanUnit, area: int) -> tuple[int | None, int | None]:
    """Bound the total so that total ÷ area, rounded to the fen half up, keeps the bounds of the unit price."""
    lower, upper = unit.lower_total, unit.upper_total
    if terms.min_price is not None:
        lowest = -(-(2 * terms.min_price - 1) * area // 200)
        lower = lowest if lower is None or lowest > lower else lower
    if terms.max_price is not None:
        highest = ((2 * terms.max_price + 1) * area - 1) // 200
        upper = highest if upper is None or highest < upper else upper
    return lower, upper
