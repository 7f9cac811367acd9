"""Reaching a total: what moves, how little, and what holds it back."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salesoffice.core.errors import DomainError
from salesoffice.infra.solver import least_moves
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.rules import (
    Factor,
    FreeFactor,
    FreeFactorInvalid,
    NothingFree,
    PlanTerms,
    PlanUnit,
    Solution,
    compute_plan,
    solve_plan,
)
from tests.priceplans.plans import make_factor, make_terms, make_unit

SOUTH = make_factor(FactorKind.ORIENTATION, "south", coefficient="1.1")
NORTH = make_factor(FactorKind.ORIENTATION, "north", coefficient="0.9")
LAKE = make_factor(FactorKind.VIEW, "lake", difference=500_00)
STEP = make_factor(FactorKind.FLOOR_STEP, "1", difference=50_00)
FACTORS = (SOUTH, NORTH, LAKE, STEP)
UNITS = tuple(
    make_unit(
        number,
        floor_number=number % 20 + 1,
        orientation="south" if number % 2 else "north",
        view="lake" if number % 3 else "",
    )
    for number in range(1, 61)
)
NOW = compute_plan(make_terms(), FACTORS, {}, UNITS).total


def free(factor: Factor, lower: str, upper: str) -> FreeFactor:
    """Let a factor move."""
    return FreeFactor(factor.kind, factor.building_id, factor.key, Decimal(lower), Decimal(upper))


def solve(
    target_total: int,
    *which: FreeFactor,
    terms: PlanTerms | None = None,
    units: tuple[PlanUnit, ...] = UNITS,
) -> Solution:
    """Solve the plan of this file."""
    return solve_plan(
        terms or make_terms(), FACTORS, {}, units, target_total=target_total, free=which, minimise=least_moves
    )


def moves(solution: Solution) -> dict[str, tuple[Decimal, Decimal, bool]]:
    """Return what moved by key: before, after, whether as far as it may."""
    return {move.factor.key: (move.before, move.after, move.is_at_bound) for move in solution.moved}


def test_one_free_difference_takes_the_whole_move() -> None:
    solution = solve(NOW + 40 * 100 * 120_00, free(LAKE, "0", "100000"))

    assert moves(solution) == {"lake": (Decimal(500_00), Decimal(620_00), False)}
    assert (solution.remaining, solution.is_reached, solution.reason) == (0, True, None)


def test_moves_are_shared_by_what_they_bring() -> None:
    solution = solve(NOW + 60 * 100 * 200_00, free(SOUTH, "0.9", "1.3"), free(NORTH, "0.7", "1.1"))

    found = moves(solution)
    assert solution.is_reached
    assert found["south"] == (Decimal("1.1"), Decimal("1.1120"), False)
    assert found["north"][1] - Decimal("0.9") == pytest.approx(Decimal("0.008"), abs=Decimal("0.0003"))


def test_solution_counted_again_is_what_it_says() -> None:
    terms = make_terms(target_price=21_000_00, blended_discount=Decimal("0.97"))
    now = compute_plan(terms, FACTORS, {}, UNITS).total

    solution = solve(now * 103 // 100, free(SOUTH, "0.9", "1.3"), free(LAKE, "0", "300000"), terms=terms)

    plain = replace(terms, target_price=None, base_price=solution.base_price)
    assert compute_plan(plain, solution.factors, {}, UNITS) == solution.result
    assert solution.total == solution.result.total
    assert solution.remaining == solution.total - now * 103 // 100
    assert solution.is_reached
    assert abs(solution.remaining) <= 100 * 60 * 100
    assert [factor.key for factor in solution.factors] == [factor.key for factor in FACTORS]


def test_total_out_of_reach_says_how_near_it_came_and_what_holds_it() -> None:
    solution = solve(NOW * 2, free(SOUTH, "1", "1.2"), free(LAKE, "0", "100000"))

    assert moves(solution) == {
        "south": (Decimal("1.1"), Decimal("1.2"), True),
        "lake": (Decimal(500_00), Decimal(100_000), True),
    }
    assert not solution.is_reached
    assert solution.total == NOW + 30 * 100 * 2_000_00 + 40 * 100 * 500_00
    assert solution.remaining == solution.total - NOW * 2
    assert (solution.held_count, solution.reason is None) == (0, False)


def test_units_at_their_filed_price_do_not_move_and_are_counted() -> None:
    rows = compute_plan(make_terms(), FACTORS, {}, UNITS).rows
    units = tuple(replace(unit, upper_total=row.total) for unit, row in zip(UNITS, rows, strict=True))

    solution = solve(NOW + 1_000_000_00, free(SOUTH, "1", "1.2"), units=units)

    assert (solution.total, solution.is_reached, solution.held_count) == (NOW, False, 30)


def test_units_held_now_are_freed_when_the_total_goes_down() -> None:
    units = tuple(replace(unit, upper_total=1_500_000_00) for unit in UNITS)

    solution = solve(60 * 1_450_000_00, free(SOUTH, "0.5", "1.2"), free(NORTH, "0.5", "1.2"), units=units)

    assert solution.is_reached


def test_nothing_moves_when_the_total_is_there_already() -> None:
    solution = solve(NOW, free(SOUTH, "1", "1.2"), free(STEP, "0", "10000"))

    assert (solution.moved, solution.remaining, solution.is_reached) == ((), 0, True)


def test_fine_notches_are_used_where_coarse_ones_miss() -> None:
    terms = make_terms(rounding_step=1)

    solution = solve(NOW + 60 * 100 * 37, free(LAKE, "0", "100000"), terms=terms)

    assert moves(solution) == {"lake": (Decimal(500_00), Decimal(500_56), False)}
    assert solution.is_reached


@given(st.integers(-12, 12))
@settings(max_examples=25, deadline=None)
def test_every_total_within_reach_is_reached_within_the_bounds(percent: int) -> None:
    which = (free(SOUTH, "0.9", "1.3"), free(NORTH, "0.7", "1.1"), free(STEP, "-10000", "20000"))

    solution = solve(NOW * (100 + percent) // 100, *which)

    bounds = {one.key: (one.lower, one.upper) for one in which}
    assert solution.is_reached
    assert abs(solution.remaining) <= 100 * 60 * 100
    assert all(
        bounds[move.factor.key][0] <= move.after <= bounds[move.factor.key][1] for move in solution.moved
    )


@pytest.mark.parametrize(
    ("which", "method", "refusal"),
    [
        ((), PlanMethod.BOTH, NothingFree),
        (
            (FreeFactor(FactorKind.VIEW, None, "sea", Decimal(0), Decimal(1)),),
            PlanMethod.BOTH,
            FreeFactorInvalid,
        ),
        ((free(SOUTH, "1.2", "1.1"),), PlanMethod.BOTH, FreeFactorInvalid),
        ((free(SOUTH, "0", "1.1"),), PlanMethod.BOTH, FreeFactorInvalid),
        ((free(SOUTH, "1", "1.1"),) * 2, PlanMethod.BOTH, FreeFactorInvalid),
        ((free(SOUTH, "1", "1.1"),), PlanMethod.DIFFERENCES, FreeFactorInvalid),
        ((free(LAKE, "0", "1"),), PlanMethod.COEFFICIENTS, FreeFactorInvalid),
    ],
)
def test_factor_that_cannot_move_is_refused(
    which: tuple[FreeFactor, ...], method: PlanMethod, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal) as caught:
        solve(NOW, *which, terms=make_terms(method=method))

    assert caught.value.status == 422


def test_least_moves_are_in_the_direction_of_the_effects() -> None:
    moved = least_moves((3.0, 4.0), 25.0, (-10.0, -10.0), (10.0, 10.0))

    assert moved == pytest.approx((3.0, 4.0))


def test_least_moves_stop_at_their_bounds() -> None:
    moved = least_moves((3.0, 4.0), 25.0, (-10.0, -10.0), (10.0, 1.0))

    assert moved == pytest.approx((7.0, 1.0))


def test_least_moves_without_effect_stay() -> None:
    assert least_moves((0.0,), 1.0, (-1.0,), (1.0,)) == (0.0,)
