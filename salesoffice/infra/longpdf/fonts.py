"""The fonts of drawn papers, and how wide texts are in them."""

import re
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from typing_extensions import override

FOLDER = Path(__file__).resolve().parents[3] / "static" / "fonts"
PLAIN, BOLD = "NotoSansSC-Regular", "NotoSansSC-Bold"
RARE = ("NotoSansJP-Rare", "NotoSansHK-Rare")
"""Have the rare names that the first two lack."""

_LONG_CODE = re.compile(r"(?<=> )<([0-9A-F]{5,6})>")

Run = tuple[str, str]
"""A font and the piece of a text that is set in it."""


class _Font(TTFont):
    """A font whose characters beyond the first 65,536 can be found and copied, too."""

    @override
    def addObjects(self, doc: Any) -> None:
        """Write the font, then what its characters mean."""
        super().addObjects(doc)
        for name, stream in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                stream.content = _LONG_CODE.sub(_write_pair, stream.content)


class Ruler:
    """Knows in which fonts a text is set and how wide it is; remembers what it measured."""

    def __init__(self) -> None:
        self._widths: dict[tuple[str, bool], float] = {}
        self._runs: dict[tuple[str, bool], tuple[Run, ...]] = {}

    def measure(self, text: str, *, is_bold: bool = False) -> float:
        """Return the width of a text of one point's size."""
        key = (text, is_bold)
        width = self._widths.get(key)
        if width is None:
            width = sum(pdfmetrics.stringWidth(piece, font, 1) for font, piece in self.split(text, is_bold))
            self._widths[key] = width
        return width

    def split(self, text: str, is_bold: bool) -> tuple[Run, ...]:
        """Split a text into pieces of one font each."""
        font = BOLD if is_bold else PLAIN
        signs = _signs_of(font)
        if text.isascii() or all(map(signs.__contains__, map(ord, text))):
            return ((font, text),)
        key = (text, is_bold)
        runs = self._runs.get(key)
        if runs is None:
            chosen = groupby(text, key=lambda sign: _choose_font(sign, font))
            runs = tuple((name, "".join(signs)) for name, signs in chosen)
            self._runs[key] = runs
        return runs


@cache
def _signs_of(name: str) -> dict[int, int]:
    """Register a font when it is first needed; return the characters that it has."""
    font = _Font(name, FOLDER / f"{name}.ttf")
    pdfmetrics.registerFont(font)
    signs: dict[int, int] = font.face.charToGlyph
    return signs


def _choose_font(sign: str, font: str) -> str:
    """Choose the first font that has a character; one that none has is set as the empty box of the usual font."""
    return next((name for name in (font, *RARE) if ord(sign) in _signs_of(name)), font)


def _write_pair(found: re.Match[str]) -> str:
    """Write a character beyond the first 65,536 as UTF-16, as PDF wants it."""
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"
