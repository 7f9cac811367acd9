"""What is drawn: plain texts in rows and columns, and the frame that every page has."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

MM = 72 / 25.4
"""Points in a millimetre; all lengths below are points."""

Align = Literal["left", "center", "right"]


@dataclass(frozen=True)
class Paper:
    """A sheet of paper."""

    width: float
    height: float


A4 = (Paper(210 * MM, 297 * MM), Paper(297 * MM, 210 * MM))
"""Upright, then across."""
A3 = (Paper(420 * MM, 297 * MM),)
ANY_PAPER = (*A4, *A3)


@dataclass(frozen=True)
class Frame:
    """What stands on every page: title and notes above, `foot` and the page's number below, a code to scan.

    `count_pages` words "page 3 of 7". `stamp` is written large across the page, `banner` in red under the title.
    """

    title: str
    notes: Sequence[str]
    foot: str
    count_pages: Callable[[int, int], str]
    stamp: str = ""
    banner: str = ""
    code: str = ""
    code_note: str = ""


@dataclass(frozen=True)
class Column:
    """How a column is set. Elastic ones hold words, which may be broken into lines; figures are kept whole."""

    align: Align = "left"
    is_elastic: bool = False


@dataclass(frozen=True)
class Row:
    """A row of a head or a foot; the first cell covers `span` columns."""

    cells: tuple[str, ...]
    span: int = 1


@dataclass(frozen=True)
class Part:
    """Rows under one caption, with their feet; the head of the table is repeated above them on every page."""

    caption: str
    rows: Sequence[tuple[str, ...]]
    feet: Sequence[Row] = ()


@dataclass(frozen=True)
class Table:
    """Parts with the same columns and heads. Cells may have several lines; `is_last_line_bold` stresses the last.

    `is_kept_whole` makes the letters a little smaller where that saves a second page.
    """

    columns: Sequence[Column]
    heads: Sequence[Row]
    parts: Sequence[Part]
    starts_page: bool = False
    is_last_line_bold: bool = False
    is_kept_whole: bool = False


@dataclass(frozen=True)
class Tag:
    """A tag to cut out: a title, the name of the thing, facts as (label, value), and the figure that matters."""

    title: str
    name: str
    facts: Sequence[tuple[str, str]]
    label: str
    figure: str
