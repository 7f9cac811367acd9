"""Tables on pages."""

from collections.abc import Sequence

from salesoffice.infra.longpdf.layout import (
    LEADING,
    MARGIN,
    PAD_X,
    PAD_Y,
    Lines,
    PlannedTable,
    Slice,
    caption_height,
    choose_paper,
    paginate,
)
from salesoffice.infra.longpdf.pages import EDGE, INK, SHADE, PagePainter
from salesoffice.infra.longpdf.shapes import Align, Paper, Table

_FOOT = 10.0


class TablePainter(PagePainter):
    """Draws tables."""

    def draw(self, tables: Sequence[Table], papers: Sequence[Paper]) -> bytes:
        """Draw tables and return the PDF."""
        paper, plans = choose_paper(tables, papers, self.ruler)
        top = paper.height - MARGIN - self.height_of_head(paper)
        pages = paginate(plans, top, MARGIN + _FOOT)
        self.keep_code()
        for number, slices in enumerate(pages, start=1):
            self.begin_page(paper)
            self.draw_frame(paper, number, len(pages))
            for piece in slices:
                self._draw_slice(piece)
            self.end_page()
        return self.finish()

    def _draw_slice(self, piece: Slice) -> None:
        plan, part, y = piece.table, piece.part, piece.top
        for number, line in enumerate(part.caption):
            self.write(line, MARGIN, y - 4 - plan.size * LEADING * (number + 1), plan.size + 1, is_bold=True)
        y -= caption_height(part.caption, plan.size)
        tops = [y]
        aligns: list[Align] = ["center"] * len(plan.widths)
        for row, cells, height in zip(plan.table.heads, plan.heads, plan.head_heights, strict=True):
            self._draw_row(plan, cells, y, height, aligns, span=row.span, is_shaded=True)
            y -= height
            tops.append(y)
        aligns = [column.align for column in plan.table.columns]
        for place in range(piece.first, piece.last):
            self._draw_row(plan, part.cells[place], y, part.heights[place], aligns)
            y -= part.heights[place]
            tops.append(y)
        self._draw_edges(plan, tops, 1)
        if piece.has_feet:
            self._draw_feet(piece, y, aligns)

    def _draw_feet(self, piece: Slice, y: float, aligns: Sequence[Align]) -> None:
        plan, part = piece.table, piece.part
        for row, cells, height in zip(part.part.feet, part.feet, part.foot_heights, strict=True):
            first: Align = "left" if row.span > 1 else aligns[0]
            own = [first, *aligns[row.span :]]
            self._draw_row(plan, cells, y, height, own, span=row.span, is_shaded=True)
            self._draw_edges(plan, [y, y - height], row.span)
            y -= height

    def _draw_row(
        self,
        plan: PlannedTable,
        cells: Sequence[Lines],
        top: float,
        height: float,
        aligns: Sequence[Align],
        *,
        span: int = 1,
        is_shaded: bool = False,
    ) -> None:
        """Draw one row; shaded ones (heads and feet) are bold."""
        if is_shaded:
            self.canvas.setFillColor(SHADE)
            self.canvas.rect(MARGIN, top - height, sum(plan.widths), height, stroke=0, fill=1)
            self.canvas.setFillColor(INK)
        x, step, is_stressed = MARGIN, plan.size * LEADING, plan.table.is_last_line_bold
        widths = (sum(plan.widths[:span]), *plan.widths[span:])
        for lines, width, align in zip(cells, widths, aligns, strict=True):
            y = top - PAD_Y - (height - 2 * PAD_Y - len(lines) * step) / 2 - plan.size
            for number, line in enumerate(lines, start=1):
                if line:
                    is_bold = is_shaded or (is_stressed and number == len(lines))
                    self.write(
                        line, x + PAD_X, y, plan.size, width=width - 2 * PAD_X, align=align, is_bold=is_bold
                    )
                y -= step
            x += width

    def _draw_edges(self, plan: PlannedTable, tops: Sequence[float], span: int) -> None:
        """Draw the lines around cells between the first and the last of some heights."""
        self.canvas.setStrokeColor(EDGE)
        self.canvas.setLineWidth(0.35)
        right = MARGIN + sum(plan.widths)
        lines = [(MARGIN, y, right, y) for y in tops]
        xs = [MARGIN + sum(plan.widths[:place]) for place in (0, *range(span, len(plan.widths) + 1))]
        lines += [(x, tops[0], x, tops[-1]) for x in xs]
        self.canvas.lines(lines)
