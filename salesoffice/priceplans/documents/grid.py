"""The prices of a plan on the grid of each building: floor × line, coloured by level. Cells are joined strings."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import NamedTuple
from urllib.parse import quote

from salesoffice.core.text import natural_key
from salesoffice.infra.i18n import _, current_language
from salesoffice.priceplans.queries import ScopeUnit
from salesoffice.priceplans.rules import PlanResult, heat_levels
from salesoffice.webkit.filters import NOTHING

_WAN = 10_000_00
_NO_CELL = "<td></td>"


class Cell(NamedTuple):
    """What the grid shows of a unit: unit price, total, and the classes that colour and mark it."""

    price: str
    total: str
    look: str


NO_PRICE = Cell(NOTHING, "", "none")


@dataclass(frozen=True)
class SectionGrid:
    """One section of a building: its lines from left to right and its floors from the top down."""

    building: str
    section: str
    lines: tuple[str, ...]
    floors: tuple[tuple[str, tuple[ScopeUnit | None, ...]], ...]

    @property
    def title(self) -> str:
        """The section's name behind its building's."""
        return " ".join(part for part in (self.building or _("(not named)"), self.section) if part)


def build_grids(places: Sequence[ScopeUnit]) -> list[SectionGrid]:
    """Arrange units, which come ordered by building and section, into one grid per section."""
    return [_build_grid(list(units)) for _key, units in groupby(places, key=lambda place: place.section_id)]


def build_cells(result: PlanResult, adjusted: Iterable[int]) -> dict[int, Cell]:
    """Return what the grid shows of each unit that has a price, by its id."""
    show_total = _total_writer()
    levels = heat_levels(result)
    by_hand = frozenset(adjusted)
    cells = {}
    for row in result.rows:
        look = f"heat{levels[row.unit_id]}"
        if row.bound:
            look += " bound"
        if row.unit_id in by_hand:
            look += " hand"
        cells[row.unit_id] = Cell(f"{(row.unit_price + 50) // 100:,}", show_total(row.total), look)
    for kept in result.kept:
        price = f"{(kept.unit_price + 50) // 100:,}" if kept.unit_price else NOTHING
        cells[kept.unit_id] = Cell(price, show_total(kept.total), "kept")
    return cells


def write_grid(grid: SectionGrid, cells: Mapping[int, Cell], address: str = "") -> str:
    """Write a section's grid as HTML; `address` is the page of a unit up to its code, empty for cells without links."""
    head = "".join(f"<th scope=col>{escape(line)}</th>" for line in grid.lines)
    parts = [
        "<div class=price-frame tabindex=0><table class=price-grid><caption>",
        escape(grid.title),
        f"</caption><thead><tr><th scope=col>{escape(_('Floor'))}</th>{head}</tr></thead><tbody>",
    ]
    for label, units in grid.floors:
        parts.append(f"<tr><th scope=row>{escape(label)}</th>")
        parts += [_write_cell(unit, cells, address) if unit else _NO_CELL for unit in units]
        parts.append("</tr>")
    parts.append("</tbody></table></div>")
    return "".join(parts)


def _write_cell(unit: ScopeUnit, cells: Mapping[int, Cell], address: str) -> str:
    price, total, look = cells.get(unit.unit_id, NO_PRICE)
    inside = f"<b>{escape(unit.room_no)}</b><i>{price}</i><i>{total}</i>"
    if not address:
        return f'<td><span class="cell {look}">{inside}</span></td>'
    link = escape(address + quote(unit.code, safe=""), quote=True)
    return f'<td><a id=u{unit.unit_id} href="{link}" class="cell {look}">{inside}</a></td>'


def _build_grid(units: list[ScopeUnit]) -> SectionGrid:
    floors: dict[tuple[int | None, str], dict[str, ScopeUnit]] = {}
    for unit in units:
        on_floor = floors.setdefault((unit.floor_number, unit.floor_label), {})
        line = unit.line if unit.line and unit.line not in on_floor else unit.room_no
        on_floor[line] = unit
    lines = sorted({line for on_floor in floors.values() for line in on_floor}, key=natural_key)
    order = sorted(floors, key=lambda floor: (floor[0] is None, -(floor[0] or 0), natural_key(floor[1])))
    return SectionGrid(
        units[0].building,
        units[0].section,
        tuple(lines),
        tuple((floor[1], tuple(floors[floor].get(line) for line in lines)) for floor in order),
    )


def _total_writer() -> Callable[[int], str]:
    """Totals in ten thousands with two decimals, in English in thousands."""
    if current_language() == "en":
        return lambda fen: f"{(fen + 50_000) // 100_000:,}k"
    return lambda fen: "{:,}.{:02d}万".format(*divmod((fen * 100 + _WAN // 2) // _WAN, 100))
