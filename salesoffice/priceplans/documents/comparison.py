"""What the comparison of scenarios shows beside the figures: usual bands, heat maps of one building."""

from dataclasses import dataclass

from salesoffice.core.money import format_yuan
from salesoffice.infra.i18n import _
from salesoffice.priceplans.documents.grid import build_cells, build_grids, write_grid
from salesoffice.priceplans.queries import Comparison

_WAN = 10_000_00
_USUAL_BANDS = 5


@dataclass(frozen=True)
class HeatMap:
    """The grids of one building in one scenario, as HTML."""

    name: str
    grids: tuple[str, ...]


def list_houses(comparison: Comparison) -> dict[int, str]:
    """Return the buildings with a priced unit, by id."""
    priced = {row.unit_id for result in comparison.results.values() for row in result.rows}
    return {place.building_id: place.building for place in comparison.places if place.unit_id in priced}


def choose_bands(comparison: Comparison) -> list[int]:
    """Choose limits of bands (fen, whole 10,000 yuan) that part the totals of all scenarios about evenly."""
    totals = sorted(row.total for result in comparison.results.values() for row in result.rows)
    if not totals:
        return []
    places = (len(totals) * step // _USUAL_BANDS for step in range(1, _USUAL_BANDS))
    return sorted({totals[place] // _WAN * _WAN for place in places} - {0})


def build_heat_maps(comparison: Comparison, building_id: int | None) -> list[HeatMap]:
    """Build the heat map of a building in each scenario that can be counted."""
    places = [place for place in comparison.places if place.building_id == building_id]
    maps = []
    for scenario in comparison.scenarios:
        if scenario.result is not None:
            cells = build_cells(scenario.result, scenario.adjusted)
            maps.append(
                HeatMap(scenario.name, tuple(write_grid(grid, cells) for grid in build_grids(places)))
            )
    return maps


def describe_band(lower: int | None, upper: int | None) -> str:
    """Write a band of totals in words, in yuan."""
    if lower is None and upper is None:
        return _("All units")
    if lower is None:
        return _("Below %(upper)s yuan", upper=_whole(upper))
    if upper is None:
        return _("%(lower)s yuan and more", lower=_whole(lower))
    return _("%(lower)s to below %(upper)s yuan", lower=_whole(lower), upper=_whole(upper))


def _whole(fen: int | None) -> str:
    return format_yuan(fen or 0).removesuffix(".00")
