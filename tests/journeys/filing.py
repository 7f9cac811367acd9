"""The price filings of the journey, and what they come to, counted without the program."""

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

HEADER = "房号,建筑面积,建筑面积单价,套内面积,套内面积单价,总售价,销售状况,备注"
BUILDING = "21栋"
REAL_NAME = "信义御城豪园.csv"


@dataclass(frozen=True)
class Filing:
    """One file and its figures: units, m², yuan, and per building how many are on sale and how many are not."""

    name: str
    text: str
    unit_count: int
    area: Decimal
    total: Decimal
    on_sale: Counter[str]
    off_sale: Counter[str]


def build_filing() -> Filing:
    """Build a filing of 12 units of 90.00 m² in 21栋A座: 1,800,000.00 yuan on floor 1 and 9,000.00 more on each floor.

    Room 104 is sold already.
    """
    lines = [HEADER]
    for floor in (1, 2, 3):
        price = 20_000 + 100 * (floor - 1)
        for line in (1, 2, 3, 4):
            status = "已签预售合同" if (floor, line) == (1, 4) else "在售"
            lines.append(
                f"{BUILDING}A座{floor}{line:02d},90.00,{price}.00,72.00,{price * 5 // 4}.00,{price * 90}.00,{status},住宅"
            )
    return count_filing("21栋一房一价.csv", "\r\n".join(lines) + "\r\n")


def list_filings(folder: Path) -> Sequence[Filing]:
    """List the filings to import: the one built here, and a real one where the folder of real input has it."""
    real = folder / "filing_utf8" / REAL_NAME
    found = [build_filing()]
    if real.exists():
        found.append(count_filing(REAL_NAME, real.read_text(encoding="utf-8-sig")))
    return found


def count_filing(name: str, text: str) -> Filing:
    """Count what a filing comes to, from its text alone."""
    rows = list(csv.DictReader(io.StringIO(text)))
    buildings = [_building(row["房号"]) for row in rows]
    is_free = [row["销售状况"] == "在售" for row in rows]
    return Filing(
        name=name,
        text=text,
        unit_count=len(rows),
        area=sum((Decimal(row["建筑面积"]) for row in rows), Decimal(0)),
        total=sum((Decimal(row["总售价"]) for row in rows), Decimal(0)),
        on_sale=Counter(place for place, free in zip(buildings, is_free, strict=True) if free),
        off_sale=Counter(place for place, free in zip(buildings, is_free, strict=True) if not free),
    )


def _building(label: str) -> str:
    found = re.match(r"[^栋]+栋", label)
    assert found, label
    return found[0]
