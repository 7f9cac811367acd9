"""The column a unit stands in on the board."""

import re

from salesoffice.imports.rules.labels import infer_floor

_LETTER_OF_ROOM = re.compile(r"\d{1,2}([A-Z])")
_NUMBER_OF_ROOM = re.compile(r"\d{1,2}[AB]?(\d{2}[A-Z]?)")
_LAYOUT = re.compile(r"([A-Z]\d{0,2})户型")


def column_of(room_no: str, floor_number: int | None = None) -> str:
    """The column of a room on its floor: 3001 → 01, 48C → C, 24 → 24, C户型20F → C.

    With `floor_number` the floor is cut off only when the room number really begins with it (1层24 stays 24,
    半地下室305 stays 305), so that two rooms of a floor do not fall into one column.
    """
    if layout := _LAYOUT.match(room_no):
        return layout[1]
    inferred = infer_floor(room_no)
    if inferred is None or (floor_number is not None and abs(floor_number) != inferred[1]):
        return room_no
    match = _LETTER_OF_ROOM.fullmatch(room_no) or _NUMBER_OF_ROOM.fullmatch(room_no)
    return match[1] if match else room_no
