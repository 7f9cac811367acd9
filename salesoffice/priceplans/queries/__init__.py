"""Finding plans, and the facts their prices are counted from."""

from salesoffice.priceplans.queries.facts import (
    PlanFacts,
    build_terms,
    list_adjustments,
    list_factors,
    load_facts,
)
from salesoffice.priceplans.queries.plans import (
    PlanRow,
    count_plan_units,
    find_free_name,
    find_last_change,
    find_undoer,
    get_plan,
    list_open_batches,
    list_plan_buildings,
    list_plans,
    list_scope_ids,
    select_scope,
)
from salesoffice.priceplans.queries.repricing import (
    KeptPlace,
    RepricedUnit,
    Repricing,
    UnpricedPlace,
    build_repricing,
    list_differing,
)
from salesoffice.priceplans.queries.scenarios import (
    Comparison,
    Scenario,
    list_comparable_versions,
    load_comparison,
)
from salesoffice.priceplans.queries.units import Limits, OldPrice, ScopeUnit, list_scope_units

__all__ = [
    "Comparison",
    "KeptPlace",
    "Limits",
    "OldPrice",
    "PlanFacts",
    "PlanRow",
    "RepricedUnit",
    "Repricing",
    "Scenario",
    "ScopeUnit",
    "UnpricedPlace",
    "build_repricing",
    "build_terms",
    "count_plan_units",
    "find_free_name",
    "find_last_change",
    "find_undoer",
    "get_plan",
    "list_adjustments",
    "list_comparable_versions",
    "list_differing",
    "list_factors",
    "list_open_batches",
    "list_plan_buildings",
    "list_plans",
    "list_scope_ids",
    "list_scope_units",
    "load_comparison",
    "load_facts",
    "select_scope",
]
