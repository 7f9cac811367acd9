"""One building's grid as HTML: joined strings, one element per unit. Everything that is not a figure is escaped."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

from flask_babel import gettext as _

from salesoffice.board.rules import FloorPlan, Place, SectionPlan, UnitRow, plan_sections, sign_of
from salesoffice.core.money import FEN_PER_YUAN
from salesoffice.deals.enums import UnitState

_PLAIN_CODE = re.compile(r"[A-Za-z0-9_.~-]+")
_WAN = 10_000 * FEN_PER_YUAN


@dataclass(frozen=True)
class Words:
    """The few words of a grid, looked up once per building and ready for HTML."""

    floor: str
    average: str
    unknown: str


@dataclass(frozen=True)
class GridStyle:
    """How cells look: language, second line, and whether they lead to the unit."""

    language: str
    show: str
    is_linked: bool = True


SecondLine = Callable[[UnitRow], str]
CellWriter = Callable[[UnitRow, str], str]


def second_line(show: str, types: Mapping[int, str], language: str) -> SecondLine:
    """Return the function that writes the chosen second line of a cell, ready for HTML."""
    if show == "type":
        names = {key: escape(name) for key, name in types.items()}
        return lambda unit: names.get(unit.type_id, "") if unit.type_id else ""
    if show == "price":
        return lambda unit: short_amount(unit.total, language)
    if show == "unit_price":
        return _unit_price
    if show == "orientation":
        return lambda unit: escape(unit.orientation)
    if show == "room":
        return lambda _unit: ""
    return write_area


def short_amount(fen: int | None, language: str) -> str:
    """Write a total shortly: 90.0万, in English 900k; the exact amount stands on the unit's page."""
    if fen is None:
        return ""
    if language == "en":
        return f"{(fen + 50_000) // 100_000:,}k"
    tenths = (fen * 10 + _WAN // 2) // _WAN
    return f"{tenths // 10:,}.{tenths % 10}万"


def whole_yuan(fen: int | None) -> str:
    """Write fen as whole yuan with thousands separators, rounded half up."""
    return "" if fen is None else f"{(fen + 50) // 100:,}"


def build_house(
    house: Place,
    units: Collection[UnitRow],
    sections: Mapping[int, Place],
    floors: Mapping[int, Place],
    types: Mapping[int, str],
    style: GridStyle,
    *,
    matching: Collection[int] | None = None,
) -> str:
    """Write the grids of one building. With `matching`, other units are dimmed and floors without any left out."""
    kept = units
    if matching is not None:
        floors_kept = {unit.floor_id for unit in units if unit.id in matching}
        kept = [unit for unit in units if unit.floor_id in floors_kept]
    name = escape(house.name) if house.name else escape(_("Building not known"))
    cell = _cell_writer(style, second_line(style.show, types, style.language), matching)
    size = escape(_("%(count)s units", count=len(units)))
    parts = [f"<section class=house id=b{house.id}><h2>{name} <small>{size}</small></h2><div class=sections>"]
    words = Words(escape(_("Floor")), escape(_("Average")), escape(_("The floor number is not known")))
    parts += [_section(plan, name, cell, words) for plan in plan_sections(kept, sections, floors)]
    parts.append("</div></section>")
    return "".join(parts)


def _section(plan: SectionPlan, house: str, cell: CellWriter, words: Words) -> str:
    name = escape(plan.name)
    flowing = max((len(floor.cells) for floor in plan.floors if floor.is_flowing), default=0)
    width = max(len(plan.columns), min(flowing, 16), 1)
    head = "".join(f"<i>{escape(title)}</i>" for title in plan.columns)
    title = f"<h3>{name}</h3>" if name else ""
    rows = "".join(_floor(floor, cell, words.unknown) for floor in plan.floors)
    return (
        f'<div class=section>{title}<div class=unit-grid tabindex=0 role=region aria-label="{house} {name}"'
        f' style="--n:{width}"><div class="fl head"><b>{words.floor}</b>{head}<em>{words.average}</em></div>{rows}</div></div>'
    )


def _floor(floor: FloorPlan, cell: CellWriter, unknown: str) -> str:
    cells = [
        cell(unit, "" if column is None or column == place else f" style=grid-column:{column + 2}")
        for place, (column, unit) in enumerate(floor.cells)
    ]
    label = floor.label if floor.label.isalnum() else escape(floor.label) or "?"
    mark = f' class=unknown title="{unknown}"' if floor.is_unknown else ""
    kind = "fl flow" if floor.is_flowing else "fl"
    return (
        f'<div class="{kind}"><b{mark}>{label}</b>{"".join(cells)}<em>{whole_yuan(floor.average)}</em></div>'
    )


def _cell_writer(style: GridStyle, second: SecondLine, matching: Collection[int] | None) -> CellWriter:
    signs = {state.value: sign_of(state, style.language) for state in UnitState}
    is_plain = _PLAIN_CODE.fullmatch

    def write(unit: UnitRow, extra: str) -> str:
        room, state, code = unit.room_no, unit.state, unit.code
        if not room.isalnum():
            room = escape(room)
        if matching is not None and unit.id not in matching:
            extra += " data-off"
        if not is_plain(code):
            code = quote(code, safe="")
        return f"<a id=u{unit.id} class={state} data-s={signs[state]} href=units/{code}{extra}>{room}\n{second(unit)}</a>"

    def write_unlinked(unit: UnitRow, extra: str) -> str:
        room, state = escape(unit.room_no), unit.state
        return f"<span id=u{unit.id} class={state} data-s={signs[state]}{extra}>{room}\n{second(unit)}</span>"

    return write if style.is_linked else write_unlinked


def write_area(unit: UnitRow) -> str:
    """Write the gross area of a unit, or the inner one where only that is known: 89.50."""
    size = unit.gross or unit.inner
    return f"{size // 100}.{size % 100:02d}" if size else ""


def _unit_price(unit: UnitRow) -> str:
    size = unit.gross or unit.inner
    return f"{(unit.total + size // 2) // size:,}" if unit.total and size else ""
