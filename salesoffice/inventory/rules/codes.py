"""Short codes of units for addresses and papers."""

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from salesoffice.core.text import read_numeral

_BUILDING_WORD = re.compile(r"(.+?)(?:栋|幢|号楼|号院|号|#[\u4e00-\u9fff]{0,6}楼|#|楼)")
_SECTION_WORD = re.compile(r"(.+?)(?:座|单元|梯)")
_PLAIN = re.compile(r"[A-Z0-9]+")
_FORBIDDEN = re.compile(r"[^\w-]+")
_LONGEST_CODE = 56


@dataclass(frozen=True, slots=True)
class UnitKey:
    """What makes a unit one within its project; `building` is None while it is not known."""

    building: str | None
    section: str
    floor_label: str
    room_no: str


def build_unit_code(
    building: str | None, section: str, floor_label: str, room_no: str, *, with_floor: bool = False
) -> str:
    """A short code that is safe in an address: 3栋 1单元 1802 → `3-1-1802`, 一号楼 B座 20F → `1-B-20F`.

    Words that cannot be shortened for certain stay Chinese. A floor below ground is written B1, B2.
    """
    parts = [_shorten(_BUILDING_WORD, building or ""), *_shorten_section(section)]
    if with_floor:
        parts.append(re.sub(r"^-(?=\d)", "B", floor_label))
    parts.append(room_no)
    cleaned = (_FORBIDDEN.sub("", part).strip("-") for part in parts)
    return "-".join(part for part in cleaned if part)[:_LONGEST_CODE]


def assign_unit_codes(units: Sequence[UnitKey], *, taken: Collection[str] = ()) -> tuple[str, ...]:
    """One code per unit in the order given, different from each other and from those `taken` in the project.

    All units whose short codes collide get their floor; if that is not enough, the full words of building and
    section; at last a number in the order of the file. Codes in `taken` never change.
    """
    levels = [0] * len(units)
    reserved = frozenset(taken)
    while True:
        codes = [_build_at(unit, level) for unit, level in zip(units, levels, strict=True)]
        counts = Counter(codes)
        clashing = [
            index
            for index, code in enumerate(codes)
            if levels[index] < len(_LEVELS) - 1 and (counts[code] > 1 or code in reserved)
        ]
        if not clashing:
            return _number_the_rest(codes, reserved)
        for index in clashing:
            levels[index] += 1


def _build_short(unit: UnitKey) -> str:
    return build_unit_code(unit.building, unit.section, unit.floor_label, unit.room_no)


def _build_with_floor(unit: UnitKey) -> str:
    return build_unit_code(unit.building, unit.section, unit.floor_label, unit.room_no, with_floor=True)


def _build_in_full(unit: UnitKey) -> str:
    words = (unit.building or "", unit.section, unit.floor_label, unit.room_no)
    return "-".join(cleaned for word in words if (cleaned := _FORBIDDEN.sub("", word)))[:_LONGEST_CODE]


_LEVELS = (_build_short, _build_with_floor, _build_in_full)


def _build_at(unit: UnitKey, level: int) -> str:
    return _LEVELS[level](unit)


def _number_the_rest(codes: Sequence[str], reserved: frozenset[str]) -> tuple[str, ...]:
    used = set(reserved)
    originals = frozenset(codes)
    result = []
    for code in codes:
        candidate, number = code, 2
        while candidate in used or (candidate != code and candidate in originals):
            candidate, number = f"{code}-{number}", number + 1
        used.add(candidate)
        result.append(candidate)
    return tuple(result)


def _shorten_section(section: str) -> list[str]:
    words = _SECTION_WORD.findall(section)
    is_whole = sum(len(word) for word in _SECTION_WORD.split(section)[::2]) == 0
    return [_shorten_word(word) for word in words] if words and is_whole else [section]


def _shorten(pattern: re.Pattern[str], text: str) -> str:
    match = pattern.fullmatch(text)
    if not match:
        return text
    short = _shorten_word(match[1])
    return short if _PLAIN.fullmatch(short) else text


def _shorten_word(word: str) -> str:
    number = read_numeral(word)
    return word if number is None else str(number)
