"""Floor plans of the demonstration, drawn in the simplest way: walls, names and areas of the rooms."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Room = tuple[str, int, int, int, int]
"""Name, left, top, right, bottom on a grid of half metres."""

_FONT = Path(__file__).parents[2] / "static" / "fonts" / "NotoSansSC-Regular.ttf"
_CELL, _MARGIN, _TITLE = 40, 30, 60
_WALL, _PAPER, _INK, _FAINT = "#334155", "#ffffff", "#0f172a", "#64748b"
_LABEL, _NOTE, _HEADING = 22, 17, 30

_STUDIO: tuple[Room, ...] = (
    ("卫", 0, 0, 4, 5), ("厨", 4, 0, 8, 5), ("卧室", 0, 5, 7, 13), ("客厅", 7, 5, 12, 13),
    ("玄关", 8, 0, 12, 5), ("阳台", 0, 13, 12, 15),
)  # fmt: skip
_THREE: tuple[Room, ...] = (
    ("卧室", 0, 0, 6, 7), ("卫", 6, 0, 10, 5), ("厨房", 10, 0, 15, 5), ("玄关", 15, 0, 20, 5),
    ("餐厅", 10, 5, 20, 9), ("走道", 6, 5, 10, 9), ("卧室", 0, 7, 6, 14), ("主卧", 6, 9, 13, 16),
    ("客厅", 13, 9, 20, 16), ("阳台", 13, 16, 20, 18),
)  # fmt: skip
_FOUR: tuple[Room, ...] = (
    ("卧室", 0, 0, 6, 7), ("卫", 6, 0, 10, 5), ("厨房", 10, 0, 15, 5), ("玄关", 15, 0, 19, 5),
    ("书房", 19, 0, 24, 5), ("走道", 6, 5, 12, 9), ("餐厅", 12, 5, 24, 9), ("卧室", 0, 7, 6, 14),
    ("主卧", 6, 9, 13, 16), ("主卫", 0, 14, 6, 18), ("客厅", 13, 9, 24, 16), ("阳台", 13, 16, 24, 18),
)  # fmt: skip


def draw_floor_plan(name: str, layout: str) -> bytes:
    """Draw the plan of a unit type; how many rooms it has is read from the words of its layout. PNG."""
    rooms = {"一": _STUDIO, "四": _FOUR}.get(layout[:1], _THREE)
    width = max(room[3] for room in rooms) * _CELL + 2 * _MARGIN
    height = max(room[4] for room in rooms) * _CELL + 2 * _MARGIN + _TITLE
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.text((_MARGIN, _MARGIN // 2), f"{name}  {layout}", font=_font(_HEADING), fill=_INK)
    draw.text(
        (width - _MARGIN, _MARGIN), "示意图，以实际交付为准", font=_font(_NOTE), fill=_FAINT, anchor="ra"
    )
    for room in rooms:
        _draw_room(draw, room)
    stream = io.BytesIO()
    picture.quantize(16).save(stream, "PNG", optimize=True)
    return stream.getvalue()


def _draw_room(draw: ImageDraw.ImageDraw, room: Room) -> None:
    name, *places = room
    left, top, right, bottom = (
        place * _CELL + _MARGIN + (_TITLE if number % 2 else 0) for number, place in enumerate(places)
    )
    is_outside = name == "阳台"
    draw.rectangle(
        (left, top, right, bottom), outline=_WALL, width=3 if is_outside else 7,
        fill="#f1f5f9" if is_outside or name in {"卫", "主卫"} else None,
    )  # fmt: skip
    middle = ((left + right) // 2, (top + bottom) // 2)
    draw.text(middle, name, font=_font(_LABEL), fill=_INK, anchor="mm")


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(_FONT, size)
