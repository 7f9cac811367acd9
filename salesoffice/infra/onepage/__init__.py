"""A paper of exactly one A4 page, drawn with ReportLab: bands of facts, tables and pictures under a head.

Letters and rows shrink together until everything fits; nothing is ever cut off and there is never a second page.
"""

from salesoffice.infra.longpdf import ONE_AT_A_TIME
from salesoffice.infra.onepage.shapes import Band, Block, Facts, Grid, Leaf, Picture

__all__ = ["Band", "Block", "Facts", "Grid", "Leaf", "Picture", "draw_leaf"]


def draw_leaf(leaf: Leaf) -> bytes:
    """Draw the paper."""
    from salesoffice.infra.onepage.painter import LeafPainter

    with ONE_AT_A_TIME:
        return LeafPainter(leaf).draw()
