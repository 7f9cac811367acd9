"""Which free units come nearest to one that is not free."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from salesoffice.core.text import natural_key
from salesoffice.inventory.enums import Product

NEAREST = 5
_UNKNOWN = (1, Decimal(0))


@dataclass(frozen=True)
class Candidate:
    """A unit as far as it is compared: area in m², list total in fen, floor by its physical number."""

    id: int
    code: str
    building_id: int
    unit_type_id: int | None
    product: Product
    area: Decimal | None
    floor: int | None
    total: int | None


@dataclass(frozen=True)
class Alternative:
    """A free unit near another one; `difference` is its list total less the other's (fen), None if one has no price."""

    unit: Candidate
    difference: int | None


def find_alternatives(
    wanted: Candidate, free: Iterable[Candidate], *, limit: int = NEAREST
) -> tuple[Alternative, ...]:
    """Return the free units nearest to the wanted one, the nearest first.

    Compared in this order: same unit type, same product, difference of area, distance in floors, same building,
    difference of price, then the code as people sort it. What is not known of one of the two comes after what is.
    """
    others = (unit for unit in free if unit.id != wanted.id)
    nearest = sorted(others, key=lambda unit: _distance(wanted, unit))[:limit]
    return tuple(Alternative(unit, _difference(wanted, unit)) for unit in nearest)


def _distance(wanted: Candidate, unit: Candidate) -> tuple[object, ...]:
    is_same_type = unit.unit_type_id is not None and unit.unit_type_id == wanted.unit_type_id
    return (
        not is_same_type,
        unit.product is not wanted.product,
        _apart(wanted.area, unit.area),
        _apart(wanted.floor, unit.floor),
        unit.building_id != wanted.building_id,
        _apart(wanted.total, unit.total),
        natural_key(unit.code),
        unit.id,
    )


def _apart(one: Decimal | int | None, other: Decimal | int | None) -> tuple[int, Decimal]:
    return _UNKNOWN if one is None or other is None else (0, abs(Decimal(one) - Decimal(other)))


def _difference(wanted: Candidate, unit: Candidate) -> int | None:
    return None if wanted.total is None or unit.total is None else unit.total - wanted.total
