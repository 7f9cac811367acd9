"""Words of a price plan: method, factors, rounding."""

from flask_babel import lazy_gettext as _l

from salesoffice.core.labels import LabelledEnum


class PlanMethod(LabelledEnum):
    """How a plan comes from its base to the price of each unit."""

    COEFFICIENTS = "coefficients", _l("Coefficients")
    DIFFERENCES = "differences", _l("Differences")
    BOTH = "both", _l("Coefficients, then differences")


class FactorKind(LabelledEnum):
    """What a factor looks at; all but FLOOR_STEP match the unit's own value against `key`.

    FLOOR_STEP says what each floor adds from the floor `key` upwards, until the next step begins (a break).
    """

    BUILDING = "building", _l("Building")
    FLOOR_STEP = "floor_step", _l("Floor step from floor")
    FLOOR = "floor", _l("Single floor")
    LINE = "line", _l("Position")
    ORIENTATION = "orientation", _l("Orientation")
    VIEW = "view", _l("View")
    LIGHT = "light", _l("Light")
    UNIT_TYPE = "unit_type", _l("Unit type")


class RoundingMode(LabelledEnum):
    """Which way a price is rounded."""

    DOWN = "down", _l("Down")
    UP = "up", _l("Up")
    HALF_UP = "half_up", _l("Half up")


class RoundingTarget(LabelledEnum):
    """Which figure is rounded; the other is counted from it."""

    UNIT_PRICE = "unit_price", _l("Unit price")
    TOTAL = "total", _l("Total price")
