"""Long papers as PDF, drawn line by line with ReportLab: tables of any length, and tags to cut out.

One paper is drawn at a time in a process: the parser of the fonts is shared and not made for threads, and the memory
that a large paper needs is needed once.
"""

from collections.abc import Sequence
from threading import Lock

from salesoffice.infra.longpdf.shapes import (
    A3,
    A4,
    ANY_PAPER,
    Column,
    Frame,
    Paper,
    Part,
    Row,
    Table,
    Tag,
)

__all__ = [
    "A3",
    "A4",
    "ANY_PAPER",
    "ONE_AT_A_TIME",
    "Column",
    "Frame",
    "Paper",
    "Part",
    "Row",
    "Table",
    "Tag",
    "draw_tables",
    "draw_tags",
]

ONE_AT_A_TIME = Lock()
"""Held while a paper is drawn."""


def draw_tables(frame: Frame, tables: Sequence[Table], papers: Sequence[Paper] = ANY_PAPER) -> bytes:
    """Draw tables on the first paper that is wide enough; on the last one texts are broken and letters get smaller."""
    from salesoffice.infra.longpdf.tables import TablePainter

    with ONE_AT_A_TIME:
        return TablePainter(frame).draw(tables, papers)


def draw_tags(frame: Frame, tags: Sequence[Tag]) -> bytes:
    """Draw tags, eight on a sheet of A4, with lines to cut along; each carries the frame's code and notes."""
    from salesoffice.infra.longpdf.tags import TagPainter

    with ONE_AT_A_TIME:
        return TagPainter(frame).draw(tags)
