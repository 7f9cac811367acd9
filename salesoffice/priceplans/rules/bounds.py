"""Between which prices a unit may lie, as whole steps of the figure that is rounded."""

from dataclasses import dataclass

from salesoffice.priceplans.enums import RoundingTarget
from salesoffice.priceplans.rules.terms import PlanTerms, PlanUnit


@dataclass(frozen=True, slots=True)
class Bounds:
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
    inside = Bounds(
        lower=None if lower is None else -(-lower // step) * step,
        upper=None if upper is None else upper // step * step,
        step=step,
    )
    return Bounds(lower, upper, 1) if inside.is_empty else inside


def _of_unit_price(terms: PlanTerms, unit: PlanUnit, area: int) -> tuple[int | None, int | None]:
    """Bound the unit price so that unit price × area, rounded to the fen half up, keeps the bounds of the total."""
    lowest = None if unit.lower_total is None else -(-(100 * unit.lower_total - 50) // area)
    highest = None if unit.upper_total is None else (100 * unit.upper_total + 49) // area
    return _highest(terms.min_price, lowest), _lowest(terms.max_price, highest)


def _of_total(terms: PlanTerms, unit: PlanUnit, area: int) -> tuple[int | None, int | None]:
    """Bound the total so that total ÷ area, rounded to the fen half up, keeps the bounds of the unit price."""
    lowest = None if terms.min_price is None else -(-(2 * terms.min_price - 1) * area // 200)
    highest = None if terms.max_price is None else ((2 * terms.max_price + 1) * area - 1) // 200
    return _highest(unit.lower_total, lowest), _lowest(unit.upper_total, highest)


def _highest(*figures: int | None) -> int | None:
    return max((figure for figure in figures if figure is not None), default=None)


def _lowest(*figures: int | None) -> int | None:
    return min((figure for figure in figures if figure is not None), default=None)
