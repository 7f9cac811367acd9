"""Why a unit has its price: each intermediate figure, in the order in which the engine counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import Text
from salesoffice.core.labels import LabelledEnum
from salesoffice.priceplans.enums import FactorKind, RoundingTarget
from salesoffice.priceplans.rules.engine import Pricing, bound_at, round_half_up, round_to, sort_units
from salesoffice.priceplans.rules.tables import MILLION, FactorTables
from salesoffice.priceplans.rules.terms import Factor, PlanTerms, PlanUnit


class StepKind(LabelledEnum):
    """What happens in one step of a price."""

    BASE = "base", _l("Base price")
    FACTOR = "factor", _l("Factor")
    ADJUSTMENT = "adjustment", _l("Manual adjustment")
    AREA = "area", _l("Unit price × area")
    LOWER = "lower", _l("Raised to the lowest allowed price")
    UPPER = "upper", _l("Lowered to the highest allowed price")
    ROUNDING = "rounding", _l("Rounding")


@dataclass(frozen=True)
class PriceStep:
    """One step: what it is called, what it does, and the figure before and after it (fen, rounded half up for show).

    Up to the step AREA the figures are unit prices, from there on totals. `coefficient` and `difference` (fen per m²)
    say what a factor or an adjustment does; `factor_kind` and `key` say which one it is.
    """

    kind: StepKind
    label: Text
    before: int
    after: int
    coefficient: Decimal | None = None
    difference: int | None = None
    factor_kind: FactorKind | None = None
    key: str = ""


def explain_price(
    terms: PlanTerms, factors: Iterable[Factor], adjustment: int, unit: PlanUnit, base: Fraction
) -> tuple[PriceStep, ...]:
    """Return the steps from `base` (fen per m², as in PlanResult) to the total of one unit; the last `after` is it.

    `adjustment` is fen per m², 0 for none. Factors that change nothing are left out; floor steps are one step. Empty for
    a unit that keeps its price or gets none. Refuses what `compute_plan` refuses about the factors.
    """
    tables = FactorTables(terms, factors)
    found = sort_units(terms, tables, {unit.unit_id: adjustment}, (unit,))
    if not found.priced:
        return ()
    steps = [
        *_to_exact_price(tables, adjustment, unit, base),
        *_to_total(terms, found.priced[0], found.scale, base),
    ]
    return tuple(steps)


def _to_exact_price(
    tables: FactorTables, adjustment: int, unit: PlanUnit, base: Fraction
) -> Iterator[PriceStep]:
    price = base
    yield PriceStep(StepKind.BASE, StepKind.BASE.label, round_half_up(price), round_half_up(price))
    effects = {kind: tables.effect(kind, unit) for kind in FactorKind}
    for kind, effect in effects.items():
        if effect.coefficient != MILLION:
            before, price = price, price * effect.coefficient / MILLION
            coefficient = Decimal(effect.coefficient).scaleb(-6).normalize()
            yield _factor_step(tables, kind, unit, before, price, coefficient=coefficient)
    for kind, effect in effects.items():
        if effect.difference:
            before, price = price, price + effect.difference
            yield _factor_step(tables, kind, unit, before, price, difference=effect.difference)
    if adjustment:
        before, price = price, price + adjustment
        yield _step(StepKind.ADJUSTMENT, before, price, difference=adjustment)


def _to_total(terms: PlanTerms, priced: Pricing, scale: int, base: Fraction) -> Iterator[PriceStep]:
    """Yield area, bound and rounding in the order of the plan; what is bounded and rounded is `figure`."""
    line = priced.line
    top, bottom = base.numerator * line.slope + line.offset * base.denominator, scale * base.denominator
    figure = Fraction(top, bottom)
    if terms.rounding_target is RoundingTarget.TOTAL:
        yield _step(StepKind.AREA, figure * 100 / priced.area, figure)
    bound = bound_at(line, top, bottom)
    held = line.lower if bound == "lower" else line.upper
    if bound is not None and held is not None:
        yield _step(StepKind.LOWER if bound == "lower" else StepKind.UPPER, figure, Fraction(held))
        rounded = held
    else:
        rounded = round_to(top, bottom, priced.step, terms.rounding_mode)
        yield _step(StepKind.ROUNDING, figure, Fraction(rounded))
    if terms.rounding_target is RoundingTarget.UNIT_PRICE:
        yield _step(StepKind.AREA, Fraction(rounded), Fraction(rounded * priced.area, 100))


def _factor_step(
    tables: FactorTables,
    kind: FactorKind,
    unit: PlanUnit,
    before: Fraction,
    after: Fraction,
    *,
    coefficient: Decimal | None = None,
    difference: int | None = None,
) -> PriceStep:
    factor = tables.find(kind, unit)
    return PriceStep(
        StepKind.FACTOR,
        kind.label,
        round_half_up(before),
        round_half_up(after),
        coefficient=coefficient,
        difference=difference,
        factor_kind=kind,
        key=factor.key if factor is not None else str(unit.floor_number),
    )


def _step(kind: StepKind, before: Fraction, after: Fraction, *, difference: int | None = None) -> PriceStep:
    return PriceStep(kind, kind.label, round_half_up(before), round_half_up(after), difference=difference)
