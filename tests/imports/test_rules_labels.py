"""Every shape of label, and what stays open."""

import pytest

from salesoffice.imports.enums import Doubt
from salesoffice.imports.rules import (
    Label,
    UnitKey,
    assign_unit_codes,
    build_unit_code,
    column_of,
    parse_floor,
    parse_label,
)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("6栋711", Label("6栋", "", 7, "7", "711")),
        ("3栋C座48C", Label("3栋", "C座", 48, "48", "48C")),
        ("1栋A座3001", Label("1栋", "A座", 30, "30", "3001")),
        ("1栋E座10层1002", Label("1栋", "E座", 10, "10", "1002")),
        ("1栋A座04层405", Label("1栋", "A座", 4, "4", "405")),
        ("2栋31层31E", Label("2栋", "", 31, "31", "31E")),
        ("1栋2层02A", Label("1栋", "", 2, "2", "02A")),
        ("1栋1层24", Label("1栋", "", 1, "1", "24")),
        ("1栋半地下14", Label("1栋", "", 0, "半地下", "14")),
        ("6栋半地下室305", Label("6栋", "", 0, "半地下室", "305")),
        ("1栋地下1层3", Label("1栋", "", -1, "-1", "3")),
        ("1栋负二层12", Label("1栋", "", -2, "-2", "12")),
        ("1栋F座26层四单元2603", Label("1栋", "F座四单元", 26, "26", "2603")),
        ("1栋F座四单元703", Label("1栋", "F座四单元", 7, "7", "703")),
        ("1号楼6705", Label("1号楼", "", 67, "67", "6705")),
        ("一号楼B座C户型20F", Label("一号楼", "B座", 20, "20", "20F", "C户型")),
        ("1-3412", Label("1", "", 34, "34", "3412")),
        ("3-1-1802", Label("3", "1单元", 18, "18", "1802")),
        ("1栋3A01", Label("1栋", "", 4, "3A", "3A01")),
        ("３栋 Ｃ座４８ｃ", Label("3栋", "C座", 48, "48", "48C")),
        ("12栋1201号", Label("12栋", "", 12, "12", "1201")),
    ],
)
def test_label_is_understood_whole(text: str, label: Label) -> None:
    found = parse_label(text)

    assert found == label
    assert not found.is_partial


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("2313", Label(None, "", 23, "23", "2313", doubts=(Doubt.BUILDING,))),
        ("半地下134", Label(None, "", 0, "半地下", "134", doubts=(Doubt.BUILDING,))),
        ("半地下134号", Label(None, "", 0, "半地下", "134", doubts=(Doubt.BUILDING,))),
        ("C2单元08J", Label(None, "C2单元", 8, "8", "08J", doubts=(Doubt.BUILDING,))),
        ("5栋05", Label("5栋", "", None, "", "05", doubts=(Doubt.FLOOR,))),
        ("1栋10101", Label("1栋", "", None, "", "10101", doubts=(Doubt.FLOOR,))),
        ("1栋夹层12", Label("1栋", "", None, "夹层", "12", doubts=(Doubt.FLOOR,))),
        ("1栋地下101", Label("1栋", "", None, "", "地下101", doubts=(Doubt.ROOM, Doubt.FLOOR))),
        ("花园一期3栋101", Label("3栋", "", 1, "1", "101", doubts=(Doubt.PREFIX,))),
    ],
)
def test_label_partly_understood_keeps_what_is_certain(text: str, label: Label) -> None:
    found = parse_label(text)

    assert found == label
    assert found.is_partial


@pytest.mark.parametrize("text", ["", "合计", "1栋", "--", "1栋A座"])
def test_label_without_room_has_none(text: str) -> None:
    assert parse_label(text).room_no is None


@pytest.mark.parametrize(
    ("text", "floor"),
    [
        ("5", ("5", 5)),
        ("05", ("5", 5)),
        ("5层", ("5", 5)),
        ("1.0", ("1", 1)),
        ("半地下01", ("半地下01", 0)),
        ("-1", ("-1", -1)),
        ("B2", ("-2", -2)),
        ("3A", ("3A", 4)),
        ("首层", ("1", 1)),
        ("二十六层", ("26", 26)),
        ("夹层", ("夹层", None)),
        ("0", ("0", None)),
    ],
)
def test_floor_keeps_label_and_finds_number(text: str, floor: tuple[str, int | None]) -> None:
    assert parse_floor(text) == floor


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        (("3栋", "1单元", "18", "1802"), "3-1-1802"),
        (("1栋", "A座", "30", "3001"), "1-A-3001"),
        (("一号楼", "B座", "20", "20F"), "1-B-20F"),
        (("1#住宅楼", "2单元", "11", "1101"), "1-2-1101"),
        (("1栋", "F座四单元", "26", "2603"), "1-F-4-2603"),
        (("商业街", "", "1", "12"), "商业街-12"),
        ((None, "", "23", "2313"), "2313"),
        (("1栋", "", "1", "1/2 #?"), "1-12"),
    ],
)
def test_unit_code_is_short_and_safe(parts: tuple[str | None, str, str, str], code: str) -> None:
    assert build_unit_code(*parts) == code


def test_unit_code_with_floor_writes_basements_with_b() -> None:
    assert build_unit_code("1栋", "", "-1", "101", with_floor=True) == "1-B1-101"


def test_colliding_unit_codes_get_their_floor_then_words_then_numbers() -> None:
    units = [
        UnitKey("1栋", "", "1", "14"),
        UnitKey("1栋", "", "半地下", "14"),
        UnitKey("1栋", "", "2", "201"),
        UnitKey("1号楼", "", "2", "201"),
        UnitKey("2栋", "", "3", "301"),
        UnitKey("2栋", "", "3", "30/1"),
    ]

    codes = assign_unit_codes(units)

    assert codes == ("1-1-14", "1-半地下-14", "1栋-2-201", "1号楼-2-201", "2栋-3-301", "2栋-3-301-2")


def test_unit_code_taken_in_the_project_is_not_given_again() -> None:
    codes = assign_unit_codes([UnitKey("1栋", "", "2", "201")], taken={"1-201"})

    assert codes == ("1-2-201",)


@pytest.mark.parametrize(
    ("room_no", "floor_number", "column"),
    [
        ("3001", 30, "01"),
        ("48C", 48, "C"),
        ("02A", 2, "A"),
        ("24", 1, "24"),
        ("139", 1, "39"),
        ("101", -1, "01"),
        ("305", 0, "305"),
        ("25F", 24, "25F"),
        ("3A01", 4, "01"),
        ("05", None, "05"),
        ("C户型20F", 20, "C"),
    ],
)
def test_column_of_room(room_no: str, floor_number: int | None, column: str) -> None:
    assert column_of(room_no, floor_number) == column
