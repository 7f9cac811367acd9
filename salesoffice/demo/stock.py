"""The units of the demonstration: three buildings as a price filing, so that they come in the way real ones do."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

HEADER = ("房号", "建筑面积", "建筑面积单价", "套内面积", "套内面积单价", "总售价", "销售状况", "备注")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class House:
    """One building: sections, floors, and the gross area and position premium (yuan per m²) of each line."""

    name: str
    sections: tuple[str, ...]
    floors: range
    lines: tuple[tuple[str, int], ...]
    base: int
    step: int
    usage: str


HOUSES = (
    House(
        "1栋",
        ("A座", "B座"),
        range(2, 20),
        (("118.36", 900), ("89.24", 0), ("105.58", 500)),
        31_800,
        120,
        "住宅",
    ),
    House(
        "2栋",
        ("A座", "B座"),
        range(2, 19),
        (("127.90", 1_200), ("89.10", 0), ("98.72", 300)),
        32_600,
        130,
        "住宅",
    ),
    House(
        "3栋",
        ("A座",),
        range(1, 13),
        tuple((area, premium) for area, premium in (("45.30", 0), ("48.66", 200)) for _ in range(4)),
        26_500,
        60,
        "商务公寓",
    ),
)

TYPE_OF_AREA = {
    "118.36": ("C", "四室两厅两卫"),
    "89.24": ("A", "三室两厅一卫"),
    "105.58": ("B", "三室两厅两卫"),
    "127.90": ("D", "四室两厅两卫"),
    "89.10": ("A2", "三室两厅一卫"),
    "98.72": ("B2", "三室两厅两卫"),
    "45.30": ("S1", "一室一厅"),
    "48.66": ("S2", "一室一厅"),
}
"""Unit type and layout by gross area."""


def build_filing() -> bytes:
    """Return the price filing of all three buildings, UTF-8."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADER)
    for house in HOUSES:
        writer.writerows(_rows_of(house))
    return text.getvalue().encode()


def _rows_of(house: House) -> Iterator[tuple[str, ...]]:
    middle = house.floors[len(house.floors) // 2]
    for section in house.sections:
        for floor in reversed(house.floors):
            unlucky = 600 if floor in {4, 13, 14} else 0
            for line, (area, premium) in enumerate(house.lines, start=1):
                price = house.base + premium + (floor - middle) * house.step - unlucky
                yield _row(
                    f"{house.name}{section}{floor}{line:02d}", Decimal(area), Decimal(price), house.usage
                )


def _row(label: str, gross: Decimal, price: Decimal, usage: str) -> tuple[str, ...]:
    inner = (gross * Decimal("0.78")).quantize(CENT, ROUND_HALF_UP)
    total = (gross * price).quantize(CENT, ROUND_HALF_UP)
    inner_price = (total / inner).quantize(CENT, ROUND_HALF_UP)
    return label, str(gross), f"{price:.2f}", str(inner), str(inner_price), str(total), "", usage
