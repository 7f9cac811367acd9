"""Room labels as files write them: 3栋C座48C, 1栋F座26层四单元2603, 半地下134.

What is certain is taken; what is not stays open and becomes a `Doubt`. Floors below ground are negative.
A semi-basement (半地下) is floor 0: below the first floor, above 地下1层 (-1), and no house counts a floor 0.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from salesoffice.core.text import read_numeral
from salesoffice.imports.enums import Doubt

SEMI_BASEMENT_NUMBER = 0
SUBSTITUTE_FLOORS: Mapping[str, int] = MappingProxyType(
    {"3A": 4, "12A": 13, "12B": 14, "13A": 14, "23A": 24, "33A": 34}
)
"""Shown floors of houses without 4, 13, 14, 24 and 34, and the floor they physically are."""

_HIGHEST_FLOOR = 150
_NUMERAL = r"(?:\d{1,3}|[一二三四五六七八九十]{1,3})"
_NAME = rf"(?:[A-Z]\d{{0,2}}|{_NUMERAL})"
_BUILDING = re.compile(rf"{_NAME}(?:栋|幢|号楼|号院|#[\u4e00-\u9fff]{{0,6}}楼|#|号(?=[^房铺室]))")
_PREFIXED = re.compile(rf"(?!半?地下)[\u4e00-\u9fff·]{{1,12}}?(?P<name>{_NAME}(?:栋|幢|号楼))")
_DASHED = re.compile(r"(?P<building>\d{1,3}|[A-Z])-(?:(?P<section>\d{1,2}|[A-Z])-)?(?=[A-Z]?\d{1,5}[A-Z]?$)")
_SECTION = re.compile(rf"{_NAME}(?:座|单元|梯)")
_FLOOR = re.compile(
    r"半地下\d{1,2}层|半地下[室层]?|(?:地下|负)(?:\d|[一二三四五])层|-\d层|B\d层|\d{1,3}[AB]?(?:层|楼)"
    r"|[一二三四五六七八九十]{1,3}[层楼]|首层|夹层|地下[室层]"
)
_LAYOUT = re.compile(r"(?:[A-Z]\d{0,2}|[\u4e00-\u9fff]{1,4})户型")
_ROOM = re.compile(r"(?P<room>[A-Z]?\d{1,5}(?:[A-Z]\d{0,2})?|[A-Z]|[A-Z]\d{1,5})(?:号?[房铺室]|号)?")
_HAS_ROOM = re.compile(r"[0-9A-Z]")
_PLAIN_FLOOR = re.compile(r"0*(\d{1,3})(?:层|楼|F)?")
_SUBSTITUTE_FLOOR = re.compile(r"0*(\d{1,2}[AB])(?:层|楼)?")
_BELOW_GROUND = re.compile(r"(?:-|B|负|地下)([1-9一二三四五])层?")
_NUMBERED_ROOM = re.compile(r"(\d{1,2})\d{2}[A-Z]?")
_LETTERED_ROOM = re.compile(r"(\d{1,2})[A-Z]")
_SUBSTITUTE_ROOM = re.compile(r"(\d{1,2}[AB])\d{2}")


@dataclass(frozen=True, slots=True)
class Label:
    """Where a unit is. None or an empty text means: not certain, or not there.

    `floor_number` is physical (0 semi-basement, negative below ground), `floor_label` what people see.
    `layout` is a type written into the label (C户型). `doubts` says what a person has to settle.
    """

    building: str | None
    section: str
    floor_number: int | None
    floor_label: str
    room_no: str | None
    layout: str = ""
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_partial(self) -> bool:
        """Whether something is left open."""
        return bool(self.doubts)


def clean_word(text: str) -> str:
    """Full-width characters and long dashes made plain, letters upper case, spaces removed."""
    if text.isascii():
        return "".join(text.split()).upper()
    plain = unicodedata.normalize("NFKC", text)
    return "".join(plain.split()).upper().translate({0x2014: "-", 0x2013: "-", 0x2212: "-"})


def parse_floor(text: str) -> tuple[str, int | None]:
    """Shown label and physical number of a floor: `05层` → 5, `3A` → 4, `地下1层` and `B1` → -1, `半地下01` → 0.

    The number is None when the words do not settle it (`夹层`).
    """
    word = clean_word(text).removesuffix(".0")
    if word.startswith("半地下"):
        return word.removesuffix("层"), SEMI_BASEMENT_NUMBER
    if plain := _PLAIN_FLOOR.fullmatch(word):
        number = int(plain[1])
        return (str(number), number) if 1 <= number <= _HIGHEST_FLOOR else (word, None)
    if substitute := _SUBSTITUTE_FLOOR.fullmatch(word):
        return substitute[1], SUBSTITUTE_FLOORS.get(substitute[1])
    if below := _BELOW_GROUND.fullmatch(word):
        depth = read_numeral(below[1])
        return (word, None) if depth is None else (f"-{depth}", -depth)
    if word == "首层":
        return "1", 1
    number_of_word = read_numeral(word.rstrip("层楼"))
    return (word, None) if number_of_word is None else (str(number_of_word), number_of_word)


def infer_floor(room_no: str) -> tuple[str, int] | None:
    """The floor that usual numbering puts into a room number: 3001 → 30, 711 → 7, 48C → 48, 3A01 → 3A.

    None where numbering settles nothing: 01 and 24 (a position), 10101 (too long), A12 (a name first).
    """
    if substitute := _SUBSTITUTE_ROOM.fullmatch(room_no):
        number = SUBSTITUTE_FLOORS.get(substitute[1])
        return None if number is None else (substitute[1], number)
    match = _NUMBERED_ROOM.fullmatch(room_no) or _LETTERED_ROOM.fullmatch(room_no)
    number = int(match[1]) if match else 0
    return (str(number), number) if number else None


def parse_label(text: str) -> Label:
    """Take a room label apart. Refuses nothing: `room_no` None means that there is no readable room."""
    rest = clean_word(text)
    doubts: list[Doubt] = []
    building, section, rest = _take_building(rest, doubts)
    floor_word, layout = "", ""
    while rest:
        if match := _SECTION.match(rest):
            section += _trim_zeros(match[0])
        elif not floor_word and (match := _FLOOR.match(rest)):
            floor_word = match[0]
        elif not layout and (match := _LAYOUT.match(rest)):
            layout = match[0]
        else:
            break
        rest = rest[match.end() :]
    floor_label, floor_number = parse_floor(floor_word) if floor_word else ("", None)
    room_no = read_room(rest, doubts)
    return settle_label(Label(building, section, floor_number, floor_label, room_no, layout, tuple(doubts)))


def settle_label(label: Label, *, building: str | None = None) -> Label:
    """Fill in what follows for certain (the building of the file, the floor of a usual number) and list what stays open."""
    floor_number, floor_label = label.floor_number, label.floor_label
    if floor_number is None and not floor_label and label.room_no and Doubt.ROOM not in label.doubts:
        inferred = infer_floor(label.room_no)
        if inferred:
            floor_label, floor_number = inferred
    name = label.building or building or None
    doubts: list[Doubt] = [doubt for doubt in label.doubts if doubt in (Doubt.ROOM, Doubt.PREFIX)]
    if name is None:
        doubts.append(Doubt.BUILDING)
    if floor_number is None:
        doubts.append(Doubt.FLOOR)
    return replace(
        label, building=name, floor_number=floor_number, floor_label=floor_label, doubts=tuple(doubts)
    )


def name_section(text: str, word: str = "单元") -> str:
    """The section of a column of its own: a bare number or letter gets its word (1 → 1单元)."""
    name = _trim_zeros(clean_word(text).removesuffix(".0"))
    return f"{name}{word}" if re.fullmatch(_NAME, name) else name


def name_building(text: str) -> str:
    """The building of a column of its own or of the person's choice, in the file's words."""
    return _trim_zeros(clean_word(text).removesuffix(".0"))


def _take_building(text: str, doubts: list[Doubt]) -> tuple[str | None, str, str]:
    if match := _BUILDING.match(text):
        return _trim_zeros(match[0]), "", text[match.end() :]
    if match := _PREFIXED.match(text):
        doubts.append(Doubt.PREFIX)
        return _trim_zeros(match["name"]), "", text[match.end() :]
    if match := _DASHED.match(text):
        section = f"{_trim_zeros(match['section'])}单元" if match["section"] else ""
        return _trim_zeros(match["building"]), section, text[match.end() :]
    return None, "", text


def _trim_zeros(word: str) -> str:
    return word.lstrip("0") if re.match(r"0+[1-9]", word) else word


def read_room(rest: str, doubts: list[Doubt]) -> str | None:
    """The room number in a cleaned text, None without a digit or letter; an unusual one adds a doubt to `doubts`."""
    rest = rest.lstrip("-")
    if match := _ROOM.fullmatch(rest):
        return match["room"]
    if not _HAS_ROOM.search(rest):
        return None
    doubts.append(Doubt.ROOM)
    return rest
