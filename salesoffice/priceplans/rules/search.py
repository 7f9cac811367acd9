"""Reach a total: which of the free factors to move, and how little."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from salesoffice.core.errors import Text
from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.rules.terms import Factor, PlanResult, PlanTerms, PlanUnit

Minimise = Callable[[Sequence[float], float, Sequence[float], Sequence[float]], tuple[float, ...]]
"""`(effects, wanted, lower, upper) -> moves`: the smallest moves (least squares) within their bounds for which
Σ effect × move = wanted; `infra.solver.least_moves` is it. Rules know no scipy, so the service passes it in."""


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
    result.total − the total wanted. `is_reached`: the average is within one rounding step of the one wanted.
    `reason` says why not; None when reached.
    """

    base_price: int
    factors: tuple[Factor, ...]
    moved: tuple[Moved, ...]
    result: PlanResult
    total: int
    remaining: int
    is_reached: bool
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

    The base stays what the plan has now, rounded to the fen (the target of the plan no longer counts: it would undo every
    move). Moves are measured relative: a coefficient to itself, a difference to the base. Coefficients come out with four
    decimals and differences in whole yuan, or with six and whole fen where only that reaches the total.
    `minimise`: pass `salesoffice.infra.solver.least_moves`.

    Refused: a free factor that the plan has not, or whose bounds do not contain its value (FreeFactorInvalid), none at all
    (NothingFree); whatever `compute_plan` refuses.
    """
    raise NotImplementedError
