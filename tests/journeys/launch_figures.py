"""The building of the launch journey and its prices, counted without the program: in exact fractions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

HEADER = "楼栋,单元,楼层,房号,户型,朝向,建筑面积,套内面积,建筑面积单价,总价"
FILE = "御景1栋.csv"
BUILDING, SECTION = "1栋", "A座"
FLOORS = (1, 2, 3, 4, 5, 6)
OLD_PRICE = 20_000
"""Yuan per m² of gross area, the same for every unit, before the plan."""


@dataclass(frozen=True)
class Line:
    """What the units above one another have in common; areas in hundredths of m²."""

    number: str
    unit_type: str
    orientation: str
    gross: int
    inner: int


LINES = (
    Line("01", "A户型", "南", 89_37, 70_12),
    Line("02", "B户型", "北", 76_58, 60_03),
    Line("03", "B户型", "东", 76_61, 60_06),
    Line("04", "C户型", "东南", 118_46, 93_15),
)


@dataclass(frozen=True)
class Home:
    """One of the 24 units."""

    floor: int
    line: Line

    @property
    def room(self) -> str:
        """The room's number: 304."""
        return f"{self.floor}{self.line.number}"

    @property
    def code(self) -> str:
        """The unit's code: 1-A-304."""
        return f"1-A-{self.room}"


HOMES = tuple(Home(floor, line) for floor in FLOORS for line in LINES)


@dataclass(frozen=True)
class Plan:
    """The figures that are typed into a price plan: yuan, coefficients as people write them."""

    target: int
    discount: Decimal
    base_floor: int
    floor_step: int = 0
    lines: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    orientations: Mapping[str, str] = field(default_factory=dict)
    by_hand: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Prices:
    """What a plan comes to: total of each priced unit by its code (fen), and the figures on top of the page."""

    totals: Mapping[str, int]
    base: int
    average: int
    net_average: int
    residual: int


def write_building() -> str:
    """Write the building as an office keeps it."""
    rows = [HEADER]
    for home in HOMES:
        line = home.line
        areas = f"{show(line.gross)},{show(line.inner)}"
        total = show(OLD_PRICE * line.gross)
        rows.append(
            f"{BUILDING},{SECTION},{home.floor},{home.room},{line.unit_type},{line.orientation},{areas},"
            f"{OLD_PRICE}.00,{total}"
        )
    return "\r\n".join(rows) + "\r\n"


def count_prices(plan: Plan, *, kept: Collection[str] = ()) -> Prices:
    """Price every unit but the kept ones: base × coefficients + differences, to the target, whole yuan half up."""
    homes = [home for home in HOMES if home.code not in kept]
    areas = {home.code: Fraction(home.line.gross, 100) for home in homes}
    products = {home.code: _multiply(plan, home) for home in homes}
    sums = {home.code: _add(plan, home) for home in homes}
    wanted = Fraction(plan.target) * sum(areas.values()) / Fraction(plan.discount)
    fixed = sum(areas[code] * sums[code] for code in areas)
    base = (wanted - fixed) / sum(areas[code] * products[code] for code in areas)
    totals = {code: half_up(areas[code] * (base * products[code] + sums[code])) * 100 for code in areas}
    together = sum(totals.values())
    return Prices(
        totals,
        base=half_up(base * 100),
        average=half_up(Fraction(together) / sum(areas.values())),
        net_average=half_up(together * Fraction(plan.discount) / sum(areas.values())),
        residual=half_up(together * Fraction(plan.discount))
        - half_up(sum(areas.values(), Fraction(0)) * plan.target * 100),
    )


def unit_price(total: int, home: Home) -> int:
    """Return a total (fen) per m² of gross area, in fen."""
    return half_up(Fraction(total * 100, home.line.gross))


def monthly_payment(principal: int, rate: Decimal, months: int) -> int:
    """Return the equal payment of a loan (fen)."""
    monthly = Fraction(rate) / 12
    growth = (1 + monthly) ** months
    return half_up(principal * monthly * growth / (growth - 1))


def half_up(value: Fraction) -> int:
    """Round a fraction that is not negative; a negative one by its size."""
    rounded = int(abs(value) + Fraction(1, 2))
    return rounded if value >= 0 else -rounded


def show(hundredths: int) -> str:
    """Write hundredths with two decimals, as files do."""
    return f"{Decimal(hundredths).scaleb(-2):.2f}"


def money(fen: int) -> str:
    """Write an amount as papers and pages do."""
    return f"{Decimal(fen).scaleb(-2):,.2f}"


def signed(fen: int) -> str:
    """Write a difference as the plan page does."""
    return f"+{money(fen)}" if fen > 0 else money(fen)


def moved_most(before: Mapping[str, int], after: Mapping[str, int]) -> Fraction:
    """Return the largest single move as a share."""
    return max(_list_moves(before, after))


def _list_moves(before: Mapping[str, int], after: Mapping[str, int]) -> Iterable[Fraction]:
    return (Fraction(abs(total - before[code]), before[code]) for code, total in after.items())


def _multiply(plan: Plan, home: Home) -> Fraction:
    line, _difference = plan.lines.get(home.line.number, ("1", 0))
    return Fraction(line) * Fraction(plan.orientations.get(home.line.orientation, "1"))


def _add(plan: Plan, home: Home) -> int:
    _coefficient, line = plan.lines.get(home.line.number, ("1", 0))
    return line + plan.floor_step * (home.floor - plan.base_floor) + plan.by_hand.get(home.code, 0)
