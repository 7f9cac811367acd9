"""What a paper of one page is made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right", "center"]


@dataclass(frozen=True)
class Facts:
    """Labelled values side by side, so many to a line."""

    title: str
    pairs: Sequence[tuple[str, str]]
    columns: int = 2


@dataclass(frozen=True)
class Grid:
    """A table: `widths` are shares of the room, `foot` a line in bold below the rows, `note` small words under it."""

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    aligns: Sequence[Align]
    foot: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Picture:
    """A picture (PNG, JPEG, WebP …) in the room that is left for it."""

    title: str
    data: bytes


Block = Facts | Grid | Picture


@dataclass(frozen=True)
class Band:
    """Blocks side by side, with their shares of the width."""

    blocks: Sequence[Block]
    shares: Sequence[float] = (1.0,)


@dataclass(frozen=True)
class Leaf:
    """The paper: head (title left, small lines right), the line that counts, bands, foot with code and small words."""

    title: str
    subtitle: str
    corner: Sequence[str]
    subject: str
    subject_note: str
    price_label: str
    price: str
    price_note: str
    bands: Sequence[Band]
    contact: Sequence[str]
    small: Sequence[str]
    code: str
    code_note: str
