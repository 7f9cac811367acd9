"""Which free units come nearest to one that is taken: each comparison, in its order."""

from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

import pytest

from salesoffice.inventory.enums import Product
from salesoffice.inventory.rules import Candidate, find_alternatives

WANTED = Candidate(1, "1-1002", 1, 7, Product.RESIDENTIAL, Decimal("90.00"), 10, 1_000_000_00)
SAME = replace(WANTED, id=2, code="1-1001")

WORSE_IN_ORDER = (
    ("price", replace(SAME, id=3, code="1-0901", total=1_000_001_00)),
    ("building", replace(SAME, id=4, code="2-1001", building_id=2)),
    ("floor", replace(SAME, id=5, code="1-1101", floor=11)),
    ("area", replace(SAME, id=6, code="1-1003", area=Decimal("90.01"))),
    ("product", replace(SAME, id=7, code="1-0101", product=Product.COMMERCIAL)),
    ("type", replace(SAME, id=8, code="1-1004", unit_type_id=8)),
)


def test_alternatives_come_in_the_order_of_what_counts_most() -> None:
    free = [unit for _name, unit in reversed(WORSE_IN_ORDER)] + [SAME]

    found = find_alternatives(WANTED, free, limit=10)

    assert [alternative.unit.id for alternative in found] == [2, 3, 4, 5, 6, 7, 8]


@pytest.mark.parametrize(
    ("better", "worse"),
    [(one, other) for one, other in pairwise(WORSE_IN_ORDER)],
    ids=lambda pair: pair[0],
)
def test_a_later_comparison_never_outweighs_an_earlier_one(
    better: tuple[str, Candidate], worse: tuple[str, Candidate]
) -> None:
    found = find_alternatives(WANTED, [worse[1], better[1]])

    assert [alternative.unit.id for alternative in found] == [better[1].id, worse[1].id]


def test_alternatives_are_five_with_the_price_difference() -> None:
    prices = (1_010_000_00, 980_000_00, 1_000_000_00, 1_030_000_00, 1_040_000_00, 950_000_00, 1_200_000_00)
    free = [
        replace(SAME, id=10 + number, code=f"1-9{number}", total=total) for number, total in enumerate(prices)
    ]

    found = find_alternatives(WANTED, free)

    assert [alternative.difference for alternative in found] == [
        0, 10_000_00, -20_000_00, 30_000_00, 40_000_00,
    ]  # fmt: skip


def test_equal_units_are_sorted_by_code_as_people_do() -> None:
    free = [replace(SAME, id=20 + number, code=f"1-{number}") for number in (11, 2, 10, 1)]

    found = find_alternatives(WANTED, free)

    assert [alternative.unit.code for alternative in found] == ["1-1", "1-2", "1-10", "1-11"]


def test_what_is_not_known_comes_last_and_has_no_difference() -> None:
    unknown = replace(SAME, id=30, code="1-1", area=None, total=None)
    far = replace(SAME, id=31, code="1-2", area=Decimal("300.00"))

    found = find_alternatives(WANTED, [unknown, far])

    assert [(alternative.unit.id, alternative.difference) for alternative in found] == [(31, 0), (30, None)]


def test_unknown_types_are_not_the_same_type() -> None:
    wanted = replace(WANTED, unit_type_id=None)
    untyped, typed = replace(SAME, id=40, unit_type_id=None, floor=12), replace(SAME, id=41)

    found = find_alternatives(wanted, [untyped, typed])

    assert [alternative.unit.id for alternative in found] == [41, 40]


def test_unit_is_no_alternative_to_itself_and_there_may_be_none() -> None:
    assert find_alternatives(WANTED, [WANTED]) == ()
