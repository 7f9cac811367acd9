"""Plans side by side: average, total, by type, lowest and highest, spread, share of units per price band; the heat map."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from salesoffice.core.money import unit_price_of
from salesoffice.priceplans.rules.terms import PlanResult, PlanUnit, UnitResult

LEVELS = 7
"""Colours of the heat map: 0 the cheapest, 6 the dearest."""


@dataclass(frozen=True)
class GroupFigures:
    """Units of one kind: how many, their gross area (m²), their total (fen) and average (fen per m² of gross area).

    Units without a gross area count in `count` and `total` alone.
    """

    name: str
    count: int
    area: Decimal
    total: int
    average: int | None


@dataclass(frozen=True)
class BandShare:
    """Units whose total lies from `lower` up to but not including `upper` (fen; None: no end), and their share."""

    lower: int | None
    upper: int | None
    count: int
    share: Decimal


@dataclass(frozen=True)
class ScenarioFigures:
    """One scenario in figures. Unit prices are fen per m² of the plan's basis, totals fen; kept units are not in it.

    `spread` = (highest − lowest unit price) ÷ the average by the basis, four decimals; None, like the prices, without a priced unit.
    """

    name: str
    whole: GroupFigures
    by_type: tuple[GroupFigures, ...]
    lowest_price: int | None
    highest_price: int | None
    spread: Decimal | None
    lowest_total: int | None
    highest_total: int | None
    bands: tuple[BandShare, ...]


def compare_scenarios(
    results: Mapping[str, PlanResult], units: Iterable[PlanUnit], bands: Sequence[int]
) -> tuple[ScenarioFigures, ...]:
    """Return the figures of each scenario, in the order given; `bands` are the rising limits between bands (fen).

    `by_type` is sorted by the name of the unit type; the parts add up to the whole.
    """
    by_id = {unit.unit_id: unit for unit in units}
    return tuple(_figures(name, result, by_id, bands) for name, result in results.items())


def heat_levels(result: PlanResult) -> dict[int, int]:
    """Return the level 0 (cheapest) to 6 of each priced unit by its unit price, for the colours of the grid.

    Levels are quantiles by middle rank: about as many units in each, equal prices in the same; a single price is 3.
    """
    prices = sorted(row.unit_price for row in result.rows)
    return {row.unit_id: LEVELS * _rank(prices, row.unit_price) // (2 * len(prices)) for row in result.rows}


def _rank(prices: Sequence[int], price: int) -> int:
    """Return twice the middle rank of a price: the cheaper ones, and half of those that cost the same."""
    return bisect_left(prices, price) + bisect_right(prices, price)


def _figures(
    name: str, result: PlanResult, units: Mapping[int, PlanUnit], bands: Sequence[int]
) -> ScenarioFigures:
    rows = result.rows
    types = sorted({units[row.unit_id].unit_type for row in rows})
    prices = [row.unit_price for row in rows]
    totals = [row.total for row in rows]
    return ScenarioFigures(
        name=name,
        whole=_group(name, rows, units),
        by_type=tuple(
            _group(kind, [row for row in rows if units[row.unit_id].unit_type == kind], units)
            for kind in types
        ),
        lowest_price=min(prices, default=None),
        highest_price=max(prices, default=None),
        spread=_share(max(prices) - min(prices), result.average) if result.average else None,
        lowest_total=min(totals, default=None),
        highest_total=max(totals, default=None),
        bands=_bands(totals, bands),
    )


def _group(name: str, rows: Sequence[UnitResult], units: Mapping[int, PlanUnit]) -> GroupFigures:
    measured = [(row.total, area) for row in rows if (area := units[row.unit_id].gross_area) is not None]
    area = sum((area for _total, area in measured), Decimal("0.00"))
    return GroupFigures(
        name=name,
        count=len(rows),
        area=area,
        total=sum(row.total for row in rows),
        average=unit_price_of(sum(total for total, _area in measured), area) if area else None,
    )


def _bands(totals: Sequence[int], limits: Sequence[int]) -> tuple[BandShare, ...]:
    counts = [0] * (len(limits) + 1)
    for total in totals:
        counts[bisect_right(limits, total)] += 1
    ends = (None, *limits, None)
    return tuple(
        BandShare(ends[place], ends[place + 1], count, _share(count, len(totals) or 1))
        for place, count in enumerate(counts)
    )


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) / whole).quantize(Decimal("0.0001"))
