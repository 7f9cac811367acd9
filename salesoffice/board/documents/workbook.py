"""The board as a workbook: one sheet per building, laid out like the print."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from salesoffice.board.documents.paper import PaperSection, PrintedBoard, Sheet, build_printed_board
from salesoffice.board.enums import CellLook
from salesoffice.core import clock
from salesoffice.core.text import neutralise_cell
from salesoffice.infra.i18n import _
from salesoffice.projects.models import Project

COLOURS: Mapping[str, tuple[str, str]] = {
    "available": ("#d3f0dc", "#0f4f26"),
    "held": ("#fdeaa8", "#5a3f00"),
    "provisional": ("#fdeaa8", "#5a3f00"),
    "subscribed": ("#ffd3ae", "#6f2f00"),
    "contracted": ("#f4a9a9", "#6b0d12"),
    "signed_online": ("#e98484", "#4d060b"),
    "filed": ("#7d1420", "#ffffff"),
    "delivered": ("#7d1420", "#ffffff"),
    "withheld": ("#b9c2cb", "#24303b"),
    "unreleased": ("#f6f8f9", "#4d5a67"),
    "mortgaged": ("#dcc8f2", "#3f1a6b"),
    "seized": ("#dcc8f2", "#3f1a6b"),
    "restricted": ("#dcc8f2", "#3f1a6b"),
}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))


def build_board_workbook(session: Session, project: Project, *, at: datetime) -> bytes:
    """Build the workbook of the board as it was at a moment."""
    board = build_printed_board(session, project, at=at)
    data = BytesIO()
    book = Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    names = _sheet_names(board)
    for sheet in board.sheets:
        _write_sheet(book, book.add_worksheet(next(names)), board, sheet)
    if not board.sheets:
        book.add_worksheet(_("Board"))
    book.close()
    return data.getvalue()


def _sheet_names(board: PrintedBoard) -> Iterator[str]:
    used: set[str] = set()
    for number, sheet in enumerate(board.sheets, start=1):
        name = sheet.title.translate(_FORBIDDEN)[:28] or str(number)
        name = f"{name[:24]} {number}" if name.lower() in used else name
        used.add(name.lower())
        yield name


def _write_sheet(book: Any, page: Worksheet, board: PrintedBoard, sheet: Sheet) -> None:
    page.set_landscape()
    page.set_paper(8)
    page.fit_to_pages(1, 1)
    page.set_footer(f"&L{_('Version %(version)s', version=board.version)}&R&P / &N")
    valid_at = clock.local(board.valid_at).strftime("%Y-%m-%d %H:%M")
    bold = book.add_format({"bold": True, "font_size": 14})
    page.write_string(0, 0, neutralise_cell(f"{board.project.name} · {sheet.title}"), bold)
    page.write_string(1, 0, _("Valid at %(time)s", time=valid_at))
    legend = "  ".join(f"{sign} {name} {count}" for _state, sign, name, count, _share in sheet.legend)
    page.write_string(2, 0, legend)
    styles = {state.value: book.add_format(_style(state.value)) for state in CellLook}
    plain = book.add_format({"border": 1, "align": "center"})
    row = 4
    for band in sheet.bands:
        for section in band:
            row = _write_section(page, section, row, styles, plain) + 1


def _write_section(
    page: Worksheet, section: PaperSection, row: int, styles: Mapping[str, Any], plain: Any
) -> int:
    if section.name:
        page.write_string(row, 0, neutralise_cell(section.name), plain)
        row += 1
    for column, title in enumerate((_("Floor"), *section.columns, _("Average"))):
        page.write_string(row, column, title, plain)
    for line in section.rows:
        row += 1
        page.write_string(row, 0, line.label, plain)
        for column, cell in enumerate(line.cells, start=1):
            if cell.state:
                text = "\n".join(part for part in (f"{cell.sign} {cell.text}", cell.below) if part)
                page.write_string(row, column, text, styles[cell.state])
        if line.average:
            page.write_number(row, len(line.cells) + 1, int(line.average.replace(",", "")), plain)
        page.set_row(row, 30)
    return row + 1


def _style(state: str) -> dict[str, object]:
    background, colour = COLOURS[state]
    return {
        "bg_color": background,
        "font_color": colour,
        "border": 1,
        "align": "center",
        "valign": "vcenter",
        "text_wrap": True,
    }
