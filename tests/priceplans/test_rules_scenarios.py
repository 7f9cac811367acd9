"""Plans side by side, and the colours of the heat map."""

from decimal import Decimal

from salesoffice.priceplans.enums import FactorKind
from salesoffice.priceplans.rules import (
    BandShare,
    GroupFigures,
    PlanResult,
    PlanUnit,
    compare_scenarios,
    compute_plan,
    heat_levels,
)
from tests.priceplans.plans import make_factor, make_terms, make_unit

UNITS = (
    make_unit(1, unit_type="A", floor_number=10),
    make_unit(2, unit_type="A", floor_number=20),
    make_unit(3, unit_type="B", floor_number=10, gross_area=Decimal("50.00")),
)


def count(step: int, units: tuple[PlanUnit, ...] = UNITS) -> PlanResult:
    """Count a plan with one floor step."""
    return compute_plan(make_terms(), (make_factor(FactorKind.FLOOR_STEP, "1", difference=step),), {}, units)


def test_scenarios_are_compared_figure_by_figure() -> None:
    results = {"flat": count(0), "steep": count(100_00)}

    flat, steep = compare_scenarios(results, UNITS, (1_500_000_00, 2_050_000_00))

    assert (flat.name, steep.name) == ("flat", "steep")
    assert flat.whole == GroupFigures("flat", 3, Decimal("250.00"), 5_000_000_00, 20_000_00)
    assert steep.whole == GroupFigures("steep", 3, Decimal("250.00"), 5_100_000_00, 20_400_00)
    assert steep.by_type == (
        GroupFigures("A", 2, Decimal("200.00"), 4_100_000_00, 20_500_00),
        GroupFigures("B", 1, Decimal("50.00"), 1_000_000_00, 20_000_00),
    )
    assert (steep.lowest_price, steep.highest_price) == (20_000_00, 21_000_00)
    assert (steep.lowest_total, steep.highest_total) == (1_000_000_00, 2_100_000_00)
    assert (flat.spread, steep.spread) == (Decimal("0.0000"), Decimal("0.0490"))


def test_price_bands_begin_at_their_lower_limit() -> None:
    (flat,) = compare_scenarios({"flat": count(0)}, UNITS, (1_000_000_00, 2_000_000_00))

    assert flat.bands == (
        BandShare(None, 1_000_000_00, 0, Decimal("0.0000")),
        BandShare(1_000_000_00, 2_000_000_00, 1, Decimal("0.3333")),
        BandShare(2_000_000_00, None, 2, Decimal("0.6667")),
    )


def test_scenario_without_priced_units_has_no_prices() -> None:
    (figures,) = compare_scenarios({"empty": count(0, ())}, (), (1_000_000_00,))

    assert figures.whole == GroupFigures("empty", 0, Decimal("0.00"), 0, None)
    assert (figures.lowest_price, figures.highest_total, figures.spread) == (None, None, None)


def test_heat_levels_are_spread_over_the_prices() -> None:
    units = tuple(make_unit(floor, floor_number=floor) for floor in range(1, 15))

    levels = heat_levels(count(50_00, units))

    assert levels == {floor: (floor - 1) // 2 for floor in range(1, 15)}


def test_equal_prices_have_the_same_heat_level() -> None:
    assert heat_levels(count(0)) == {1: 3, 2: 3, 3: 3}
    assert heat_levels(count(0, ())) == {}
