"""Discounts in order, the basis of a total, the layers of prices."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salesoffice.pricing.enums import DiscountKind, PriceBasis
from salesoffice.pricing.rules import (
    AboveFiledPrice,
    AboveListPrice,
    BelowFloorPrice,
    DiscountInvalid,
    DiscountStep,
    DiscountTooLarge,
    PriceLayers,
    StepResult,
    apply_discounts,
    check_price_layers,
    infer_basis,
)

AREA = Decimal("89.90")
OPENING = DiscountStep(DiscountKind.PERCENTAGE, Decimal("0.98"), "opening")
LUMP = DiscountStep(DiscountKind.AMOUNT, Decimal(50_000_00), "lump")
IN_FULL = DiscountStep(DiscountKind.PERCENTAGE, Decimal("0.95"), "paid in full")


@pytest.mark.parametrize(
    ("steps", "after"),
    [
        ((OPENING, LUMP, IN_FULL), [980_000_00, 930_000_00, 883_500_00]),
        ((OPENING, IN_FULL, LUMP), [980_000_00, 931_000_00, 881_000_00]),
        ((LUMP, OPENING, IN_FULL), [950_000_00, 931_000_00, 884_450_00]),
    ],
)
def test_discounts_depend_on_their_order(steps: tuple[DiscountStep, ...], after: list[int]) -> None:
    results = apply_discounts(1_000_000_00, AREA, steps)

    assert [result.after for result in results] == after
    assert [result.before for result in results] == [1_000_000_00, *after[:-1]]
    assert tuple(result.step for result in results) == steps


def test_points_are_taken_off_the_list_price() -> None:
    points = DiscountStep(DiscountKind.POINTS, Decimal(2), "two points")

    results = apply_discounts(1_000_000_00, AREA, (LUMP, points))

    assert results[1] == StepResult(points, 950_000_00, 930_000_00)


def test_discount_per_area_counts_square_metres() -> None:
    per_area = DiscountStep(DiscountKind.PER_AREA, Decimal(100_00), "100 yuan per square metre")

    results = apply_discounts(1_000_000_00, AREA, (per_area,))

    assert results == (StepResult(per_area, 1_000_000_00, 991_010_00),)


def test_discounts_without_steps_change_nothing() -> None:
    results = apply_discounts(1_000_000_00, AREA, ())

    assert results == ()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (DiscountKind.PERCENTAGE, "0"),
        (DiscountKind.PERCENTAGE, "1.01"),
        (DiscountKind.PERCENTAGE, "98"),
        (DiscountKind.POINTS, "100"),
        (DiscountKind.POINTS, "-1"),
        (DiscountKind.PER_AREA, "-1"),
        (DiscountKind.AMOUNT, "-1"),
    ],
)
def test_discount_of_impossible_value_is_refused(kind: DiscountKind, value: str) -> None:
    with pytest.raises(DiscountInvalid) as refusal:
        apply_discounts(1_000_000_00, AREA, (DiscountStep(kind, Decimal(value), "wrong"),))

    assert refusal.value.code == "discount_invalid"


def test_discount_that_leaves_nothing_is_refused() -> None:
    with pytest.raises(DiscountTooLarge) as refusal:
        apply_discounts(50_000_00, AREA, (LUMP,))

    assert refusal.value.code == "discount_too_large"


@given(st.lists(st.sampled_from([OPENING, LUMP, IN_FULL]), max_size=8), st.integers(10**9, 10**12))
def test_discount_steps_join_without_gaps(steps: list[DiscountStep], total: int) -> None:
    results = apply_discounts(total, AREA, steps)

    befores = [result.before for result in results]
    afters = [result.after for result in results]
    assert befores == [total, *afters][: len(befores)]
    assert all(after < before for before, after in zip(befores, afters, strict=True))


@pytest.mark.parametrize(
    ("gross_unit", "inner_unit", "total", "basis"),
    [
        (10_000_00, 12_500_00, 1_000_000_00, PriceBasis.GROSS),
        (10_000_00, 12_600_00, 1_000_000_60, PriceBasis.GROSS),
        (10_000_00, 12_500_01, 1_000_000_80, PriceBasis.GROSS),
        (10_000_00, 12_600_00, 1_008_000_00, PriceBasis.INNER),
        (10_000_00, 12_600_00, 1_004_000_00, None),
        (10_000_00, None, 999_999_00, PriceBasis.GROSS),
        (None, 12_600_00, 1_008_000_00, PriceBasis.INNER),
        (None, None, 1_008_000_00, PriceBasis.UNIT),
    ],
)
def test_basis_is_the_area_that_fits_the_total(
    gross_unit: int | None, inner_unit: int | None, total: int, basis: PriceBasis | None
) -> None:
    inferred = infer_basis(Decimal("100.00"), Decimal("80.00"), gross_unit, inner_unit, total, 1_00)

    assert inferred is basis


def test_basis_without_the_area_of_the_unit_price_is_unknown() -> None:
    inferred = infer_basis(None, Decimal("80.00"), 10_000_00, None, 800_000_00, 1_00)

    assert inferred is None


def test_price_layers_in_order_pass() -> None:
    layers = PriceLayers(deal=90, filed=100, list_price=95, project_floor=90, group_floor=80)

    check_price_layers(layers)

    assert layers.deal == 90


@pytest.mark.parametrize(
    ("layers", "refusal"),
    [
        (PriceLayers(deal=101, filed=100), AboveFiledPrice),
        (PriceLayers(deal=90, filed=100, list_price=101), AboveFiledPrice),
        (PriceLayers(deal=96, filed=100, list_price=95), AboveListPrice),
        (PriceLayers(deal=89, project_floor=90, group_floor=80), BelowFloorPrice),
        (PriceLayers(deal=79, group_floor=80), BelowFloorPrice),
    ],
)
def test_price_layers_out_of_order_are_refused(layers: PriceLayers, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        check_price_layers(layers)
