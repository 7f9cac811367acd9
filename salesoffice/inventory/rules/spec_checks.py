"""What is wrong with the entries of a building to be made, by field of the form and with the way out."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import FieldProblem, Text
from salesoffice.inventory.enums import NumberingShape
from salesoffice.inventory.rules.building_spec import (
    MAX_LINES,
    BuildingSpec,
    UnitFacts,
    parse_lines,
    split_names,
)
from salesoffice.inventory.rules.floors import (
    HIGHEST_FLOOR,
    LOWEST_FLOOR,
    SEMI_BASEMENT,
    parse_floors,
    parse_skipped,
)
from salesoffice.inventory.rules.units import is_area_sum_right

MAX_SECTIONS = 20
LONGEST_NAME = 60
_LETTERS = 26


def check_spec(spec: BuildingSpec) -> Iterator[FieldProblem]:
    """Yield what is wrong with single entries."""
    yield from _check_building(spec)
    yield from _check_lines(spec)
    yield from _check_exceptions(spec)


def _check_building(spec: BuildingSpec) -> Iterator[FieldProblem]:
    if not 0 < len(spec.building) <= LONGEST_NAME:
        yield FieldProblem("building", _l("Enter the name of the building, for example 6栋."))
    if not 1 <= spec.first_floor <= spec.last_floor <= HIGHEST_FLOOR:
        message = _l("Enter floors from 1 to %(highest)d, the lower one first.", highest=HIGHEST_FLOOR)
        yield FieldProblem("last_floor", message)
    if not 0 <= spec.basements <= -LOWEST_FLOOR:
        yield FieldProblem("basements", _l("At most %(most)d basements.", most=-LOWEST_FLOOR))
    if parse_skipped(spec.skipped) is None:
        yield FieldProblem("skipped", _l("Write the numbers like 4, 13, 14 or with a label like 4=3A."))
    sections = split_names(spec.sections)
    if len(sections) > MAX_SECTIONS or any(len(name) > LONGEST_NAME for name in sections):
        yield FieldProblem("sections", _l("At most %(most)d sections.", most=MAX_SECTIONS))
    if not spec.lines:
        yield FieldProblem("lines-0-lines", _l("Enter the lines of a floor, for example 01-04 or A-D."))


def _check_lines(spec: BuildingSpec) -> Iterator[FieldProblem]:
    for index, rule in enumerate(spec.lines):
        prefix = f"lines-{index}"
        lines = parse_lines(rule.lines)
        if lines is None:
            yield FieldProblem(f"{prefix}-lines", explain_lines())
        elif spec.shape is NumberingShape.FLOOR_LETTER and not all(_has_letter(line) for line in lines):
            message = _l("Lines are letters in this numbering: A to Z, or numbers from 1 to 26.")
            yield FieldProblem(f"{prefix}-lines", message)
        yield from _check_where(spec, rule.section, rule.floors, prefix)
        facts = rule.facts
        if not is_area_sum_right(facts.gross_area, facts.inner_area, facts.shared_area):
            message = _l("Gross area is inner area plus shared area; the three do not add up.")
            yield FieldProblem(f"{prefix}-gross_area", message)


def _check_exceptions(spec: BuildingSpec) -> Iterator[FieldProblem]:
    for index, rule in enumerate(spec.exceptions):
        prefix = f"exceptions-{index}"
        if not rule.floors:
            yield FieldProblem(f"{prefix}-floors", _l("Say on which floors it is different."))
        if rule.lines and parse_lines(rule.lines) is None:
            yield FieldProblem(f"{prefix}-lines", explain_lines())
        yield from _check_where(spec, rule.section, rule.floors, prefix)
        if not rule.is_left_out and rule.facts == UnitFacts():
            message = _l("Say what is different there, or leave the lines out.")
            yield FieldProblem(f"{prefix}-is_left_out", message)


def explain_lines() -> Text:
    """Say how lines are written."""
    return _l("Write lines like 01-04 or A B C; at most %(most)d.", most=MAX_LINES)


def _check_where(spec: BuildingSpec, section: str, floors: str, prefix: str) -> Iterator[FieldProblem]:
    if section and section not in split_names(spec.sections):
        yield FieldProblem(f"{prefix}-section", _l("This section is not among those of the building."))
    wanted = parse_floors(floors)
    if wanted is None:
        message = _l("Write floors like 2-17, 19 or -1; 半地下 for a semi-basement.")
        yield FieldProblem(f"{prefix}-floors", message)
    elif missing := [number for number in wanted if not _has_floor(spec, number)]:
        message = _l("The building has no floor %(floor)d.", floor=missing[0])
        yield FieldProblem(f"{prefix}-floors", message)


def _has_floor(spec: BuildingSpec, number: int) -> bool:
    if number == SEMI_BASEMENT:
        return spec.has_semi_basement
    if number < SEMI_BASEMENT:
        return -number <= spec.basements
    return spec.first_floor <= number <= spec.last_floor


def _has_letter(line: str) -> bool:
    if line.isdigit():
        return 1 <= int(line) <= _LETTERS
    return "A" <= line <= "Z" and len(line) == 1
