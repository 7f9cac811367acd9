"""What price sheets cost: the detail sheet as PDF against WeasyPrint, the workbook against openpyxl.

Both are measured in the same run, over the same rows. CPU is the time of this process; memory is measured in a process
of its own: the peak of its resident memory less what it held before it made the rows (program, libraries of the
office), so that fonts, rows, layout and file all count. Exit code 1 when a limit is broken.

    python -m bench.sheets [--json] [--pdf-rows N] [--xlsx-rows N]
"""

import argparse
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
from html import escape
from io import BytesIO
from pathlib import Path
from statistics import median

import openpyxl
from flask import Flask
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Border, Side
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

import config
from salesoffice.app import create_app
from salesoffice.core import clock
from salesoffice.core.money import price_of
from salesoffice.infra.pdf import build_pdf
from salesoffice.infra.workbook import NUMBERS
from salesoffice.inventory.enums import ReleaseState
from salesoffice.pricing.documents.head import SheetHead
from salesoffice.pricing.documents.kinds import Source, build_table
from salesoffice.pricing.documents.paper import draw_table, show_cell
from salesoffice.pricing.documents.tables import Cell, Table, is_product
from salesoffice.pricing.documents.workbook import write_table
from salesoffice.pricing.enums import PriceBasis, PriceVersionState, SheetKind, SheetPaper
from salesoffice.pricing.models import PriceVersion
from salesoffice.pricing.queries.sheets import PriceRow
from salesoffice.projects.models import Project

PDF_ROWS, XLSX_ROWS = 3_000, 10_000
PDF_LIMIT = 1 / 25
MEMORY_LIMIT = 120.0
XLSX_LIMIT = 0.6
ROUNDS = 3


@dataclass(frozen=True)
class Result:
    """CPU milliseconds (median of the rounds; WeasyPrint once), megabytes, and the ratios."""

    pdf_rows: int
    pdf_ms: float
    weasyprint_ms: float
    pdf_ratio: float
    pdf_megabytes: float
    xlsx_rows: int
    xlsx_ms: float
    openpyxl_ms: float
    openpyxl_plain_ms: float
    xlsx_ratio: float
    xlsx_plain_ratio: float

    @property
    def is_within(self) -> bool:
        """Tell whether every limit is kept."""
        return (
            self.pdf_ratio <= PDF_LIMIT
            and self.pdf_megabytes <= MEMORY_LIMIT
            and self.xlsx_ratio <= XLSX_LIMIT
        )


def main() -> int:
    """Measure, print the ratios; 1 when a limit is broken."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--pdf-rows", type=int, default=PDF_ROWS)
    parser.add_argument("--xlsx-rows", type=int, default=XLSX_ROWS)
    parser.add_argument("--memory-of", type=int, help="print the megabytes that a PDF of so many rows takes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder))
        with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
            if arguments.memory_of:
                print(measure_memory(arguments.memory_of))
                return 0
            result = measure(arguments.pdf_rows, arguments.xlsx_rows)
    print(json.dumps(asdict(result)) if arguments.as_json else describe(result))
    return 0 if result.is_within else 1


def measure(pdf_rows: int, xlsx_rows: int) -> Result:
    """Measure both kinds of files."""
    head, short, long = make_head(), make_table(pdf_rows), make_table(xlsx_rows)
    pdf = cpu(lambda: draw_table(head, short, SheetPaper.AUTO), ROUNDS)
    weasyprint = cpu(lambda: build_pdf(write_html(short)), 1)
    xlsx = cpu(lambda: write_table(long, head), ROUNDS)
    styled = cpu(lambda: write_openpyxl(long, is_styled=True), ROUNDS)
    plain = cpu(lambda: write_openpyxl(long, is_styled=False), ROUNDS)
    return Result(
        pdf_rows=pdf_rows,
        pdf_ms=round(pdf, 1),
        weasyprint_ms=round(weasyprint, 1),
        pdf_ratio=round(pdf / weasyprint, 4),
        pdf_megabytes=ask_memory(pdf_rows),
        xlsx_rows=xlsx_rows,
        xlsx_ms=round(xlsx, 1),
        openpyxl_ms=round(styled, 1),
        openpyxl_plain_ms=round(plain, 1),
        xlsx_ratio=round(xlsx / styled, 3),
        xlsx_plain_ratio=round(xlsx / plain, 3),
    )


def make_app(folder: Path) -> Flask:
    """Build the application; its database stays empty."""
    return create_app(
        SECRET_KEY=secrets.token_hex(32),
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/bench.db",
        DATA_DIR=folder / "data",
        LOG_LEVEL="CRITICAL",
    )


def make_head() -> SheetHead:
    """Build the head of a sheet of a version in force."""
    now = clock.now()
    version = PriceVersion(number=3, state=PriceVersionState.IN_FORCE, source="filing.csv", in_force_from=now)
    project = Project(code="P1", name="观澜府")
    address = "https://sales.example.test/prices/P1/versions/3"
    return SheetHead(project, SheetKind.DETAIL, version, None, now, address)


def make_table(count: int) -> Table:
    """Build the detail sheet of so many units, in buildings of 120."""
    return build_table(SheetKind.DETAIL, [make_row(number) for number in range(count)], Source())


def make_row(number: int) -> PriceRow:
    """Build one unit; no two have the same total."""
    building, place = divmod(number, 120)
    floor, line = divmod(place, 4)
    gross = Decimal(8_800 + number % 97).scaleb(-2)
    inner = Decimal(7_000 + number % 83).scaleb(-2)
    price = 30_000_00 + number * 137
    return PriceRow(
        unit_id=number, code=f"{building + 1}-A-{floor + 1}{line + 1:02d}", building_id=building,
        building=f"{building + 1}栋", section_id=building, section="A座", floor_number=floor + 1,
        floor_label=str(floor + 1), line=f"{line + 1:02d}", room_no=f"{floor + 1}{line + 1:02d}",
        unit_type=("三室两厅", "A1", "四室两厅两卫", "㼆犇户型")[number % 4], usage="住宅",
        orientation=("南", "东南", "北")[number % 3], storey_height=Decimal("2.95"), gross_area=gross,
        inner_area=inner, shared_area=gross - inner, release_state=ReleaseState.RELEASED, source_status="",
        basis=PriceBasis.GROSS, gross_price=price, inner_price=price * 5 // 4,
        list_total_amount=price_of(price, gross), filed_total_amount=None,
        building_position=building, section_position=0,
    )  # fmt: skip


def write_html(table: Table) -> str:
    """Write the same rows as the page that WeasyPrint lays out, with the style sheet of the papers."""
    heads = "".join(f"<th>{escape(column.label)}</th>" for column in table.columns)
    kinds = [column.kind for column in table.columns]
    parts = []
    for group in table.groups:
        rows = "".join(
            "<tr>"
            + "".join(f"<td>{escape(show_cell(*pair))}</td>" for pair in zip(cells, kinds, strict=True))
            for cells in group.rows
        )
        caption = escape(group.building)
        parts.append(
            f"<table class=dense><caption>{caption}</caption><thead><tr>{heads}</thead>{rows}</table>"
        )
    link = '<link rel="stylesheet" href="/static/css/print.css">'
    return f"<!doctype html><html><head>{link}</head><body class=landscape>{''.join(parts)}</body></html>"


def write_openpyxl(table: Table, *, is_styled: bool) -> bytes:
    """Write the same cells with openpyxl; with borders, number formats and formulas, or figures and texts alone."""
    book = openpyxl.Workbook(write_only=True)
    sheet: WriteOnlyWorksheet = book.create_sheet()
    kinds = ["text", *(column.kind for column in table.columns)]
    sheet.append(["楼栋", *(column.label for column in table.columns)])
    border = Border(*(Side(style="thin", color="FF999999") for _edge in range(4)))
    line = 1
    for group in table.groups:
        for cells in group.rows:
            line += 1
            values = [group.building, *(as_value(cell) for cell in cells)]
            if is_styled:
                if is_product(cells[11], cells[7], cells[13]):
                    values[14] = f"=ROUND(M{line}*I{line},2)"
                values = [
                    style(sheet, value, NUMBERS[kind], border)
                    for value, kind in zip(values, kinds, strict=True)
                ]
            sheet.append(values)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def style(sheet: WriteOnlyWorksheet, value: object, number: str, border: Border) -> WriteOnlyCell:
    """Build a cell with its number format and border."""
    cell = WriteOnlyCell(sheet, value)
    cell.number_format = number
    cell.border = border
    return cell


def as_value(cell: Cell) -> object:
    """Return what a spreadsheet's cell holds: fen become yuan."""
    return Decimal(cell).scaleb(-2) if isinstance(cell, int) else cell


def cpu(work: Callable[[], object], rounds: int) -> float:
    """Return the median CPU milliseconds of this process for one piece of work."""
    taken = []
    for _round in range(rounds):
        start = time.process_time()
        work()
        taken.append((time.process_time() - start) * 1000)
    return median(taken)


def ask_memory(rows: int) -> float:
    """Return the megabytes that a PDF of so many rows takes, as a process of its own measured them."""
    command = [sys.executable, "-m", "bench.sheets", "--memory-of", str(rows)]
    done = subprocess.run(command, cwd=config.ROOT, check=True, capture_output=True, text=True)
    return float(done.stdout.split()[-1])


def measure_memory(rows: int) -> float:
    """Draw a PDF and return by how many megabytes the peak of this process rose above what it held before."""
    before = read_memory("VmRSS")
    draw_table(make_head(), make_table(rows), SheetPaper.AUTO)
    return round(read_memory("VmHWM") - before, 1)


def read_memory(name: str) -> float:
    """Return a figure of this process in megabytes: VmRSS now, VmHWM its peak (`ru_maxrss` is inherited, so no use)."""
    status = Path("/proc/self/status").read_text("ascii")
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(kilobytes) / 1024


def describe(result: Result) -> str:
    """Say in words what was measured, and whether every limit is kept."""
    times = 1 / result.pdf_ratio
    rows = (
        (f"PDF of {result.pdf_rows:,} rows, drawn", result.pdf_ms, "ms"),
        ("the same rows by WeasyPrint", result.weasyprint_ms, "ms"),
        (f"{times:.0f} times less CPU (limit {1 / PDF_LIMIT:.0f})", result.pdf_ratio, f"≤ {PDF_LIMIT}"),
        ("memory at the peak, above the idle program", result.pdf_megabytes, f"MB ≤ {MEMORY_LIMIT:.0f}"),
        (f"workbook of {result.xlsx_rows:,} rows", result.xlsx_ms, "ms"),
        ("the same cells by openpyxl, write-only", result.openpyxl_ms, "ms"),
        ("ratio", result.xlsx_ratio, f"≤ {XLSX_LIMIT}"),
        ("openpyxl without formats and formulas", result.openpyxl_plain_ms, "ms"),
        ("ratio to that, for information", result.xlsx_plain_ratio, ""),
    )
    lines = [f"  {name:<46}{value:12.3f}   {note}".rstrip() for name, value, note in rows]
    verdict = "Every limit is kept." if result.is_within else "A limit is broken."
    return "\n".join(["CPU and memory of price sheets (median).", *lines, verdict])


if __name__ == "__main__":
    sys.exit(main())
