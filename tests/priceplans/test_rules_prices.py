"""From a base to a price: coefficients, differences, floor steps, bases, rounding."""

from decimal import Decimal

import pytest

from salesoffice.core.errors import DomainError
from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.priceplans.rules import (
    BaseNotPositive,
    Factor,
    FactorInvalid,
    FactorTwice,
    FloorStepsTooLarge,
    PlanTerms,
    PlanUnit,
    PlanWithoutPrice,
    PriceNotPositive,
    UnitResult,
    compute_plan,
)
from salesoffice.pricing.enums import PriceBasis
from tests.priceplans.plans import make_factor, make_terms, make_unit

BUILDING = make_factor(FactorKind.BUILDING, "", building_id=1, coefficient="1.05")
FOURTEEN = make_factor(FactorKind.FLOOR, "14", coefficient="0.98", difference=-30_00)
EAST_END = make_factor(FactorKind.LINE, "01", coefficient="1.02", difference=300_00)
STEPS = (
    make_factor(FactorKind.FLOOR_STEP, "16", difference=80_00),
    make_factor(FactorKind.FLOOR_STEP, "1", difference=50_00),
)


def unit_price(
    factors: tuple[Factor, ...],
    unit: PlanUnit | None = None,
    terms: PlanTerms | None = None,
    adjustment: int = 0,
) -> int:
    """Return the unit price of one unit."""
    unit = unit or make_unit()
    (row,) = compute_plan(terms or make_terms(), factors, {unit.unit_id: adjustment}, (unit,)).rows
    return row.unit_price


def test_price_is_base_times_building_floor_and_position() -> None:
    terms = make_terms(method=PlanMethod.COEFFICIENTS)
    unit = make_unit(floor_number=14)

    result = compute_plan(terms, (BUILDING, FOURTEEN, EAST_END), {}, (unit,))

    assert result.rows == (UnitResult(1, "1-1-0001", 20_992_00, 26_240_00, 2_099_200_00, None),)
    assert (result.total, result.area, result.average) == (2_099_200_00, Decimal("100.00"), 20_992_00)
    assert result.rounding_moved == 40_00


def test_price_is_base_plus_line_floor_steps_and_adjustment() -> None:
    terms = make_terms(method=PlanMethod.DIFFERENCES)

    found = unit_price((*STEPS, EAST_END, BUILDING), make_unit(floor_number=15), terms, adjustment=-100_00)

    assert found == 20_000_00 + 300_00 + 5 * 50_00 - 100_00


@pytest.mark.parametrize(
    ("method", "price"),
    [
        (PlanMethod.COEFFICIENTS, 22_000_00),
        (PlanMethod.DIFFERENCES, 20_500_00),
        (PlanMethod.BOTH, 22_500_00),
    ],
)
def test_method_says_what_counts_and_differences_come_last(method: PlanMethod, price: int) -> None:
    factors = (
        make_factor(FactorKind.UNIT_TYPE, "A", difference=500_00),
        make_factor(FactorKind.VIEW, "", coefficient="1.1"),
    )

    found = unit_price(factors, terms=make_terms(method=method))

    assert found == price


@pytest.mark.parametrize("method", PlanMethod)
def test_adjustment_counts_with_every_method(method: PlanMethod) -> None:
    found = unit_price((), terms=make_terms(method=method), adjustment=-120_00)

    assert found == 19_880_00


@pytest.mark.parametrize(
    ("floor", "price"),
    [
        (8, 20_000_00 - 2 * 50_00),
        (10, 20_000_00),
        (15, 20_000_00 + 5 * 50_00),
        (18, 20_000_00 + 5 * 50_00 + 3 * 80_00),
        (-1, 20_000_00 - 10 * 50_00),
    ],
)
def test_floor_steps_add_up_from_the_base_floor_and_break(floor: int, price: int) -> None:
    found = unit_price(STEPS, make_unit(floor_number=floor))

    assert found == price


def test_floors_below_a_base_floor_above_the_break_subtract_the_steps_between() -> None:
    found = unit_price(STEPS, make_unit(floor_number=14), make_terms(base_floor=18))

    assert found == 20_000_00 - 3 * 80_00 - 50_00


@pytest.mark.parametrize(("floor", "price"), [(14, 20_400_00), (6, 19_600_00), (10, 20_000_00)])
def test_coefficients_of_floor_steps_add_up_to_one_coefficient(floor: int, price: int) -> None:
    steps = (make_factor(FactorKind.FLOOR_STEP, "1", coefficient="1.005"),)

    found = unit_price(steps, make_unit(floor_number=floor))

    assert found == price


def test_floor_steps_around_the_middle_add_up_to_zero() -> None:
    units = tuple(make_unit(floor, floor_number=floor) for floor in range(1, 20))
    steps = (make_factor(FactorKind.FLOOR_STEP, "1", difference=75_00),)

    result = compute_plan(make_terms(), steps, {}, units)

    assert result.total == 19 * 2_000_000_00
    assert result.rows[18].unit_price - result.rows[0].unit_price == 18 * 75_00


def test_single_floor_counts_beside_the_steps_and_by_its_label() -> None:
    units = (
        make_unit(1, floor_number=14),
        make_unit(2, floor_number=13, floor_label="14"),
        make_unit(3, floor_number=14, floor_label="15"),
    )
    factors = (*STEPS, make_factor(FactorKind.FLOOR, "14", difference=-300_00))

    result = compute_plan(make_terms(), factors, {}, units)

    assert [row.unit_price for row in result.rows] == [19_900_00, 19_850_00, 20_200_00]


def test_factor_of_the_building_goes_before_the_general_one() -> None:
    factors = (
        make_factor(FactorKind.ORIENTATION, "south", difference=200_00),
        make_factor(FactorKind.ORIENTATION, "south", building_id=2, difference=500_00),
        make_factor(FactorKind.FLOOR_STEP, "1", difference=50_00),
        make_factor(FactorKind.FLOOR_STEP, "1", building_id=2, difference=60_00),
        make_factor(FactorKind.FLOOR_STEP, "12", difference=70_00),
    )
    units = (make_unit(1, floor_number=12), make_unit(2, floor_number=12, building_id=2))

    result = compute_plan(make_terms(), factors, {}, units)

    assert [row.unit_price for row in result.rows] == [20_320_00, 20_630_00]


def test_position_of_one_section_goes_before_the_position_of_all() -> None:
    factors = (
        make_factor(FactorKind.LINE, "01", difference=100_00),
        make_factor(FactorKind.LINE, "2-01", difference=-100_00),
    )

    result = compute_plan(make_terms(), factors, {}, (make_unit(1), make_unit(2, section="2")))

    assert [row.unit_price for row in result.rows] == [20_100_00, 19_900_00]


@pytest.mark.parametrize(
    ("basis", "row"),
    [
        (PriceBasis.GROSS, (20_000_00, 25_125_11, 1_787_400_00)),
        (PriceBasis.INNER, (20_000_00, 15_920_33, 1_422_800_00)),
        (PriceBasis.UNIT, (20_000_00, 223_79, 20_000_00)),
    ],
)
def test_total_is_counted_by_the_basis_and_the_other_price_from_the_total(
    basis: PriceBasis, row: tuple[int, int, int]
) -> None:
    unit = make_unit(gross_area=Decimal("89.37"), inner_area=Decimal("71.14"))

    result = compute_plan(make_terms(basis=basis), (), {}, (unit,))

    found = result.rows[0]
    assert (found.unit_price, found.other_price, found.total) == row


@pytest.mark.parametrize(
    ("mode", "step", "price"),
    [
        (RoundingMode.DOWN, 100, 20_991_00),
        (RoundingMode.UP, 100, 20_992_00),
        (RoundingMode.HALF_UP, 100, 20_992_00),
        (RoundingMode.HALF_UP, 1, 20_991_60),
        (RoundingMode.HALF_UP, 10_00, 20_990_00),
        (RoundingMode.UP, 100_00, 21_000_00),
    ],
)
def test_unit_price_is_rounded_once_at_the_chosen_digit(mode: RoundingMode, step: int, price: int) -> None:
    terms = make_terms(method=PlanMethod.COEFFICIENTS, rounding_mode=mode, rounding_step=step)

    found = unit_price((BUILDING, FOURTEEN, EAST_END), make_unit(floor_number=14), terms)

    assert found == price


def test_rounded_total_gives_both_unit_prices() -> None:
    terms = make_terms(rounding_target=RoundingTarget.TOTAL, rounding_step=1_000_00)
    unit = make_unit(gross_area=Decimal("89.37"), inner_area=Decimal("71.14"))

    result = compute_plan(terms, (), {}, (unit,))

    assert result.rows == (UnitResult(1, "1-1-0001", 19_995_52, 25_119_48, 1_787_000_00, None),)
    assert result.rounding_moved == -400_00


@pytest.mark.parametrize(
    ("factors", "given", "refusal"),
    [
        ((), {"base_price": None}, PlanWithoutPrice),
        ((make_factor(FactorKind.VIEW, "", difference=-20_000_00),), {}, PriceNotPositive),
        (
            (make_factor(FactorKind.VIEW, "", difference=30_000_00),),
            {"target_price": 20_000_00},
            BaseNotPositive,
        ),
        ((make_factor(FactorKind.VIEW, "", coefficient="0"),), {}, FactorInvalid),
        ((make_factor(FactorKind.FLOOR_STEP, "top", difference=1),), {}, FactorInvalid),
        ((EAST_END, EAST_END), {}, FactorTwice),
        (
            (make_factor(FactorKind.FLOOR_STEP, "1", coefficient="0.5"),),
            {"base_floor": 1},
            FloorStepsTooLarge,
        ),
    ],
)
def test_plan_that_cannot_be_counted_is_refused(
    factors: tuple[Factor, ...], given: dict[str, int | None], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal) as caught:
        compute_plan(make_terms(**given), factors, {}, (make_unit(),))

    assert caught.value.status == 422
