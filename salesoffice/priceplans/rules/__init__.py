"""The pricing engine: from a plan to the price of every unit, why it is that, how to reach a total, what differs.

DOMAIN §6. Pure: integers and one exact fraction, the base.
"""

from salesoffice.priceplans.rules.engine import compute_plan
from salesoffice.priceplans.rules.explanation import PriceStep, StepKind, explain_price
from salesoffice.priceplans.rules.knobs import FreeFactor, FreeFactorInvalid, Minimise, NothingFree
from salesoffice.priceplans.rules.refusals import (
    BaseNotPositive,
    FactorInvalid,
    FactorTwice,
    FloorStepsTooLarge,
    PlanWithoutPrice,
    PriceNotPositive,
)
from salesoffice.priceplans.rules.scenarios import (
    BandShare,
    GroupFigures,
    ScenarioFigures,
    compare_scenarios,
    heat_levels,
)
from salesoffice.priceplans.rules.search import Moved, Solution, solve_plan
from salesoffice.priceplans.rules.tables import factor_keys
from salesoffice.priceplans.rules.terms import (
    Bound,
    Factor,
    KeptUnit,
    OffStep,
    PlanResult,
    PlanTerms,
    PlanUnit,
    TargetProblem,
    UnitResult,
    Unpriced,
    UnpricedReason,
)

__all__ = [
    "BandShare",
    "BaseNotPositive",
    "Bound",
    "Factor",
    "FactorInvalid",
    "FactorTwice",
    "FloorStepsTooLarge",
    "FreeFactor",
    "FreeFactorInvalid",
    "GroupFigures",
    "KeptUnit",
    "Minimise",
    "Moved",
    "NothingFree",
    "OffStep",
    "PlanResult",
    "PlanTerms",
    "PlanUnit",
    "PlanWithoutPrice",
    "PriceNotPositive",
    "PriceStep",
    "ScenarioFigures",
    "Solution",
    "StepKind",
    "TargetProblem",
    "UnitResult",
    "Unpriced",
    "UnpricedReason",
    "compare_scenarios",
    "compute_plan",
    "explain_price",
    "factor_keys",
    "heat_levels",
    "solve_plan",
]
