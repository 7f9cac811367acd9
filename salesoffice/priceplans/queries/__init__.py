"""Finding plans, and the facts their prices are counted from."""

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

__all__ = [
    "PlanRow",
    "count_plan_units",
    "find_free_name",
    "find_last_change",
    "find_undoer",
    "get_plan",
    "list_open_batches",
    "list_plan_buildings",
    "list_plans",
    "list_scope_ids",
    "select_scope",
]
