"""Finding price versions and the prices in them."""

from salesoffice.pricing.queries.breaches import (
    find_breaches,
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
    "find_breaches",
    "find_last_number",
    "get_version",
    "list_drafts",
    "list_priced_buildings",
    "list_versions",
    "price_rows",
    "version_in_force",
]
