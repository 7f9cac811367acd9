"""A whole building by rule: sections, floors and lines become units, or it is said which entry is wrong."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace

from flask_babel import lazy_gettext as _l

from salesoffice.core.errors import FieldProblem
from salesoffice.inventory.rules.building_spec import (
    MAX_LINES,
    BuildingSpec,
    UnitFacts,
    build_room_no,
    name_line,
    parse_lines,
    split_names,
)
from salesoffice.inventory.rules.floors import (
    SEMI_BASEMENT,
    FloorDraft,
    label_floors,
    parse_floors,
    parse_skipped,
)
from salesoffice.inventory.rules.spec_checks import check_spec, explain_lines

MAX_UNITS = 5_000


@dataclass(frozen=True)
class UnitDraftRow:
    """A unit that would be made."""

    section: str
    floor_number: int
    floor_label: str
    line: str
    room_no: str
    facts: UnitFacts


@dataclass(frozen=True)
class Generation:
    """The units a spec makes, section by section from the top floor down; or what is wrong, by field of the form."""

    rows: tuple[UnitDraftRow, ...] = ()
    problems: tuple[FieldProblem, ...] = ()

    @property
    def sha256(self) -> str:
        """The seal over everything that would be written."""
        content = [asdict(row) for row in self.rows]
        return hashlib.sha256(json.dumps(content, default=str, ensure_ascii=False).encode()).hexdigest()


def generate_units(spec: BuildingSpec) -> Generation:
    """Make the units of a building by rule; nothing is made while one entry is wrong.

    Problems name the field of the form (`lines-0-floors`) and what to do about it. At most 200 floors, 100 lines on a
    floor and 5,000 units.
    """
    problems = list(check_spec(spec))
    if problems:
        return Generation(problems=tuple(problems))
    floors = build_floors(spec)
    by_label = {floor.label for floor in floors}
    if len(by_label) < len(floors):
        message = _l("Two floors would be shown by the same label. Change the labels of the skipped floors.")
        return Generation(problems=(FieldProblem("skipped", message),))
    rows = tuple(_make_rows(spec, floors))
    problems = list(_check_rows(rows, floors))
    return Generation(problems=tuple(problems)) if problems else Generation(rows)


def build_floors(spec: BuildingSpec) -> tuple[FloorDraft, ...]:
    """Return the floors of a spec that was checked, the lowest first."""
    numbers = [-depth for depth in range(spec.basements, 0, -1)]
    numbers += [SEMI_BASEMENT] if spec.has_semi_basement else []
    numbers += [number for number in range(spec.first_floor, spec.last_floor + 1) if number > SEMI_BASEMENT]
    return label_floors(numbers, parse_skipped(spec.skipped) or {}, spec.skipped_way)


def _make_rows(spec: BuildingSpec, floors: Sequence[FloorDraft]) -> Iterator[UnitDraftRow]:
    """Make the rows; stops soon after the limit, so that a careless entry costs nothing."""
    made = 0
    for section in split_names(spec.sections) or ("",):
        for floor in reversed(floors):
            lines = _lines_of(spec, section, floor)
            made += len(lines)
            for line, facts in lines.items():
                room_no = build_room_no(spec.shape, section, floor.label, line)
                yield UnitDraftRow(
                    section, floor.number, floor.label, name_line(spec.shape, line), room_no, facts
                )
            if made > MAX_UNITS:
                return


def _lines_of(spec: BuildingSpec, section: str, floor: FloorDraft) -> dict[str, UnitFacts]:
    found: dict[str, UnitFacts] = {}
    for rule in spec.lines:
        wanted = parse_floors(rule.floors)
        is_there = floor.number in wanted if wanted else floor.number > SEMI_BASEMENT
        if is_there and rule.section in {"", section}:
            found.update(dict.fromkeys(parse_lines(rule.lines) or (), _complete(rule.facts)))
    for exception in spec.exceptions:
        if floor.number in (parse_floors(exception.floors) or ()) and exception.section in {"", section}:
            for line in parse_lines(exception.lines) or tuple(found):
                if exception.is_left_out:
                    found.pop(line, None)
                elif line in found:
                    found[line] = _apply(found[line], exception.facts)
    return found


def _complete(facts: UnitFacts) -> UnitFacts:
    """Fill in the third area where two are known."""
    gross, inner, shared = facts.gross_area, facts.inner_area, facts.shared_area
    if gross is not None and inner is not None and shared is None and gross >= inner:
        return replace(facts, shared_area=gross - inner)
    if gross is None and inner is not None and shared is not None:
        return replace(facts, gross_area=inner + shared)
    return facts


def _apply(facts: UnitFacts, changes: UnitFacts) -> UnitFacts:
    """Change what an exception names; other areas than the line's replace all three."""
    named = {name: value for name, value in vars(changes).items() if value is not None}
    if named.keys() & {"gross_area", "inner_area", "shared_area"}:
        facts = replace(facts, gross_area=None, inner_area=None, shared_area=None)
    return _complete(replace(facts, **named))


def _check_rows(rows: Sequence[UnitDraftRow], floors: Sequence[FloorDraft]) -> Iterator[FieldProblem]:
    if not rows:
        yield FieldProblem("lines-0-lines", _l("No unit would be made. Check lines, floors and exceptions."))
    if len(rows) > MAX_UNITS:
        message = _l(
            "More than %(most)d units at once. Make the building section by section.", most=MAX_UNITS
        )
        yield FieldProblem("last_floor", message)
        return
    seen: set[tuple[str, str, str]] = set()
    counts: dict[tuple[str, str], int] = {}
    for row in rows:
        place = (row.section, row.floor_label)
        counts[place] = counts.get(place, 0) + 1
        if (*place, row.room_no) in seen:
            message = _l(
                "Room %(room)s would be twice on floor %(floor)s.", room=row.room_no, floor=row.floor_label
            )
            yield FieldProblem("shape", message)
            return
        seen.add((*place, row.room_no))
    if max(counts.values(), default=0) > MAX_LINES:
        yield FieldProblem("lines-0-lines", explain_lines())
    used = {row.floor_number for row in rows}
    if empty := [
        floor.label for floor in floors if floor.number <= SEMI_BASEMENT and floor.number not in used
    ]:
        message = _l("No lines are given for floor %(floor)s.", floor=empty[0])
        yield FieldProblem("basements", message)
