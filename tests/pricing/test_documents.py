"""Price sheets: figures against independent numbers, as rows, as PDF text, as workbook and as CSV."""

import csv
from dataclasses import replace
from decimal import Decimal
from io import BytesIO, StringIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from salesoffice.core.errors import InvalidInput, NotFound
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.pricing.documents import SheetOrder, Source, Table, build_grids, build_sheet, build_table
from salesoffice.pricing.enums import PriceBasis, SheetFormat, SheetKind
from salesoffice.pricing.queries import get_version
from salesoffice.pricing.queries.sheets import price_rows
from salesoffice.pricing.rules import Limits, PriceDraft, sum_prices
from salesoffice.pricing.services import publish_prices
from salesoffice.pricing.signals import PlanColumn, list_states
from salesoffice.reservations.services import place_hold
from tests.factories import Office

BASE = "https://sales.example.test"


@pytest.fixture
def repriced(office: Office, session: Session) -> Office:
    """Two units with other areas and prices: 101 is 100.01 m² for 3,000,300.33, 102 is 55.55 m² by inner area."""
    with transaction():
        first, second = (session.get_one(Unit, unit.id) for unit in office.units[:2])
        first.gross_area, first.inner_area, first.shared_area = (
            Decimal("100.01"),
            Decimal("80.01"),
            Decimal("20.00"),
        )
        second.gross_area, second.inner_area, second.shared_area = (
            Decimal("55.55"),
            Decimal("44.44"),
            Decimal("11.11"),
        )
        publish_prices(
            session,
            office.project.id,
            actor=office.actor(office.assistant),
            source="=cmd.csv",
            prices={
                first.id: PriceDraft(PriceBasis.GROSS, 30_000_03, 37_499_07, 3_000_300_33, 3_100_310_00),
                second.id: PriceDraft(PriceBasis.INNER, 16_000_00, 20_000_00, 888_800_00),
            },
        )
    return office


def make(session: Session, office: Office, kind: SheetKind, form: SheetFormat) -> bytes:
    return build_sheet(session, office.project, SheetOrder(kind, form), base_url=BASE)


def table_of(session: Session, office: Office, kind: SheetKind, source: Source | None = None) -> Table:
    return build_table(kind, price_rows(session, get_version(session, office.project.id)), source or Source())


def column(table: Table, key: str) -> int:
    return [column.key for column in table.columns].index(key)


def test_average_is_weighted_by_area() -> None:
    totals = sum_prices(
        [
            (Decimal("100.01"), Decimal("80.00"), 3_000_300_33),
            (Decimal("55.55"), None, 888_800_00),
            (None, None, 5),
        ]
    )

    assert (totals.count, totals.gross_area, totals.inner_area) == (3, Decimal("155.56"), Decimal("80.00"))
    assert (totals.amount, totals.average) == (3_889_100_38, 2_500_064)


def test_grid_has_floors_from_the_top_and_exact_feet(repriced: Office, session: Session) -> None:
    grid = build_grids(price_rows(session, get_version(session, repriced.project.id)))[0]

    assert [floor.label for floor in grid.floors] == ["5", "4", "3", "2", "1"]
    assert [line.label for line in grid.lines] == ["01", "02", "03", "04"]
    assert (grid.lines[0].smallest, grid.lines[0].largest) == (Decimal("90.00"), Decimal("100.01"))
    assert [total.amount for total in grid.line_totals] == [
        6_600_300_33,
        4_488_800_00,
        4_500_000_00,
        4_500_000_00,
    ]
    assert (grid.totals.count, grid.totals.gross_area) == (20, Decimal("1775.56"))
    assert (grid.totals.amount, grid.totals.average) == (20_089_100_33, 11_314_23)


def test_detail_shows_both_unit_prices_and_exact_feet(repriced: Office, session: Session) -> None:
    table = table_of(session, repriced, SheetKind.DETAIL)

    assert [row[-3:] for row in table.groups[0].rows[:3]] == [
        (30_000_03, 37_499_07, 3_000_300_33),
        (16_000_00, 20_000_00, 888_800_00),
        (10_000_00, 12_500_00, 900_000_00),
    ]
    areas = [table.foot[column(table, key)] for key in ("gross", "inner", "shared")]
    assert areas == [Decimal("1775.56"), Decimal("1420.45"), Decimal("355.11")]
    assert (table.foot[-1], table.average, table.count) == (20_089_100_33, 11_314_23, 20)


def test_detail_has_a_column_for_each_payment_plan(repriced: Office, session: Session) -> None:
    plan = PlanColumn("In full", {repriced.units[0].id: 2_940_294_32})

    table = table_of(session, repriced, SheetKind.DETAIL, Source(plans=[plan]))

    assert (table.columns[-1].label, table.groups[0].rows[0][-1]) == ("In full", 2_940_294_32)


def test_detail_tells_the_state_of_the_board(office: Office, session: Session) -> None:
    with transaction():
        place_hold(session, session.get_one(Unit, office.units[0].id), actor=office.actor(office.rep))

    states = list_states(session, office.project.id)
    table = table_of(session, office, SheetKind.DETAIL, Source(states=states))

    words = [row[column(table, "status")] for row in table.groups[0].rows[:2]]
    assert words == ["锁房", "待售"]


def test_filing_states_the_filed_price(repriced: Office, session: Session) -> None:
    table = table_of(session, repriced, SheetKind.FILING)

    assert table.groups[0].rows[0][:6] == (
        "1栋A座101", Decimal("100.01"), 31_000_00, Decimal("80.01"), 38_749_03, 3_100_310_00,
    )  # fmt: skip
    assert table.foot[5] == 3_100_310_00 + 888_800_00 + 18 * 900_000_00


def test_filing_as_csv_has_the_columns_of_the_authority(repriced: Office, session: Session) -> None:
    data = make(session, repriced, SheetKind.FILING, SheetFormat.CSV)

    rows = list(csv.reader(StringIO(data.decode("utf-8-sig"))))
    assert data.startswith(b"\xef\xbb\xbf")
    assert rows[0] == [
        "房号", "建筑面积", "建筑面积单价", "套内面积", "套内面积单价", "总售价", "销售状况", "备注",
    ]  # fmt: skip
    assert rows[1] == ["1栋A座101", "100.01", "31000.00", "80.01", "38749.03", "3100310.00", "在售", ""]
    assert len(rows) == 21


def test_comparison_lists_only_what_changed(repriced: Office, session: Session) -> None:
    old = price_rows(session, get_version(session, repriced.project.id, 1))

    table = table_of(session, repriced, SheetKind.COMPARISON, Source(before=old))

    assert [row[0] for row in table.groups[0].rows] == ["1-A-101", "1-A-102"]
    assert table.groups[0].rows[1][3:] == (10_000_00, 900_000_00, 20_000_00, 888_800_00, -11_200_00)
    feet = [table.foot[column(table, key)] for key in ("old_total", "new_total", "difference")]
    assert feet == [1_800_000_00, 3_889_100_33, 2_089_100_33]


def test_comparison_begins_at_any_version(repriced: Office, session: Session) -> None:
    order = SheetOrder(SheetKind.COMPARISON, SheetFormat.PDF, number=1, before=2)

    text = text_of(build_sheet(session, repriced.project, order, base_url=BASE))

    assert "对比版本 2" in text
    assert "-2,089,100.33" in text


def test_floor_list_has_limits_and_margin(repriced: Office, session: Session) -> None:
    limits = {
        repriced.units[0].id: Limits(filed=3_200_000_00, project_floor=2_900_000_00, group_floor=2_850_000_00)
    }

    table = table_of(session, repriced, SheetKind.FLOOR, Source(limits=limits))

    margin = Decimal(100_300_33) / 3_000_300_33
    assert table.groups[0].rows[0][5:] == (
        3_000_300_33, 3_200_000_00, 2_900_000_00, 2_850_000_00, 100_300_33, margin,
    )  # fmt: skip
    assert table.groups[0].rows[1][6:] == (None, None, None, None, None)


@pytest.mark.parametrize("kind", list(SheetKind))
def test_pdf_names_version_pages_and_the_sum(repriced: Office, session: Session, kind: SheetKind) -> None:
    reader = PdfReader(BytesIO(make(session, repriced, kind, SheetFormat.PDF)))

    pages = [page.extract_text() for page in reader.pages]
    sums = {
        SheetKind.FILING: "20,189,110.00",
        SheetKind.COMPARISON: "2,089,100.33",
        SheetKind.TAGS: "3,000,300.33",
    }
    assert all("价格版本 2" in text for text in pages)
    assert f"第 1 页 共 {len(pages)} 页" in pages[0]
    assert sums.get(kind, "20,089,100.33") in "".join(pages)


def test_pdf_of_a_superseded_version_says_so(repriced: Office, session: Session) -> None:
    order = SheetOrder(SheetKind.DETAIL, SheetFormat.PDF, number=1)

    text = text_of(build_sheet(session, repriced.project, order, base_url=BASE))

    assert "已停用" in text
    assert "本表价格不再有效" in text


def test_workbook_of_details_counts_totals_where_they_fit(repriced: Office, session: Session) -> None:
    data = make(session, repriced, SheetKind.DETAIL, SheetFormat.XLSX)

    rows = (
        CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    )
    sheet = load_workbook(BytesIO(data)).active
    assert rows[6][:4] == ["1栋", "A座", "1", "101"]
    assert rows[6][8:11] == [100.01, 80.01, 20.0]
    assert rows[6][12:15] == [30000.03, 37499.07, 3000300.33]
    assert (rows[-2][14], rows[-1][1]) == (20089100.33, 11314.23)
    totals = [sheet.cell(row, 15).value for row in (7, 8, 9)]
    assert totals == [3000300.33, "=ROUND(M8*I8,2)", "=ROUND(M9*I9,2)"]
    assert sheet.cell(27, 15).value == "=SUM(O7:O26)"
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("E7", "A6:O26")


def test_workbook_takes_no_formula_from_a_text(repriced: Office, session: Session) -> None:
    with transaction():
        session.get_one(Unit, repriced.units[0].id).usage = '=HYPERLINK("http://evil")'

    sheet = load_workbook(BytesIO(make(session, repriced, SheetKind.DETAIL, SheetFormat.XLSX))).active

    assert sheet.cell(7, 5).value == '\'=HYPERLINK("http://evil")'


def test_workbook_of_the_overview_adds_up(repriced: Office, session: Session) -> None:
    book = CalamineWorkbook.from_filelike(
        BytesIO(make(session, repriced, SheetKind.OVERVIEW, SheetFormat.XLSX))
    )

    rows = book.get_sheet_by_name("1栋 A座").to_python(skip_empty_area=False)
    feet = [row[2:] for row in rows[-4:]]
    assert feet[0] == [5, 5, 5, 5, 20]
    assert feet[1] == [460.01, 415.55, 450.0, 450.0, 1775.56]
    assert feet[2] == [6600300.33, 4488800.0, 4500000.0, 4500000.0, 20089100.33]
    assert feet[3][-1] == 11314.23


def test_comparison_of_the_first_version_is_refused(office: Office, session: Session) -> None:
    with pytest.raises(NotFound):
        make(session, office, SheetKind.COMPARISON, SheetFormat.PDF)


@pytest.mark.parametrize(
    ("kind", "form"),
    [
        (SheetKind.DETAIL, SheetFormat.CSV),
        (SheetKind.TAGS, SheetFormat.XLSX),
        (SheetKind.OVERVIEW, SheetFormat.CSV),
    ],
)
def test_format_that_a_kind_lacks_is_refused(
    office: Office, session: Session, kind: SheetKind, form: SheetFormat
) -> None:
    with pytest.raises(InvalidInput):
        make(session, office, kind, form)


def test_building_without_prices_is_refused(office: Office, session: Session) -> None:
    order = replace(SheetOrder(SheetKind.DETAIL, SheetFormat.PDF), building_id=999_999)

    with pytest.raises(NotFound):
        build_sheet(session, office.project, order, base_url=BASE)


def text_of(data: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)
