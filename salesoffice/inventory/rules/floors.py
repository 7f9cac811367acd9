"""Floors of a building to be made: physical number and shown label, ranges as people write them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from salesoffice.inventory.enums import SkippedFloors

SEMI_BASEMENT = 0
HIGHEST_FLOOR = 200
LOWEST_FLOOR = -10
_RANGE = re.compile(r"(-?\d{1,3})(?:(?:-|~|–|—|至|到)(-?\d{1,3}))?")
_SKIPPED = re.compile(r"(\d{1,3})(?:=([0-9A-Z]{1,6}))?")
_SPLIT = re.compile(r"[\s,，、;；]+")


@dataclass(frozen=True)
class FloorDraft:
    """A floor: physical number (0 is a semi-basement, below it basements) and the label people see."""

    number: int
    label: str


def parse_floors(text: str) -> tuple[int, ...] | None:
    """Read `2-17, 19, -1, 半地下` as physical floors in rising order; None where it cannot be read."""
    found: set[int] = set()
    for word in _words(text.replace("半地下", str(SEMI_BASEMENT))):
        match = _RANGE.fullmatch(word)
        if match is None:
            return None
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last or not LOWEST_FLOOR <= first <= last <= HIGHEST_FLOOR:
            return None
        found.update(range(first, last + 1))
    return tuple(sorted(found))


def parse_skipped(text: str) -> Mapping[int, str] | None:
    """Read `4, 13=12A, 14` as unwanted floor numbers with the label of some ("" where none is said); None if unreadable."""
    found: dict[int, str] = {}
    for word in _words(text.upper()):
        match = _SKIPPED.fullmatch(word)
        if match is None:
            return None
        found[int(match[1])] = match[2] or ""
    return found


def label_floors(
    numbers: Sequence[int], skipped: Mapping[int, str], way: SkippedFloors
) -> tuple[FloorDraft, ...]:
    """Label physical floors, the lowest first; `skipped` are the numbers that shall not be shown.

    LEAVE_OUT counts on past them: without 4 the fourth floor is shown as 5, the fifth as 6. RELABEL keeps the count and
    shows such a floor by the one below with a letter: 4 is 3A, 13 and 14 are 12A and 12B. A label of one's own wins.
    """
    ordered = sorted(numbers)
    above = [number for number in ordered if number > SEMI_BASEMENT]
    labels = _relabel(above, skipped) if way is SkippedFloors.RELABEL else _leave_out(above, skipped)
    below = {
        number: "半地下" if number == SEMI_BASEMENT else str(number)
        for number in ordered
        if number <= SEMI_BASEMENT
    }
    return tuple(FloorDraft(number, (below | labels)[number]) for number in ordered)


def _relabel(numbers: Iterable[int], skipped: Mapping[int, str]) -> dict[int, str]:
    labels = {}
    for number in numbers:
        kept = number
        while kept in skipped and kept > 1:
            kept -= 1
        letter = "" if number == kept else chr(ord("A") + number - kept - 1)
        labels[number] = skipped.get(number) or f"{kept}{letter}"
    return labels


def _leave_out(numbers: Iterable[int], skipped: Mapping[int, str]) -> dict[int, str]:
    labels: dict[int, str] = {}
    for number in numbers:
        if skipped.get(number):
            labels[number] = skipped[number]
            continue
        shown = number
        while True:
            passed = sum(1 for one, own in skipped.items() if not own and one <= shown)
            if number + passed == shown:
                break
            shown = number + passed
        labels[number] = str(shown)
    return labels


def _words(text: str) -> list[str]:
    return [word for word in _SPLIT.split(text.strip()) if word]
