"""What looks wrong with the prices of a version before it is approved. All amounts are fen, rates are shares."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from salesoffice.pricing.enums import FilingProblem, FindingKind, PriceBasis
from salesoffice.pricing.rules.totals import PriceDraft


@dataclass(frozen=True)
class RuleRates:
    """The city's and the company's rules for the prices of a project; see `models.PriceRules`."""

    refile_rate: Decimal = Decimal("0.15")
    refile_interval_days: int = 90
    max_cut_rate: Decimal = Decimal("0.15")
    large_move_rate: Decimal = Decimal("0.05")
    total_delta_rate: Decimal = Decimal("0.03")
    manager_move_rate: Decimal = Decimal("0.05")


@dataclass(frozen=True)
class Limits:
    """The limits of one unit's total price that are known (fen)."""

    filed: int | None = None
    project_floor: int | None = None
    group_floor: int | None = None


@dataclass(frozen=True)
class CheckedUnit:
    """A unit with its price before and in the version to check; `line` is None where the floors are not comparable.

    `needs_price` says that it is released or belongs to a release batch.
    """

    unit_id: int
    code: str
    line: tuple[int, int, str] | None
    floor: int | None
    needs_price: bool
    old: PriceDraft | None
    new: PriceDraft | None

    @property
    def is_changed(self) -> bool:
        """Tell whether the version moves the unit's price."""
        return self.new is not None and self.new != self.old


Values = Mapping[str, int | str | Decimal]


@dataclass(frozen=True)
class Finding:
    """Something that looks wrong: with one unit, or with the whole version (`unit_id` None).

    A blocking one must go before the version is submitted; `needs_executive` ones may stand if an executive approves.
    `values` are the figures behind it (fen, shares, codes of other units).
    """

    kind: FindingKind
    unit_id: int | None
    code: str
    values: Values = field(default_factory=dict)
    is_blocking: bool = False
    needs_executive: bool = False


def check_prices(
    units: Sequence[CheckedUnit], limits: Mapping[int, Limits], rules: RuleRates
) -> list[Finding]:
    """Check the prices of a version; blocking findings come first, then by kind in the order of the enumeration.

    Only units whose price the version changes are checked, lines of floors only where one of their units changes;
    a missing price is found everywhere.
    """
    found: list[Finding] = []
    for unit in units:
        if unit.new is None:
            if unit.needs_price:
                found.append(Finding(FindingKind.PRICE_MISSING, unit.unit_id, unit.code))
        elif unit.is_changed:
            found.extend(_check_limits(unit, unit.new, limits.get(unit.unit_id, Limits()), rules))
            found.extend(_check_move(unit, unit.new, rules))
    found.extend(_check_lines(units))
    found.extend(_check_total(units, rules))
    order = list(FindingKind)
    return sorted(found, key=lambda item: (not item.is_blocking, order.index(item.kind)))


def check_filing(
    old: int, filed_on: date, new: int, effective_on: date, rules: RuleRates
) -> list[FilingProblem]:
    """Check a new filed price of a unit (fen) against its last one, filed on a business day, by the city's rules."""
    problems = []
    if effective_on < filed_on + timedelta(days=rules.refile_interval_days):
        problems.append(FilingProblem.TOO_SOON)
    if (old - new) > old * rules.max_cut_rate:
        problems.append(FilingProblem.CUT_TOO_LARGE)
    return problems


def _check_limits(
    unit: CheckedUnit, price: PriceDraft, limits: Limits, rules: RuleRates
) -> Iterator[Finding]:
    total = price.list_total_amount
    filed = limits.filed if limits.filed is not None else price.filed_total_amount
    if filed is not None and total > filed:
        values = {"price": total, "limit": filed}
        yield Finding(FindingKind.ABOVE_FILED, unit.unit_id, unit.code, values, is_blocking=True)
    elif filed is not None and filed - total > filed * rules.refile_rate:
        values = {"price": total, "limit": filed}
        yield Finding(FindingKind.REFILE_NEEDED, unit.unit_id, unit.code, values)
    if limits.group_floor is not None and total < limits.group_floor:
        values = {"price": total, "limit": limits.group_floor}
        yield Finding(FindingKind.BELOW_GROUP_FLOOR, unit.unit_id, unit.code, values, is_blocking=True)
    elif limits.project_floor is not None and total < limits.project_floor:
        values = {"price": total, "limit": limits.project_floor}
        yield Finding(FindingKind.BELOW_PROJECT_FLOOR, unit.unit_id, unit.code, values, needs_executive=True)


def _check_move(unit: CheckedUnit, price: PriceDraft, rules: RuleRates) -> Iterator[Finding]:
    if unit.old is None:
        return
    old, new = unit.old.list_total_amount, price.list_total_amount
    if abs(new - old) > old * rules.large_move_rate:
        values: Values = {"old": old, "price": new, "rate": Decimal(new - old) / old}
        yield Finding(FindingKind.LARGE_MOVE, unit.unit_id, unit.code, values)


def _check_lines(units: Iterable[CheckedUnit]) -> Iterator[Finding]:
    lines: dict[tuple[int, int, str], list[tuple[int, CheckedUnit, PriceDraft]]] = defaultdict(list)
    for unit in units:
        if unit.line is not None and unit.floor is not None and unit.new is not None:
            lines[unit.line].append((unit.floor, unit, unit.new))
    for line in lines.values():
        line.sort(key=lambda entry: entry[0])
        for (low, below, cheaper), (high, above, dearer) in pairwise(line):
            if low == high or not (below.is_changed or above.is_changed):
                continue
            low_figure, high_figure, per = _comparable(cheaper, dearer)
            if high_figure < low_figure:
                values: Values = {"price": high_figure, "below": low_figure, "unit": below.code, "per": per}
                yield Finding(FindingKind.HIGHER_IS_CHEAPER, above.unit_id, above.code, values)


def _comparable(below: PriceDraft, above: PriceDraft) -> tuple[int, int, str]:
    if PriceBasis.UNIT not in {below.basis, above.basis}:
        if below.gross_price is not None and above.gross_price is not None:
            return below.gross_price, above.gross_price, "m²"
        if below.inner_price is not None and above.inner_price is not None:
            return below.inner_price, above.inner_price, "m²"
    return below.list_total_amount, above.list_total_amount, ""


def _check_total(units: Iterable[CheckedUnit], rules: RuleRates) -> Iterator[Finding]:
    both = [(unit.old, unit.new) for unit in units if unit.old is not None and unit.new is not None]
    old = sum(before.list_total_amount for before, _after in both)
    new = sum(after.list_total_amount for _before, after in both)
    if old and abs(new - old) > old * rules.total_delta_rate:
        values: Values = {"old": old, "price": new, "rate": Decimal(new - old) / old}
        yield Finding(FindingKind.TOTAL_DELTA, None, "", values)
