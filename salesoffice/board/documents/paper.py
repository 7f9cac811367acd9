"""The board on paper: one A3 landscape sheet per building, the cells as large as the building allows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from salesoffice.board.documents.fragments import group_by_house, house_key
from salesoffice.board.documents.grid import SecondLine, whole_yuan, write_area
from salesoffice.board.enums import CellLook
from salesoffice.board.queries.board import get_freshness
from salesoffice.board.queries.past import find_sequence_at, list_rows_at
from salesoffice.board.queries.rows import Structure, get_structure
from salesoffice.board.rules import (
    FloorPlan,
    Place,
    SectionPlan,
    UnitRow,
    count_looks,
    plan_sections,
    share_of,
    sign_of,
)
from salesoffice.core import clock
from salesoffice.infra.i18n import _, current_language
from salesoffice.infra.pdf import render_pdf
from salesoffice.projects.models import Project

SHEET_WIDTH, SHEET_HEIGHT = 394.0, 228.0
"""What A3 landscape leaves for the grids below title and legend, in mm."""
LARGEST_CELL = (26.0, 11.0)
SMALLEST_TWO_LINES = 5.2
MM_IN_POINTS = 2.83


@dataclass(frozen=True)
class PaperCell:
    """One cell on paper; an empty one has no state."""

    text: str = ""
    below: str = ""
    state: str = ""
    sign: str = ""


@dataclass(frozen=True)
class PaperRow:
    """One line of cells. A floor that is too long for its section takes several."""

    label: str
    cells: tuple[PaperCell, ...]
    average: str


@dataclass(frozen=True)
class PaperSection:
    """One grid."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[PaperRow, ...]


@dataclass(frozen=True)
class Sheet:
    """One building on one sheet: bands of sections side by side, sizes in mm and points."""

    title: str
    bands: tuple[tuple[PaperSection, ...], ...]
    cell_width: float
    cell_height: float
    font_size: float
    has_second_line: bool
    legend: tuple[tuple[str, str, str, int, object], ...]
    total: int


@dataclass(frozen=True)
class PrintedBoard:
    """What a print of the board carries."""

    project: Project
    sheets: tuple[Sheet, ...]
    version: int
    valid_at: datetime


def build_board_pdf(
    session: Session, project: Project, *, at: datetime, house_id: int | None = None
) -> bytes:
    """Print the board as it was at a moment, a building per sheet; PdfUnavailable where the library is missing."""
    return render_pdf(
        "board/print.html", board=build_printed_board(session, project, at=at, house_id=house_id)
    )


def build_printed_board(
    session: Session, project: Project, *, at: datetime, house_id: int | None = None
) -> PrintedBoard:
    """Lay out the sheets of a project's buildings, or of one building, as of a moment."""
    names = get_structure(session, project.id)
    grouped = group_by_house(list_rows_at(session, project.id, at=at, house_id=house_id))
    is_past = at < clock.now()
    version = (
        find_sequence_at(session, project.id, at)
        if is_past
        else get_freshness(session, project.id, at).sequence
    )
    sheets = tuple(
        build_sheet(house, grouped[house.id], names)
        for house in sorted(names.buildings, key=house_key)
        if grouped.get(house.id)
    )
    return PrintedBoard(project, sheets, version, at)


def build_sheet(house: Place, units: Sequence[UnitRow], names: Structure) -> Sheet:
    """Lay out one building so that it fits on its sheet."""
    language = current_language()
    plans = plan_sections(units, names.sections, names.floors)
    sections = [_build_section(plan, write_area, language) for plan in plans]
    bands, width, height = fit_bands(sections)
    has_second_line = height >= SMALLEST_TWO_LINES
    counts = count_looks(unit.state for unit in units)
    return Sheet(
        title=house.name or _("Building not known"),
        bands=bands,
        cell_width=width,
        cell_height=height,
        font_size=round(_font_size(width, height, has_second_line=has_second_line), 2),
        has_second_line=has_second_line,
        legend=_legend(counts, language),
        total=len(units),
    )


def fit_bands(
    sections: Sequence[PaperSection],
) -> tuple[tuple[tuple[PaperSection, ...], ...], float, float]:
    """Put so many sections side by side that the cells come out largest; cell width and height in mm."""
    best: tuple[float, int, float, float] = (0.0, 1, 0.0, 0.0)
    for per_band in range(1, len(sections) + 1):
        bands = _cut(sections, per_band)
        columns = max(sum(len(part.columns) + 2 for part in band) for band in bands)
        rows = sum(max(len(part.rows) for part in band) + 2.2 for band in bands)
        gaps = 4.0 * (per_band - 1)
        width = min((SHEET_WIDTH - gaps) / columns, LARGEST_CELL[0])
        height = min(SHEET_HEIGHT / rows, LARGEST_CELL[1])
        best = max(best, (min(width / 2.0, height), per_band, width, height))
    return _cut(sections, best[1]), round(best[2], 2), round(best[3], 2)


def _cut(sections: Sequence[PaperSection], size: int) -> tuple[tuple[PaperSection, ...], ...]:
    return tuple(tuple(sections[start : start + size]) for start in range(0, len(sections), size))


def _font_size(width: float, height: float, *, has_second_line: bool) -> float:
    by_height = height * (0.36 if has_second_line else 0.62)
    return max(2.0, min(by_height, width * 0.17)) * MM_IN_POINTS * 0.92


def _build_section(plan: SectionPlan, write: SecondLine, language: str) -> PaperSection:
    signs = {look.value: sign_of(look, language) for look in CellLook}
    width = max(len(plan.columns), 12 if any(floor.is_flowing for floor in plan.floors) else 1)
    columns = plan.columns + ("",) * (width - len(plan.columns))
    rows = [row for floor in plan.floors for row in _build_rows(floor, width, write, signs)]
    return PaperSection(plan.name, columns, tuple(rows))


def _build_rows(floor: FloorPlan, width: int, write: SecondLine, signs: Mapping[str, str]) -> list[PaperRow]:
    columns = range(len(floor.units)) if floor.columns is None else floor.columns
    placed = {
        column: PaperCell(unit.room_no, write(unit), unit.state, signs[unit.state])
        for column, unit in zip(columns, floor.units, strict=True)
    }
    label = f"{floor.label} ?" if floor.is_unknown else floor.label
    rows = []
    for start in range(0, max(placed, default=0) + 1, width):
        cells = tuple(placed.get(index, PaperCell()) for index in range(start, start + width))
        is_first = start == 0
        rows.append(PaperRow(label if is_first else "", cells, whole_yuan(floor.average) if is_first else ""))
    return rows


def _legend(counts: Mapping[str, int], language: str) -> tuple[tuple[str, str, str, int, object], ...]:
    total = sum(counts.values())
    return tuple(
        (
            state.value,
            sign_of(state, language),
            str(state.label),
            counts[state.value],
            share_of(counts[state.value], total),
        )
        for state in CellLook
        if counts[state.value]
    )
