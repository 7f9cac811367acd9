"""What is true of every plan."""

from decimal import Decimal
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from salesoffice.core.errors import DomainError
from salesoffice.priceplans.enums import FactorKind, RoundingTarget
from salesoffice.priceplans.rules import PlanResult, compare_scenarios, compute_plan, explain_price
from salesoffice.pricing.enums import PriceBasis
from tests.priceplans.plans import Plan, draw_plan, make_factor, make_terms, make_unit

PLAN_RANDOMS = st.randoms(use_true_random=True)


def draw_counted(random: Random) -> tuple[Plan, PlanResult]:
    """Return a random plan and its prices; a plan that is refused is passed over."""
    plan = draw_plan(random)
    try:
        result = compute_plan(plan.terms, plan.factors, plan.adjustments, plan.units)
    except DomainError:
        result = None
    assume(result is not None and result.rows)
    assert result is not None
    return plan, result


@given(PLAN_RANDOMS)
@settings(max_examples=300, deadline=None)
def test_normalised_average_is_within_one_rounding_step_of_the_target(random: Random) -> None:
    plan, result = draw_counted(random)
    assume(plan.terms.target_price is not None and result.is_target_met)

    by_total = plan.terms.rounding_target is RoundingTarget.TOTAL
    size = Decimal(len(result.rows)) if by_total else result.area
    to_whole_fen = Decimal(len(result.rows)) / 2 + 1
    assert (
        abs(result.residual) <= plan.terms.rounding_step * size * plan.terms.blended_discount + to_whole_fen
    )


@given(PLAN_RANDOMS)
@settings(max_examples=300, deadline=None)
def test_no_unit_is_outside_its_bounds(random: Random) -> None:
    plan, result = draw_counted(random)

    units = {unit.unit_id: unit for unit in plan.units}
    outside = [
        row
        for row in result.rows
        if row.unit_price < (plan.terms.min_price or 0)
        or row.unit_price > (plan.terms.max_price or row.unit_price)
        or row.total < (units[row.unit_id].lower_total or 0)
        or row.total > (units[row.unit_id].upper_total or row.total)
    ]
    assert outside == []


@given(PLAN_RANDOMS)
@settings(max_examples=300, deadline=None)
def test_every_price_is_a_whole_rounding_step_but_where_the_bounds_leave_no_room(random: Random) -> None:
    plan, result = draw_counted(random)

    by_total = plan.terms.rounding_target is RoundingTarget.TOTAL
    exempt = {unit.unit_id for unit in result.off_step}
    figures = {row.unit_id: row.total if by_total else row.unit_price for row in result.rows}
    broken = {unit_id for unit_id, figure in figures.items() if figure % plan.terms.rounding_step}
    assert broken <= exempt


@given(
    st.integers(5_000_00, 90_000_00),
    st.integers(500_000, 1_500_000),
    st.integers(-1_000_00, 3_000_00),
    st.integers(-500_00, 500_00),
)
def test_differences_come_after_coefficients_and_are_not_multiplied(
    base: int, millionths: int, difference: int, adjustment: int
) -> None:
    coefficient = Decimal(millionths).scaleb(-6)
    factors = (
        make_factor(FactorKind.VIEW, "", difference=difference),
        make_factor(FactorKind.LINE, "01", coefficient=str(coefficient)),
    )
    terms = make_terms(base_price=base, rounding_step=1)

    (row,) = compute_plan(terms, factors, {1: adjustment}, (make_unit(),)).rows

    exact = base * coefficient + difference + adjustment
    assert abs(row.unit_price - exact) <= Decimal("0.5")


@given(PLAN_RANDOMS)
@settings(max_examples=200, deadline=None)
def test_order_of_the_lines_of_a_table_changes_nothing(random: Random) -> None:
    plan, result = draw_counted(random)
    shuffled = list(plan.factors)
    random.shuffle(shuffled)

    again = compute_plan(plan.terms, shuffled, plan.adjustments, plan.units)

    assert again == result


@given(PLAN_RANDOMS)
@settings(max_examples=200, deadline=None)
def test_parts_add_up_to_the_whole(random: Random) -> None:
    plan, result = draw_counted(random)

    (figures,) = compare_scenarios({"plan": result}, plan.units, (500_000_00, 1_500_000_00))

    assert result.total == sum(row.total for row in result.rows)
    assert len(plan.units) == len(result.rows) + len(result.kept) + len(result.unpriced)
    assert figures.whole.total == result.total == sum(group.total for group in figures.by_type)
    assert figures.whole.count == len(result.rows) == sum(group.count for group in figures.by_type)
    assert figures.whole.area == sum(group.area for group in figures.by_type)
    assert sum(band.count for band in figures.bands) == len(result.rows)


@given(PLAN_RANDOMS)
@settings(max_examples=200, deadline=None)
def test_explanation_of_every_price_ends_at_its_total(random: Random) -> None:
    plan, result = draw_counted(random)

    units = {unit.unit_id: unit for unit in plan.units}
    ends = {
        row.unit_id: explain_price(
            plan.terms, plan.factors, plan.adjustments.get(row.unit_id, 0), units[row.unit_id], result.base
        )[-1].after
        for row in result.rows
    }
    assert ends == {row.unit_id: row.total for row in result.rows}


@given(PLAN_RANDOMS)
@settings(max_examples=200, deadline=None)
def test_other_unit_price_is_total_by_other_area(random: Random) -> None:
    plan, result = draw_counted(random)

    units = {unit.unit_id: unit for unit in plan.units}
    is_gross = plan.terms.basis is PriceBasis.GROSS
    for row in result.rows:
        area = units[row.unit_id].inner_area if is_gross else units[row.unit_id].gross_area
        is_right = (
            area is None
            if row.other_price is None
            else area is not None and abs(row.other_price - row.total / area) <= Decimal("0.5")
        )
        assert is_right, row
