"""One building's grid as HTML: joined strings, one element per unit. Everything that is not a figure is escaped."""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from html import escape
from itertools import repeat
from urllib.parse import quote

from flask_babel import gettext as _

from salesoffice.board.enums import CellLook
from salesoffice.board.rules import (
    LONGEST_ALONE,
    FloorPlan,
    Place,
    SectionPlan,
    UnitRow,
    plan_sections,
    sign_of,
)
from salesoffice.core.money import FEN_PER_YUAN

_PLAIN = re.compile(r"[\w.~-]*")
"""Letters of any language, digits and marks that mean nothing in HTML nor in an address."""
FLOW_BESIDE_COLUMNS = 8
"""So many units of a flowing floor stand side by side, at least, where other floors have columns."""
_WAN = 10_000 * FEN_PER_YUAN


@dataclass(frozen=True)
class Words:
    """The few words of a grid, looked up once per board and ready for HTML; `count` still holds a placeholder."""

    floor: str
    average: str
    unknown: str
    no_name: str
    count: str


def look_up_words() -> Words:
    """Look up the words of a grid in the reader's language."""
    return Words(
        floor=escape(_("Floor")),
        average=escape(_("Average")),
        unknown=escape(_("The floor number is not known")),
        no_name=escape(_("Building not known")),
        count=escape(_("%(count)s units", count="{count}")),
    )


@dataclass(frozen=True)
class GridStyle:
    """How cells look: language, second line, and whether they lead to the unit."""

    language: str
    show: str
    is_linked: bool = True


SecondLine = Callable[[UnitRow], str]
CellsWriter = Callable[[Sequence[UnitRow], Sequence[str] | None], list[str]]
"""Writes the cells of a floor; the texts are further attributes, None where no cell has any."""


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
    words: Words,
    *,
    matching: Collection[int] | None = None,
) -> str:
    """Write the grids of one building. With `matching`, other units are dimmed and floors without any left out."""
    kept = units
    if matching is not None:
        floors_kept = {unit.floor_id for unit in units if unit.id in matching}
        kept = [unit for unit in units if unit.floor_id in floors_kept]
    name = escape(house.name) or words.no_name
    write = _cells_writer(style, second_line(style.show, types, style.language), kept)
    if matching is not None:
        write = _dimming(write, matching)
    size = words.count.format(count=len(units))
    parts = [f"<section class=house id=b{house.id}><h2>{name} <small>{size}</small></h2><div class=sections>"]
    parts += [_section(plan, name, write, words) for plan in plan_sections(kept, sections, floors)]
    parts.append("</div></section>")
    return "".join(parts)


def _section(plan: SectionPlan, house: str, write: CellsWriter, words: Words) -> str:
    name = escape(plan.name)
    flowing = max([len(floor.units) for floor in plan.floors if floor.is_flowing], default=0)
    width = max(len(plan.columns), min(flowing, FLOW_BESIDE_COLUMNS if plan.columns else LONGEST_ALONE), 1)
    head = "".join([f"<i>{escape(title)}</i>" for title in plan.columns])
    title = f"<h3>{name}</h3>" if name else ""
    rows = "".join([_floor(floor, write, words.unknown) for floor in plan.floors])
    return (
        f'<div class=section>{title}<div class=unit-grid tabindex=0 role=region aria-label="{house} {name}"'
        f' style="--n:{width}"><div class="fl head"><b>{words.floor}</b>{head}<em>{words.average}</em></div>{rows}</div></div>'
    )


def _floor(floor: FloorPlan, write: CellsWriter, unknown: str) -> str:
    label, is_unknown, units, columns, average = floor
    cells = "".join(write(units, _places(columns)))
    label = label if label.isalnum() else escape(label) or "?"
    mark = f' class=unknown title="{unknown}"' if is_unknown else ""
    kind = '"fl flow"' if columns is None else "fl"
    return f"<div class={kind}><b{mark}>{label}</b>{cells}<em>{whole_yuan(average)}</em></div>"


def _places(columns: Sequence[int] | None) -> list[str] | None:
    """Return the attribute that puts each cell into its column; None where the cells simply follow one another."""
    if columns is None or columns[-1] == len(columns) - 1:
        return None
    return [
        "" if column == index else f" style=grid-column:{column + 2}" for index, column in enumerate(columns)
    ]


def _cells_writer(style: GridStyle, second: SecondLine, units: Collection[UnitRow]) -> CellsWriter:
    """Return the function that writes cells; whether these units' rooms and codes are plain is looked up once."""
    signs = _mark_states(style.language)
    room_text = str if _are_plain([unit.room_no for unit in units]) else escape
    code_text = str if _are_plain([unit.code for unit in units]) else _quote

    def write(units: Sequence[UnitRow], extras: Sequence[str] | None) -> list[str]:
        return [
            f"<a id=u{unit.id} class={signs[unit.state]} href=units/{code_text(unit.code)}{extra}>"
            f"{room_text(unit.room_no)}\n{second(unit)}</a>"
            for unit, extra in zip(units, extras or repeat(""), strict=False)
        ]

    def write_unlinked(units: Sequence[UnitRow], extras: Sequence[str] | None) -> list[str]:
        return [
            f"<span id=u{unit.id} class={signs[unit.state]}{extra}>{room_text(unit.room_no)}\n{second(unit)}</span>"
            for unit, extra in zip(units, extras or repeat(""), strict=False)
        ]

    return write if style.is_linked else write_unlinked


@cache
def _mark_states(language: str) -> Mapping[str, str]:
    """Return the class and the sign of each look, as attributes."""
    return {look.value: f"{look.value} data-s={sign_of(look, language)}" for look in CellLook}


def _dimming(write: CellsWriter, matching: Collection[int]) -> CellsWriter:
    """Return a writer that marks the cells of units that do not fit."""

    def write_dimmed(units: Sequence[UnitRow], extras: Sequence[str] | None) -> list[str]:
        marks = ["" if unit.id in matching else " data-off" for unit in units]
        return write(units, [place + mark for place, mark in zip(extras or repeat(""), marks, strict=False)])

    return write_dimmed


def _are_plain(texts: Iterable[str]) -> bool:
    return _PLAIN.fullmatch("".join(texts)) is not None


def _quote(code: str) -> str:
    return quote(code, safe="")


def write_area(unit: UnitRow) -> str:
    """Write the gross area of a unit, or the inner one where only that is known: 89.50."""
    return area_text(unit.gross or unit.inner or 0)


@lru_cache(maxsize=8192)
def area_text(hundredths: int) -> str:
    """Write an area: 89.50; nothing for none. Kept, for the units above one another have the same area."""
    return f"{hundredths // 100}.{hundredths % 100:02d}" if hundredths else ""


def _unit_price(unit: UnitRow) -> str:
    size = unit.gross or unit.inner
    return f"{(unit.total + size // 2) // size:,}" if unit.total and size else ""
