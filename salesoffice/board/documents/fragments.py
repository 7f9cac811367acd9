"""Buildings already written, kept in the memory of the process until something in them changes.

A building is written again when the audit chain has an entry about one of its units, when a hold in it runs out, when
the business day changes (permits), or when an entry without a unit may have changed everything. The hash of the last
entry seen must still be in the chain: after a restore of a backup nothing old is shown.
"""

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock

from flask import current_app
from sqlalchemy.orm import Session

from salesoffice.board.documents.grid import GridStyle, build_house
from salesoffice.board.queries.board import (
    Freshness,
    Structure,
    find_changes,
    find_hash_at,
    get_structure,
    list_building_ids,
    list_next_expiries,
    list_rows,
)
from salesoffice.board.rules import Place, UnitRow, natural_key
from salesoffice.core import clock

KEPT_BOARDS = 48
_EXTENSION = "salesoffice_board_fragments"


@dataclass(frozen=True)
class Fragment:
    """One building as written; `counts` are its units per state."""

    house: Place
    html: str
    counts: Mapping[str, int]
    expires_at: datetime | None


@dataclass(frozen=True)
class Written:
    """All buildings of a project in one style, and the version they were written at."""

    freshness: Freshness
    day: date
    fragments: Mapping[int, Fragment]


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


def list_fragments(
    session: Session, project_id: int, *, freshness: Freshness, now: datetime, style: GridStyle
) -> list[Fragment]:
    """List the buildings of a project in order, as HTML; only what changed since the last time is written anew."""
    store = _store()
    key = (project_id, style)
    written = store.find(key)
    stale = _find_stale(session, project_id, written, freshness, now)
    if stale is not None and not stale and written is not None:
        fragments = written.fragments
    else:
        fragments = _write(session, project_id, stale, now=now, style=style)
        if stale is not None and written is not None:
            fragments = {**written.fragments, **fragments}
    if written is None or fragments is not written.fragments or freshness != written.freshness:
        store.keep(key, Written(freshness, clock.business_day_of(now), fragments))
    return sorted(fragments.values(), key=lambda fragment: house_key(fragment.house))


def house_key(house: Place) -> tuple[object, ...]:
    """Return the sorting key of buildings: by position, then by name, the one without a name last."""
    return (house.position or 0, not house.name, natural_key(house.name))


def group_by_house(rows: Iterable[UnitRow]) -> dict[int, list[UnitRow]]:
    """Group units by building."""
    grouped: defaultdict[int, list[UnitRow]] = defaultdict(list)
    for row in rows:
        grouped[row.building_id].append(row)
    return grouped


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
    session: Session, project_id: int, house_ids: set[int] | None, *, now: datetime, style: GridStyle
) -> dict[int, Fragment]:
    grouped = group_by_house(list_rows(session, project_id, now=now, building_ids=house_ids))
    names = get_structure(session, project_id)
    expiries = list_next_expiries(session, project_id, now)
    return {
        house.id: _build(house, grouped[house.id], names, style, expiries.get(house.id))
        for house in names.buildings
        if house.id in grouped
    }


def _build(
    house: Place, units: list[UnitRow], names: Structure, style: GridStyle, expires_at: datetime | None
) -> Fragment:
    html = build_house(house, units, names.sections, names.floors, names.types, style)
    return Fragment(house, html, Counter(unit.state for unit in units), expires_at)


def _store() -> FragmentStore:
    store: FragmentStore = current_app.extensions.setdefault(_EXTENSION, FragmentStore())
    return store
