"""Factor tables as the engine reads them: which factors a unit has, and what they make of the base.

DOMAIN §6: price = base × Π coefficients, then + Σ differences. Everything is integers: coefficients are millionths.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from math import prod
from operator import attrgetter
from typing import Any

from salesoffice.priceplans.enums import FactorKind, PlanMethod
from salesoffice.priceplans.rules.refusals import FactorInvalid, FactorTwice, FloorStepsTooLarge
from salesoffice.priceplans.rules.terms import Factor, PlanTerms, PlanUnit

MILLION = 10**6
Place = tuple[int | None, str]
"""Building (None: every one) and key of a factor."""
GROUPS: tuple[tuple[tuple[FactorKind, ...], Callable[[PlanUnit], tuple[Any, ...]]], ...] = (
    ((FactorKind.BUILDING, FactorKind.LINE), attrgetter("building_id", "section", "line")),
    ((FactorKind.FLOOR_STEP, FactorKind.FLOOR), attrgetter("building_id", "floor_number", "floor_label")),
    (
        (FactorKind.ORIENTATION, FactorKind.VIEW, FactorKind.LIGHT, FactorKind.UNIT_TYPE),
        attrgetter("building_id", "orientation", "view", "light", "unit_type"),
    ),
)
"""Kinds that look at the same few values of a unit: their joint effect is looked up once per combination of values."""


@dataclass(frozen=True)
class Applied:
    """A factor as it works on one unit; `times` counts the floors of a floor step (negative below the base floor)."""

    factor: Factor
    times: int = 1


@dataclass(frozen=True)
class Effect:
    """What all factors of one kind together do to a unit: millionths of the price so far, fen per m² added."""

    coefficient: int
    difference: int


NO_EFFECT = Effect(MILLION, 0)


def factor_keys(kind: FactorKind, unit: PlanUnit) -> tuple[str, ...]:
    """Return the keys by which a factor of this kind finds a unit, the first match wins; none for FLOOR_STEP.

    FLOOR: the label people see (an unlucky 14 is the label, not the 14th slab). LINE: `section-line` before the line
    alone, since line 01 is the east end of one section and the middle of another. BUILDING: the building's id as text;
    a factor that names its building may leave the key empty.
    """
    match kind:
        case FactorKind.BUILDING:
            return str(unit.building_id), ""
        case FactorKind.FLOOR:
            return (unit.floor_label,)
        case FactorKind.LINE:
            return f"{unit.section}-{unit.line}", unit.line
        case FactorKind.ORIENTATION:
            return (unit.orientation,)
        case FactorKind.VIEW:
            return (unit.view,)
        case FactorKind.LIGHT:
            return (unit.light,)
        case FactorKind.UNIT_TYPE:
            return (unit.unit_type,)
        case FactorKind.FLOOR_STEP:
            return ()


def to_millionths(coefficient: Decimal) -> int:
    """Return a coefficient in millionths; more decimals are refused with ValueError."""
    scaled = coefficient.scaleb(6)
    if scaled != scaled.to_integral_value():
        raise ValueError(f"{coefficient} has more than six decimals")
    return int(scaled)


class FactorTables:
    """The factors of a plan that its method uses, looked up by kind, building and key.

    Refused: a coefficient of zero or less, a floor step whose key is no floor number (FactorInvalid), two factors of
    the same kind, building and key (FactorTwice).
    """

    def __init__(self, terms: PlanTerms, factors: Iterable[Factor]) -> None:
        self._uses_coefficients = terms.method is not PlanMethod.DIFFERENCES
        self._uses_differences = terms.method is not PlanMethod.COEFFICIENTS
        self._base_floor = terms.base_floor
        self._tables: dict[FactorKind, dict[Place, Factor]] = {}
        self._effects: dict[int, Effect] = {}
        for factor in factors:
            self._add(factor)
        self._stairs: dict[int, tuple[tuple[int, Factor], ...]] = {}
        self._groups = [
            (
                tuple(kind for kind in kinds if kind in self._tables),
                signature,
                dict[tuple[Any, ...], Effect](),
            )
            for kinds, signature in GROUPS
        ]

    def _add(self, factor: Factor) -> None:
        is_step = factor.kind is FactorKind.FLOOR_STEP
        if factor.coefficient is not None and factor.coefficient <= 0:
            raise FactorInvalid(factor)
        if is_step and not factor.key.removeprefix("-").isdecimal():
            raise FactorInvalid(factor)
        table = self._tables.setdefault(factor.kind, {})
        place = (factor.building_id, str(int(factor.key)) if is_step else factor.key)
        if place in table:
            raise FactorTwice(factor)
        table[place] = factor
        self._effects[id(factor)] = self._effect_of(factor)

    def _effect_of(self, factor: Factor) -> Effect:
        coefficient = factor.coefficient if self._uses_coefficients else None
        difference = factor.difference if self._uses_differences else None
        return Effect(MILLION if coefficient is None else to_millionths(coefficient), difference or 0)

    @property
    def scale(self) -> int:
        """The common denominator of the product of all coefficients of a unit."""
        return MILLION ** len(self._tables)

    def combine(self, unit: PlanUnit) -> tuple[int, int]:
        """Return the product of a unit's coefficients × `scale`, and the sum of its differences (fen per m²)."""
        product, difference = 1, 0
        for kinds, signature, known in self._groups:
            place = signature(unit)
            joint = known.get(place)
            if joint is None:
                joint = known[place] = self._combine(kinds, unit)
            product *= joint.coefficient
            difference += joint.difference
        return product, difference

    def _combine(self, kinds: Iterable[FactorKind], unit: PlanUnit) -> Effect:
        effects = [self.effect(kind, unit) for kind in kinds]
        return Effect(
            prod(effect.coefficient for effect in effects), sum(effect.difference for effect in effects)
        )

    def needs_floor(self, unit: PlanUnit) -> bool:
        """Tell whether a unit cannot be priced because floor steps apply to it and its floor number is unknown."""
        return unit.floor_number is None and bool(self._stairs_of(unit.building_id))

    def find(self, kind: FactorKind, unit: PlanUnit) -> Factor | None:
        """Return the factor of a kind (not FLOOR_STEP) for a unit: of its building before the general one."""
        table = self._tables.get(kind, {})
        keys = factor_keys(kind, unit)
        places = ((building, key) for building in (unit.building_id, None) for key in keys)
        return next((table[place] for place in places if place in table), None)

    def steps_to(self, unit: PlanUnit) -> tuple[Applied, ...]:
        """Return the floor steps between the base floor and a unit's floor, each with the floors it counts for."""
        stairs, floor = self._stairs_of(unit.building_id), unit.floor_number
        if floor is None:
            return ()
        low, high = min(floor, self._base_floor), max(floor, self._base_floor)
        sign = 1 if floor > self._base_floor else -1
        ends = [start - 1 for start, _factor in stairs[1:]] + [high]
        counts = (
            (factor, min(end, high) - max(start - 1, low))
            for (start, factor), end in zip(stairs, ends, strict=False)
        )
        return tuple(Applied(factor, sign * count) for factor, count in counts if count > 0)

    def applied_to(self, kind: FactorKind, unit: PlanUnit) -> tuple[Applied, ...]:
        """Return the factors of one kind that work on a unit; more than one only for floor steps."""
        if kind is FactorKind.FLOOR_STEP:
            return self.steps_to(unit)
        factor = self.find(kind, unit)
        return () if factor is None else (Applied(factor),)

    def effect(self, kind: FactorKind, unit: PlanUnit) -> Effect:
        """Return what the factors of one kind do to a unit; FloorStepsTooLarge where steps leave nothing."""
        if kind is FactorKind.FLOOR_STEP:
            return self._floor_effect(unit)
        factor = self.find(kind, unit)
        return NO_EFFECT if factor is None else self._effects[id(factor)]

    def _floor_effect(self, unit: PlanUnit) -> Effect:
        steps = [(self._effects[id(applied.factor)], applied.times) for applied in self.steps_to(unit)]
        coefficient = MILLION + sum(times * (effect.coefficient - MILLION) for effect, times in steps)
        if coefficient <= 0:
            raise FloorStepsTooLarge(unit.floor_label)
        return Effect(coefficient, sum(times * effect.difference for effect, times in steps))

    def _stairs_of(self, building_id: int) -> tuple[tuple[int, Factor], ...]:
        """Return the steps that hold in a building as (from floor, factor), from the lowest floor upwards."""
        known = self._stairs.get(building_id)
        if known is None:
            table = self._tables.get(FactorKind.FLOOR_STEP, {})
            own = {int(key): factor for (building, key), factor in table.items() if building is None}
            own |= {int(key): factor for (building, key), factor in table.items() if building == building_id}
            known = tuple(sorted(own.items(), key=lambda step: step[0]))
            self._stairs[building_id] = known
        return known
