"""The stock of a snapshot: units by their state at a moment, in total and by building, type and product."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from salesoffice.core.text import natural_key
from salesoffice.dailylog.enums import STOCK_STATES
from salesoffice.dailylog.queries.stock import StockUnit
from salesoffice.dailylog.rules.figures import NO_AREA, sell_through
from salesoffice.deals.enums import SOLD_STATES, UNSOLD_STATES, UnitState


@dataclass(frozen=True)
class Counted:
    """A unit as it was at the moment of the count."""

    unit: StockUnit
    state: UnitState
    is_sold_by_file: bool


def build_stock(units: Sequence[StockUnit], moment: datetime, day: date) -> dict[str, Any]:
    """Count the units that were there at a moment of a business day.

    `left` is available + withheld + held + provisional; `sold_by_file` says how many of these are withheld because
    an imported file marks them as sold. `sold` counts what was sold in this system and nothing else.
    """
    found = [_count(unit, moment, day) for unit in units]
    present = [item for item in found if item is not None]
    total = _row("", present)
    launched = total["total"] - total["unreleased"]
    share = sell_through(total["sold"], launched)
    return {
        "total": total,
        "launched": launched,
        "sell_through": str(share) if share is not None else None,
        "by_building": _rows([(item.unit.building, item) for item in present]),
        "by_type": sorted(
            _rows([(item.unit.unit_type, item) for item in present]), key=lambda row: natural_key(row["name"])
        ),
        "by_product": _rows([(item.unit.product, item) for item in present]),
    }


def area_text(value: Decimal) -> str:
    """Write an area in m² with two decimals."""
    return f"{value:.2f}"


def _count(unit: StockUnit, moment: datetime, day: date) -> Counted | None:
    state = unit.history.state_at(moment, day)
    if state is None:
        return None
    return Counted(unit, state, unit.history.is_sold_by_file_at(moment, day))


def _rows(named: Sequence[tuple[str, Counted]]) -> list[dict[str, Any]]:
    groups: dict[str, list[Counted]] = {}
    for name, item in named:
        groups.setdefault(name, []).append(item)
    return [_row(name, items) for name, items in groups.items()]


def _row(name: str, items: Sequence[Counted]) -> dict[str, Any]:
    left = [item.unit for item in items if item.state in UNSOLD_STATES]
    return {
        "name": name,
        "total": len(items),
        "sold": sum(1 for item in items if item.state in SOLD_STATES),
        "left": len(left),
        "left_area": area_text(sum((unit.area for unit in left), NO_AREA)),
        "left_fen": sum(unit.list_amount for unit in left),
        "sold_by_file": sum(1 for item in items if item.is_sold_by_file),
        **{state.value: sum(1 for item in items if item.state is state) for state in STOCK_STATES},
    }
