"""What looks wrong with prices, in exact figures."""

from datetime import date
from decimal import Decimal

import pytest

from salesoffice.core.permissions import Role
from salesoffice.pricing.enums import FilingProblem, FindingKind, PriceBasis
from salesoffice.pricing.rules import (
    CheckedUnit,
    Limits,
    PriceDraft,
    RuleRates,
    check_filing,
    check_prices,
    largest_move,
    may_approve,
    move_rate,
)

LINE = (1, 1, "01")


def price(total: int, unit_price: int | None = None) -> PriceDraft:
    basis = PriceBasis.UNIT if unit_price is None else PriceBasis.GROSS
    return PriceDraft(basis, unit_price, None, total)


def unit(
    number: int, old: PriceDraft | None, new: PriceDraft | None, *, floor: int = 1, needs_price: bool = True
) -> CheckedUnit:
    return CheckedUnit(number, f"U{number}", LINE, floor, needs_price, old, new)


def kinds(units: list[CheckedUnit], limits: Limits | None = None) -> list[tuple[FindingKind, str, bool]]:
    found = check_prices(units, {1: limits or Limits()}, RuleRates(total_delta_rate=Decimal(1)))
    return [(finding.kind, finding.code, finding.is_blocking) for finding in found]


@pytest.mark.parametrize(
    ("total", "limits", "expected"),
    [
        (1001, Limits(filed=1000), [(FindingKind.ABOVE_FILED, "U1", True)]),
        (1000, Limits(filed=1000), []),
        (850, Limits(filed=1000), []),
        (849, Limits(filed=1000), [(FindingKind.REFILE_NEEDED, "U1", False)]),
        (899, Limits(group_floor=900), [(FindingKind.BELOW_GROUP_FLOOR, "U1", True)]),
        (900, Limits(group_floor=900, project_floor=950), [(FindingKind.BELOW_PROJECT_FLOOR, "U1", False)]),
        (950, Limits(group_floor=900, project_floor=950), []),
    ],
)
def test_check_prices_against_limits(
    total: int, limits: Limits, expected: list[tuple[FindingKind, str, bool]]
) -> None:
    assert kinds([unit(1, None, price(total))], limits) == expected


def test_filed_total_of_the_price_counts_where_no_limit_is_set() -> None:
    above = PriceDraft(PriceBasis.UNIT, None, None, 1001, 1000)

    assert kinds([unit(1, None, above)]) == [(FindingKind.ABOVE_FILED, "U1", True)]
    assert kinds([unit(1, None, above)], Limits(filed=1001)) == []


@pytest.mark.parametrize(
    ("new", "is_found"), [(1050, False), (1051, True), (950, False), (949, True), (1000, False)]
)
def test_large_move_is_found_beyond_its_rate(new: int, is_found: bool) -> None:
    found = kinds([unit(1, price(1000), price(new))])

    assert found == ([(FindingKind.LARGE_MOVE, "U1", False)] if is_found else [])


def test_higher_floor_is_compared_by_the_unit_price_in_lines_that_change() -> None:
    units = [
        unit(1, None, price(900, 10), floor=1),
        unit(2, None, price(950, 9), floor=2),
        unit(3, None, price(800, 11), floor=3),
    ]

    assert kinds(units) == [(FindingKind.HIGHER_IS_CHEAPER, "U2", False)]
    assert kinds([unit(item.unit_id, item.new, item.new, floor=item.floor or 0) for item in units]) == []


def test_missing_price_is_found_where_one_is_needed() -> None:
    units = [unit(1, None, None), unit(2, None, None, needs_price=False)]

    assert kinds(units) == [(FindingKind.PRICE_MISSING, "U1", False)]


def test_total_value_is_compared_over_units_priced_in_both() -> None:
    units = [unit(1, price(1000), price(1040)), unit(2, None, price(9999), floor=2)]

    found = check_prices(units, {}, RuleRates())

    assert [(finding.kind, finding.values["rate"]) for finding in found] == [
        (FindingKind.TOTAL_DELTA, Decimal("0.04"))
    ]


def test_blocking_findings_come_first() -> None:
    units = [unit(2, None, None), unit(1, price(900), price(1001), floor=2)]

    assert [kind for kind, _code, _blocks in kinds(units, Limits(filed=1000))] == [
        FindingKind.ABOVE_FILED,
        FindingKind.LARGE_MOVE,
        FindingKind.PRICE_MISSING,
    ]


@pytest.mark.parametrize(
    ("day", "new", "expected"),
    [
        (date(2026, 4, 1), 850, []),
        (date(2026, 3, 31), 900, [FilingProblem.TOO_SOON]),
        (date(2026, 4, 1), 849, [FilingProblem.CUT_TOO_LARGE]),
        (date(2026, 1, 2), 2000, [FilingProblem.TOO_SOON]),
    ],
)
def test_check_filing_by_interval_and_cut(day: date, new: int, expected: list[FilingProblem]) -> None:
    assert check_filing(1000, date(2026, 1, 1), new, day, RuleRates()) == expected


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [(900, 945, "0.05"), (900, 855, "0.05"), (3, 4, "0.333334"), (1, 10_000_000, "1000")],
)
def test_move_rate_is_rounded_up_to_millionths(old: int, new: int, expected: str) -> None:
    assert move_rate(old, new) == Decimal(expected)


def test_largest_move_needs_a_price_before() -> None:
    before = {1: price(1000), 2: price(1000)}

    assert largest_move(before, {1: price(1010), 2: price(970)}) == Decimal("0.03")
    assert largest_move(before, {1: price(1010), 3: price(970)}) is None
    assert largest_move({}, {}) is None


@pytest.mark.parametrize(
    ("role", "rate", "needs_executive", "expected"),
    [
        (Role.MANAGER, "0.05", False, True),
        (Role.MANAGER, "0.050001", False, False),
        (Role.MANAGER, None, False, False),
        (Role.MANAGER, "0.01", True, False),
        (Role.EXECUTIVE, None, True, True),
        (Role.ADMIN, "9", False, True),
    ],
)
def test_may_approve_by_role_and_largest_move(
    role: Role, rate: str | None, needs_executive: bool, expected: bool
) -> None:
    moved = None if rate is None else Decimal(rate)

    assert may_approve({role}, moved, limit=Decimal("0.05"), needs_executive=needs_executive) is expected
