"""The free factors of a plan as numbers that a solver can turn, and what turning them does to the total."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import DomainError
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.rules.engine import bound_at, compute_plan, round_half_up, sort_units
from salesoffice.priceplans.rules.tables import MILLION, FactorTables
from salesoffice.priceplans.rules.terms import Factor, PlanResult, PlanTerms, PlanUnit

Minimise = Callable[[Sequence[float], float, Sequence[float], Sequence[float]], tuple[float, ...]]
"""`(effects, wanted, lower, upper) -> moves`: the smallest moves (least squares) within their bounds for which
Σ effect × move = wanted; `infra.solver.least_moves` is it. Rules know no scipy, so the service passes it in."""


MILLIONTH = Decimal("0.000001")
FEN = Decimal(1)


class NothingFree(DomainError):
    """A total is to be reached, but no factor may move."""

    def __init__(self) -> None:
        message = _l("Choose at least one factor that may move.")
        super().__init__(message, code="nothing_free", status=422)


class FreeFactorInvalid(DomainError):
    """A factor that may move is not in the plan, is named twice, has no figure to move, or has impossible bounds."""

    def __init__(self, free: "FreeFactor") -> None:
        message = _l(
            "%(kind)s “%(key)s” cannot be moved: it needs a line in the plan with a figure that the method uses, "
            "and a lowest value not above the highest; coefficients stay above 0.",
            kind=free.kind.label,
            key=free.key,
        )
        super().__init__(message, code="free_factor_invalid", status=422, kind=free.kind.value, key=free.key)


@dataclass(frozen=True)
class FreeFactor:
    """A factor that may move, between `lower` and `upper`.

    It names a factor of the plan by kind, building and key. What moves is its coefficient if it has one that the method
    uses, else its difference; the bounds are in the same unit (0.95 … 1.05, or fen per m²).
    """

    kind: FactorKind
    building_id: int | None
    key: str
    lower: Decimal
    upper: Decimal


@dataclass(frozen=True)
class Knob:
    """A free factor: its place in the list of factors, what of it moves, from where, how far, and what a move of 1 is.

    `size` makes moves relative: a coefficient's own value, the base price for a difference; of a floor step the part that
    it makes of that on the floor farthest from the base floor.
    """

    place: int
    is_coefficient: bool
    start: Decimal
    lower: Decimal
    upper: Decimal
    size: Decimal

    @property
    def least_move(self) -> float:
        """The move to the lower bound, relative."""
        return float((self.lower - self.start) / self.size)

    @property
    def largest_move(self) -> float:
        """The move to the upper bound, relative."""
        return float((self.upper - self.start) / self.size)

    def clamp(self, value: Decimal) -> Decimal:
        """Return the value, or the bound it is beyond."""
        return min(max(value, self.lower), self.upper)

    @property
    def finest(self) -> Decimal:
        """The finest value that is kept: a millionth, or a fen."""
        return MILLIONTH if self.is_coefficient else FEN

    def value_at(self, move: float) -> Decimal:
        """Return the value that a relative move leads to, as finely as it is kept."""
        return self.round(self.start + self.size * Decimal(repr(move)), self.finest)

    def round(self, value: Decimal, notch: Decimal) -> Decimal:
        """Round a value to a multiple of `notch` inside the bounds, as finely as it is kept where none fits.

        The start stays what it is.
        """
        if value == self.start:
            return self.clamp(value)
        lowest = (self.lower / notch).to_integral_value(ROUND_CEILING) * notch
        highest = (self.upper / notch).to_integral_value(ROUND_FLOOR) * notch
        if lowest > highest:
            return self.round(value, self.finest)
        return min(max((value / notch).to_integral_value(ROUND_HALF_UP) * notch, lowest), highest)


@dataclass(frozen=True)
class Model:
    """A plan without a target whose total depends on the values of its knobs; what was counted once is kept."""

    terms: PlanTerms
    factors: tuple[Factor, ...]
    adjustments: Mapping[int, int]
    units: tuple[PlanUnit, ...]
    knobs: tuple[Knob, ...]
    _results: dict[tuple[Decimal, ...], PlanResult] = field(default_factory=dict)

    def factors_at(self, values: Sequence[Decimal]) -> tuple[Factor, ...]:
        """Return all factors of the plan with the knobs turned to `values`."""
        factors = list(self.factors)
        for knob, value in zip(self.knobs, values, strict=True):
            turned = {"coefficient": value} if knob.is_coefficient else {"difference": int(value)}
            factors[knob.place] = replace(factors[knob.place], **turned)
        return tuple(factors)

    def result_at(self, values: Sequence[Decimal]) -> PlanResult:
        """Count the plan with the knobs turned to `values`."""
        place = tuple(values)
        if place not in self._results:
            self._results[place] = compute_plan(
                self.terms, self.factors_at(values), self.adjustments, self.units
            )
        return self._results[place]

    def effects_at(self, values: Sequence[Decimal], *, with_held: bool = False) -> list[float]:
        """Return what a relative move of 1 of each knob adds to the total (fen), near `values`.

        Units held by a bound do not move, unless `with_held`.
        """
        factors = self.factors_at(values)
        tables = FactorTables(self.terms, factors)
        places = {id(factors[knob.place]): number for number, knob in enumerate(self.knobs)}
        kinds = {factors[knob.place].kind for knob in self.knobs}
        found = sort_units(self.terms, tables, self.adjustments, self.units)
        base = Fraction(self.terms.base_price or 0)
        effects = [0.0] * len(self.knobs)
        for priced in found.priced:
            line = priced.line
            top = base.numerator * line.slope + line.offset * base.denominator
            if not with_held and bound_at(line, top, found.scale * base.denominator):
                continue
            product = float(base * line.slope * line.weight / found.scale)
            for kind in kinds:
                share = tables.effect(kind, priced.unit).coefficient / MILLION
                for applied in tables.applied_to(kind, priced.unit):
                    number = places.get(id(applied.factor))
                    if number is not None:
                        grown = product / share if self.knobs[number].is_coefficient else priced.area
                        effects[number] += grown * applied.times
        return [effect * float(knob.size) / 100 for effect, knob in zip(effects, self.knobs, strict=True)]


def make_model(
    terms: PlanTerms,
    factors: Sequence[Factor],
    adjustments: Mapping[int, int],
    units: Iterable[PlanUnit],
    free: Sequence[FreeFactor],
) -> Model:
    """Fix the base of a plan at what it is now, rounded to the fen, and make its free factors knobs.

    Refused: NothingFree, FreeFactorInvalid; whatever `compute_plan` refuses.
    """
    if not free:
        raise NothingFree
    units = tuple(units)
    base = round_half_up(compute_plan(terms, factors, adjustments, units).base)
    tables = FactorTables(terms, factors)
    reach = Counter[int]()
    for unit in units:
        for applied in tables.steps_to(unit):
            reach[id(applied.factor)] = max(reach[id(applied.factor)], abs(applied.times))
    knobs = tuple(_make_knob(terms.method, factors, one, base, reach) for one in free)
    twice = [
        one for one, knob in zip(free, knobs, strict=True) if [k.place for k in knobs].count(knob.place) > 1
    ]
    if twice:
        raise FreeFactorInvalid(twice[0])
    fixed = replace(terms, target_price=None, base_price=base)
    return Model(fixed, tuple(factors), adjustments, units, knobs)


def _make_knob(
    method: PlanMethod, factors: Sequence[Factor], free: FreeFactor, base: int, reach: Counter[int]
) -> Knob:
    name = (free.kind, free.building_id, free.key)
    place = next((n for n, one in enumerate(factors) if (one.kind, one.building_id, one.key) == name), None)
    if place is None:
        raise FreeFactorInvalid(free)
    factor = factors[place]
    is_coefficient = factor.coefficient is not None and method is not PlanMethod.DIFFERENCES
    start = factor.coefficient if is_coefficient else factor.difference
    if start is None or (not is_coefficient and method is PlanMethod.COEFFICIENTS):
        raise FreeFactorInvalid(free)
    start = Decimal(start)
    finest = MILLIONTH if is_coefficient else FEN
    lower = (free.lower / finest).to_integral_value(ROUND_CEILING) * finest
    upper = (free.upper / finest).to_integral_value(ROUND_FLOOR) * finest
    if lower > upper or (is_coefficient and lower <= 0):
        raise FreeFactorInvalid(free)
    size = (start if is_coefficient else Decimal(base)) / (reach[id(factor)] or 1)
    return Knob(place, is_coefficient, start, lower, upper, size)
