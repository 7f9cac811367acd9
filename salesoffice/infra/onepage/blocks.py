"""Blocks of a one-page paper broken into lines for a width and a size, with their heights (points)."""

from collections.abc import Sequence
from dataclasses import dataclass

from salesoffice.infra.longpdf.fonts import Ruler
from salesoffice.infra.longpdf.layout import break_text
from salesoffice.infra.onepage.shapes import Align, Facts, Grid

TEXT, SMALL, TITLE = 8.4, 7.0, 9.6
"""Sizes of letters at full scale."""

LEADING, PAD, TITLE_ROOM = 1.32, 2.6, 17.0

Lines = tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A broken text at its place within a line of the block."""

    x: float
    width: float
    lines: Lines
    align: Align = "left"
    is_bold: bool = False
    is_label: bool = False


@dataclass(frozen=True)
class Line:
    """A line of a block: cells side by side; `kind` says how it is drawn."""

    kind: str
    height: float
    cells: tuple[Cell, ...]


def plan_facts(block: Facts, width: float, scale: float, ruler: Ruler) -> list[Line]:
    """Break labelled values into lines; the labels of a column are as wide as the longest."""
    size, room = TEXT * scale, width / block.columns
    groups = [
        block.pairs[start : start + block.columns] for start in range(0, len(block.pairs), block.columns)
    ]
    labels = [
        max((ruler.measure(pair[0]) for pair in block.pairs[place :: block.columns]), default=0.0) * size
        for place in range(block.columns)
    ]
    lines = []
    for group in groups:
        cells: list[Cell] = []
        for place, (label, value) in enumerate(group):
            left, wide = place * room, labels[place] + 7 * scale
            cells.append(Cell(left, wide, (label,), is_label=True))
            rest = room - wide - 6 * scale
            cells.append(Cell(left + wide, rest, break_text(value, rest, size, ruler)))
        lines.append(_line("fact", cells, size, scale))
    return lines


def plan_grid(block: Grid, width: float, scale: float, ruler: Ruler) -> list[Line]:
    """Break a table into lines: heads, rows, foot and note."""
    size = TEXT * scale
    widths = [share * width / sum(block.widths) for share in block.widths]
    lines = [_line("head", _cells(block.heads, widths, block, SMALL * scale, ruler), SMALL * scale, scale)]
    lines += [_line("row", _cells(row, widths, block, size, ruler), size, scale) for row in block.rows]
    if block.foot:
        foot = _cells(block.foot, widths, block, size, ruler, is_bold=True)
        lines.append(_line("foot", foot, size, scale))
    if block.note:
        small = SMALL * scale
        broken = break_text(block.note, width - 6 * scale, small, ruler)
        lines.append(_line("note", [Cell(0, width, broken, is_label=True)], small, scale))
    return lines


def _cells(
    texts: Sequence[str],
    widths: Sequence[float],
    block: Grid,
    size: float,
    ruler: Ruler,
    *,
    is_bold: bool = False,
) -> list[Cell]:
    cells, left = [], 0.0
    for text, width, align in zip(texts, widths, block.aligns, strict=True):
        broken = break_text(text, width - 6, size, ruler, is_bold=is_bold)
        cells.append(Cell(left, width, broken, align, is_bold=is_bold))
        left += width
    return cells


def _line(kind: str, cells: Sequence[Cell], size: float, scale: float) -> Line:
    count = max(len(cell.lines) for cell in cells)
    return Line(kind, count * size * LEADING + 2 * PAD * scale, tuple(cells))
