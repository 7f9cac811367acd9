"""The eight real filings, the authority's board and the office template: exact figures."""

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from salesoffice.core.errors import DomainError
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

FILINGS = {
    "京基御景印象家园": (716, "62917.04", 89_684_050_972, {}),
    "信义御城豪园": (378, "33343.75", 65_020_627_290, {}),
    "华苑": (302, "19461.05", 102_592_003_990, {"label_partial": 302}),
    "和润花园": (64, "5658.59", 17_700_603_481, {"label_partial": 64, "total_mismatch": 1}),
    "嘉霖悦禧园": (521, "31415.49", 157_573_830_508, {"inner_basis": 62, "room_repeated": 60}),
    "怀德广场": (1195, "167878.13", 452_866_256_500, {"inner_basis": 7, "room_repeated": 2}),
    "花语馨花园": (
        647,
        "59830.12",
        272_591_318_683,
        {"inner_basis": 12, "room_repeated": 10, "floor_differs": 5},
    ),
    "长富金茂大厦": (247, "92711.98", 432_493_004_200, {}),
}


def _read(path: Path, building: str | None = None) -> ParsedFile:
    table = read_table(path.read_bytes(), path.name)
    return parse_rows(table, guess_profile(table.header), building=building)


@pytest.mark.parametrize("name", FILINGS)
def test_filing_totals_are_exact(shared_data: Path, name: str) -> None:
    count, area, total, warnings = FILINGS[name]

    parsed = _read(shared_data / "filing_utf8" / f"{name}.csv")

    assert (len(parsed.rows), parsed.rejected_count, parsed.errors) == (count, 0, ())
    assert (parsed.sum_gross_area, parsed.sum_total_fen) == (Decimal(area), total)
    assert Counter(warning.code for warning in parsed.warnings) == warnings
    assert (parsed.profile.name, parsed.encoding) == ("shenzhen_filing", "utf-8")


@pytest.mark.parametrize("name", FILINGS)
def test_filing_places_each_unit_or_lists_it(shared_data: Path, name: str) -> None:
    parsed = _read(shared_data / "filing_utf8" / f"{name}.csv")

    listed = {warning.line for warning in parsed.warnings if warning.code == "label_partial"}

    placed = {row.line for row in parsed.rows if row.building is not None and row.floor_number is not None}
    assert placed.isdisjoint(listed)
    assert placed | listed == {row.line for row in parsed.rows}


@pytest.mark.parametrize("name", FILINGS)
def test_filing_units_codes_and_board_cells_are_distinct(shared_data: Path, name: str) -> None:
    parsed = _read(shared_data / "filing_utf8" / f"{name}.csv")

    codes = assign_unit_codes([UnitKey(*row.identity) for row in parsed.rows])

    cells = {(row.building, row.section, row.floor_label, row.position) for row in parsed.rows}
    assert len({row.identity for row in parsed.rows}) == len(parsed.rows)
    assert len(set(codes)) == len(parsed.rows)
    assert len(cells) == len(parsed.rows)


def test_filing_status_words_are_on_sale_or_sold(shared_data: Path) -> None:
    parsed = [_read(shared_data / "filing_utf8" / f"{name}.csv") for name in FILINGS]

    meanings = Counter((row.status_word, row.status) for file in parsed for row in file.rows)

    assert meanings == {
        ("在售", StatusMeaning.ON_SALE): 1274,
        ("已签认购书", StatusMeaning.SOLD): 10,
        ("已签预售合同", StatusMeaning.SOLD): 75,
        ("已产权备案", StatusMeaning.SOLD): 2641,
        ("初始登记", StatusMeaning.SOLD): 70,
    }


def test_filing_that_names_no_building_takes_the_given_one(shared_data: Path) -> None:
    parsed = _read(shared_data / "filing_utf8" / "华苑.csv", building="1栋")

    assert parsed.warnings == ()
    assert {row.building for row in parsed.rows} == {"1栋"}


def test_filing_rows_that_fit_only_the_inner_basis_are_inner(shared_data: Path) -> None:
    parsed = _read(shared_data / "filing_utf8" / "嘉霖悦禧园.csv")

    assert Counter(row.basis for row in parsed.rows) == {PriceBasis.GROSS: 459, PriceBasis.INNER: 62}
    assert parsed.inner_basis_count == 62


def test_board_of_the_authority_is_read(shared_data: Path) -> None:
    parsed = _read(shared_data / "board" / "beijing_building_1.csv")

    free = [row for row in parsed.rows if row.status is StatusMeaning.ON_SALE]
    assert (parsed.profile.name, len(parsed.rows), parsed.errors, parsed.warnings) == (
        "beijing_board",
        44,
        (),
        (),
    )
    assert [(row.section, row.room_no, row.total_amount) for row in free] == [
        ("1单元", "202", 955_959_400),
        ("1单元", "102", 934_559_400),
        ("2单元", "101", 936_645_900),
    ]
    assert {(row.building, row.usage) for row in parsed.rows} == {("1#住宅楼", "住宅")}


def test_office_template_is_read_for_the_named_building(shared_data: Path) -> None:
    parsed = _read(shared_data / "templates" / "room_import_price_template_2007.xlsx", building="2栋")

    first = parsed.rows[0]
    assert (parsed.profile.name, len(parsed.rows), parsed.errors, parsed.warnings) == (
        "office_units",
        8,
        (),
        (),
    )
    assert first.identity == ("2栋", "", "1", "1A")
    assert (first.gross_area, first.inner_area, first.shared_area) == (
        Decimal("53.95"),
        Decimal("50.02"),
        Decimal("3.93"),
    )
    assert (first.gross_unit_price, first.total_amount, first.basis) == (
        1_000_000,
        53_950_000,
        PriceBasis.GROSS,
    )
    assert (first.unit_type, first.usage, first.orientation) == ("一房一厅", "住宅", "东")
    assert str(first.handover_on) == "2006-10-10"


def test_office_template_without_building_is_refused(shared_data: Path) -> None:
    with pytest.raises(DomainError) as refusal:
        _read(shared_data / "templates" / "room_import_price_template_2007.xlsx")

    assert refusal.value.code == "building_required"


def test_customer_header_is_refused(shared_data: Path) -> None:
    with pytest.raises(DomainError) as refusal:
        _read(shared_data / "templates" / "customer_import_header_2007.xlsx")

    assert refusal.value.code == "file_empty"


def test_ten_thousand_rows_are_read_whole() -> None:
    header = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注\n"
    lines = "".join(
        f"{block}栋{section}座{floor}{room:02d},88.81,13321.20,66.44,17806.38,1183056.39,在售,住宅\n"
        for block in range(1, 11)
        for section in "ABCDE"
        for floor in range(1, 21)
        for room in range(1, 11)
    )

    table = read_table((header + lines).encode(), "large.csv")
    parsed = parse_rows(table, guess_profile(table.header))

    assert (len(parsed.rows), parsed.sum_total_fen) == (10_000, 118_305_639 * 10_000)
