"""Buildings already written, kept in the memory of the process until something in them changes.

A building is written again when the audit chain has an entry about one of its units, when a hold in it runs out, when
the business day changes (permits), or when an entry without a unit may have changed everything. The hash of the last
entry seen must still be in the chain: after a restore of a backup nothing old is shown.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from threading import Lock

from flask import current_app
from sqlalchemy.orm import Session

from salesoffice.board.documents.grid import GridStyle, Words, build_house, look_up_words
from salesoffice.board.queries.board import (
    Freshness,
    find_changes,
    find_hash_at,
    list_building_ids,
    list_next_expiries,
)
from salesoffice.board.queries.rows import Structure, get_structure, iterate_houses
from salesoffice.board.rules import Place, UnitRow
from salesoffice.core import clock
from salesoffice.core.text import natural_key

KEPT_BOARDS = 48
_EXTENSION = "salesoffice_board_fragments"


@dataclass(frozen=True)
class Fragment:
    """One building as written; `counts` are its units per state, `orientations` those that its units have."""

    house: Place
    html: str
    counts: Mapping[str, int]
    orientations: frozenset[str]
    expires_at: datetime | None


@dataclass(frozen=True)
class Written:
    """All buildings of a project in one style, and the version they were written at."""

    freshness: Freshness
    day: date
    houses: tuple[Place, ...]
    types: Mapping[int, str]
    batches: Mapping[int, str]
    fragments: Mapping[int, Fragment]

    def list_fragments(self) -> list[Fragment]:
        """List the buildings in their order."""
        return sorted(self.fragments.values(), key=lambda fragment: house_key(fragment.house))

    def list_orientations(self) -> list[str]:
        """List the orientations that the units have."""
        return sorted(set().union(*[fragment.orientations for fragment in self.fragments.values()]))


@dataclass
class FragmentStore:
    """The boards of this process, the least recently used forgotten first."""

    boards: OrderedDict[tuple[int, GridStyle], Written] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def find(self, key: tuple[int, GridStyle]) -> Written | None:
        """Find a board and mark it as used."""
        with self.lock:
            written = self.boards.get(key)
            if written is not None:
                self.boards.move_to_end(key)
            return written

    def keep(self, key: tuple[int, GridStyle], written: Written) -> None:
        """Keep a board; forget the oldest beyond the limit."""
        with self.lock:
            self.boards[key] = written
            self.boards.move_to_end(key)
            while len(self.boards) > KEPT_BOARDS:
                self.boards.popitem(last=False)


def get_board(
    session: Session, project_id: int, *, freshness: Freshness, now: datetime, style: GridStyle
) -> Written:
    """Return a project's buildings as HTML; only what changed since the last time is written anew."""
    store = _store()
    key = (project_id, style)
    written = store.find(key)
    stale = _find_stale(session, project_id, written, freshness, now)
    if written is None or stale is None:
        written = _write(session, project_id, freshness, now=now, style=style)
    elif stale:
        part = _write(session, project_id, freshness, now=now, style=style, house_ids=stale)
        written = replace(part, fragments={**written.fragments, **part.fragments})
    elif freshness != written.freshness:
        written = replace(written, freshness=freshness)
    else:
        return written
    store.keep(key, written)
    return written


def house_key(house: Place) -> tuple[object, ...]:
    """Return the sorting key of buildings: by position, then by name, the one without a name last."""
    return (house.position or 0, not house.name, natural_key(house.name))


def group_by_house(rows: Iterable[UnitRow]) -> dict[int, list[UnitRow]]:
    """Group units by building."""
    grouped: defaultdict[int, list[UnitRow]] = defaultdict(list)
    for row in rows:
        grouped[row.building_id].append(row)
    return grouped


def list_orientations(units: Iterable[UnitRow]) -> frozenset[str]:
    """List the orientations that some units have."""
    return frozenset([unit.orientation for unit in units]) - {""}


def _find_stale(
    session: Session, project_id: int, written: Written | None, freshness: Freshness, now: datetime
) -> set[int] | None:
    """Return the buildings to write again; None means all."""
    if written is None or written.day != clock.business_day_of(now):
        return None
    seen = written.freshness
    expired = {
        house_id
        for house_id, fragment in written.fragments.items()
        if fragment.expires_at is not None and fragment.expires_at <= now
    }
    if seen.sequence == freshness.sequence and seen.head_hash == freshness.head_hash:
        return expired
    if (
        seen.sequence >= freshness.sequence
        or find_hash_at(session, project_id, seen.sequence) != seen.head_hash
    ):
        return None
    changes = find_changes(session, project_id, seen.sequence, freshness.sequence)
    if changes.unit_ids is None:
        return None
    return expired | (list_building_ids(session, changes.unit_ids) if changes.unit_ids else set())


def _write(
    session: Session,
    project_id: int,
    freshness: Freshness,
    *,
    now: datetime,
    style: GridStyle,
    house_ids: set[int] | None = None,
) -> Written:
    # The units first: whatever names them is there by the time its names are read.
    found = iterate_houses(session, project_id, now=now, building_ids=house_ids)
    names = get_structure(session, project_id)
    houses = {house.id: house for house in names.buildings}
    expiries = list_next_expiries(session, project_id, now)
    words = look_up_words()
    fragments = {
        house_id: _build(houses[house_id], units, names, style, words, expiries.get(house_id))
        for house_id, units in found
    }
    day = clock.business_day_of(now)
    return Written(freshness, day, names.buildings, names.types, names.batches, fragments)


def _build(
    house: Place,
    units: list[UnitRow],
    names: Structure,
    style: GridStyle,
    words: Words,
    expires_at: datetime | None,
) -> Fragment:
    return Fragment(
        house,
        build_house(house, units, names.sections, names.floors, names.types, style, words),
        Counter([unit.state for unit in units]),
        list_orientations(units),
        expires_at,
    )


def _store() -> FragmentStore:
    store: FragmentStore = current_app.extensions.setdefault(_EXTENSION, FragmentStore())
    return store
