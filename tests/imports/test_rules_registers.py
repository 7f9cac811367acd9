"""The four registers of labels and values: exact figures, and what becomes of records that are not whole."""

import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from salesoffice.core.money import price_of
from salesoffice.imports.enums import StatusMeaning
from salesoffice.imports.rules import (
    ParsedFile,
    UnitKey,
    assign_unit_codes,
    guess_profile,
    parse_rows,
    read_table,
)
from salesoffice.pricing.enums import PriceBasis

REGISTERS = {
    "光明-星河天地华邸": (712, 712, 0),
    "宝安-深国际万科和雅轩": (702, 507, 195),
    "盐田-二期御景佳园": (1394, 1359, 35),
    "龙岗-利德悦府": (501, 43, 458),
}
RECORD = (
    "项目楼栋情况,云庭花园1栋,座号,A,合同号,--,拟售价格,50000.5元/平方米(按建筑面积计)楼层,05层,房号,501,用途,住宅,,"
    "建筑面积100.5平方米,户内面积,80.25平方米,分摊面积,20.25平方米,户内面积,--平方米,分摊面积--平方米,建筑面积,--平方米"
)
OTHER = RECORD.replace("501", "602").replace("05层", "6")


def _read(path: Path) -> ParsedFile:
    table = read_table(path.read_bytes(), path.name)
    return parse_rows(table, guess_profile(table.header))


def _parse(*records: str, encoding: str = "gbk") -> ParsedFile:
    table = read_table("\r\n".join([*records, ""]).encode(encoding), "register.csv")
    return parse_rows(table, guess_profile(table.header))


def _sum_first(text: str, label: str) -> Decimal:
    """The first area of a label in each line, taken from the text without the reader."""
    found = [re.search(rf",{label},?([0-9.]+)平方米", line) for line in text.splitlines()]
    return sum((Decimal(match[1]) for match in found if match), Decimal("0.00"))


@pytest.mark.parametrize("name", REGISTERS)
def test_register_units_prices_and_contracts_are_exact(shared_data: Path, name: str) -> None:
    units, priced, contracts = REGISTERS[name]

    parsed = _read(shared_data / "presale_gbk" / f"{name}.csv")

    assert (parsed.profile.name, parsed.encoding, parsed.errors) == ("shenzhen_register", "gbk", ())
    assert (len(parsed.rows), parsed.row_count, parsed.rejected_count) == (units, units, 0)
    assert sum(row.total_amount is not None for row in parsed.rows) == priced
    assert Counter(row.status for row in parsed.rows)[StatusMeaning.SOLD] == contracts
    withheld = {"price_withheld": units - priced} if units > priced else {}
    assert Counter(warning.code for warning in parsed.warnings) == withheld


@pytest.mark.parametrize("name", REGISTERS)
def test_register_sums_equal_those_of_the_text(shared_data: Path, name: str) -> None:
    path = shared_data / "presale_gbk" / f"{name}.csv"
    text = path.read_bytes().decode("gbk")

    parsed = _read(path)

    assert parsed.sum_gross_area == _sum_first(text, "建筑面积")
    assert sum(row.inner_area or 0 for row in parsed.rows) == _sum_first(text, "户内面积")
    assert sum(row.shared_area or 0 for row in parsed.rows) == _sum_first(text, "分摊面积")
    prices = re.findall(r"拟售价格,([0-9.]+)元.*?建筑面积([0-9.]+)平方米", text)
    totals = (price_of(int(Decimal(price) * 100), Decimal(area)) for price, area in prices)
    assert parsed.sum_total_fen == sum(totals)
    assert {row.basis for row in parsed.rows if row.total_amount} == {PriceBasis.GROSS}


@pytest.mark.parametrize("name", REGISTERS)
def test_register_places_every_unit_in_a_place_of_its_own(shared_data: Path, name: str) -> None:
    parsed = _read(shared_data / "presale_gbk" / f"{name}.csv")

    codes = assign_unit_codes([UnitKey(*row.identity) for row in parsed.rows])

    assert {row.building for row in parsed.rows} <= {"1栋", "2栋", "4栋"}
    assert all(row.floor_number is not None and not row.doubts for row in parsed.rows)
    assert len({row.identity for row in parsed.rows}) == len(set(codes)) == len(parsed.rows)


def test_register_keeps_floors_below_ground(shared_data: Path) -> None:
    parsed = _read(shared_data / "presale_gbk" / "盐田-二期御景佳园.csv")

    floors = Counter((row.floor_label, row.floor_number) for row in parsed.rows)

    assert floors["半地下室", 0] == 30
    assert floors["2", 2] == 43 + 14


def test_record_is_taken_apart_by_its_labels() -> None:
    sold = OTHER.replace("合同号,--", "合同号,深(云)网预买字(2021)****号").replace("50000.5", "--")

    parsed = _parse(RECORD, sold)

    row = parsed.rows[0]
    assert (row.building, row.section, row.floor_label, row.room_no, row.usage) == (
        "1栋", "A座", "5", "501", "住宅",
    )  # fmt: skip
    assert (row.gross_area, row.inner_area, row.shared_area) == (
        Decimal("100.50"),
        Decimal("80.25"),
        Decimal("20.25"),
    )
    assert (row.gross_unit_price, row.total_amount) == (5_000_050, 502_505_025)
    assert (row.status, row.has_final) == (StatusMeaning.UNKNOWN, False)
    assert (parsed.rows[1].status, parsed.rows[1].status_word) == (
        StatusMeaning.SOLD,
        "深(云)网预买字(2021)****号",
    )


def test_second_areas_of_a_record_are_the_final_survey() -> None:
    surveyed = RECORD.replace(
        "户内面积,--平方米,分摊面积--平方米,建筑面积,--平方米",
        "户内面积,80.5平方米,分摊面积20.3平方米,建筑面积,100.8平方米",
    )

    row = _parse(surveyed).rows[0]

    assert (row.gross_area, row.final_gross, row.final_inner, row.final_shared) == (
        Decimal("100.50"),
        Decimal("100.80"),
        Decimal("80.50"),
        Decimal("20.30"),
    )


def test_price_by_inner_area_is_counted_by_it() -> None:
    row = _parse(RECORD.replace("按建筑面积计", "按套内面积计")).rows[0]

    assert (row.gross_unit_price, row.inner_unit_price, row.total_amount, row.basis) == (
        None,
        5_000_050,
        401_254_013,
        PriceBasis.INNER,
    )


@pytest.mark.parametrize(
    ("floor", "label", "number"),
    [("5", "5", 5), ("05", "5", 5), ("半地下01", "半地下01", 0), ("-1", "-1", -1)],
)
def test_floors_of_records_are_read(floor: str, label: str, number: int) -> None:
    row = _parse(RECORD.replace("05层", floor)).rows[0]

    assert (row.floor_label, row.floor_number) == (label, number)


@pytest.mark.parametrize(
    ("record", "code"),
    [
        (OTHER.replace("房号,602,", ""), "row_incomplete"),
        (OTHER.replace("房号,602", "房号,602,603"), "row_too_long"),
        (OTHER.replace("602", "--"), "room_missing"),
        (OTHER.replace("100.5平方米", "很大平方米"), "number_invalid"),
        (OTHER + "," + "x" * 3000, "row_incomplete"),
        (RECORD, "duplicate_row"),
    ],
)
def test_record_that_is_not_whole_is_rejected_by_name(record: str, code: str) -> None:
    parsed = _parse(RECORD, record)

    assert [(error.line, error.code) for error in parsed.errors] == [(2, code)]
    assert (len(parsed.rows), parsed.rejected_count) == (1, 1)


def test_buildings_that_begin_differently_keep_their_names() -> None:
    parsed = _parse(RECORD, OTHER.replace("云庭花园1栋", "山语花园1栋"))

    assert [row.building for row in parsed.rows] == ["云庭花园1栋", "山语花园1栋"]


def test_register_in_utf8_reads_the_same() -> None:
    assert _parse(RECORD, OTHER, encoding="utf-8").rows == _parse(RECORD, OTHER).rows
