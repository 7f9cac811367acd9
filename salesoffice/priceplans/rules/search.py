"""Reach a total: which of the free factors to move, and how little."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import Text
from salesoffice.core.money import format_yuan
from salesoffice.priceplans.enums import RoundingTarget
from salesoffice.priceplans.rules.knobs import FreeFactor, Knob, Minimise, Model, make_model
from salesoffice.priceplans.rules.terms import Factor, PlanResult, PlanTerms, PlanUnit

NOTCHES = ((Decimal("0.0001"), Decimal(100)), (Decimal("0.000001"), Decimal(1)))
"""What coefficients and differences (fen) are rounded to: first as people write them, then as finely as they are kept."""
Values = tuple[Decimal, ...]
"""What each knob stands at."""
PASSES = 8
"""Linear steps; each starts where the last one ended. Three are usual."""
HALVINGS = 40
MENDINGS = 6
"""Times the rest that rounding the factors left is given to the factor that takes it best."""


@dataclass(frozen=True)
class Moved:
    """A factor that the solution moves: its coefficient, or its difference (fen per m²), before and after.

    `is_at_bound`: it went as far as it may.
    """

    factor: Factor
    before: Decimal
    after: Decimal
    is_at_bound: bool


@dataclass(frozen=True)
class Solution:
    """What reaches the total, or comes nearest.

    `base_price` is the base the factors belong to (fen per m²): the solution is a plan without a target, with this base
    and these `factors` (all of the plan's, in their order); `result` is that plan, counted exactly. `remaining` =
    total − the total wanted (fen). `is_reached`: the average is within one rounding step of the one wanted.
    `held_count` is how many units are held by their own bounds; `reason` says what holds the total back, None when reached.
    """

    base_price: int
    factors: tuple[Factor, ...]
    moved: tuple[Moved, ...]
    result: PlanResult
    total: int
    remaining: int
    is_reached: bool
    held_count: int
    reason: Text | None


def solve_plan(
    terms: PlanTerms,
    factors: Sequence[Factor],
    adjustments: Mapping[int, int],
    units: Iterable[PlanUnit],
    *,
    target_total: int,
    free: Sequence[FreeFactor],
    minimise: Minimise,
) -> Solution:
    """Move the free factors as little as possible so that the list totals of the priced units add up to `target_total`.

    The base stays what the plan has now, rounded to the fen: the plan's target no longer counts, it would undo every
    move. Moves are measured relative: a coefficient to itself, a difference to the base. Coefficients come out with four
    decimals and differences in whole yuan, or with six and in whole fen where only that reaches the total.
    `minimise`: pass `salesoffice.infra.solver.least_moves`.

    Refused: NothingFree, FreeFactorInvalid; whatever `compute_plan` refuses, also at the ends of the bounds.
    """
    model = make_model(terms, factors, adjustments, units, free)
    search = _Search(model, target_total, minimise)
    end = search.find_end()
    if not search.is_beyond(end):
        return search.tell(search.finish(end))
    return search.tell(search.finish(search.approach(end)))


@dataclass(frozen=True)
class _Search:
    model: Model
    wanted: int
    minimise: Minimise

    @cached_property
    def start(self) -> Values:
        """The values the knobs have now, or the bound they are beyond."""
        return tuple(knob.clamp(knob.start) for knob in self.model.knobs)

    @cached_property
    def is_rise(self) -> bool:
        """Tell whether the total has to go up."""
        return self.model.result_at(self.start).total < self.wanted

    def missing(self, values: Values) -> int:
        """Return what the total lacks (fen, negative where it is too high)."""
        return self.wanted - self.model.result_at(values).total

    def is_beyond(self, values: Values) -> bool:
        """Tell whether the wanted total lies between the start and these values."""
        missing = self.missing(values)
        return missing <= 0 if self.is_rise else missing >= 0

    @property
    def tolerance(self) -> Decimal:
        """One rounding step on the average of all priced units, as a total (fen)."""
        terms, result = self.model.terms, self.model.result_at(self.start)
        is_total = terms.rounding_target is RoundingTarget.TOTAL
        return terms.rounding_step * (Decimal(len(result.rows)) if is_total else result.area)

    def find_end(self) -> Values:
        """Return every knob at the bound that takes the total as far as it goes; those without effect stay."""
        effects = self.model.effects_at(self.start, with_held=True)
        ends = []
        for knob, value, effect in zip(self.model.knobs, self.start, effects, strict=True):
            is_up = (effect > 0) is self.is_rise
            ends.append(value if not effect else knob.upper if is_up else knob.lower)
        return tuple(ends)

    def approach(self, end: Values) -> Values:
        """Step by linear models to the wanted total; where they stop short, halve the way to `end`."""
        values = self.start
        for _pass in range(PASSES):
            if abs(missing := self.missing(values)) <= self.tolerance / 10:
                return values
            nearer = self._step(values, missing)
            if abs(self.missing(nearer)) >= abs(missing):
                break
            values = nearer
        return self._halve(values, end)

    def _step(self, values: Values, missing: int) -> Values:
        effects = self.model.effects_at(values)
        if not any(effects):
            effects = self.model.effects_at(values, with_held=True)
        knobs = self.model.knobs
        lower, upper = [knob.least_move for knob in knobs], [knob.largest_move for knob in knobs]
        made = [float((value - knob.start) / knob.size) for knob, value in zip(knobs, values, strict=True)]
        wanted = missing + sum(effect * move for effect, move in zip(effects, made, strict=True))
        ends = [
            sorted((effect * low, effect * high))
            for effect, low, high in zip(effects, lower, upper, strict=True)
        ]
        possible = min(max(wanted, sum(low for low, _high in ends)), sum(high for _low, high in ends))
        moves = self.minimise(effects, possible, lower, upper)
        return tuple(knob.value_at(move) for knob, move in zip(knobs, moves, strict=True))

    def _halve(self, near: Values, end: Values) -> Values:
        """Find the wanted total on the straight way from `near` to where it is passed: the total is continuous."""
        far = self.start if self.is_beyond(near) else end
        for _halving in range(HALVINGS):
            middle = tuple(
                knob.round((one + other) / 2, knob.finest)
                for knob, one, other in zip(self.model.knobs, near, far, strict=True)
            )
            if middle in (near, far) or abs(self.missing(middle)) <= self.tolerance / 10:
                return middle
            if self.is_beyond(middle) is self.is_beyond(near):
                near = middle
            else:
                far = middle
        return near

    def finish(self, values: Values) -> Values:
        """Round the values to notches, the coarse ones if they reach the total."""
        found = values
        for notches in NOTCHES:
            found = self._mend(
                tuple(
                    knob.round(value, _notch(knob, notches))
                    for knob, value in zip(self.model.knobs, values, strict=True)
                ),
                notches,
            )
            if abs(self.missing(found)) <= self.tolerance:
                break
        return found

    def _mend(self, values: Values, notches: tuple[Decimal, Decimal]) -> Values:
        """Give what is missing after rounding to the one knob that takes it best, as long as that helps."""
        for _mending in range(MENDINGS):
            missing = self.missing(values)
            effects = self.model.effects_at(values)
            tries = []
            for number, (knob, effect) in enumerate(zip(self.model.knobs, effects, strict=True)):
                notch = _notch(knob, notches)
                each = effect * float(notch / knob.size)
                count = round(missing / each) if each else 0
                turned = knob.round(values[number] + count * notch, notch)
                moved = float((turned - values[number]) / notch) * each
                tries.append((abs(missing - moved), number, turned))
            _rest, number, turned = min(tries)
            mended = (*values[:number], turned, *values[number + 1 :])
            if abs(self.missing(mended)) >= abs(missing):
                return values
            values = mended
        return values

    def tell(self, values: Values) -> Solution:
        """Say what was moved, how near it comes, and what holds it back."""
        model = self.model
        result = model.result_at(values)
        remaining = result.total - self.wanted
        is_reached = abs(remaining) <= self.tolerance
        held_count = sum(row.bound is not None for row in result.rows)
        return Solution(
            base_price=model.terms.base_price or 0,
            factors=model.factors_at(values),
            moved=tuple(
                Moved(model.factors[knob.place], knob.start, value, value in (knob.lower, knob.upper))
                for knob, value in zip(model.knobs, values, strict=True)
                if value != knob.start
            ),
            result=result,
            total=result.total,
            remaining=remaining,
            is_reached=is_reached,
            held_count=held_count,
            reason=None if is_reached else _reason(result.total, remaining, held_count),
        )


def _notch(knob: Knob, notches: tuple[Decimal, Decimal]) -> Decimal:
    return notches[0] if knob.is_coefficient else notches[1]


def _reason(total: int, remaining: int, held_count: int) -> Text:
    return _l(
        "The factors are as far as they may go: the total comes to %(total)s yuan, %(rest)s yuan away. "
        "Units held by their own lowest or highest price: %(count)s. Widen the bounds or free more factors.",
        total=format_yuan(total),
        rest=format_yuan(abs(remaining)),
        count=held_count,
    )
