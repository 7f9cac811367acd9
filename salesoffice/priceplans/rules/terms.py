"""What goes into a price plan and what comes out of it. Prices are fen per m² of the plan's basis, totals are fen."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum
from salesoffice.priceplans.enums import FactorKind, PlanMethod, RoundingMode, RoundingTarget
from salesoffice.pricing.enums import PriceBasis

Bound = Literal["lower", "upper"]
"""Which of a unit's bounds holds its price."""


class UnpricedReason(LabelledEnum):
    """Why a plan gives a unit no price."""

    AREA_MISSING = "area_missing", _l("The area the price is counted by is missing.")
    FLOOR_UNKNOWN = "floor_unknown", _l("The number of its floor is unknown, but the plan has floor steps.")
    BOUNDS_CONTRADICT = (
        "bounds_contradict",
        _l(
            "No price fits: its floor price or the lowest unit price is above its filed price or the highest."
        ),
    )


class TargetProblem(LabelledEnum):
    """Why a plan does not meet its target average."""

    NO_UNITS = "no_units", _l("No unit is being priced.")
    TOO_LOW = "too_low", _l("The target is too low: every price is at its lowest allowed value.")
    TOO_HIGH = "too_high", _l("The target is too high: every price is at its highest allowed value.")


@dataclass(frozen=True)
class PlanTerms:
    """The head of a plan.

    `target_price` is the net average wanted after `blended_discount` (the share of the list price that is paid: 0.97);
    without it `base_price` stands as it is. `base_floor` is the floor on which floor steps add nothing.
    `rounding_step` is fen (100 = whole yuan) of the unit price or of the total, by `rounding_target`.
    `min_price` and `max_price` bound every unit price. With the basis UNIT one unit counts as one m².
    """

    method: PlanMethod
    basis: PriceBasis
    target_price: int | None
    blended_discount: Decimal
    base_price: int | None
    base_floor: int
    rounding_mode: RoundingMode
    rounding_target: RoundingTarget
    rounding_step: int
    min_price: int | None = None
    max_price: int | None = None


@dataclass(frozen=True)
class Factor:
    """One line of a factor table; `building_id` None: for every building.

    `coefficient` (at most six decimals, above 0) multiplies, `difference` (fen per m², either sign) is added.
    `key` is what `factor_keys` says of the unit; for FLOOR_STEP it is the floor number from which the step holds.
    """

    kind: FactorKind
    building_id: int | None
    key: str
    coefficient: Decimal | None
    difference: int | None


@dataclass(frozen=True)
class PlanUnit:
    """One unit as the engine sees it. Areas are m² with at most two decimals.

    `lower_total` is the higher of its floor prices, `upper_total` its filed price (fen). `kept_total` is the price in
    force of a unit that is claimed: it keeps that price, is not priced and does not count towards the target.
    """

    unit_id: int
    code: str
    building_id: int
    section: str
    floor_number: int | None
    floor_label: str
    line: str
    orientation: str
    view: str
    light: str
    unit_type: str
    gross_area: Decimal | None
    inner_area: Decimal | None
    lower_total: int | None = None
    upper_total: int | None = None
    kept_total: int | None = None

    def area_for(self, basis: PriceBasis) -> Decimal | None:
        """Return the area that a price of this basis is counted by; one for a price per unit."""
        if basis is PriceBasis.UNIT:
            return Decimal(1)
        return self.inner_area if basis is PriceBasis.INNER else self.gross_area

    def other_area_for(self, basis: PriceBasis) -> Decimal | None:
        """Return the area of the unit price that is shown beside the one of the basis."""
        return self.inner_area if basis is PriceBasis.GROSS else self.gross_area


@dataclass(frozen=True, slots=True)
class UnitResult:
    """The new price of one unit.

    `unit_price` is by the area of the basis, `other_price` total ÷ the other area (inner for GROSS, else gross), None
    where that area is unknown. `bound` says which bound holds the price; None: it is what the factors make it.
    """

    unit_id: int
    code: str
    unit_price: int
    other_price: int | None
    total: int
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class KeptUnit:
    """A claimed unit with the price in force that it keeps; `unit_price` None where its area is unknown."""

    unit_id: int
    code: str
    unit_price: int | None
    total: int


@dataclass(frozen=True)
class Unpriced:
    """A unit that gets no price."""

    unit_id: int
    code: str
    reason: UnpricedReason


@dataclass(frozen=True)
class OffStep:
    """A unit between whose bounds there is no whole rounding step: its price is rounded to the fen instead."""

    unit_id: int
    code: str


@dataclass(frozen=True)
class PlanResult:
    """All prices of a plan, in the order of the units.

    `total` and `area` (of the basis) add up `rows`, `average` is total ÷ area; kept units are apart.
    `target_total` = target price × area, rounded to the fen half up; None without a target.
    `residual` = (total × blended discount, rounded to the fen half up) − `target_total`; 0 without a target.
    `rounding_moved` = total − (sum of the exact prices, rounded to the fen half up).
    `is_target_met` speaks of the prices before rounding; where False `target_problem` says why. True without a target.
    `off_step` names the units whose bounds leave no room for a whole step.
    """

    rows: tuple[UnitResult, ...]
    kept: tuple[KeptUnit, ...]
    unpriced: tuple[Unpriced, ...]
    off_step: tuple[OffStep, ...]
    base: Fraction
    total: int
    area: Decimal
    average: int | None
    target_total: int | None
    residual: int
    rounding_moved: int
    is_target_met: bool
    target_problem: TargetProblem | None
