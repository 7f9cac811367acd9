"""The frame of every page: title, notes, banner, stamp, code, foot with the page's number."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.pdfgen.canvas import Canvas

from salesoffice.infra.longpdf.fonts import Ruler
from salesoffice.infra.longpdf.layout import LEADING, MARGIN, break_text
from salesoffice.infra.longpdf.shapes import MM, Align, Frame, Paper
from salesoffice.infra.qr import build_matrix

TITLE_SIZE, NOTE_SIZE, STAMP_SIZE = 13.0, 7.5, 84.0
CODE_SIZE = 19 * MM
QUIET = 4
"""Light dots around a code, as readers need them."""

INK, GREY, RED, PALE, SHADE, EDGE = "#111111", "#444444", "#98161b", "#f3dada", "#ecf0f4", "#777777"


class PagePainter:
    """A canvas with the means that all papers share."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.ruler = Ruler()
        self.stream = BytesIO()
        self.canvas: Any = Canvas(self.stream, pageCompression=1)
        self.canvas.setTitle(frame.title)
        self.canvas.setAuthor("")
        self._font: tuple[str, float] | None = None

    def write(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        width: float = 0.0,
        align: Align = "left",
        is_bold: bool = False,
    ) -> None:
        """Write one line with its base line at y, aligned within a width that begins at x."""
        if align != "left":
            free = width - self.ruler.measure(text, is_bold=is_bold) * size
            x += free if align == "right" else free / 2
        for font, piece in self.ruler.split(text, is_bold):
            if self._font != (font, size):
                self.canvas.setFont(font, size)
                self._font = (font, size)
            self.canvas.drawString(x, y, piece)
            if piece is not text:
                x += self.ruler.measure(piece, is_bold=is_bold) * size

    def break_notes(self, room: float) -> list[str]:
        """Break the notes of the frame into lines of a width."""
        return [line for note in self.frame.notes for line in break_text(note, room, NOTE_SIZE, self.ruler)]

    def begin_page(self, paper: Paper) -> None:
        """Begin a page of a size."""
        self.canvas.setPageSize((paper.width, paper.height))
        self.canvas.setFillColor(INK)
        self._font = None

    def end_page(self) -> None:
        """End the page."""
        self.canvas.showPage()

    def keep_code(self) -> None:
        """Draw the code once, to be shown on every page."""
        if not self.frame.code:
            return
        matrix = build_matrix(self.frame.code)
        dot = CODE_SIZE / (len(matrix) + 2 * QUIET)
        self.canvas.beginForm("code", 0, 0, CODE_SIZE, CODE_SIZE)
        self.canvas.setFillColor("#000000")
        path = self.canvas.beginPath()
        for number, row in enumerate(matrix):
            y = CODE_SIZE - (number + 1 + QUIET) * dot
            for first, length in _find_runs(row):
                path.rect((first + QUIET) * dot, y, length * dot, dot)
        self.canvas.drawPath(path, stroke=0, fill=1)
        self.canvas.endForm()

    def show_code(self, x: float, y: float, size: float = CODE_SIZE) -> None:
        """Show the code with its lower left corner at a place."""
        if not self.frame.code:
            return
        self.canvas.saveState()
        self.canvas.translate(x, y)
        self.canvas.scale(size / CODE_SIZE, size / CODE_SIZE)
        self.canvas.doForm("code")
        self.canvas.restoreState()

    def finish(self) -> bytes:
        """Close the paper and return it."""
        self.canvas.save()
        return self.stream.getvalue()

    def height_of_head(self, paper: Paper) -> float:
        """Return how much of the page the frame takes above."""
        title, notes = self._break_head(paper)
        banner = 15 if self.frame.banner else 0
        height = len(title) * TITLE_SIZE * LEADING + len(notes) * NOTE_SIZE * LEADING + banner + 4
        return max(height, CODE_SIZE + (12 if self.frame.code_note else 4)) if self.frame.code else height

    def draw_frame(self, paper: Paper, number: int, count: int) -> None:
        """Draw what stands on every page."""
        self._draw_stamp(paper)
        self.canvas.setFillColor(INK)
        title, notes = self._break_head(paper)
        y = paper.height - MARGIN
        for line in title:
            y -= TITLE_SIZE * LEADING
            self.write(line, MARGIN, y + 3, TITLE_SIZE, is_bold=True)
        if self.frame.banner:
            y -= 15
            self.canvas.setFillColor(RED)
            self.write(self.frame.banner, MARGIN, y + 4, 10.0, is_bold=True)
        self.canvas.setFillColor(GREY)
        for line in notes:
            y -= NOTE_SIZE * LEADING
            self.write(line, MARGIN, y + 2, NOTE_SIZE)
        self._draw_code(paper)
        self._draw_foot(paper, number, count)
        self.canvas.setFillColor(INK)

    def _break_head(self, paper: Paper) -> tuple[Sequence[str], Sequence[str]]:
        room = paper.width - 2 * MARGIN - (CODE_SIZE + 4 * MM if self.frame.code else 0)
        title = break_text(self.frame.title, room, TITLE_SIZE, self.ruler, is_bold=True)
        return title, self.break_notes(room)

    def _draw_code(self, paper: Paper) -> None:
        if not self.frame.code:
            return
        x, y = paper.width - MARGIN - CODE_SIZE, paper.height - MARGIN - CODE_SIZE + QUIET
        self.show_code(x, y)
        width = self.ruler.measure(self.frame.code_note) * 5.5
        self.write(self.frame.code_note, paper.width - MARGIN - width - 2, y - 5, 5.5)

    def _draw_foot(self, paper: Paper, number: int, count: int) -> None:
        y = MARGIN - 4
        pages = self.frame.count_pages(number, count)
        room = paper.width - 2 * MARGIN
        self.canvas.setStrokeColor(EDGE)
        self.canvas.setLineWidth(0.4)
        self.canvas.line(MARGIN, y + 10, paper.width - MARGIN, y + 10)
        width = room - self.ruler.measure(pages) * NOTE_SIZE - 8
        size = min(NOTE_SIZE, width / (self.ruler.measure(self.frame.foot) or 1))
        self.write(self.frame.foot, MARGIN, y + 2, size)
        self.write(pages, MARGIN, y + 2, NOTE_SIZE, width=room, align="right")

    def _draw_stamp(self, paper: Paper) -> None:
        if not self.frame.stamp:
            return
        self.canvas.saveState()
        self.canvas.translate(paper.width / 2, paper.height / 2)
        self.canvas.rotate(30)
        self.canvas.setFillColor(PALE)
        wide = self.ruler.measure(self.frame.stamp, is_bold=True)
        size = min(STAMP_SIZE, paper.width * 0.8 / wide)
        self.write(self.frame.stamp, -wide * size / 2, -size / 3, size, is_bold=True)
        self.canvas.restoreState()
        self._font = None


def _find_runs(row: Sequence[bool]) -> list[tuple[int, int]]:
    """Join neighbouring dark dots into (first, length)."""
    runs: list[tuple[int, int]] = []
    for place, is_dark in enumerate(row):
        if is_dark and runs and sum(runs[-1]) == place:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif is_dark:
            runs.append((place, 1))
    return runs
