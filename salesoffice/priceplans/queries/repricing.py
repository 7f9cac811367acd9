"""What a version made of a plan would change: old and new price of every unit, and which units keep theirs."""

import zlib
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from operator import itemgetter
from typing import NamedTuple

from salesoffice.priceplans.queries.facts import PlanFacts
from salesoffice.priceplans.queries.units import OldPrice, ScopeUnit
from salesoffice.priceplans.rules import KeptUnit, PlanResult, UnitResult, Unpriced
from salesoffice.pricing.enums import PriceBasis
from salesoffice.pricing.rules import PriceDraft

_DIGITS = 9


class RepricedUnit(NamedTuple):
    """A unit with its price in force (None: it has none) and the plan's, both fen; unit prices by the plan's basis."""

    place: ScopeUnit
    old_unit_price: int | None
    old_total: int | None
    new_unit_price: int
    new_total: int

    @property
    def difference(self) -> int | None:
        """New less old total; None for a unit without a price in force."""
        return None if self.old_total is None else self.new_total - self.old_total

    @property
    def move(self) -> Decimal | None:
        """The difference as a share of the old total."""
        return None if not self.old_total else Decimal(self.new_total - self.old_total) / self.old_total


class KeptPlace(NamedTuple):
    """A claimed unit that keeps its price."""

    place: ScopeUnit
    kept: KeptUnit


class UnpricedPlace(NamedTuple):
    """A unit that the plan gives no price, and why."""

    place: ScopeUnit
    unpriced: Unpriced


@dataclass(frozen=True)
class Repricing:
    """The preview of a version, exactly what it would write."""

    basis: PriceBasis
    rows: tuple[RepricedUnit, ...]
    kept: tuple[KeptPlace, ...]
    unpriced: tuple[UnpricedPlace, ...]
    drafts: dict[int, PriceDraft]

    @cached_property
    def largest(self) -> RepricedUnit | None:
        """The unit whose price moves furthest as a share of its old one."""
        moved = [(abs(row.move), row) for row in self.rows if row.move is not None]
        return max(moved, key=itemgetter(0))[1] if moved else None

    @property
    def changed_count(self) -> int:
        """How many units would have another price, or their first."""
        return sum(row.new_total != row.old_total for row in self.rows)

    @property
    def total_delta(self) -> int:
        """By how much the sum of the units that had a price moves (fen)."""
        return sum(row.difference or 0 for row in self.rows)

    @property
    def new_total(self) -> int:
        """The sum of the plan's prices (fen)."""
        return sum(row.new_total for row in self.rows)

    @property
    def shown(self) -> str:
        """A text that stands for all that is shown, unit by unit: `id.what it is.checksum` with commas.

        What it is: priced with its old price, kept or without a price.
        """
        entries = {
            row.place.unit_id: f"p{row.old_total or 0:x}.{_checksum(row.old_unit_price, row.new_unit_price, row.new_total)}"
            for row in self.rows
        }
        entries |= {row.place.unit_id: f"k{row.kept.total:x}.0" for row in self.kept}
        entries |= {row.place.unit_id: f"n.{_checksum(row.unpriced.reason.value)}" for row in self.unpriced}
        return ",".join(f"{key}.{text}" for key, text in sorted(entries.items()))


def build_repricing(facts: PlanFacts, result: PlanResult) -> Repricing:
    """Put the prices of a plan beside those in force. A claimed unit is never repriced, not even without a price."""
    places = {place.unit_id: place for place in facts.places}
    basis = facts.terms.basis
    free = [row for row in result.rows if row.unit_id not in facts.claimed]
    return Repricing(
        basis=basis,
        rows=tuple(
            _build_row(places[row.unit_id], facts.old_prices.get(row.unit_id), row, basis) for row in free
        ),
        kept=tuple(KeptPlace(places[unit.unit_id], unit) for unit in result.kept),
        unpriced=tuple(UnpricedPlace(places[unit.unit_id], unit) for unit in result.unpriced),
        drafts={row.unit_id: _build_draft(row, basis) for row in free},
    )


def list_differing(shown: str, now: str) -> list[int]:
    """List the ids of the units of which something else was shown, by two texts of `Repricing.shown`.

    Those that became another thing come first (claimed, freed, priced elsewhere): they are why the others moved.
    """
    before, after = _read_shown(shown), _read_shown(now)
    differing = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]

    def is_moved_only(key: int) -> bool:
        return before.get(key, ("", ""))[0] == after.get(key, ("", ""))[0]

    return sorted(differing, key=lambda key: (is_moved_only(key), key))


def _read_shown(text: str) -> dict[int, tuple[str, str]]:
    found = {}
    for entry in text.split(","):
        key, _dot, rest = entry.partition(".")
        if key.isascii() and key.isdecimal() and len(key) <= _DIGITS:
            what, _dot, checksum = rest.partition(".")
            found[int(key)] = (what, checksum)
    return found


def _checksum(*values: object) -> str:
    return f"{zlib.crc32(repr(values).encode()):x}"


def _build_row(place: ScopeUnit, old: OldPrice | None, row: UnitResult, basis: PriceBasis) -> RepricedUnit:
    old_unit_price = None
    if old is not None:
        by_basis = {
            PriceBasis.GROSS: old.gross_price,
            PriceBasis.INNER: old.inner_price,
            PriceBasis.UNIT: old.total,
        }
        old_unit_price = by_basis[basis]
    return RepricedUnit(place, old_unit_price, old.total if old else None, row.unit_price, row.total)


def _build_draft(row: UnitResult, basis: PriceBasis) -> PriceDraft:
    is_inner = basis is PriceBasis.INNER
    return PriceDraft(
        basis=basis,
        gross_price=row.unit_price if basis is PriceBasis.GROSS else row.other_price,
        inner_price=row.unit_price if is_inner else row.other_price if basis is PriceBasis.GROSS else None,
        list_total_amount=row.total,
    )
