"""Finding price versions and the prices in them."""

from salesoffice.pricing.queries.breaches import (
    find_breaches,
)
from salesoffice.pricing.queries.checks import (
    check_version,
    list_checked,
)
from salesoffice.pricing.queries.limits import (
    find_limits,
    find_project_limits,
    find_rules,
    list_current_limits,
    list_limit_history,
)
from salesoffice.pricing.queries.versions import (
    PRICE_COLUMNS,
    PriceRow,
    VersionRow,
    find_last_number,
    get_version,
    list_drafts,
    list_priced_buildings,
    list_versions,
    price_rows,
    version_in_force,
)

__all__ = [
    "PRICE_COLUMNS",
    "PriceRow",
    "VersionRow",
    "check_version",
    "find_breaches",
    "find_last_number",
    "find_limits",
    "find_project_limits",
    "find_rules",
    "get_version",
    "list_checked",
    "list_current_limits",
    "list_drafts",
    "list_limit_history",
    "list_priced_buildings",
    "list_versions",
    "price_rows",
    "version_in_force",
]
