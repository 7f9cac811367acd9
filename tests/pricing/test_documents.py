"""Price sheets: figures against independent numbers, as rows, as PDF text and as workbook."""

from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy.orm import Session

from salesoffice.core.errors import NotFound
from salesoffice.infra.db import transaction
from salesoffice.inventory.models import Unit
from salesoffice.pricing.documents import SheetTooLong, build_grids, build_sheet, build_table
from salesoffice.pricing.enums import PriceBasis, SheetFormat, SheetKind
from salesoffice.pricing.queries import get_version, price_rows
from salesoffice.pricing.rules import PriceDraft, sum_prices
from salesoffice.pricing.services import publish_prices
from tests.factories import Office


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
    return build_sheet(session, office.project, kind=kind, form=form)


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


def test_detail_shows_the_unit_price_of_its_basis(repriced: Office, session: Session) -> None:
    table = build_table(SheetKind.DETAIL, price_rows(session, get_version(session, repriced.project.id)))

    assert [row[9:] for row in table.groups[0].rows[:3]] == [
        (30_000_03, 3_000_300_33), (20_000_00, 888_800_00), (10_000_00, 900_000_00),
    ]  # fmt: skip
    assert table.foot[5:8] == (Decimal("1775.56"), Decimal("1420.45"), Decimal("355.11"))
    assert (table.foot[-1], table.average, table.count) == (20_089_100_33, 11_314_23, 20)


def test_filing_states_the_filed_price(repriced: Office, session: Session) -> None:
    table = build_table(SheetKind.FILING, price_rows(session, get_version(session, repriced.project.id)))

    assert table.groups[0].rows[0][1:6] == (
        Decimal("100.01"), 31_000_00, Decimal("80.01"), 38_749_03, 3_100_310_00,
    )  # fmt: skip
    assert table.foot[5] == 3_100_310_00 + 888_800_00 + 18 * 900_000_00


def test_comparison_lists_only_what_changed(repriced: Office, session: Session) -> None:
    new = price_rows(session, get_version(session, repriced.project.id))
    old = price_rows(session, get_version(session, repriced.project.id, 1))

    table = build_table(SheetKind.COMPARISON, new, old)

    assert [row[0] for row in table.groups[0].rows] == ["1-A-101", "1-A-102"]
    assert table.groups[0].rows[1][2:] == (10_000_00, 900_000_00, 20_000_00, 888_800_00, -11_200_00)
    assert (table.foot[3], table.foot[5], table.foot[6]) == (1_800_000_00, 3_889_100_33, 2_089_100_33)


@pytest.mark.parametrize("kind", list(SheetKind))
def test_pdf_names_version_pages_and_the_sum(repriced: Office, session: Session, kind: SheetKind) -> None:
    reader = PdfReader(BytesIO(make(session, repriced, kind, SheetFormat.PDF)))

    text = "".join(page.extract_text() for page in reader.pages)
    sums = {SheetKind.FILING: "20,189,110.00", SheetKind.COMPARISON: "2,089,100.33"}
    assert "价格版本 2" in text
    assert f"第 1 页 共 {len(reader.pages)} 页" in text
    assert sums.get(kind, "20,089,100.33") in text


def test_workbook_of_details_has_numbers_and_texts(repriced: Office, session: Session) -> None:
    book = CalamineWorkbook.from_filelike(
        BytesIO(make(session, repriced, SheetKind.DETAIL, SheetFormat.XLSX))
    )

    rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[5][:4] == ["1栋", "A座", "1", "101"]
    assert rows[5][6:9] == [100.01, 80.01, 20.0]
    assert rows[5][10:12] == [30000.03, 3000300.33]
    assert (rows[-2][11], rows[-1][1]) == (20089100.33, 11314.23)


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


def test_pdf_of_too_many_units_is_refused(office: Office, session: Session) -> None:
    with pytest.raises(SheetTooLong) as refused:
        build_sheet(session, office.project, kind=SheetKind.DETAIL, form=SheetFormat.PDF, limit=19)

    assert refused.value.values == {"count": 20, "limit": 19}
