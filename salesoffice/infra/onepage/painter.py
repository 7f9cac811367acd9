"""Draws a one-page paper: the largest scale at which everything fits, then from top to bottom."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from salesoffice.infra.longpdf.fonts import Ruler
from salesoffice.infra.longpdf.layout import break_text
from salesoffice.infra.onepage.blocks import (
    LEADING,
    PAD,
    SMALL,
    TEXT,
    TITLE,
    TITLE_ROOM,
    Cell,
    Line,
    plan_facts,
    plan_grid,
)
from salesoffice.infra.onepage.shapes import Align, Band, Block, Facts, Leaf, Picture
from salesoffice.infra.qr import build_matrix

PAGE = (595.28, 841.89)
MARGIN, HEAD, CODE = 30.0, 58.0, 62.0
PICTURE, GAP, SIDE_GAP = 118.0, 9.0, 14.0
LARGEST, SMALLEST, STEP = 1.16, 0.3, 0.02
QUIET = 4

INK, GREY, ACCENT, PALE, EDGE, WHITE = "#1c2530", "#5b6672", "#0d4f5c", "#eef4f5", "#c9d3d8", "#ffffff"


@dataclass(frozen=True)
class _Planned:
    block: Block
    x: float
    width: float
    lines: Sequence[Line]
    height: float


class LeafPainter:
    """Knows the paper and where its pen is."""

    def __init__(self, leaf: Leaf) -> None:
        self.leaf = leaf
        self.ruler = Ruler()
        self.stream = BytesIO()
        self.canvas: Any = Canvas(self.stream, pagesize=PAGE, pageCompression=1)
        self.canvas.setTitle(f"{leaf.title} {leaf.subtitle}")
        self.room = PAGE[0] - 2 * MARGIN

    def draw(self) -> bytes:
        """Draw everything and return the file."""
        scale, plans, free = self._choose_scale()
        y = self._draw_head()
        y = self._draw_subject(y)
        gap = GAP * scale + min(free / max(len(plans), 1), 14.0)
        for plan in plans:
            for planned in plan:
                self._draw_block(planned, y, scale)
            y -= max(planned.height for planned in plan) + gap
        self._draw_foot()
        self.canvas.showPage()
        self.canvas.save()
        return self.stream.getvalue()

    def _choose_scale(self) -> tuple[float, list[list[_Planned]], float]:
        """Find the largest scale at which the bands fit between head and foot; also the height left free."""
        space = PAGE[1] - 2 * MARGIN - HEAD - self._subject_height() - self._foot_height() - GAP
        scales = [LARGEST - STEP * place for place in range(int((LARGEST - SMALLEST) / STEP) + 1)]
        place = bisect_left(scales, 1, key=lambda scale: int(self._measure(scale) <= space))
        scale = scales[min(place, len(scales) - 1)]
        plans = [self._plan_band(band, scale) for band in self.leaf.bands]
        return scale, plans, max(space - self._measure(scale), 0.0)

    def _measure(self, scale: float) -> float:
        plans = [self._plan_band(band, scale) for band in self.leaf.bands]
        return sum(max(planned.height for planned in plan) + GAP * scale for plan in plans)

    def _plan_band(self, band: Band, scale: float) -> list[_Planned]:
        room = self.room - SIDE_GAP * (len(band.blocks) - 1)
        plans, x = [], MARGIN
        for block, share in zip(band.blocks, band.shares, strict=True):
            width = room * share / sum(band.shares)
            lines = self._plan_lines(block, width, scale)
            body = PICTURE * scale if isinstance(block, Picture) else sum(line.height for line in lines)
            plans.append(_Planned(block, x, width, lines, TITLE_ROOM * scale + body))
            x += width + SIDE_GAP
        return plans

    def _plan_lines(self, block: Block, width: float, scale: float) -> list[Line]:
        if isinstance(block, Picture):
            return []
        if isinstance(block, Facts):
            return plan_facts(block, width, scale, self.ruler)
        return plan_grid(block, width, scale, self.ruler)

    def _draw_head(self) -> float:
        top, canvas, leaf = PAGE[1] - MARGIN + 8, self.canvas, self.leaf
        canvas.setFillColor(ACCENT)
        canvas.rect(0, top - HEAD, PAGE[0], PAGE[1] - top + HEAD, stroke=0, fill=1)
        corner = max((self.ruler.measure(line) * SMALL for line in leaf.corner), default=0.0)
        room = self.room - corner - 20
        self._write(leaf.subtitle, MARGIN, top - 18, 11, color=WHITE)
        self._write_fitting(leaf.title, MARGIN, top - 43, 20, room, color=WHITE)
        for place, line in enumerate(leaf.corner):
            y = top - 12 - place * SMALL * 1.55
            self._write(line, MARGIN, y, SMALL, width=self.room, align="right", color=WHITE)
        return top - HEAD - GAP

    def _subject_height(self) -> float:
        return 42.0

    def _draw_subject(self, y: float) -> float:
        leaf, half = self.leaf, self.room * 0.52
        self._write_fitting(leaf.subject, MARGIN, y - 18, 15, half, color=INK)
        self._write_fitting(leaf.subject_note, MARGIN, y - 33, 8.5, half, color=GREY, is_bold=False)
        right, wide = MARGIN + half + 8, self.room - half - 8
        label = f"{leaf.price_label}  "
        size = min(
            19.0, (wide - self.ruler.measure(label) * 9) / self.ruler.measure(leaf.price, is_bold=True)
        )
        figure = self.ruler.measure(leaf.price, is_bold=True) * size
        self._write(leaf.price, right, y - 19, size, width=wide, align="right", is_bold=True, color=ACCENT)
        self._write(label, right, y - 19, 9, width=wide - figure, align="right", color=GREY)
        self._write(leaf.price_note, right, y - 33, 8.5, width=wide, align="right", color=GREY)
        return y - self._subject_height()

    def _draw_block(self, planned: _Planned, y: float, scale: float) -> None:
        canvas, title = self.canvas, TITLE * scale
        canvas.setFillColor(ACCENT)
        canvas.rect(planned.x, y - 11.2 * scale, 2.4 * scale, 9.6 * scale, stroke=0, fill=1)
        self._write(
            planned.block.title, planned.x + 7 * scale, y - 9.8 * scale, title, is_bold=True, color=INK
        )
        y -= TITLE_ROOM * scale
        if isinstance(planned.block, Picture):
            self._draw_picture(planned.block, planned, y, PICTURE * scale)
            return
        for line in planned.lines:
            self._draw_line(line, planned, y, scale)
            y -= line.height

    def _draw_line(self, line: Line, planned: _Planned, y: float, scale: float) -> None:
        canvas, size = self.canvas, (SMALL if line.kind in {"head", "note"} else TEXT) * scale
        if line.kind in {"head", "foot"}:
            canvas.setFillColor(PALE)
            canvas.rect(planned.x, y - line.height, planned.width, line.height, stroke=0, fill=1)
        if line.kind != "note":
            canvas.setStrokeColor(EDGE)
            canvas.setLineWidth(0.4)
            canvas.line(planned.x, y - line.height, planned.x + planned.width, y - line.height)
        for cell in line.cells:
            self._draw_cell(cell, planned.x, y - PAD * scale, size, line.kind)

    def _draw_cell(self, cell: Cell, left: float, y: float, size: float, kind: str) -> None:
        color = GREY if cell.is_label or kind == "head" else INK
        for place, text in enumerate(cell.lines):
            base = y - size * (1.08 + place * LEADING)
            self._write(
                text, left + cell.x + 3, base, size, width=cell.width - 6, align=cell.align, is_bold=cell.is_bold,
                color=color,
            )  # fmt: skip

    def _draw_picture(self, picture: Picture, planned: _Planned, y: float, height: float) -> None:
        reader = ImageReader(BytesIO(picture.data))
        wide, high = reader.getSize()
        ratio = min(planned.width / wide, height / high)
        x = planned.x + (planned.width - wide * ratio) / 2
        below = y - height + (height - high * ratio) / 2
        self.canvas.drawImage(reader, x, below, wide * ratio, high * ratio)

    def _foot_height(self) -> float:
        return max(CODE + 14, len(self._break_small()) * SMALL * 1.3 + 26) + 6

    def _break_small(self) -> list[str]:
        room = self.room - CODE - 24
        return [line for text in self.leaf.small for line in break_text(text, room, SMALL, self.ruler)]

    def _draw_foot(self) -> None:
        canvas, top = self.canvas, MARGIN + self._foot_height() - 8
        canvas.setStrokeColor(ACCENT)
        canvas.setLineWidth(1)
        canvas.line(MARGIN, top, MARGIN + self.room, top)
        words = "    ".join(self.leaf.contact)
        self._write_fitting(words, MARGIN, top - 15, 10, self.room - CODE - 24, color=INK)
        for place, text in enumerate(self._break_small()):
            self._write(text, MARGIN, top - 29 - place * SMALL * 1.3, SMALL, color=GREY)
        x = MARGIN + self.room - CODE
        self._draw_code(x, top - 5 - CODE, CODE)
        self._write(self.leaf.code_note, x, top - 12 - CODE, 6.5, width=CODE, align="center", color=GREY)

    def _draw_code(self, x: float, y: float, size: float) -> None:
        rows = build_matrix(self.leaf.code)
        dot = size / (len(rows) + 2)
        self.canvas.setFillColor(INK)
        for number, row in enumerate(rows):
            for place, is_dark in enumerate(row):
                if is_dark:
                    self.canvas.rect(
                        x + (place + 1) * dot, y + size - (number + 2) * dot, dot, dot, stroke=0, fill=1
                    )

    def _write_fitting(
        self, text: str, x: float, y: float, size: float, room: float, *, color: str, is_bold: bool = True
    ) -> None:
        """Write one line, in smaller letters where it would be wider than its room."""
        natural = self.ruler.measure(text, is_bold=is_bold) * size
        self._write(
            text, x, y, size * min(1.0, room / natural if natural else 1.0), is_bold=is_bold, color=color
        )

    def _write(
        self,
        text: str,
        x: float,
        y: float,
        size: float,
        *,
        width: float = 0.0,
        align: Align = "left",
        is_bold: bool = False,
        color: str = INK,
    ) -> None:
        if align != "left":
            free = width - self.ruler.measure(text, is_bold=is_bold) * size
            x += free if align == "right" else free / 2
        self.canvas.setFillColor(color)
        for font, piece in self.ruler.split(text, is_bold):
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, y, piece)
            x += self.ruler.measure(piece, is_bold=is_bold) * size
