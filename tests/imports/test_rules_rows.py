"""Rows: what is rejected, what is warned about, and that one bad row stops no other."""

from decimal import Decimal

import pytest

from salesoffice.core.errors import DomainError
from salesoffice.imports.enums import ColumnField, StatusMeaning
from salesoffice.imports.rules import ParsedFile, guess_profile, parse_rows, read_table
from salesoffice.imports.rules.cells import read_status
from salesoffice.pricing.enums import PriceBasis

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注"
GOOD = "1栋101,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅"


def _parse(*lines: str, header: str = HEADER) -> ParsedFile:
    table = read_table("\n".join([header, *lines]).encode(), "units.csv")
    return parse_rows(table, guess_profile(table.header))


@pytest.mark.parametrize(
    ("line", "column", "value", "code"),
    [
        (",1,1,1,1,1,在售,", "房号", "", "room_missing"),
        ("甲栋,1,1,1,1,1,在售,", "房号", "甲栋", "room_missing"),
        ("合计,1,1,1,1,1,在售,", "", "", "placeholder_row"),
        ("=1+1,1,1,1,1,1,在售,", "房号", "=1+1", "formula"),
        ("@SUM(1),1,1,1,1,1,在售,", "房号", "@SUM(1)", "formula"),
        ("1栋102,100,1,1,1,1,在售,+cmd", "备注", "+cmd", "formula"),
        ("1栋102,=1+1,1,1,1,1,在售,", "建筑面积", "=1+1", "formula"),
        ("1栋102,很大,1,1,1,1,在售,", "建筑面积", "很大", "number_invalid"),
        ("1栋102,1e5,1,1,1,1,在售,", "建筑面积", "1e5", "number_invalid"),
        ("1栋102,100,1,1,1,-5,在售,", "总售价", "-5", "negative"),
        ("1栋102,99999999999,1,1,1,5,在售,", "建筑面积", "99999999999", "number_invalid"),
        ("1栋102,100,1,1,1", "", "", "row_incomplete"),
        ("1栋102,100,1,1,1,1,183,056,住宅", "", "", "row_too_long"),
        ("1栋1\u202e02,100,1,1,1,1,在售,", "房号", "1栋1\u202e02", "characters"),
        (f"1栋{'9' * 50},100,1,1,1,1,在售,", "房号", f"1栋{'9' * 50}", "text_too_long"),
        (GOOD, "房号", "1栋101", "duplicate_row"),
    ],
)
def test_bad_row_is_rejected_and_the_others_are_read(line: str, column: str, value: str, code: str) -> None:
    parsed = _parse(GOOD, line, "1栋103,100.00,10000.00,80.00,12500.00,1000000.00,在售,住宅")

    assert [(error.line, error.column, error.value, error.code) for error in parsed.errors] == [
        (3, column, value, code)
    ]
    assert [row.room_no for row in parsed.rows] == ["101", "103"]
    assert (parsed.row_count, parsed.rejected_count) == (3, 1)


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("1栋101,100,10000,80,12500,1000000,在售,", []),
        ("1栋101,100,10000,80,12500,1000000,排队中,", ["status_unknown"]),
        ("1栋101,100,10000,80,12500,1234567,在售,", ["total_mismatch"]),
        ("1栋101,100,10000,120,12500,1000000,在售,", ["area_mismatch"]),
        ("1栋101,,,,,,在售,", ["area_missing", "price_missing"]),
        ("1栋101,,,,,,已产权备案,", []),
        ("1栋101,100.005,10000,80,12500,1000100,在售,", ["rounded"]),
        ("1栋11层1001,100,10000,80,12500,1000000,在售,", ["floor_differs"]),
        ("101,100,10000,80,12500,1000000,在售,", ["label_partial"]),
    ],
)
def test_doubtful_row_is_read_with_warnings(line: str, codes: list[str]) -> None:
    parsed = _parse(line)

    assert [warning.code for warning in parsed.warnings] == codes
    assert all(str(warning.message) for warning in parsed.warnings)
    assert len(parsed.rows) == 1


def test_sums_count_rejected_rows_as_the_file_states_them() -> None:
    parsed = _parse(GOOD, GOOD, ",50.50,,,,0.01,在售,")

    assert len(parsed.rows) == 1
    assert (parsed.sum_gross_area, parsed.sum_total_fen) == (Decimal("250.50"), 200_000_001)


def test_row_holds_exact_figures() -> None:
    parsed = _parse('1栋101,"1,100.00㎡",10000.00,80.00,12500.00,"￥11,000,000.00元",在售,住宅')

    row = parsed.rows[0]
    assert (row.gross_area, row.inner_area, row.shared_area) == (
        Decimal("1100.00"),
        Decimal("80.00"),
        Decimal("1020.00"),
    )
    assert (row.gross_unit_price, row.inner_unit_price, row.total_amount) == (
        1_000_000,
        1_250_000,
        1_100_000_000,
    )
    assert (row.basis, row.status, row.usage, row.remark) == (
        PriceBasis.GROSS,
        StatusMeaning.ON_SALE,
        "住宅",
        "住宅",
    )


def test_total_without_unit_prices_is_priced_per_unit() -> None:
    parsed = _parse("1栋车位12,,,,,250000,在售,车位")

    assert parsed.rows[0].basis is PriceBasis.UNIT


def test_layouts_that_share_a_floor_label_stay_different_units() -> None:
    parsed = _parse(
        "一号楼B座C户型20F,100,10000,80,12500,1000000,在售,",
        "一号楼B座D户型20F,100,10000,80,12500,1000000,在售,",
    )

    assert [(row.room_no, row.position, row.unit_type) for row in parsed.rows] == [
        ("C户型20F", "C", "C户型"),
        ("D户型20F", "D", "D户型"),
    ]


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("在售", StatusMeaning.ON_SALE),
        ("可售", StatusMeaning.ON_SALE),
        ("已签认购书", StatusMeaning.SOLD),
        ("已签预售合同", StatusMeaning.SOLD),
        ("已产权备案", StatusMeaning.SOLD),
        ("初始登记", StatusMeaning.SOLD),
        ("网上联机备案", StatusMeaning.SOLD),
        ("未备案", StatusMeaning.UNKNOWN),
        ("", StatusMeaning.UNKNOWN),
    ],
)
def test_status_word_means(word: str, meaning: StatusMeaning) -> None:
    assert read_status(word) is meaning


def test_columns_of_an_unknown_table_are_guessed() -> None:
    parsed = _parse(
        "3栋,2,5层,502,99.50,1990000,可售", header="楼栋,单元,楼层,房号,建筑面积(㎡),总价（元）,状态"
    )

    row = parsed.rows[0]
    assert parsed.profile.name == "general"
    assert row.identity == ("3栋", "2单元", "5", "502")
    assert (row.total_amount, row.floor_number, row.is_partial) == (199_000_000, 5, False)


def test_mapping_of_the_person_overrides_the_guess() -> None:
    table = read_table("编号,价\n1栋101,100\n".encode(), "units.csv")

    profile = guess_profile(table.header, mapping={"编号": ColumnField.LABEL, "价": ColumnField.TOTAL})

    assert parse_rows(table, profile).rows[0].total_amount == 10_000


@pytest.mark.parametrize(
    ("header", "mapping", "name", "code"),
    [
        (("甲", "乙"), None, None, "columns_unknown"),
        (("房号", "总价"), None, "nothing", "profile_unknown"),
        (("房号", "总价"), None, "office_units", "columns_missing"),
        (("房号", "总价"), {"总价": ColumnField.TOTAL}, None, "mapping_invalid"),
        (("房号", "总价"), {"没有": ColumnField.LABEL}, None, "mapping_invalid"),
        (("房号", "总价"), {"房号": ColumnField.LABEL, "总价": ColumnField.LABEL}, None, "mapping_invalid"),
    ],
)
def test_header_that_does_not_fit_is_refused(
    header: tuple[str, ...], mapping: dict[str, ColumnField] | None, name: str | None, code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        guess_profile(header, mapping=mapping, name=name)

    assert refusal.value.code == code


def test_building_that_is_no_name_is_refused() -> None:
    table = read_table(f"{HEADER}\n{GOOD}".encode(), "units.csv")

    with pytest.raises(DomainError) as refusal:
        parse_rows(table, guess_profile(table.header), building="=1+1")

    assert refusal.value.code == "building_invalid"
