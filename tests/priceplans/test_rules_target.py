"""The base that meets a target, bounds, units that are kept or get no price."""

from decimal import Decimal
from fractions import Fraction

from salesoffice.priceplans.enums import FactorKind, RoundingMode, RoundingTarget
from salesoffice.priceplans.rules import (
    KeptUnit,
    OffStep,
    TargetProblem,
    Unpriced,
    UnpricedReason,
    compute_plan,
)
from tests.priceplans.plans import make_factor, make_terms, make_unit

LAKE = make_factor(FactorKind.VIEW, "lake", coefficient="1.1")
TERMS = make_terms(target_price=19_400_00, blended_discount=Decimal("0.97"), base_price=None)
LARGE = make_unit(1, view="lake")
SMALL = make_unit(2, gross_area=Decimal("50.00"), inner_area=Decimal("40.00"))


def test_base_is_solved_so_that_the_net_average_is_the_target() -> None:
    result = compute_plan(TERMS, (LAKE,), {}, (LARGE, SMALL))

    assert result.base == 18_750_00
    assert [row.total for row in result.rows] == [2_062_500_00, 937_500_00]
    assert (result.target_total, result.residual, result.rounding_moved) == (2_910_000_00, 0, 0)
    assert result.is_target_met


def test_base_is_an_exact_fraction_and_the_rest_is_shown() -> None:
    units = tuple(make_unit(number, view=view) for number, view in enumerate(("lake", "", ""), start=1))

    result = compute_plan(make_terms(target_price=20_000_00), (LAKE,), {}, units)

    assert result.base == Fraction(6_000_000, 31) * 10
    assert [row.unit_price for row in result.rows] == [21_290_00, 19_355_00, 19_355_00]
    assert (result.residual, result.rounding_moved) == (0, 0)


def test_residual_is_what_rounding_leaves_of_the_target() -> None:
    result = compute_plan(make_terms(target_price=20_000_40), (), {}, (make_unit(),))

    assert (result.total, result.target_total) == (2_000_000_00, 2_000_040_00)
    assert (result.residual, result.rounding_moved, result.is_target_met) == (-40_00, -40_00, True)


def test_unit_at_its_filed_price_stays_there_and_the_others_make_up_for_it() -> None:
    large = make_unit(1, view="lake", upper_total=2_000_000_00)

    result = compute_plan(TERMS, (LAKE,), {}, (large, SMALL))

    assert [(row.total, row.bound) for row in result.rows] == [
        (2_000_000_00, "upper"),
        (1_000_000_00, None),
    ]
    assert (result.base, result.residual) == (Fraction(20_000_00), 0)


def test_bounds_that_push_each_other_settle() -> None:
    units = (
        make_unit(1, view="lake", upper_total=1_900_000_00),
        make_unit(2, lower_total=2_150_000_00),
        make_unit(3),
    )

    result = compute_plan(make_terms(target_price=20_000_00), (LAKE,), {}, units)

    assert [(row.total, row.bound) for row in result.rows] == [
        (1_900_000_00, "upper"),
        (2_150_000_00, "lower"),
        (1_950_000_00, None),
    ]


def test_target_out_of_reach_leaves_every_unit_at_its_bound_and_says_so() -> None:
    terms = make_terms(target_price=30_000_00, min_price=18_000_00, max_price=22_000_00)

    high = compute_plan(terms, (LAKE,), {}, (LARGE, SMALL))
    low = compute_plan(make_terms(target_price=10_000_00, min_price=18_000_00), (LAKE,), {}, (LARGE, SMALL))

    assert (high.is_target_met, high.target_problem) == (False, TargetProblem.TOO_HIGH)
    assert [row.unit_price for row in high.rows] == [22_000_00, 22_000_00]
    assert high.residual == -1_200_000_00
    assert (low.is_target_met, low.target_problem) == (False, TargetProblem.TOO_LOW)
    assert [row.unit_price for row in low.rows] == [18_000_00, 18_000_00]


def test_bound_between_two_steps_is_kept_on_the_inside() -> None:
    terms = make_terms(rounding_step=100_00, rounding_mode=RoundingMode.UP)
    units = (make_unit(1, upper_total=1_999_999_99), make_unit(2, lower_total=2_000_100_00))

    result = compute_plan(terms, (), {}, units)

    assert [(row.unit_price, row.bound) for row in result.rows] == [
        (19_900_00, "upper"),
        (20_100_00, "lower"),
    ]


def test_filed_price_that_was_rounded_down_itself_can_be_met() -> None:
    unit = make_unit(gross_area=Decimal("89.37"), upper_total=107_256_51)
    terms = make_terms(base_price=1_200_14, rounding_step=1)

    result = compute_plan(terms, (), {}, (unit,))

    assert (result.rows[0].unit_price, result.rows[0].total) == (1_200_14, 107_256_51)


def test_half_a_fen_that_would_round_over_the_filed_price_is_not_taken() -> None:
    unit = make_unit(gross_area=Decimal("50.50"), upper_total=505_000_50)
    terms = make_terms(base_price=10_000_01, rounding_step=1)

    result = compute_plan(terms, (), {}, (unit,))

    assert (result.rows[0].unit_price, result.rows[0].total) == (10_000_00, 505_000_00)


def test_bounds_without_a_whole_step_between_them_are_met_to_the_fen_and_reported() -> None:
    unit = make_unit(lower_total=1_999_930_00, upper_total=1_999_950_00)

    result = compute_plan(make_terms(), (), {}, (unit,))

    assert (result.rows[0].unit_price, result.rows[0].total) == (19_999_50, 1_999_950_00)
    assert result.off_step == (OffStep(1, "1-1-0001"),)


def test_bounds_hold_a_rounded_total_too() -> None:
    terms = make_terms(rounding_target=RoundingTarget.TOTAL, rounding_step=10_000_00, max_price=19_950_00)

    result = compute_plan(terms, (), {}, (make_unit(),))

    assert (result.rows[0].total, result.rows[0].unit_price) == (1_990_000_00, 19_900_00)


def test_claimed_unit_keeps_its_price_and_is_no_part_of_the_target() -> None:
    kept = make_unit(3, kept_total=1_234_567_89)

    result = compute_plan(TERMS, (LAKE,), {3: 500_00}, (LARGE, kept, SMALL))

    assert result.kept == (KeptUnit(3, "1-1-0003", 12_345_68, 1_234_567_89),)
    assert [row.unit_id for row in result.rows] == [1, 2]
    assert (result.total, result.area) == (3_000_000_00, Decimal("150.00"))


def test_units_that_get_no_price_are_named_with_the_reason() -> None:
    steps = make_factor(FactorKind.FLOOR_STEP, "1", building_id=1, difference=50_00)
    units = (
        make_unit(1, gross_area=None),
        make_unit(2, floor_number=None, floor_label="roof"),
        make_unit(3, lower_total=2_000_000_00, upper_total=1_900_000_00),
        make_unit(4, floor_number=None, floor_label="roof", building_id=2),
    )

    result = compute_plan(make_terms(), (steps,), {}, units)

    assert result.unpriced == (
        Unpriced(1, "1-1-0001", UnpricedReason.AREA_MISSING),
        Unpriced(2, "1-1-0002", UnpricedReason.FLOOR_UNKNOWN),
        Unpriced(3, "1-1-0003", UnpricedReason.BOUNDS_CONTRADICT),
    )
    assert [row.unit_id for row in result.rows] == [4]


def test_plan_without_units_says_so() -> None:
    result = compute_plan(TERMS, (), {}, ())

    assert (result.rows, result.total, result.average) == ((), 0, None)
    assert (result.is_target_met, result.target_problem) == (False, TargetProblem.NO_UNITS)
