"""The verbs of pricing: every change of prices is a new version, the old one stays as it was."""

from salesoffice.pricing.services.approving import (
    MoveBeyondLimit,
    approve_version,
)
from salesoffice.pricing.services.forcing import (
    PricesStale,
    list_due,
    put_in_force,
    put_rest_in_force,
)
from salesoffice.pricing.services.limits import (
    LONGEST_INTERVAL,
    FilingRefused,
    LimitChange,
    preview_limits,
    set_limits,
    set_rules,
)
from salesoffice.pricing.services.publishing import (
    PricesMissing,
    publish_prices,
)
from salesoffice.pricing.services.versions import (
    PricesUnchanged,
    PricesUnsound,
    draft_version,
    return_version,
    revert_to,
    submit_version,
    withdraw_version,
)

__all__ = [
    "LONGEST_INTERVAL",
    "FilingRefused",
    "LimitChange",
    "MoveBeyondLimit",
    "PricesMissing",
    "PricesStale",
    "PricesUnchanged",
    "PricesUnsound",
    "approve_version",
    "draft_version",
    "list_due",
    "preview_limits",
    "publish_prices",
    "put_in_force",
    "put_rest_in_force",
    "return_version",
    "revert_to",
    "set_limits",
    "set_rules",
    "submit_version",
    "withdraw_version",
]
