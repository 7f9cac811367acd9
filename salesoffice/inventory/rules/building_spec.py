"""A building to be made by rule: what is entered, and how lines, sections and rooms are written."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from salesoffice.core.text import read_numeral
from salesoffice.inventory.enums import AreaEdition, NumberingShape, Product, SkippedFloors

MAX_LINES = 100
LONGEST_LINE = 20

_SHAPES: Mapping[NumberingShape, str] = MappingProxyType(
    {
        NumberingShape.FLOOR_LINE: "{floor}{line}",
        NumberingShape.FLOOR_LETTER: "{floor}{line}",
        NumberingShape.SECTION_FLOOR_LINE: "{section}-{floor}{line}",
        NumberingShape.FLOOR_DASH_LINE: "{floor}-{line}",
        NumberingShape.LINE: "{line}",
    }
)
_SPLIT = re.compile(r"[\s,，、;；]+")
_LINES = re.compile(r"([0-9]{1,4}|[A-Z])(?:-|~|–|至|到)([0-9]{1,4}|[A-Z])")
_SHORT_SECTION = re.compile(r"(.+?)(?:单元|座|梯|栋)")


@dataclass(frozen=True)
class UnitFacts:
    """What a unit is like; None leaves it open (in an exception: as the line says). Areas in m², height in metres."""

    unit_type: str | None = None
    orientation: str | None = None
    view: str | None = None
    light: str | None = None
    usage: str | None = None
    product: Product | None = None
    storey_height: Decimal | None = None
    gross_area: Decimal | None = None
    inner_area: Decimal | None = None
    shared_area: Decimal | None = None


@dataclass(frozen=True)
class LineRule:
    """Lines (`01-04`, `A B C`) of one section (all when empty) on some floors (all above the ground when empty)."""

    lines: str
    section: str = ""
    floors: str = ""
    facts: UnitFacts = field(default_factory=UnitFacts)


@dataclass(frozen=True)
class ExceptionRule:
    """What is different on some floors: lines (all when empty) left out, or with other facts."""

    floors: str
    lines: str = ""
    section: str = ""
    is_left_out: bool = False
    facts: UnitFacts = field(default_factory=UnitFacts)


@dataclass(frozen=True)
class BuildingSpec:
    """A building to be made. Floors are physical numbers; `basements` counts them: 2 are -1 and -2."""

    building: str
    first_floor: int
    last_floor: int
    sections: str = ""
    basements: int = 0
    has_semi_basement: bool = False
    skipped: str = ""
    skipped_way: SkippedFloors = SkippedFloors.RELABEL
    shape: NumberingShape = NumberingShape.FLOOR_LINE
    area_edition: AreaEdition = AreaEdition.PRESALE
    lines: tuple[LineRule, ...] = ()
    exceptions: tuple[ExceptionRule, ...] = ()


def split_names(text: str) -> tuple[str, ...]:
    """Read names that are separated by commas or spaces, each once, in the order given."""
    return tuple(dict.fromkeys(word for word in _SPLIT.split(text.strip()) if word))


def parse_lines(text: str) -> tuple[str, ...] | None:
    """Read lines: `01-04` → 01 02 03 04, `A-C` → A B C, also several of them; None where it cannot be read."""
    found: list[str] = []
    for word in split_names(text.upper()):
        match = _LINES.fullmatch(word)
        if match is None:
            found.append(word)
            continue
        expanded = _expand(match[1], match[2])
        if not expanded:
            return None
        found.extend(expanded)
    names = tuple(dict.fromkeys(found))
    is_right = 0 < len(names) <= MAX_LINES and all(len(name) <= LONGEST_LINE for name in names)
    return names if is_right else None


def name_line(shape: NumberingShape, line: str) -> str:
    """Return a line as the numbering writes it: 1 is 01, or A where lines are letters."""
    if shape is NumberingShape.LINE or not line.isdigit():
        return line
    if shape is NumberingShape.FLOOR_LETTER:
        return chr(ord("A") + int(line) - 1)
    return line.zfill(2)


def build_room_no(shape: NumberingShape, section: str, floor_label: str, line: str) -> str:
    """Number a room: 18 and 1 are 1801, 18A or 18-01 by the shape; 1单元 is short 1."""
    return _SHAPES[shape].format(section=_shorten(section), floor=floor_label, line=name_line(shape, line))


def _expand(first: str, last: str) -> list[str]:
    if first.isdigit() and last.isdigit():
        numbers = range(int(first), int(last) + 1)
        return [str(number).zfill(len(first)) for number in numbers] if len(numbers) <= MAX_LINES else []
    if first.isalpha() and last.isalpha():
        return [chr(code) for code in range(ord(first), ord(last) + 1)]
    return []


def _shorten(section: str) -> str:
    match = _SHORT_SECTION.fullmatch(section)
    word = match[1] if match else section
    number = read_numeral(word)
    return word if number is None else str(number)
