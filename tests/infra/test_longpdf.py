"""Drawn papers, read back as text: every figure is there, heads on every page, rare names, nothing cut."""

from io import BytesIO

import pytest
from pypdf import PdfReader

from salesoffice.infra.longpdf import A4, Column, Frame, Part, Row, Table, Tag, draw_tables, draw_tags

FRAME = Frame(
    "Prices", ["Version 3"], "Foot", lambda page, pages: f"{page} of {pages}", code="https://x.test/3"
)
COLUMNS = [Column("left", is_elastic=True), Column("right")]
HEADS = [Row(("Name", "Total"))]


def draw(rows: list[tuple[str, str]], frame: Frame = FRAME) -> list[str]:
    """Draw rows with a foot; return the text of each page."""
    feet = [Row((f"{len(rows)} rows", "sum"))]
    data = draw_tables(frame, [Table(COLUMNS, HEADS, [Part("House", rows, feet)])], A4)
    return [page.extract_text() for page in PdfReader(BytesIO(data)).pages]


@pytest.mark.parametrize("count", [1, 40, 3000])
def test_table_has_every_row_and_its_head_on_every_page(count: int) -> None:
    rows = [(f"unit{number}.", f"{1_000_000 + number:,}.07") for number in range(count)]

    pages = draw(rows)

    lines = [line for page in pages for line in page.splitlines()]
    assert [line for line in lines if line.startswith("unit")] == [name for name, _total in rows]
    assert [line for line in lines if line.endswith(".07")] == [total for _name, total in rows]
    assert all("Name\nTotal" in page and "Version 3" in page and "House" in page for page in pages)
    assert [f"{number} of {len(pages)}" in page for number, page in enumerate(pages, 1)] == [True] * len(
        pages
    )
    assert [f"{count} rows" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_table_without_rows_has_its_head_and_foot() -> None:
    pages = draw([])

    assert len(pages) == 1
    assert "0 rows" in pages[0]


def test_rare_names_are_drawn_and_can_be_copied() -> None:
    pages = draw([("㼆𠮷犇䶮𬭚", "1")])

    assert "㼆𠮷犇䶮" in pages[0].replace("\n", "")


def test_long_name_is_broken_into_lines_and_loses_nothing() -> None:
    name = "观景复式四室两厅三卫双阳台" * 30

    pages = draw([(name, "1,000.00"), ("next", "2,000.00")])

    assert name in "".join(pages).replace("\n", "")


def test_stamp_and_banner_are_on_every_page() -> None:
    frame = Frame("Prices", [], "", FRAME.count_pages, stamp="DRAFT", banner="Not approved")

    pages = draw([("unit", "1")] * 200, frame)

    assert len(pages) > 1
    assert all("DRAFT" in page and "Not approved" in page for page in pages)


@pytest.mark.parametrize(("count", "pages"), [(0, 1), (1, 1), (8, 1), (9, 2)])
def test_tags_are_eight_on_a_sheet(count: int, pages: int) -> None:
    tags = [
        Tag("Project", f"Room{number}.", [("Area", "90.00")], "Total", f"{number}.77")
        for number in range(count)
    ]

    reader = PdfReader(BytesIO(draw_tags(FRAME, tags)))

    text = "".join(page.extract_text() for page in reader.pages)
    assert len(reader.pages) == pages
    assert [f"Room{number}." in text and f"{number}.77" in text for number in range(count)] == [True] * count
    assert text.count("Version 3") == count
