"""The pricing engine once more, slowly and by another route: exact fractions all the way, tables read line by line.

It shares the shapes of plan and unit with the engine and nothing else. Bounds are found by trying prices, the base by
sorting the bases at which a unit meets a bound and looking between which two of them the target lies.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor

from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.priceplans.rules import Factor, PlanTerms, PlanUnit
from salesoffice.pricing.enums import PriceBasis
from tests.priceplans.plans import Plan

HALF = Fraction(1, 2)
READ: dict[FactorKind, Callable[[PlanUnit], list[str]]] = {
    FactorKind.BUILDING: lambda unit: [str(unit.building_id), ""],
    FactorKind.FLOOR: lambda unit: [unit.floor_label],
    FactorKind.LINE: lambda unit: [unit.section + "-" + unit.line, unit.line],
    FactorKind.ORIENTATION: lambda unit: [unit.orientation],
    FactorKind.VIEW: lambda unit: [unit.view],
    FactorKind.LIGHT: lambda unit: [unit.light],
    FactorKind.UNIT_TYPE: lambda unit: [unit.unit_type],
}
TYPED: dict[PriceBasis, Callable[[PlanUnit], object]] = {
    PriceBasis.GROSS: lambda unit: unit.gross_area,
    PriceBasis.INNER: lambda unit: unit.inner_area,
    PriceBasis.UNIT: lambda _unit: 1,
}


class SlowRefusal(Exception):
    """The plan cannot be counted; the code says why."""


@dataclass
class SlowUnit:
    """One priced unit: figure = coefficient × base + difference, between its bounds."""

    unit: PlanUnit
    area: Fraction
    coefficient: Fraction
    difference: Fraction
    lower: int | None
    upper: int | None
    step: int

    def held(self, base: Fraction) -> Fraction:
        """Return the figure at a base, held by its bounds."""
        figure = self.coefficient * base + self.difference
        if self.lower is not None and figure < self.lower:
            return Fraction(self.lower)
        if self.upper is not None and figure > self.upper:
            return Fraction(self.upper)
        return figure


@dataclass
class SlowResult:
    """What the engine must say too, to the fen."""

    rows: list[tuple[int, int, int | None, int, str | None]]
    kept: list[tuple[int, int | None, int]]
    unpriced: list[tuple[int, str]]
    off_step: list[int]
    total: int
    average: int | None
    target_total: int | None
    residual: int
    rounding_moved: int
    problem: str | None


def count_slowly(plan: Plan) -> SlowResult:
    """Count a plan; SlowRefusal where it cannot be."""
    terms = plan.terms
    result = SlowResult([], [], [], [], 0, None, None, 0, 0, None)
    priced: list[SlowUnit] = []
    for unit in plan.units:
        raw = TYPED[terms.basis](unit)
        area = None if raw is None else Fraction(str(raw))
        if unit.kept_total is not None:
            unit_price = None if area is None else nearest(unit.kept_total / area)
            result.kept.append((unit.unit_id, unit_price, unit.kept_total))
        elif area is None:
            result.unpriced.append((unit.unit_id, "area_missing"))
        elif unit.floor_number is None and list(stairs(plan, unit)):
            result.unpriced.append((unit.unit_id, "floor_unknown"))
        else:
            sort_one(plan, unit, area, priced, result)
    base = choose_base(terms, priced, result)
    for one in priced:
        result.rows.append(round_one(terms, one, base))
    sum_up(terms, priced, base, result)
    return result


def sort_one(plan: Plan, unit: PlanUnit, area: Fraction, priced: list[SlowUnit], result: SlowResult) -> None:
    """Add a unit to those that are priced, unless no price fits its bounds."""
    terms = plan.terms
    step = terms.rounding_step
    lower, upper = find_bounds(terms, unit, area, step)
    if lower is not None and upper is not None and lower > upper:
        step = 1
        lower, upper = find_bounds(terms, unit, area, step)
        if lower is not None and upper is not None and lower > upper:
            result.unpriced.append((unit.unit_id, "bounds_contradict"))
            return
        if terms.rounding_step != 1:
            result.off_step.append(unit.unit_id)
    coefficient, difference = price_of_one(plan, unit)
    times = area if terms.rounding_target is RoundingTarget.TOTAL else Fraction(1)
    priced.append(SlowUnit(unit, area, coefficient * times, difference * times, lower, upper, step))


def price_of_one(plan: Plan, unit: PlanUnit) -> tuple[Fraction, Fraction]:
    """Return the product of the coefficients and the sum of the differences of one unit."""
    uses_coefficients = plan.terms.method is not PlanMethod.DIFFERENCES
    uses_differences = plan.terms.method is not PlanMethod.COEFFICIENTS
    product, added = Fraction(1), Fraction(0)
    for kind in READ:
        factor = first_match(plan, unit, kind)
        if factor is not None and uses_coefficients and factor.coefficient is not None:
            product *= Fraction(str(factor.coefficient))
        if factor is not None and uses_differences and factor.difference is not None:
            added += factor.difference
    share, steps = climb(plan, unit)
    if uses_coefficients:
        if share <= 0:
            raise SlowRefusal("floor_steps_too_large")
        product *= share
    if uses_differences:
        added += steps
    return product, added + plan.adjustments.get(unit.unit_id, 0)


def first_match(plan: Plan, unit: PlanUnit, kind: FactorKind) -> Factor | None:
    """Return the factor of a kind for a unit: its building's own before the general one."""
    for building in (unit.building_id, None):
        for key in READ[kind](unit):
            for factor in plan.factors:
                if (factor.kind, factor.building_id, factor.key) == (kind, building, key):
                    return factor
    return None


def stairs(plan: Plan, unit: PlanUnit) -> Iterator[Factor]:
    """Yield the floor steps that hold in a unit's building."""
    steps = [factor for factor in plan.factors if factor.kind is FactorKind.FLOOR_STEP]
    own = {factor.key for factor in steps if factor.building_id == unit.building_id}
    for factor in steps:
        if factor.building_id == unit.building_id or (factor.building_id is None and factor.key not in own):
            yield factor


def climb(plan: Plan, unit: PlanUnit) -> tuple[Fraction, Fraction]:
    """Walk floor by floor from the base floor to the unit's and add up what each floor is worth."""
    share, added = Fraction(1), Fraction(0)
    if unit.floor_number is None:
        return share, added
    start, end = plan.terms.base_floor, unit.floor_number
    sign = 1 if end > start else -1
    for level in range(min(start, end) + 1, max(start, end) + 1):
        below = [factor for factor in stairs(plan, unit) if int(factor.key) <= level]
        if below:
            step = max(below, key=lambda factor: int(factor.key))
            share += sign * (Fraction(str(step.coefficient)) - 1 if step.coefficient is not None else 0)
            added += sign * (step.difference or 0)
    return share, added


def nearest(figure: Fraction) -> int:
    """Round half up."""
    return floor(figure + HALF)


def figures(terms: PlanTerms, area: Fraction, figure: int) -> tuple[int, int]:
    """Return unit price and total for a rounded figure."""
    if terms.rounding_target is RoundingTarget.TOTAL:
        return nearest(figure / area), figure
    return figure, nearest(figure * area)


def find_bounds(terms: PlanTerms, unit: PlanUnit, area: Fraction, step: int) -> tuple[int | None, int | None]:
    """Try multiples of the step until one is high enough, and until one is low enough."""

    def is_high_enough(figure: int) -> bool:
        unit_price, total = figures(terms, area, figure)
        return unit_price >= (terms.min_price or unit_price) and total >= (unit.lower_total or total)

    def is_low_enough(figure: int) -> bool:
        unit_price, total = figures(terms, area, figure)
        return unit_price <= (terms.max_price or unit_price) and total <= (unit.upper_total or total)

    by_total = terms.rounding_target is RoundingTarget.TOTAL
    price_size, total_size = (area, Fraction(1)) if by_total else (Fraction(1), 1 / area)
    lowest = [
        limit * size
        for limit, size in ((terms.min_price, price_size), (unit.lower_total, total_size))
        if limit
    ]
    highest = [
        limit * size
        for limit, size in ((terms.max_price, price_size), (unit.upper_total, total_size))
        if limit
    ]
    return search(lowest, is_high_enough, step, upwards=True), search(
        highest, is_low_enough, step, upwards=False
    )


def search(near: list[Fraction], fits: Callable[[int], bool], step: int, *, upwards: bool) -> int | None:
    """Return the first multiple of a step that fits, coming from the side where none does."""
    if not near:
        return None
    margin = 200 + step
    if upwards:
        figure = floor((max(near) - margin) / step) * step
        while not fits(figure):
            figure += step
        return figure
    figure = ceil((min(near) + margin) / step) * step
    while not fits(figure):
        figure -= step
    return figure


def choose_base(terms: PlanTerms, priced: list[SlowUnit], result: SlowResult) -> Fraction:
    """Return the base, and note in the result why it misses the target."""
    if terms.target_price is None:
        return Fraction(terms.base_price or 0)
    if not priced:
        result.problem = "no_units"
        return Fraction(1)
    wanted = terms.target_price * sum(one.area for one in priced) / Fraction(str(terms.blended_discount))

    def list_total(base: Fraction) -> Fraction:
        by_total = terms.rounding_target is RoundingTarget.TOTAL
        return sum((one.held(base) * (1 if by_total else one.area) for one in priced), Fraction(0))

    meets = sorted(
        (bound - one.difference) / one.coefficient
        for one in priced
        for bound in (one.lower, one.upper)
        if bound is not None
    )
    base, result.problem = between(meets, list_total, wanted)
    if base <= 0:
        raise SlowRefusal("base_not_positive")
    return base


def between(
    meets: list[Fraction], list_total: Callable[[Fraction], Fraction], wanted: Fraction
) -> tuple[Fraction, str | None]:
    """Find the two neighbours between which the target lies; between them the total is a straight line."""
    first, last = (meets[0], meets[-1]) if meets else (Fraction(0), Fraction(0))
    ends = [first - 1, *meets, last + 1]
    if list_total(ends[0]) == list_total(first) and wanted < list_total(first):
        return first, "too_low"
    if list_total(ends[-1]) == list_total(last) and wanted > list_total(last):
        return last, "too_high"
    for low, high in pairwise(ends):
        if low < high and list_total(low) <= wanted <= list_total(high):
            return straight(low, high, list_total, wanted), None
    low, high = (ends[0], first) if wanted < list_total(first) else (last, ends[-1])
    return straight(low, high, list_total, wanted), None


def straight(
    low: Fraction, high: Fraction, list_total: Callable[[Fraction], Fraction], wanted: Fraction
) -> Fraction:
    """Return where the straight line through two bases meets the target."""
    rise = list_total(high) - list_total(low)
    return low + (wanted - list_total(low)) * (high - low) / rise if rise else low


def round_one(
    terms: PlanTerms, one: SlowUnit, base: Fraction
) -> tuple[int, int, int | None, int, str | None]:
    """Return id, unit price, other unit price, total and the bound that holds it."""
    figure = one.held(base)
    free = one.coefficient * base + one.difference
    bound = "lower" if figure > free else "upper" if figure < free else None
    count = figure / one.step
    ways = {
        RoundingMode.DOWN: floor(count),
        RoundingMode.UP: ceil(count),
        RoundingMode.HALF_UP: nearest(count),
    }
    unit_price, total = figures(terms, one.area, ways[terms.rounding_mode] * one.step)
    if unit_price <= 0 or total <= 0:
        raise SlowRefusal("price_not_positive")
    other = one.unit.inner_area if terms.basis is PriceBasis.GROSS else one.unit.gross_area
    other_price = None if other is None else nearest(total / Fraction(str(other)))
    return one.unit.unit_id, unit_price, other_price, total, bound


def sum_up(terms: PlanTerms, priced: list[SlowUnit], base: Fraction, result: SlowResult) -> None:
    """Fill in the foot of the plan."""
    area = sum((one.area for one in priced), Fraction(0))
    exact = sum(
        (
            one.held(base) * (1 if terms.rounding_target is RoundingTarget.TOTAL else one.area)
            for one in priced
        ),
        Fraction(0),
    )
    result.total = sum(row[3] for row in result.rows)
    result.average = nearest(result.total / area) if area else None
    result.rounding_moved = result.total - nearest(exact)
    if terms.target_price is not None:
        result.target_total = nearest(terms.target_price * area)
        paid = nearest(result.total * Fraction(str(terms.blended_discount)))
        result.residual = paid - result.target_total
