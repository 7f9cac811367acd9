"""A building by rule: labels of floors, numbers of rooms, exceptions, limits, and what is said of wrong entries."""

from dataclasses import replace
from decimal import Decimal

import pytest

from salesoffice.inventory.enums import NumberingShape, Product, SkippedFloors
from salesoffice.inventory.rules import (
    BuildingSpec,
    ExceptionRule,
    LineRule,
    UnitFacts,
    build_room_no,
    generate_units,
    label_floors,
    parse_floors,
    parse_lines,
    parse_skipped,
)

FLAT = UnitFacts(unit_type="A", gross_area=Decimal("90.00"), inner_area=Decimal("72.00"))
HOUSE = BuildingSpec("6栋", 1, 3, lines=(LineRule("01-02", facts=FLAT),))


def labels(first: int, last: int, skipped: str, way: SkippedFloors) -> list[str]:
    """Return the labels of a range of physical floors."""
    numbers = range(first, last + 1)
    return [floor.label for floor in label_floors(numbers, parse_skipped(skipped) or {}, way)]


def problems_of(spec: BuildingSpec) -> dict[str, str]:
    """Return the first words about each wrong field."""
    return {problem.field: str(problem.message) for problem in generate_units(spec).problems}


@pytest.mark.parametrize(
    ("text", "floors"),
    [
        ("", ()), ("3", (3,)), ("2-4, 7", (2, 3, 4, 7)), ("-2--1", (-2, -1)), ("半地下 1至2", (0, 1, 2)),
        ("4-2", None), ("x", None), ("999", None), ("1-2-3", None),
    ],
)  # fmt: skip
def test_floors_are_read_as_people_write_them(text: str, floors: tuple[int, ...] | None) -> None:
    assert parse_floors(text) == floors


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("01-04", ("01", "02", "03", "04")), ("a-c", ("A", "B", "C")), ("1 3，5", ("1", "3", "5")),
        ("001-003,D", ("001", "002", "003", "D")), ("S1, S2", ("S1", "S2")), ("", None), ("4-1", None),
        ("1-101", None), ("A-3", None),
    ],
)  # fmt: skip
def test_lines_are_read_as_people_write_them(text: str, lines: tuple[str, ...] | None) -> None:
    assert parse_lines(text) == lines


def test_unlucky_floors_are_shown_with_a_letter() -> None:
    shown = labels(-1, 25, "4,13,14,24", SkippedFloors.RELABEL)

    assert shown == [
        "-1", "半地下", "1", "2", "3", "3A", "5", "6", "7", "8", "9", "10", "11", "12", "12A", "12B", "15", "16",
        "17", "18", "19", "20", "21", "22", "23", "23A", "25",
    ]  # fmt: skip


def test_unlucky_floors_are_left_out_of_the_count() -> None:
    shown = labels(1, 14, "4 13 14", SkippedFloors.LEAVE_OUT)

    assert shown == ["1", "2", "3", "5", "6", "7", "8", "9", "10", "11", "12", "15", "16", "17"]


def test_own_labels_win() -> None:
    shown = labels(3, 15, "4=3A, 13=12A, 14=15A", SkippedFloors.RELABEL)

    assert shown == ["3", "3A", "5", "6", "7", "8", "9", "10", "11", "12", "12A", "15A", "15"]


@pytest.mark.parametrize(
    ("shape", "section", "floor", "line", "room"),
    [
        (NumberingShape.FLOOR_LINE, "", "18", "1", "1801"),
        (NumberingShape.FLOOR_LINE, "", "3A", "02", "3A02"),
        (NumberingShape.FLOOR_LETTER, "", "18", "1", "18A"),
        (NumberingShape.FLOOR_LETTER, "", "18", "C", "18C"),
        (NumberingShape.SECTION_FLOOR_LINE, "1单元", "18", "01", "1-1801"),
        (NumberingShape.SECTION_FLOOR_LINE, "二单元", "18", "01", "2-1801"),
        (NumberingShape.SECTION_FLOOR_LINE, "A座", "18", "01", "A-1801"),
        (NumberingShape.FLOOR_DASH_LINE, "", "18", "1", "18-01"),
        (NumberingShape.LINE, "", "-1", "001", "001"),
    ],
)
def test_rooms_are_numbered_by_the_shape(
    shape: NumberingShape, section: str, floor: str, line: str, room: str
) -> None:
    assert build_room_no(shape, section, floor, line) == room


def test_building_is_made_section_by_section_from_the_top() -> None:
    made = generate_units(replace(HOUSE, sections="1单元 2单元"))

    assert made.problems == ()
    assert [(row.section, row.room_no) for row in made.rows] == [
        (section, room)
        for section in ("1单元", "2单元")
        for room in ("301", "302", "201", "202", "101", "102")
    ]
    assert {row.facts.shared_area for row in made.rows} == {Decimal("18.00")}


def test_exceptions_leave_out_and_change() -> None:
    top = UnitFacts(unit_type="复式", gross_area=Decimal("180.00"))
    exceptions = (ExceptionRule("1", lines="02", is_left_out=True), ExceptionRule("3", facts=top))

    made = generate_units(replace(HOUSE, exceptions=exceptions))

    assert [(row.room_no, row.facts.unit_type, row.facts.gross_area, row.facts.inner_area) for row in made.rows] == [
        ("301", "复式", Decimal("180.00"), None),
        ("302", "复式", Decimal("180.00"), None),
        ("201", "A", Decimal("90.00"), Decimal("72.00")),
        ("202", "A", Decimal("90.00"), Decimal("72.00")),
        ("101", "A", Decimal("90.00"), Decimal("72.00")),
    ]  # fmt: skip


def test_basements_have_lines_of_their_own() -> None:
    parking = LineRule("001-003", floors="-1", facts=UnitFacts(product=Product.PARKING))
    spec = replace(HOUSE, last_floor=1, basements=1, lines=(*HOUSE.lines, parking))

    made = generate_units(spec)

    assert [(row.floor_number, row.floor_label, row.room_no) for row in made.rows] == [
        (1, "1", "101"), (1, "1", "102"), (-1, "-1", "-1001"), (-1, "-1", "-1002"), (-1, "-1", "-1003"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("spec", "field"),
    [
        (replace(HOUSE, building=""), "building"),
        (replace(HOUSE, first_floor=5), "last_floor"),
        (replace(HOUSE, last_floor=201), "last_floor"),
        (replace(HOUSE, skipped="four"), "skipped"),
        (replace(HOUSE, skipped="2=1"), "skipped"),
        (replace(HOUSE, lines=()), "lines-0-lines"),
        (replace(HOUSE, lines=(LineRule("1-101"),)), "lines-0-lines"),
        (replace(HOUSE, lines=(LineRule("01", section="9单元"),)), "lines-0-section"),
        (replace(HOUSE, lines=(LineRule("01", floors="9"),)), "lines-0-floors"),
        (replace(HOUSE, lines=(LineRule("01", floors="up"),)), "lines-0-floors"),
        (replace(HOUSE, shape=NumberingShape.FLOOR_LETTER, lines=(LineRule("S1"),)), "lines-0-lines"),
        (replace(HOUSE, exceptions=(ExceptionRule("", is_left_out=True),)), "exceptions-0-floors"),
        (replace(HOUSE, exceptions=(ExceptionRule("2"),)), "exceptions-0-is_left_out"),
        (replace(HOUSE, exceptions=(ExceptionRule("1-3", is_left_out=True),)), "lines-0-lines"),
        (replace(HOUSE, basements=1), "basements"),
        (replace(HOUSE, basements=11), "basements"),
        (replace(HOUSE, shape=NumberingShape.FLOOR_LINE, lines=(LineRule("1 01"),)), "shape"),
        (replace(HOUSE, last_floor=200, lines=(LineRule("001-100"),)), "last_floor"),
        (
            replace(HOUSE, lines=(LineRule("01", facts=replace(FLAT, shared_area=Decimal("20.00"))),)),
            "lines-0-gross_area",
        ),
    ],
)
def test_wrong_entry_is_named(spec: BuildingSpec, field: str) -> None:
    found = problems_of(spec)

    assert list(found) == [field]
    assert generate_units(spec).rows == ()


def test_seal_changes_with_every_fact() -> None:
    other = replace(HOUSE, lines=(LineRule("01-02", facts=replace(FLAT, view="江景")),))

    seals = {generate_units(spec).sha256 for spec in (HOUSE, HOUSE, other)}

    assert len(seals) == 2
