"""From a plan to the price of every unit. DOMAIN §6: base × Π coefficients + Σ differences, normalised, rounded once.

The manual adjustment is one more difference; then come the bounds, then the rounding. Method COEFFICIENTS ignores the
differences of factors, DIFFERENCES their coefficients; adjustments always count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from salesoffice.core.money import price_of, rate_of
from salesoffice.priceplans.enums import RoundingMode, RoundingTarget
from salesoffice.priceplans.rules.bounds import Bounds, bounds_of
from salesoffice.priceplans.rules.levelling import Line, level
from salesoffice.priceplans.rules.refusals import BaseNotPositive, PlanWithoutPrice, PriceNotPositive
from salesoffice.priceplans.rules.tables import FactorTables
from salesoffice.priceplans.rules.terms import (
    Bound,
    Factor,
    KeptUnit,
    OffStep,
    PlanResult,
    PlanTerms,
    PlanUnit,
    TargetProblem,
    UnitResult,
    Unpriced,
    UnpricedReason,
)


class Pricing(NamedTuple):
    """A unit that is priced: its area (hundredths of m²), its line and the step it is rounded to."""

    unit: PlanUnit
    area: int
    line: Line
    step: int


@dataclass(frozen=True)
class Sorted:
    """The units of a plan, sorted into those that are priced, keep their price or get none."""

    priced: tuple[Pricing, ...]
    kept: tuple[KeptUnit, ...]
    unpriced: tuple[Unpriced, ...]
    off_step: tuple[OffStep, ...]
    scale: int


def compute_plan(
    terms: PlanTerms, factors: Iterable[Factor], adjustments: Mapping[int, int], units: Iterable[PlanUnit]
) -> PlanResult:
    """Price every unit that is not kept; `adjustments` is fen per m² by unit id.

    With a target the base is the exact fraction at which Σ list totals × blended discount = target price × Σ area over
    the units being priced: units held by a bound stay there and the others make up for them. A target out of reach puts
    every unit at its bound and is reported in the result. A unit without the area of the basis, without a floor number
    where floor steps apply, or whose bounds contradict each other is unpriced with its reason.

    Refused: PlanWithoutPrice; FactorInvalid, FactorTwice, FloorStepsTooLarge; BaseNotPositive; PriceNotPositive.
    """
    sorted_units = sort_units(terms, FactorTables(terms, factors), adjustments, units)
    base, problem = find_base(terms, sorted_units)
    return _price_units(terms, sorted_units, base, problem)


def sort_units(
    terms: PlanTerms, tables: FactorTables, adjustments: Mapping[int, int], units: Iterable[PlanUnit]
) -> Sorted:
    """Tell which units are priced, and what the plan makes of each as a function of the base."""
    priced: list[Pricing] = []
    kept: list[KeptUnit] = []
    unpriced: list[Unpriced] = []
    off_step: list[OffStep] = []
    by_total = terms.rounding_target is RoundingTarget.TOTAL
    scale = tables.scale * (100 if by_total else 1)
    for unit in units:
        if unit.kept_total is not None:
            kept.append(_keep(terms, unit, unit.kept_total))
            continue
        area = hundredths(unit.area_for(terms.basis))
        if area is None:
            unpriced.append(Unpriced(unit.unit_id, unit.code, UnpricedReason.AREA_MISSING))
            continue
        bounds = bounds_of(terms, unit, area)
        obstacle = _find_obstacle(tables, unit, bounds)
        if obstacle is not None:
            unpriced.append(Unpriced(unit.unit_id, unit.code, obstacle))
            continue
        if bounds.step != terms.rounding_step:
            off_step.append(OffStep(unit.unit_id, unit.code))
        slope, difference = tables.combine(unit)
        offset = (difference + adjustments.get(unit.unit_id, 0)) * tables.scale
        times, weight = (area, 100) if by_total else (1, area)
        line = Line(slope * times, offset * times, weight, bounds.lower, bounds.upper)
        priced.append(Pricing(unit, area, line, bounds.step))
    return Sorted(tuple(priced), tuple(kept), tuple(unpriced), tuple(off_step), scale)


def find_base(terms: PlanTerms, units: Sorted) -> tuple[Fraction, TargetProblem | None]:
    """Return the base price (fen per m², exact) and why it misses the target, if it does."""
    if terms.target_price is None:
        if terms.base_price is None:
            raise PlanWithoutPrice
        base, problem = Fraction(terms.base_price), None
    elif not units.priced:
        return terms.target_price / Fraction(terms.blended_discount), TargetProblem.NO_UNITS
    else:
        area = sum(priced.area for priced in units.priced)
        wanted = terms.target_price * area / Fraction(terms.blended_discount)
        base, problem = level([priced.line for priced in units.priced], units.scale, wanted)
    if base <= 0:
        raise BaseNotPositive(round_half_up(base))
    return base, problem


def round_half_up(value: Fraction) -> int:
    """Round an exact figure to the next integer, halves away from zero."""
    rounded = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return rounded if value >= 0 else -rounded


def hundredths(area: Decimal | None) -> int | None:
    """Return an area in hundredths of m², None for none; more than two decimals are refused with ValueError."""
    if not area:
        return None
    scaled = area.scaleb(2)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{area} has more than two decimals")
    return int(scaled)


def _keep(terms: PlanTerms, unit: PlanUnit, total: int) -> KeptUnit:
    return KeptUnit(unit.unit_id, unit.code, _divide(total, hundredths(unit.area_for(terms.basis))), total)


def _find_obstacle(tables: FactorTables, unit: PlanUnit, bounds: Bounds) -> UnpricedReason | None:
    if tables.needs_floor(unit):
        return UnpricedReason.FLOOR_UNKNOWN
    return UnpricedReason.BOUNDS_CONTRADICT if bounds.is_empty else None


def _price_units(
    terms: PlanTerms, units: Sorted, base: Fraction, problem: TargetProblem | None
) -> PlanResult:
    rows = []
    exact_sum = held_sum = 0
    bottom = units.scale * base.denominator
    for priced in units.priced:
        line = priced.line
        figure = base.numerator * line.slope + line.offset * base.denominator
        bound = bound_at(line, figure, bottom)
        held = line.lower if bound == "lower" else line.upper
        if bound is None or held is None:
            exact_sum += line.weight * figure
            held = round_to(figure, bottom, priced.step, terms.rounding_mode)
        else:
            held_sum += line.weight * held
        rows.append(_row(terms, priced, held, bound))
    exact = (Fraction(exact_sum, bottom) + held_sum) / 100
    return _sum_up(terms, units, tuple(rows), base, exact, problem)


def bound_at(line: Line, figure: int, bottom: int) -> Bound | None:
    """Tell which bound holds the figure `figure` ÷ `bottom`; None when it lies between them or on one."""
    if line.lower is not None and figure < line.lower * bottom:
        return "lower"
    if line.upper is not None and figure > line.upper * bottom:
        return "upper"
    return None


def round_to(figure: int, bottom: int, step: int, mode: RoundingMode) -> int:
    """Round `figure` ÷ `bottom` to a multiple of `step` (fen)."""
    whole = bottom * step
    match mode:
        case RoundingMode.DOWN:
            return figure // whole * step
        case RoundingMode.UP:
            return -(-figure // whole) * step
        case RoundingMode.HALF_UP:
            return (2 * figure + whole) // (2 * whole) * step


def _row(terms: PlanTerms, priced: Pricing, figure: int, bound: Bound | None) -> UnitResult:
    unit, area = priced.unit, priced.area
    if terms.rounding_target is RoundingTarget.TOTAL:
        total, unit_price = figure, (200 * figure + area) // (2 * area)
    else:
        total, unit_price = (figure * area + 50) // 100, figure
    if total <= 0 or unit_price <= 0:
        raise PriceNotPositive(unit.code)
    other = _divide(total, hundredths(unit.other_area_for(terms.basis)))
    return UnitResult(unit.unit_id, unit.code, unit_price, other, total, bound)


def _divide(total: int, area: int | None) -> int | None:
    """Return a total ÷ an area in hundredths of m², rounded to the fen half up; None without an area."""
    return (200 * total + area) // (2 * area) if area else None


def _sum_up(
    terms: PlanTerms,
    units: Sorted,
    rows: tuple[UnitResult, ...],
    base: Fraction,
    exact: Fraction,
    problem: TargetProblem | None,
) -> PlanResult:
    total = sum(row.total for row in rows)
    hundredths_sum = sum(priced.area for priced in units.priced)
    area = Decimal(hundredths_sum).scaleb(-2)
    target = None if terms.target_price is None else price_of(terms.target_price, area)
    return PlanResult(
        rows=rows,
        kept=units.kept,
        unpriced=units.unpriced,
        off_step=units.off_step,
        base=base,
        total=total,
        area=area,
        average=_divide(total, hundredths_sum),
        target_total=target,
        residual=0 if target is None else rate_of(total, terms.blended_discount) - target,
        rounding_moved=total - round_half_up(exact),
        is_target_met=problem is None,
        target_problem=problem,
    )
