"""Plans for the tests of the engine: plain ones by hand, and random ones of every shape."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.priceplans.rules import Factor, PlanTerms, PlanUnit
from salesoffice.pricing.enums import PriceBasis

ORIENTATIONS = ("", "south", "north", "east-west")
VIEWS = ("", "lake", "road")
TYPES = ("A", "B", "C")


@dataclass(frozen=True)
class Plan:
    """Everything that `compute_plan` asks for."""

    terms: PlanTerms
    factors: tuple[Factor, ...]
    adjustments: dict[int, int]
    units: tuple[PlanUnit, ...]


def make_terms(**given: Any) -> PlanTerms:
    """Return terms: coefficients and differences on 20,000 yuan per m² of gross area, rounded to whole yuan."""
    values: dict[str, Any] = {
        "method": PlanMethod.BOTH,
        "basis": PriceBasis.GROSS,
        "target_price": None,
        "blended_discount": Decimal(1),
        "base_price": 20_000_00,
        "base_floor": 10,
        "rounding_mode": RoundingMode.HALF_UP,
        "rounding_target": RoundingTarget.UNIT_PRICE,
        "rounding_step": 100,
    }
    return PlanTerms(**values | given)


def make_unit(unit_id: int = 1, **given: Any) -> PlanUnit:
    """Return a flat of 100 m² gross and 80 m² inner area on floor 10."""
    floor = given.get("floor_number", 10)
    values: dict[str, Any] = {
        "unit_id": unit_id,
        "code": f"1-1-{unit_id:04}",
        "building_id": 1,
        "section": "1",
        "floor_number": floor,
        "floor_label": str(floor),
        "line": "01",
        "orientation": "south",
        "view": "",
        "light": "",
        "unit_type": "A",
        "gross_area": Decimal("100.00"),
        "inner_area": Decimal("80.00"),
    }
    return PlanUnit(**values | given)


def make_factor(
    kind: FactorKind,
    key: str,
    *,
    coefficient: str | None = None,
    difference: int | None = None,
    building_id: int | None = None,
) -> Factor:
    """Return one line of a factor table."""
    return Factor(kind, building_id, key, None if coefficient is None else Decimal(coefficient), difference)


def draw_plan(random: Random) -> Plan:
    """Return a random plan: any method, basis, rounding, target, bounds; a few units, some kept, some with gaps."""
    units = tuple(_draw_unit(random, number) for number in range(1, random.randint(1, 24) + 1))
    factors = {
        (factor.kind, factor.building_id, factor.key): factor
        for factor in (_draw_factor(random) for _number in range(random.randint(0, 16)))
    }
    adjustments = {unit.unit_id: random.randint(-500_00, 500_00) for unit in units if random.random() < 0.15}
    return Plan(_draw_terms(random), tuple(factors.values()), adjustments, units)


def _draw_terms(random: Random) -> PlanTerms:
    is_total = random.random() < 0.4
    basis = random.choice(list(PriceBasis))
    around = 1_000_000_00 if basis is PriceBasis.UNIT else 11_000_00
    return make_terms(
        method=random.choice(list(PlanMethod)),
        basis=basis,
        target_price=random.randint(around // 2, around * 2) if random.random() < 0.8 else None,
        base_price=random.randint(around // 2, around * 2),
        blended_discount=Decimal(random.randint(850_000, 1_000_000)).scaleb(-6),
        base_floor=random.randint(-1, 20),
        rounding_mode=random.choice(list(RoundingMode)),
        rounding_target=RoundingTarget.TOTAL if is_total else RoundingTarget.UNIT_PRICE,
        rounding_step=random.choice((1, 7, 100, 1_000, 100_000 if is_total else 5_000)),
        min_price=random.randint(around // 2, around) if random.random() < 0.3 else None,
        max_price=random.randint(around, around * 2) if random.random() < 0.3 else None,
    )


def _draw_unit(random: Random, number: int) -> PlanUnit:
    floor = random.randint(-2, 30)
    gross = random.randint(30_00, 260_00)
    near = random.choice((0, 0, 1, 1, 1_000_000, 30_000_000))
    middle = gross * random.randint(8_000, 15_000)
    return make_unit(
        number,
        building_id=random.randint(1, 3),
        section=random.choice("12"),
        floor_number=None if random.random() < 0.03 else floor,
        floor_label=str(floor),
        line=random.choice(("01", "02", "03")),
        orientation=random.choice(ORIENTATIONS),
        view=random.choice(VIEWS),
        light=random.choice(("", "full")),
        unit_type=random.choice(TYPES),
        gross_area=None if random.random() < 0.04 else Decimal(gross).scaleb(-2),
        inner_area=None if random.random() < 0.04 else Decimal(gross * 4 // 5).scaleb(-2),
        lower_total=middle - random.randint(0, near) if random.random() < 0.3 else None,
        upper_total=middle + random.randint(0, near) if random.random() < 0.3 else None,
        kept_total=middle if random.random() < 0.08 else None,
    )


def _draw_factor(random: Random) -> Factor:
    kind = random.choice(list(FactorKind))
    is_step = kind is FactorKind.FLOOR_STEP
    keys = {
        FactorKind.BUILDING: ("1", "2", ""),
        FactorKind.FLOOR_STEP: ("-3", "1", "8", "18", "25"),
        FactorKind.FLOOR: ("4", "6", "8", "13", "14", "30"),
        FactorKind.LINE: ("01", "02", "1-01", "2-01"),
        FactorKind.ORIENTATION: ORIENTATIONS,
        FactorKind.VIEW: VIEWS,
        FactorKind.LIGHT: ("", "full"),
        FactorKind.UNIT_TYPE: TYPES,
    }[kind]
    spread = (990_000, 1_015_000) if is_step else (850_000, 1_200_000)
    return Factor(
        kind,
        random.choice((None, None, 1, 2, 3)),
        random.choice(keys),
        Decimal(random.randint(*spread)).scaleb(-6) if random.random() < 0.6 else None,
        random.randint(-150_00, 200_00) if random.random() < 0.6 else None,
    )
