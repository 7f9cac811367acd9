"""How a building is laid out on the board, and the sign that stands for each state beside its colour."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from types import MappingProxyType
from typing import NamedTuple

from salesoffice.board.enums import OVERLAY_LOOKS, UNCLAIMED_STATES, CellLook
from salesoffice.core.text import natural_key

MAX_COLUMNS = 32
"""A floor with more units than this flows over several lines instead of widening the whole section."""

LONGEST_ALONE = 12
"""A floor with more units than this has no columns of its own where no line is shared by two floors."""

_SIGNS: Mapping[CellLook, tuple[str, str]] = MappingProxyType(
    {
        CellLook.UNRELEASED: ("U", "未"),
        CellLook.AVAILABLE: ("A", "待"),
        CellLook.WITHHELD: ("W", "控"),
        CellLook.HELD: ("H", "锁"),
        CellLook.PROVISIONAL: ("P", "订"),
        CellLook.SUBSCRIBED: ("S", "认"),
        CellLook.CONTRACTED: ("C", "草"),
        CellLook.SIGNED_ONLINE: ("N", "网"),
        CellLook.FILED: ("F", "备"),
        CellLook.DELIVERED: ("D", "交"),
        CellLook.MORTGAGED: ("M", "押"),
        CellLook.SEIZED: ("Z", "封"),
        CellLook.RESTRICTED: ("R", "限"),
    }
)
SHOWS = ("area", "type", "price", "unit_price", "orientation", "room")
"""What the second line of a cell may be; `room` is no second line at all (wall display)."""


class UnitRow(NamedTuple):
    """One unit as the board needs it; areas in hundredths of m², the list total in fen.

    `state` is the look of its cell: the state, or the overlay on a unit without a claim.
    """

    building_id: int
    section_id: int
    floor_id: int
    id: int
    code: str
    room_no: str
    line: str
    type_id: int | None
    gross: int | None
    inner: int | None
    orientation: str
    total: int | None
    state: str


class Place(NamedTuple):
    """A section or floor the units name by id: `section_id` is 0 for a section itself."""

    id: int
    name: str
    position: int | None


class FloorPlan(NamedTuple):
    """One row of a section: its units, and the column of each; no columns where it flows over several lines."""

    label: str
    is_unknown: bool
    units: Sequence[UnitRow]
    columns: Sequence[int] | None
    average: int | None

    @property
    def is_flowing(self) -> bool:
        """Tell whether the floor flows over several lines instead of standing in columns."""
        return self.columns is None


@dataclass(frozen=True, slots=True)
class SectionPlan:
    """The grid of one stair section: column titles, floors from the top down."""

    name: str
    columns: tuple[str, ...]
    floors: tuple[FloorPlan, ...]


def sign_of(look: str, language: str) -> str:
    """Return the sign of a state or overlay: one Chinese character, in English a capital letter."""
    return _SIGNS[CellLook(look)][0 if language == "en" else 1]


def look_of(state: str, overlays: Collection[str]) -> str:
    """Return how the cell of a unit looks: its state, or the gravest overlay where nobody claims it."""
    if not overlays or state not in UNCLAIMED_STATES:
        return state
    return next(look.value for look in OVERLAY_LOOKS if look in overlays)


def plan_sections(
    units: Iterable[UnitRow], sections: Mapping[int, Place], floors: Mapping[int, Place]
) -> tuple[SectionPlan, ...]:
    """Lay out one building: its sections in order, each with floors from the top down.

    `sections` and `floors` name the ids that the units carry; a floor's `position` is its physical number.
    """
    by_floor: defaultdict[int, list[UnitRow]] = defaultdict(list)
    for unit in units:
        by_floor[unit.floor_id].append(unit)
    by_section: defaultdict[int, dict[int, list[UnitRow]]] = defaultdict(dict)
    for floor_id, found in by_floor.items():
        by_section[found[0].section_id][floor_id] = found
    ordered = sorted(
        by_section, key=lambda key: (sections[key].position or 0, natural_key(sections[key].name))
    )
    return tuple(_plan_section(sections[key].name, by_section[key], floors) for key in ordered)


def order_floors(floors: Iterable[Place]) -> list[Place]:
    """Sort floors top-down, basements last, and those of unknown number at the very end."""
    return sorted(
        floors, key=lambda floor: (floor.position is None, -(floor.position or 0), natural_key(floor.name))
    )


def average_price(units: Iterable[UnitRow]) -> int | None:
    """Return Σ list total ÷ Σ area in fen per m² over the priced units; by gross area where it is known.

    Rounded half up in whole numbers, as `core.money.unit_price_of` does: thousands of floors are written at once.
    """
    total = area = 0
    for unit in units:
        size, price = unit.gross or unit.inner, unit.total
        if size and price:
            total += price
            area += size
    return (total * 200 + area) // (area * 2) if area else None


def count_looks(looks: Iterable[str]) -> dict[str, int]:
    """Count units per look of their cells, every look present, in the order of the legend."""
    counted = Counter(looks)
    return {look.value: counted[look.value] for look in CellLook}


def share_of(count: int, total: int) -> Decimal:
    """Return the share of a count in a total; 0 of nothing."""
    return Decimal(count) / total if total else Decimal(0)


def _plan_section(
    name: str, by_floor: Mapping[int, list[UnitRow]], floors: Mapping[int, Place]
) -> SectionPlan:
    keyed = {floor_id: _place_in_columns(units) for floor_id, units in by_floor.items()}
    titles = _find_columns(keyed.values())
    column_of = {title: index for index, title in enumerate(titles)}
    ordered = order_floors([floors[key] for key in keyed])
    return SectionPlan(
        name, tuple(titles), tuple([_plan_floor(floor, keyed[floor.id], column_of) for floor in ordered])
    )


def _find_columns(floors: Collection[Mapping[str, UnitRow]]) -> list[str]:
    """Return the columns of a section in order; none when the floors have too many different ones.

    A floor of shops under flats shares no line with another floor: it gets no columns of its own, unless it is short.
    """
    used = Counter(chain.from_iterable(floors))
    shared = {line for line, times in used.items() if times > 1}
    longest_alone = len(shared) or LONGEST_ALONE
    columns: set[str] = set()
    for cells in floors:
        if len(cells) <= longest_alone or (len(cells) <= MAX_COLUMNS and not shared.isdisjoint(cells)):
            columns.update(cells)
    if len(columns) > MAX_COLUMNS:
        return []
    usual = {_shape(line) for line in shared or columns}
    return sorted(columns, key=lambda line: (_shape(line) not in usual, natural_key(line)))


def _shape(line: str) -> tuple[int, ...]:
    """Return of what a line consists, numbers or words: a room number in its place (25C beside A to F) comes last."""
    return tuple(kind for kind, _number, _word in natural_key(line)[1])


def _plan_floor(floor: Place, cells: Mapping[str, UnitRow], column_of: Mapping[str, int]) -> FloorPlan:
    columns: Sequence[int] | None
    if list(cells) == list(column_of):
        units, columns = list(cells.values()), range(len(cells))
    elif cells.keys() <= column_of.keys():
        keys = sorted(cells, key=column_of.__getitem__)
        units, columns = [cells[key] for key in keys], [column_of[key] for key in keys]
    else:
        units, columns = [cells[key] for key in sorted(cells, key=natural_key)], None
    return FloorPlan(floor.name, floor.position is None, units, columns, average_price(units))


def _place_in_columns(units: Sequence[UnitRow]) -> dict[str, UnitRow]:
    """Give each unit of a floor its column; a second unit of the same line is placed under its room number."""
    placed = {unit.line or unit.room_no: unit for unit in units}
    if len(placed) == len(units):
        return placed
    placed = {}
    for unit in units:
        key = unit.line or unit.room_no
        if key in placed:
            key = unit.room_no
        while key in placed:
            key += "′"
        placed[key] = unit
    return placed


@dataclass(frozen=True)
class BoardFilter:
    """What a reader looks for; None and "" mean anything. Areas in hundredths of m², prices in fen.

    `batch_units` are the units of the release batch `batch_id`.
    """

    type_id: int | None = None
    state: str = ""
    orientation: str = ""
    min_area: int | None = None
    max_area: int | None = None
    min_total: int | None = None
    max_total: int | None = None
    text: str = ""
    batch_id: int | None = None
    batch_units: frozenset[int] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Tell whether every unit fits."""
        return self == BoardFilter()

    def fits(self, unit: UnitRow) -> bool:
        """Tell whether a unit fits; one without an area or a price fits no range of them."""
        return (
            self.state in {"", unit.state}
            and self.type_id in {None, unit.type_id}
            and self.orientation in {"", unit.orientation}
            and is_within(unit.gross or unit.inner, self.min_area, self.max_area)
            and is_within(unit.total, self.min_total, self.max_total)
            and (self.batch_id is None or unit.id in self.batch_units)
            and (not self.text or self.text in unit.code.lower() or self.text in unit.room_no.lower())
        )


def is_within(value: int | None, low: int | None, high: int | None) -> bool:
    """Tell whether a value lies in a range whose ends may be open; nothing lies in no range but the open one."""
    if low is None and high is None:
        return True
    return value is not None and (low is None or value >= low) and (high is None or value <= high)
