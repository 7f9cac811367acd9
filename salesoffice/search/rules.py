"""What a text typed into the search box may mean."""

import re
import unicodedata
from dataclasses import dataclass

from salesoffice.core.text import normalise_search, read_numeral

SHORTEST_TEXT = 2
LONGEST_TEXT = 100
SHORTEST_TAIL = 4
_LONGEST_ROOM = 8
_PART = re.compile(r"[0-9a-z]+|[一二三四五六七八九十]+(?=栋|幢|号楼|座|单元|梯)")
_QUEUE = re.compile(r"([a-z]*)0*([0-9]{1,6})")


@dataclass(frozen=True)
class Terms:
    """A search text and its meanings; an empty one means that it cannot mean that.

    `plain` is half width, lower case and without spaces around. `rooms` are the readings as a room: the words before it
    (building, section) and the room's number, letters and digits only. `queue` is a queue number with its letters.
    """

    plain: str
    may_be_person: bool
    may_be_number: bool
    rooms: tuple[tuple[tuple[str, ...], str], ...]
    queue: tuple[str, int] | None


def read_terms(text: str) -> Terms | None:
    """Read a search text; None for one that is too short to search for."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()[:LONGEST_TEXT]
    solid = normalise_search(plain)
    if len(solid) < SHORTEST_TEXT:
        return None
    is_digits = solid.isdecimal()
    found = _QUEUE.fullmatch(solid)
    return Terms(
        plain=plain,
        may_be_person=not is_digits or len(solid) >= SHORTEST_TAIL,
        may_be_number=any(sign.isdecimal() for sign in solid) and solid.isascii(),
        rooms=_read_rooms(plain),
        queue=(found[1], int(found[2])) if found else None,
    )


def _read_rooms(plain: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """3栋1802, 3-1802 and 3 1802 are room 1802 behind the word 3, or room 31802; 18-01 is room 1801, too."""
    parts = [str(read_numeral(part)) if not part.isascii() else part for part in _PART.findall(plain)]
    readings = ((tuple(parts[:start]), "".join(parts[start:])) for start in reversed(range(len(parts))))
    return tuple((words, room) for words, room in readings if len(room) <= _LONGEST_ROOM)
