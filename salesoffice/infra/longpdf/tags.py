"""Tags to cut out, eight on a sheet."""

from collections.abc import Sequence
from typing import NamedTuple

from salesoffice.infra.longpdf.layout import LEADING, break_text
from salesoffice.infra.longpdf.pages import EDGE, GREY, INK, RED, PagePainter
from salesoffice.infra.longpdf.shapes import A4, MM, Tag

COLUMNS, ROWS = 2, 4
WIDTH, HEIGHT = 95 * MM, 69 * MM
INSET = 4.5 * MM
_CODE = 19 * MM
_FACTS = 3
"""Facts side by side."""
_TITLE, _NAME, _LABEL, _VALUE, _NOTE, _FIGURE = 8.5, 15.0, 6.0, 8.5, 5.5, 18.0
_SCALES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Letters of the upper part get smaller until it fits."""


class _Line(NamedTuple):
    """A line of a tag: how far from its left and upper edge, and how it looks."""

    text: str
    right: float
    down: float
    size: float
    colour: str
    is_bold: bool


class TagPainter(PagePainter):
    """Draws tags."""

    def draw(self, tags: Sequence[Tag]) -> bytes:
        """Draw tags and return the PDF; without any, one empty sheet."""
        paper, per_page = A4[0], COLUMNS * ROWS
        count = max(1, -(-len(tags) // per_page))
        left, top = (paper.width - COLUMNS * WIDTH) / 2, (paper.height + ROWS * HEIGHT) / 2
        self.keep_code()
        for number in range(1, count + 1):
            self.begin_page(paper)
            self._draw_cuts(left, top)
            for place, tag in enumerate(tags[(number - 1) * per_page : number * per_page]):
                row, column = divmod(place, COLUMNS)
                self._draw_tag(tag, left + column * WIDTH, top - row * HEIGHT)
            pages = self.frame.count_pages(number, count)
            self.write(pages, left, 4.5 * MM, 6.5, width=COLUMNS * WIDTH, align="right")
            self.write(self.frame.foot, left, 4.5 * MM, 6.5)
            self.end_page()
        return self.finish()

    def _draw_cuts(self, left: float, top: float) -> None:
        """Draw the lines along which the sheet is cut."""
        canvas, right, bottom = self.canvas, left + COLUMNS * WIDTH, top - ROWS * HEIGHT
        canvas.saveState()
        canvas.setStrokeColor(EDGE)
        canvas.setLineWidth(0.4)
        canvas.setDash(3, 3)
        for column in range(COLUMNS + 1):
            canvas.line(left + column * WIDTH, top, left + column * WIDTH, bottom)
        for row in range(ROWS + 1):
            canvas.line(left, top - row * HEIGHT, right, top - row * HEIGHT)
        canvas.restoreState()

    def _draw_tag(self, tag: Tag, left: float, top: float) -> None:
        x, room, bottom = left + INSET, WIDTH - 2 * INSET, top - HEIGHT + INSET
        beside = room - _CODE - 4
        notes = self._break_small(beside)
        figure_at = bottom + len(notes) * _NOTE * LEADING + 4
        self.show_code(left + WIDTH - INSET - _CODE + 4, bottom - 4, _CODE)
        for number, (line, colour) in enumerate(notes, start=1):
            self.canvas.setFillColor(colour)
            self.write(line, x, bottom + (len(notes) - number) * _NOTE * LEADING, _NOTE)
        self.canvas.setFillColor(INK)
        size = min(_FIGURE, beside / self.ruler.measure(tag.figure, is_bold=True))
        self.write(tag.figure, x, figure_at, size, is_bold=True)
        self.write(tag.label, x, figure_at + _FIGURE, 7.0)
        free = top - INSET - figure_at - _FIGURE - 9
        for part in self._fit_top(tag, room, free):
            self.canvas.setFillColor(part.colour)
            self.write(part.text, x + part.right, top - INSET - part.down, part.size, is_bold=part.is_bold)
        self.canvas.setFillColor(INK)

    def _break_small(self, room: float) -> list[tuple[str, str]]:
        """Break banner and notes into lines, each with its colour."""
        notes = [(self.frame.banner, RED), *((note, GREY) for note in self.frame.notes)]
        return [
            (line, colour)
            for note, colour in notes
            if note
            for line in break_text(note, room, _NOTE, self.ruler)
        ]

    def _fit_top(self, tag: Tag, room: float, free: float) -> list[_Line]:
        """Lay out title, name and facts, with the largest letters that need no more than the free height."""
        lines: list[_Line] = []
        for scale in _SCALES:
            lines, height = self._plan_top(tag, room, scale)
            if height <= free:
                break
        return lines

    def _plan_top(self, tag: Tag, room: float, scale: float) -> tuple[list[_Line], float]:
        """Lay out title, name and facts; return the lines and the height that they need."""
        lines: list[_Line] = []
        down = self._add(lines, tag.title, (0.0, 0.0), _TITLE * scale, room, GREY)
        down = self._add(lines, tag.name, (0.0, down + 1), _NAME * scale, room, INK, is_bold=True) + 2
        for first in range(0, len(tag.facts), _FACTS):
            ends = []
            for place, (label, value) in enumerate(tag.facts[first : first + _FACTS]):
                at, width = place * room / _FACTS, room / _FACTS - 3
                below = self._add(lines, label, (at, down), _LABEL * scale, width, GREY)
                ends.append(self._add(lines, value, (at, below), _VALUE * scale, width, INK))
            down = max(ends) + 2 * scale
        return lines, down

    def _add(
        self,
        lines: list[_Line],
        text: str,
        place: tuple[float, float],
        size: float,
        room: float,
        colour: str,
        *,
        is_bold: bool = False,
    ) -> float:
        """Add a text below a place, on as many lines as it needs; return where it ends."""
        right, down = place
        for line in break_text(text, room, size, self.ruler, is_bold=is_bold):
            down += size * LEADING
            lines.append(_Line(line, right, down - size * 0.28, size, colour, is_bold))
        return down
