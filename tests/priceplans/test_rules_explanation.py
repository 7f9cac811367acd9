"""Why a unit has its price, step by step."""

from decimal import Decimal
from fractions import Fraction

from salesoffice.priceplans.enums import FactorKind, RoundingTarget
from salesoffice.priceplans.rules import StepKind, compute_plan, explain_price
from salesoffice.priceplans.rules.explanation import PriceStep
from tests.priceplans.plans import make_factor, make_terms, make_unit

FACTORS = (
    make_factor(FactorKind.FLOOR_STEP, "1", difference=50_00),
    make_factor(FactorKind.LINE, "01", coefficient="1.02", difference=300_00),
    make_factor(FactorKind.FLOOR, "14", coefficient="0.98"),
    make_factor(FactorKind.VIEW, "", coefficient="1"),
)


def figures(step: PriceStep) -> tuple[object, ...]:
    """Return a step as a row: kind, factor, key, what it does, before, after."""
    what = step.coefficient if step.coefficient is not None else step.difference
    return step.kind, step.factor_kind, step.key, what, step.before, step.after


def test_explanation_names_every_factor_in_the_order_of_counting() -> None:
    steps = explain_price(make_terms(), FACTORS, -80_00, make_unit(floor_number=14), Fraction(20_000_00))

    assert [figures(step) for step in steps] == [
        (StepKind.BASE, None, "", None, 20_000_00, 20_000_00),
        (StepKind.FACTOR, FactorKind.FLOOR, "14", Decimal("0.98"), 20_000_00, 19_600_00),
        (StepKind.FACTOR, FactorKind.LINE, "01", Decimal("1.02"), 19_600_00, 19_992_00),
        (StepKind.FACTOR, FactorKind.FLOOR_STEP, "14", 4 * 50_00, 19_992_00, 20_192_00),
        (StepKind.FACTOR, FactorKind.LINE, "01", 300_00, 20_192_00, 20_492_00),
        (StepKind.ADJUSTMENT, None, "", -80_00, 20_492_00, 20_412_00),
        (StepKind.ROUNDING, None, "", None, 20_412_00, 20_412_00),
        (StepKind.AREA, None, "", None, 20_412_00, 2_041_200_00),
    ]


def test_explanation_shows_the_bound_that_holds_a_price() -> None:
    unit = make_unit(upper_total=1_900_000_00)

    steps = explain_price(make_terms(), (), 0, unit, Fraction(20_000_00))

    assert [figures(step) for step in steps[1:]] == [
        (StepKind.UPPER, None, "", None, 20_000_00, 19_000_00),
        (StepKind.AREA, None, "", None, 19_000_00, 1_900_000_00),
    ]


def test_explanation_of_a_rounded_total_rounds_after_the_area() -> None:
    terms = make_terms(rounding_target=RoundingTarget.TOTAL, rounding_step=1_000_00)
    unit = make_unit(gross_area=Decimal("89.37"))

    steps = explain_price(terms, (), 0, unit, Fraction(20_000_00))

    assert [figures(step) for step in steps[1:]] == [
        (StepKind.AREA, None, "", None, 20_000_00, 1_787_400_00),
        (StepKind.ROUNDING, None, "", None, 1_787_400_00, 1_787_000_00),
    ]


def test_explanation_with_the_base_of_a_plan_ends_at_its_total() -> None:
    terms = make_terms(target_price=23_456_78, blended_discount=Decimal("0.95"))
    units = tuple(make_unit(floor, floor_number=floor) for floor in range(1, 31))

    result = compute_plan(terms, FACTORS, {}, units)

    ends = [explain_price(terms, FACTORS, 0, unit, result.base)[-1].after for unit in units]
    assert ends == [row.total for row in result.rows]


def test_unit_without_a_price_of_the_plan_has_no_explanation() -> None:
    kept = explain_price(make_terms(), FACTORS, 0, make_unit(kept_total=1_00), Fraction(20_000_00))
    unmeasured = explain_price(make_terms(), FACTORS, 0, make_unit(gross_area=None), Fraction(20_000_00))

    assert (kept, unmeasured) == ((), ())
