"""Where everything goes: widths of columns, lines of cells, heights of rows, pages."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from salesoffice.infra.longpdf.fonts import Ruler
from salesoffice.infra.longpdf.shapes import MM, Column, Paper, Part, Row, Table

MARGIN = 10 * MM
PAD_X, PAD_Y = 2.4, 1.6
LEADING = 1.28
SIZES = (8.0, 7.5, 7.0)
"""Sizes of letters at which a paper counts as wide enough; below, the next paper is tried."""
SMALL_SIZES = (6.5, 6.0, 5.5, 5.0)
LONGEST_WORDS = 17.0
"""No column of words is wider than so many times the letters' size unless there is room."""
LEAST_WORDS = 5.0
LEAST_GRID = 6.0
"""Letters of a table that is kept on one page do not get smaller than this; rather it takes two."""
HEAD_ROOM = 36 * MM
"""What title, notes and foot of a page may take, when it is judged whether a table fits."""

_WORDS = re.compile(r"(?:[（(][^（）()]{1,10}[）)]|[\x21-\x7e]+ ?|.)[，。、；：]?", re.DOTALL)
"""What a line may be broken between: units in brackets stay whole, and no line begins with a comma."""

Lines = tuple[str, ...]


@dataclass(frozen=True)
class PlannedPart:
    """A part with the lines of its cells and the heights of its rows."""

    part: Part
    caption: Lines
    cells: Sequence[tuple[Lines, ...]]
    heights: Sequence[float]
    feet: Sequence[tuple[Lines, ...]]
    foot_heights: Sequence[float]

    @property
    def foot_height(self) -> float:
        """The height of all feet together."""
        return sum(self.foot_heights)


@dataclass(frozen=True)
class PlannedTable:
    """A table with its size of letters and the places of its columns."""

    table: Table
    size: float
    widths: Sequence[float]
    heads: Sequence[tuple[Lines, ...]]
    head_heights: Sequence[float]
    parts: Sequence[PlannedPart]

    @property
    def height(self) -> float:
        """The height of the whole table on one page."""
        return sum(self.height_above(part) + sum(part.heights) + part.foot_height for part in self.parts)

    def height_above(self, part: PlannedPart) -> float:
        """Return the height of the caption and the heads above the rows of a part."""
        return caption_height(part.caption, self.size) + sum(self.head_heights)


@dataclass(frozen=True)
class Slice:
    """Rows `first` to `last` (not included) of a part on one page, at a height; the feet follow the last row."""

    table: PlannedTable
    part: PlannedPart
    top: float
    first: int
    last: int
    has_feet: bool


def caption_height(caption: Lines, size: float) -> float:
    """Return the height of a caption with the room around it."""
    return (len(caption) * (size + 1) * LEADING + 5) if caption else 3


def break_text(text: str, width: float, size: float, ruler: Ruler, *, is_bold: bool = False) -> Lines:
    """Break a text into lines of a width; words stay whole where they fit into a line, no character is lost."""
    lines: list[str] = []
    for line in text.split("\n"):
        if ruler.measure(line, is_bold=is_bold) * size <= width:
            lines.append(line)
        else:
            lines += _break_line(line, width / size, ruler, is_bold=is_bold)
    return tuple(lines)


def choose_paper(
    tables: Sequence[Table], papers: Sequence[Paper], ruler: Ruler
) -> tuple[Paper, list[PlannedTable]]:
    """Plan tables for the first paper on which all of them fit; on the last one they are made to fit."""
    naturals = [_measure_columns(table, ruler) for table in tables]
    for paper in papers:
        room = paper.width - 2 * MARGIN
        sizes = [find_size(natural, room) for natural in naturals]
        if all(sizes):
            break
    plans = []
    for table, natural, size in zip(tables, naturals, sizes, strict=True):
        chosen, widths = _set_widths(table.columns, natural, room, size)
        plan = _plan_table(table, chosen, widths, ruler)
        if table.is_kept_whole:
            plan = _make_fit(plan, natural, paper, ruler)
        plans.append(plan)
    return paper, plans


def find_size(natural: Sequence[float], room: float) -> float | None:
    """Find the largest size at which columns of natural widths (of one point's size) fit into a room."""
    return next((size for size in SIZES if _sum_widths(natural, size) <= room), None)


def paginate(plans: Sequence[PlannedTable], top: float, bottom: float) -> list[list[Slice]]:
    """Fill pages from `top` down to `bottom`; a part's feet stay with its last row, its heads with its first."""
    pages: list[list[Slice]] = [[]]
    place = top
    for plan in plans:
        if plan.table.starts_page and pages[-1]:
            pages.append([])
            place = top
        for part in plan.parts:
            place = _place_part(pages, plan, part, place, top, bottom)
    return pages


def _make_fit(plan: PlannedTable, natural: Sequence[float], paper: Paper, ruler: Ruler) -> PlannedTable:
    """Plan a table with smaller letters when that brings all of it onto one page."""
    room = paper.height - 2 * MARGIN - HEAD_ROOM
    for size in (size for size in (*SIZES, *SMALL_SIZES) if LEAST_GRID <= size <= plan.size):
        widths = [width * size + 2 * PAD_X for width in natural]
        widths = _stretch(plan.table.columns, widths, paper.width - 2 * MARGIN)
        smaller = plan if size == plan.size else _plan_table(plan.table, size, widths, ruler)
        if smaller.height <= room:
            return smaller
    return plan


def _place_part(
    pages: list[list[Slice]], plan: PlannedTable, part: PlannedPart, place: float, top: float, bottom: float
) -> float:
    above, count, first = plan.height_above(part), len(part.cells), 0
    while True:
        room = place - bottom - above
        last, used = first, 0.0
        while last < count:
            foot = part.foot_height if last == count - 1 else 0.0
            if used + part.heights[last] + foot > room:
                break
            used += part.heights[last]
            last += 1
        is_done = last == count and used + part.foot_height <= room
        is_fresh = place == top
        if not is_done and last == first and not is_fresh:
            pages.append([])
            place = top
            continue
        if not is_done and last == first:  # higher than a whole page: draw it all the same
            last, is_done = first + 1, first + 1 >= count
        pages[-1].append(Slice(plan, part, place, first, last, is_done))
        if is_done:
            return place - above - used - part.foot_height
        pages.append([])
        place, first = top, last


def _break_line(line: str, width: float, ruler: Ruler, *, is_bold: bool) -> list[str]:
    lines: list[str] = []
    current, used = "", 0.0
    for word in _WORDS.findall(line):
        size = ruler.measure(word, is_bold=is_bold)
        if used + size > width and current:
            lines.append(current)
            current, used = "", 0.0
        for sign in word if size > width else (word,):
            size = ruler.measure(sign, is_bold=is_bold)
            if used + size > width and current:
                lines.append(current)
                current, used = "", 0.0
            current += sign
            used += size
    return [*lines, current] if current else lines


def _measure_columns(table: Table, ruler: Ruler) -> list[float]:
    """Return the width that each column wants at one point's size; heads may be broken, so they want less."""
    wanted = [2.0] * len(table.columns)
    rows = [row for part in table.parts for row in part.rows]
    for place, column in enumerate(table.columns):
        measured = {cell for row in rows for cell in row[place].split("\n")}
        widest = max((ruler.measure(text, is_bold=table.is_last_line_bold) for text in measured), default=0.0)
        wanted[place] = max(wanted[place], min(widest, LONGEST_WORDS) if column.is_elastic else widest)
    for row in table.heads:
        _widen(wanted, row, lambda text: _measure_head(text, ruler))
    for foot in (foot for part in table.parts for foot in part.feet):
        _widen(wanted, foot, lambda text: _measure_lines(text, ruler))
    return wanted


def _widen(wanted: list[float], row: Row, measure: Callable[[str], float]) -> None:
    """Make columns wide enough for the cells of a row that cover one column."""
    first = 0 if row.span == 1 else 1
    for place, text in enumerate(row.cells[first:], start=first * row.span):
        wanted[place] = max(wanted[place], measure(text))


def _measure_lines(text: str, ruler: Ruler) -> float:
    return max(ruler.measure(line, is_bold=True) for line in text.split("\n"))


def _measure_head(text: str, ruler: Ruler) -> float:
    """Return a width at which a title takes about three lines and keeps its words whole."""
    words = [ruler.measure(word, is_bold=True) for word in _WORDS.findall(text)]
    return min(max([sum(words) / 3 + 1.2, *words], default=0.0), LONGEST_WORDS)


def _sum_widths(natural: Sequence[float], size: float) -> float:
    return sum(natural) * size + 2 * PAD_X * len(natural)


def _set_widths(
    columns: Sequence[Column], natural: Sequence[float], room: float, size: float | None
) -> tuple[float, list[float]]:
    """Choose the size of letters and the widths of the columns so that together they fill the room."""
    if size is not None:
        widths = [width * size + 2 * PAD_X for width in natural]
        return size, _stretch(columns, widths, room)
    for small in (SIZES[-1], *SMALL_SIZES):
        least = [
            min(width, LEAST_WORDS) if column.is_elastic else width
            for column, width in zip(columns, natural, strict=True)
        ]
        missing = room - _sum_widths(least, small)
        if missing >= 0:
            more = [(width - low) * small for width, low in zip(natural, least, strict=True)]
            share = min(1.0, missing / sum(more)) if sum(more) else 0.0
            widths = [low * small + 2 * PAD_X + share * add for low, add in zip(least, more, strict=True)]
            return small, _stretch(columns, widths, room)
    widths = [width * SMALL_SIZES[-1] + 2 * PAD_X for width in natural]
    return SMALL_SIZES[-1], [width * room / sum(widths) for width in widths]


def _stretch(columns: Sequence[Column], widths: list[float], room: float) -> list[float]:
    """Give room that is left over to all columns, in proportion; never more than doubles a column."""
    factor = min(2.0, room / sum(widths))
    return [width * factor for width in widths] if columns else widths


def _plan_table(table: Table, size: float, widths: Sequence[float], ruler: Ruler) -> PlannedTable:
    room = sum(widths)
    heads = [_break_cells(row, widths, size, ruler) for row in table.heads]
    parts = []
    for part in table.parts:
        cells = [_break_row(table, row, widths, size, ruler) for row in part.rows]
        feet = [_break_cells(row, widths, size, ruler) for row in part.feet]
        caption = break_text(part.caption, room, size + 1, ruler, is_bold=True) if part.caption else ()
        heights = [_height(row, size) for row in cells]
        parts.append(PlannedPart(part, caption, cells, heights, feet, [_height(row, size) for row in feet]))
    return PlannedTable(table, size, widths, heads, [_height(row, size) for row in heads], parts)


def _break_row(
    table: Table, row: tuple[str, ...], widths: Sequence[float], size: float, ruler: Ruler
) -> tuple[Lines, ...]:
    is_bold = table.is_last_line_bold
    return tuple(
        [
            break_text(text, width - 2 * PAD_X, size, ruler, is_bold=is_bold)
            for text, width in zip(row, widths, strict=True)
        ]
    )


def _break_cells(row: Row, widths: Sequence[float], size: float, ruler: Ruler) -> tuple[Lines, ...]:
    spans = (sum(widths[: row.span]), *widths[row.span :])
    return tuple(
        [
            break_text(text, width - 2 * PAD_X, size, ruler, is_bold=True)
            for text, width in zip(row.cells, spans, strict=True)
        ]
    )


def _height(cells: Sequence[Lines], size: float) -> float:
    return max(map(len, cells)) * size * LEADING + 2 * PAD_Y
