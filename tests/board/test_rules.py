"""How a building is laid out."""

from typing import Any

import pytest

from salesoffice.board.rules import (
    MAX_COLUMNS,
    BoardFilter,
    Place,
    UnitRow,
    average_price,
    order_floors,
    plan_sections,
    sign_of,
)
from salesoffice.core.text import natural_key
from salesoffice.deals.enums import UnitState


def make_row(unit_id: int, *, floor: int = 1, line: str = "01", section: int = 1, **values: Any) -> UnitRow:
    row = UnitRow(
        1,
        section,
        floor,
        unit_id,
        f"1-{unit_id}",
        str(unit_id),
        line,
        None,
        9000,
        7200,
        "南",
        900_000_00,
        "available",
    )
    return row._replace(**values)


def test_floors_run_from_the_top_down_with_unknown_ones_last() -> None:
    floors = [
        Place(1, "1", 1),
        Place(2, "夹层", None),
        Place(3, "-1", -1),
        Place(4, "12A", 13),
        Place(5, "2", 2),
    ]

    ordered = order_floors(floors)

    assert [floor.name for floor in ordered] == ["12A", "2", "1", "-1", "夹层"]


def test_numbers_in_names_sort_as_numbers() -> None:
    assert sorted(["10栋", "2栋", "1栋", "C座"], key=natural_key) == ["1栋", "2栋", "10栋", "C座"]


def test_columns_are_the_lines_of_all_floors_and_a_missing_unit_leaves_a_gap() -> None:
    units = [make_row(101), make_row(103, line="03"), make_row(202, floor=2, line="02")]

    (plan,) = plan_sections(units, {1: Place(1, "A座", 0)}, {1: Place(1, "1", 1), 2: Place(2, "2", 2)})

    assert plan.columns == ("01", "02", "03")
    assert [(floor.columns, [unit.id for unit in floor.units]) for floor in plan.floors] == [
        ([1], [202]),
        ([0, 2], [101, 103]),
    ]


def test_second_unit_of_a_line_keeps_its_own_place() -> None:
    units = [make_row(1), make_row(2)]

    (plan,) = plan_sections(units, {1: Place(1, "", 0)}, {1: Place(1, "1", 1)})

    assert sorted(unit.id for unit in plan.floors[0].units) == [1, 2]


def test_very_long_floor_flows_and_does_not_widen_the_others() -> None:
    wide = [make_row(number, line=str(number)) for number in range(1, MAX_COLUMNS + 10)]
    normal = [make_row(900 + number, floor=2, line=f"0{number}") for number in (1, 2)]

    (plan,) = plan_sections(
        wide + normal, {1: Place(1, "", 0)}, {1: Place(1, "半地下", None), 2: Place(2, "2", 2)}
    )

    assert plan.columns == ("01", "02")
    assert [(floor.label, floor.is_flowing, floor.is_unknown, len(floor.units)) for floor in plan.floors] == [
        ("2", False, False, 2),
        ("半地下", True, True, MAX_COLUMNS + 9),
    ]


def test_floor_of_shops_under_flats_flows_and_leaves_the_columns_to_the_flats() -> None:
    flats = [
        make_row(floor * 100 + place, floor=floor, line=line)
        for floor in (2, 3)
        for place, line in enumerate("ABC")
    ]
    shops = [make_row(900 + number, line=str(number)) for number in range(1, 5)]
    floors = {number: Place(number, str(number), number) for number in (1, 2, 3)}

    (plan,) = plan_sections(flats + shops, {1: Place(1, "", 0)}, floors)

    assert plan.columns == ("A", "B", "C")
    assert [(floor.label, floor.is_flowing) for floor in plan.floors] == [
        ("3", False),
        ("2", False),
        ("1", True),
    ]


def test_room_number_without_a_line_stands_after_the_columns() -> None:
    units = [
        make_row(floor * 10 + place, floor=floor, line=line)
        for floor in (1, 2)
        for place, line in enumerate("AB")
    ]

    (plan,) = plan_sections(
        [*units, make_row(99, floor=2, line="25C")],
        {1: Place(1, "", 0)},
        {1: Place(1, "1", 1), 2: Place(2, "2", 2)},
    )

    assert plan.columns == ("A", "B", "25C")


@pytest.mark.parametrize(("count", "is_flowing"), [(12, False), (13, True)])
def test_only_floor_of_a_section_flows_when_it_is_long(count: int, *, is_flowing: bool) -> None:
    units = [make_row(number, line=f"{number:02}") for number in range(1, count + 1)]

    (plan,) = plan_sections(units, {1: Place(1, "", 0)}, {1: Place(1, "", None)})

    assert [(floor.is_flowing, floor.is_unknown) for floor in plan.floors] == [(is_flowing, True)]


def test_average_is_sum_of_totals_over_sum_of_areas() -> None:
    units = [make_row(1), make_row(2, total=1_100_000_00, gross=10000), make_row(3, total=None)]

    average = average_price(units)

    assert average == 10_526_32


def test_average_of_unpriced_units_is_none() -> None:
    assert average_price([make_row(1, total=None)]) is None


def test_every_state_has_its_own_sign_in_both_languages() -> None:
    for language in ("en", "zh_CN"):
        assert len({sign_of(state, language) for state in UnitState}) == len(UnitState)


@pytest.mark.parametrize(
    ("wanted", "is_fitting"),
    [
        (BoardFilter(), True),
        (BoardFilter(state="held"), False),
        (BoardFilter(orientation="南", min_area=9000, max_area=9000), True),
        (BoardFilter(min_area=9001), False),
        (BoardFilter(max_total=899_999_99), False),
        (BoardFilter(text="1-7"), True),
        (BoardFilter(type_id=3), False),
    ],
)
def test_filter_fits(wanted: BoardFilter, *, is_fitting: bool) -> None:
    assert wanted.fits(make_row(7)) is is_fitting
