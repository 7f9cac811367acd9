"""Finding price versions and the prices in them."""

from salesoffice.pricing.queries.breaches import (
    find_breaches,
)
from salesoffice.pricing.queries.changes import (
    ChangeFilter,
    ChangeTotals,
    find_previous,
    select_changes,
    sum_changes,
)
from salesoffice.pricing.queries.checks import (
    check_version,
    list_checked,
)
from salesoffice.pricing.queries.history import (
    VersionStep,
    list_steps,
)
from salesoffice.pricing.queries.limits import (
    find_limits,
    find_project_limits,
    find_rules,
    find_unit_ids,
    list_current_limits,
    list_limit_history,
    list_totals,
    select_limits,
)
from salesoffice.pricing.queries.sheets import (
    PriceRow,
    price_rows,
)
from salesoffice.pricing.queries.stale import (
    StaleUnit,
    find_stale,
    list_changed_prices,
)
from salesoffice.pricing.queries.versions import (
    PRICE_COLUMNS,
    VersionRow,
    find_last_number,
    find_price_in_force,
    get_version,
    get_version_row,
    list_approvers,
    list_drafts,
    list_priced_buildings,
    list_versions,
    version_in_force,
)

__all__ = [
    "PRICE_COLUMNS",
    "ChangeFilter",
    "ChangeTotals",
    "PriceRow",
    "StaleUnit",
    "VersionRow",
    "VersionStep",
    "check_version",
    "find_breaches",
    "find_last_number",
    "find_limits",
    "find_previous",
    "find_price_in_force",
    "find_project_limits",
    "find_rules",
    "find_stale",
    "find_unit_ids",
    "get_version",
    "get_version_row",
    "list_approvers",
    "list_changed_prices",
    "list_checked",
    "list_current_limits",
    "list_drafts",
    "list_limit_history",
    "list_priced_buildings",
    "list_steps",
    "list_totals",
    "list_versions",
    "price_rows",
    "select_changes",
    "select_limits",
    "sum_changes",
    "version_in_force",
]
