"""The factor tables of a plan as the page and the workbook show them: a row for each value that occurs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from salesoffice.core.money import format_yuan
from salesoffice.core.text import natural_key
from salesoffice.infra.i18n import _
from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.queries import PlanFacts, ScopeUnit
from salesoffice.priceplans.rules import Factor
from salesoffice.priceplans.services import CellName


@dataclass(frozen=True)
class FactorFigure:
    """One cell: its name, its text, and the text that holds as long as it is empty (of all buildings)."""

    name: str
    text: str
    inherited: str
    is_coefficient: bool


@dataclass(frozen=True)
class FactorRow:
    """A row: the value of the units, how many have it, its figures. `count` None: not counted (floor steps)."""

    key: str
    label: str
    count: int | None
    figures: tuple[FactorFigure, ...]


@dataclass(frozen=True)
class FactorTable:
    """One table of a kind of factor, for all buildings or for one."""

    kind: FactorKind
    rows: tuple[FactorRow, ...]
    columns: tuple[bool, ...]

    @property
    def is_used(self) -> bool:
        """Whether any figure is set."""
        return any(figure.text for row in self.rows for figure in row.figures)


def format_figure(value: int | None, *, is_coefficient: bool) -> str:
    """Write millionths as 1.05, fen as -30.00 or 50; nothing as an empty text."""
    if value is None:
        return ""
    if is_coefficient:
        whole, part = divmod(value, 1_000_000)
        digits = f"{part:06d}".rstrip("0")
        return f"{whole}.{digits}" if digits else f"{whole}"
    return format_yuan(value).removesuffix(".00").replace(",", "")


def list_columns(method: PlanMethod) -> tuple[bool, ...]:
    """Return which figures a method uses: True for the coefficient, False for the difference."""
    return {
        PlanMethod.COEFFICIENTS: (True,),
        PlanMethod.DIFFERENCES: (False,),
        PlanMethod.BOTH: (True, False),
    }[method]


def build_tables(facts: PlanFacts, building_id: int | None) -> list[FactorTable]:
    """Build the tables of a plan: those for all buildings, or (with a building) what holds in it alone."""
    places = [place for place in facts.places if building_id in {None, place.building_id}]
    factors = {(factor.kind, factor.building_id, factor.key): factor for factor in facts.factors}
    columns = list_columns(facts.terms.method)
    tables = []
    for kind in FactorKind:
        if kind is FactorKind.BUILDING and building_id is not None:
            continue
        names = _list_values(kind, places)
        own = [key for found, house, key in factors if found is kind and house == building_id]
        for key in sorted(set(own) - names.keys(), key=natural_key):
            names[key] = (key, None if kind is FactorKind.FLOOR_STEP else 0)
        rows = tuple(
            _build_row(CellName(kind, building_id, key, is_coefficient=True), label, count, factors, columns)
            for key, (label, count) in names.items()
        )
        if kind is FactorKind.FLOOR_STEP:
            rows = tuple(sorted(rows, key=lambda row: int(row.key)))
        tables.append(FactorTable(kind, rows, columns))
    return tables


def describe_factor(factor: Factor, houses: Mapping[int, str]) -> str:
    """Write of which table and row a factor is; a building by its name."""
    is_house = factor.kind is FactorKind.BUILDING and factor.key.isdecimal()
    key = houses.get(int(factor.key), factor.key) if is_house else factor.key
    return f"{factor.kind.label} {key}"


def read_factor(factor: Factor | None, *, is_coefficient: bool) -> int | None:
    """Return a figure of a factor as an integer: millionths, or fen per m²."""
    if factor is None:
        return None
    if not is_coefficient:
        return factor.difference
    return None if factor.coefficient is None else int(factor.coefficient * Decimal(1_000_000))


def _build_row(
    name: CellName,
    label: str,
    count: int | None,
    factors: dict[tuple[FactorKind, int | None, str], Factor],
    columns: Sequence[bool],
) -> FactorRow:
    figures = []
    for is_coefficient in columns:
        own = factors.get((name.kind, name.building_id, name.key))
        general = factors.get((name.kind, None, name.key)) if name.building_id is not None else None
        figures.append(
            FactorFigure(
                name._replace(is_coefficient=is_coefficient).text,
                format_figure(read_factor(own, is_coefficient=is_coefficient), is_coefficient=is_coefficient),
                format_figure(
                    read_factor(general, is_coefficient=is_coefficient), is_coefficient=is_coefficient
                ),
                is_coefficient,
            )
        )
    return FactorRow(name.key, label, count, tuple(figures))


def _list_values(kind: FactorKind, places: Sequence[ScopeUnit]) -> dict[str, tuple[str, int | None]]:
    """Return the values that occur, in natural order, each with its label and the number of units that have it."""
    if kind is FactorKind.FLOOR_STEP:
        return {}
    if kind is FactorKind.BUILDING:
        houses = {place.building_id: place.building for place in places}
        counts = Counter(place.building_id for place in places)
        return {str(house): (name or _("(not named)"), counts[house]) for house, name in houses.items()}
    if kind is FactorKind.FLOOR:
        numbers = {place.floor_label: place.floor_number for place in places}
        found = Counter(place.floor_label for place in places)
        order = sorted(
            found, key=lambda label: (numbers[label] is None, numbers[label] or 0, natural_key(label))
        )
        return {label: (label, found[label]) for label in order}
    values = Counter(_values_of(kind, places))
    del values[""]
    return {key: (key, values[key]) for key in sorted(values, key=natural_key)}


def _values_of(kind: FactorKind, places: Sequence[ScopeUnit]) -> Iterable[str]:
    if kind is FactorKind.LINE:
        has_sections = (
            len({place.section_id for place in places}) > 1
            and len({place.building_id for place in places}) == 1
        )
        return (
            f"{place.section}-{place.line}" if has_sections and place.line else place.line for place in places
        )
    if kind is FactorKind.ORIENTATION:
        return (place.orientation for place in places)
    if kind is FactorKind.VIEW:
        return (place.view for place in places)
    if kind is FactorKind.LIGHT:
        return (place.light for place in places)
    return (place.unit_type for place in places)
